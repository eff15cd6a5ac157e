"""One reader of other people, as a process of its own: paths in, lines of text out.

    PYTHON benchmarks/mrz_peer_process.py rapidocr|tesseract-page|tesseract-third|passporteye

Each line on standard input is a path; each answer is a JSON line with ``lines``, the text that the
reader found from top to bottom, and ``cpu_ms``, the processor time of the image in this process
and in those it started. The first line of all is ``{"ready": version}``. It imports nothing of the
project, since the readers live in an environment of their own, and uses one thread.
"""

import importlib
import importlib.metadata
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
READER_SECONDS = 120
Read = Callable[[Path], list[str]]


def rapidocr() -> tuple[str, Read]:
    engine: Any = importlib.import_module("rapidocr_onnxruntime").RapidOCR(
        intra_op_num_threads=1, inter_op_num_threads=1
    )
    version = importlib.metadata.version("rapidocr-onnxruntime")
    return f"RapidOCR {version}", lambda path: rows(engine(str(path))[0] or [])


def rows(boxes: list[Any]) -> list[str]:
    """Join boxes whose middles are on one row, since a long line is often found in two."""
    placed: list[tuple[float, float, float, str]] = []
    for corners, text, _ in boxes:
        heights = [corner[1] for corner in corners]
        left = min(corner[0] for corner in corners)
        placed.append((sum(heights) / 4, left, max(heights) - min(heights), text))
    found: list[list[tuple[float, float, float, str]]] = []
    for box in sorted(placed):
        if found and abs(box[0] - found[-1][0][0]) < box[2] / 2:
            found[-1].append(box)
        else:
            found.append([box])
    return ["".join(text for _, _, _, text in sorted(row, key=lambda box: box[1])) for row in found]


def tesseract_page() -> tuple[str, Read]:
    return tesseract(share=1.0, segmentation="3")


def tesseract_third() -> tuple[str, Read]:
    return tesseract(share=1 / 3, segmentation="6")


def tesseract(share: float, segmentation: str) -> tuple[str, Read]:
    program = shutil.which("tesseract")
    if program is None:
        raise ModuleNotFoundError("tesseract is not installed")
    cv2: Any = importlib.import_module("cv2")
    alphabet = ("-c", f"tessedit_char_whitelist={ALPHABET}")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)

    def read(path: Path) -> list[str]:
        image = cv2.imread(str(path))
        with tempfile.TemporaryDirectory() as folder:
            cut = Path(folder) / "cut.png"
            cv2.imwrite(str(cut), image[round(len(image) * (1 - share)) :])
            ended = subprocess.run(
                (program, str(cut), "-", "-l", "eng", "--psm", segmentation, *alphabet),
                capture_output=True,
                text=True,
                check=False,
                timeout=READER_SECONDS,
            )
        return ended.stdout.splitlines()

    return said.stdout.splitlines()[0], read


def passporteye() -> tuple[str, Read]:
    engine: Any = importlib.import_module("passporteye")

    def read(path: Path) -> list[str]:
        mrz = engine.read_mrz(str(path))
        return [] if mrz is None else str(mrz.aux.get("text", "")).splitlines()

    return f"PassportEye {importlib.metadata.version('passporteye')}", read


READERS = {
    "rapidocr": rapidocr,
    "tesseract-page": tesseract_page,
    "tesseract-third": tesseract_third,
    "passporteye": passporteye,
}


def used_ms() -> float:
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return 1e3 * sum(sum(resource.getrusage(who)[:2]) for who in both)


def answers(read: Read) -> Iterator[dict[str, Any]]:
    for line in sys.stdin:
        before = used_ms()
        try:
            lines = read(Path(line.rstrip("\n")))
        except Exception as error:  # noqa: BLE001 - a reader's own fault counts as not read
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            lines = []
        yield {"lines": lines, "cpu_ms": used_ms() - before}


def main() -> None:
    os.environ["OMP_THREAD_LIMIT"] = "1"  # of tesseract, whose threads wait busily for each other
    try:
        version, read = READERS[sys.argv[1]]()
    except ModuleNotFoundError as absent:
        raise SystemExit(f"{sys.argv[1]}: {absent}") from absent
    print(json.dumps({"ready": version}), flush=True)
    for answer in answers(read):
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
