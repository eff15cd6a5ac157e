"""``egate face``: verification of two pictures and of lists of them, and their quality."""

import argparse
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from egate.biometrics.verification import MEASURED_THRESHOLD, FaceTemplate
from egate.cli import face_quality
from egate.cli.face_evaluate import command as face_evaluate
from egate.cli.face_input import FORMATS, read_face, verifier
from egate.cli.json_output import answer_lines, print_json
from egate.cli.outcome import BadInput


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="face_command", required=True, metavar="COMMAND")
    compare = commands.add_parser(
        "compare",
        help="is it the same person in both pictures?",
        description="Tell whether two pictures show the same person.",
    )
    compare.add_argument("reference", nargs="?", type=Path, metavar="REFERENCE", help=FORMATS)
    compare.add_argument("probe", nargs="?", type=Path, metavar="PROBE", help="the same")
    compare.add_argument(
        "--threshold", metavar="X", type=_threshold, default=MEASURED_THRESHOLD,
        help="similarity from which it is a match, -1 to 1 (default: %(default)s)",
    )  # fmt: skip
    output = compare.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON document")
    output.add_argument("--jsonl", action="store_true", help="answer requests of standard input")
    compare.set_defaults(run=_run)
    face_quality.configure(
        commands.add_parser(
            "quality",
            help="how good is a picture of a face? every measure with its limit",
            description=face_quality.DESCRIPTION,
        )
    )
    face_evaluate.configure(
        commands.add_parser(
            "evaluate",
            help="how often are people confused? error rates for a list of pairs",
            description=face_evaluate.DESCRIPTION,
        )
    )


def _threshold(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not -1.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text}: a similarity is a number from -1 to 1")
    return value


def _run(arguments: argparse.Namespace) -> int:
    threshold: float = arguments.threshold
    if arguments.jsonl:
        if arguments.reference:
            raise BadInput("--jsonl takes its files from standard input")
        return answer_lines(lambda request: _answer(request, threshold))
    if arguments.reference is None or arguments.probe is None:
        raise BadInput("face compare needs REFERENCE and PROBE, or --jsonl")
    result = _compare(arguments.reference, arguments.probe, threshold)
    if arguments.json:
        print_json(result)
    else:
        _print(result)
    return 0 if result["match"] else 1


def _answer(request: Mapping[str, Any], threshold: float) -> Mapping[str, Any]:
    files = [request.get(key) for key in ("reference", "probe")]
    if not all(isinstance(file, str) for file in files):
        raise BadInput('a request is {"reference": path, "probe": path}')
    return _compare(Path(str(files[0])), Path(str(files[1])), threshold)


def _compare(reference: Path, probe: Path, threshold: float) -> dict[str, Any]:
    pictures = read_face(reference).pixels, read_face(probe).pixels
    faces = verifier()
    templates = [faces.template(picture) for picture in pictures]
    a, b = templates
    similarity = None if a is None or b is None else faces.similarity(a, b)
    return {
        "ok": True,
        "similarity": similarity,
        "threshold": threshold,
        "match": similarity is not None and similarity >= threshold,
        "reference": _describe(a),
        "probe": _describe(b),
    }


def _describe(template: FaceTemplate | None) -> dict[str, Any]:
    if template is None:
        return {"faces": 0, "quality": None}
    quality = {name: round(value, 2) for name, value in asdict(template.quality).items()}
    return {"faces": template.faces, "box": [round(v) for v in template.box], "quality": quality}


def _print(result: Mapping[str, Any]) -> None:
    if result["similarity"] is None:
        missing = [name for name in ("reference", "probe") if not result[name]["faces"]]
        print(f"no face in {' and '.join(missing)}")
        return
    verdict = "match" if result["match"] else "no match"
    print(f"{verdict}: similarity {result['similarity']:.3f}, threshold {result['threshold']:.3f}")
    for name in ("reference", "probe"):
        quality = result[name]["quality"]
        print(
            f"  {name}: {result[name]['faces']} face(s), eyes {quality['eye_distance_px']:.0f} px"
            f" apart, yaw {quality['yaw']:.0f}, pitch {quality['pitch']:.0f},"
            f" roll {quality['roll']:.0f} degrees, norm {quality['embedding_norm']:.1f}"
        )
