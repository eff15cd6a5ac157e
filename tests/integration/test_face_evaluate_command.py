"""``egate face evaluate`` as its users call it, on twelve photographs of six people."""

import csv
import fcntl
import itertools
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from egate.biometrics.face_image import FaceImage
from egate.biometrics.verification import FaceTemplate, FaceVerifier
from egate.cli.main import main
from hardware_mocks.chip.face_records import Face, dg2

PHOTOGRAPHS = Path(__file__).resolve().parents[2] / "hardware_mocks" / "photographs"
PEOPLE = ("P001", "P002", "P003", "P005", "P007", "P008")
KINDS = ("portrait", "selfie")

Evaluate = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    for person in PEOPLE:
        shutil.copytree(PHOTOGRAPHS / person, folder / person)
    return folder


@pytest.fixture(scope="module")
def templates() -> dict[bytes, FaceTemplate | None]:
    """Every template that was ever made, by the picture: the networks run once a picture."""
    return {}


@pytest.fixture(autouse=True)
def looked_at(
    templates: dict[bytes, FaceTemplate | None], monkeypatch: pytest.MonkeyPatch
) -> list[int]:
    """Return a list that grows with each picture that is looked at."""
    seen: list[int] = []
    template = FaceVerifier.template

    def counted(verifier: FaceVerifier, image: FaceImage) -> FaceTemplate | None:
        seen.append(len(seen))
        key = image.tobytes()
        if key not in templates:
            templates[key] = template(verifier, image)
        return templates[key]

    monkeypatch.setattr(FaceVerifier, "template", counted)
    return seen


@pytest.fixture(autouse=True)
def without_matplotlib(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw only where the picture is looked at: it takes longer than all the rest."""
    if "picture" in request.node.name:
        pytest.importorskip("matplotlib")
        return
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Return a list of each portrait against each selfie, and of neighbours' portraits."""
    rows = [
        f"{a}/portrait.jpg,{b}/selfie.jpg,{'genuine' if a == b else 'impostor'}"
        for a, b in itertools.product(PEOPLE, PEOPLE)
    ]
    file = tmp_path / "pairs.csv"
    file.write_text("\n".join(["reference,probe,label", *rows]) + "\n", "utf-8")
    return file


@pytest.fixture
def evaluate(pairs: Path, images: Path, capsys: pytest.CaptureFixture[str]) -> Evaluate:
    def run(*words: str, file: Path = pairs, folder: Path = images) -> dict[str, Any]:
        capsys.readouterr()
        options = ["--pairs", str(file), "--images", str(folder), "--json", *words]
        assert main(["face", "evaluate", *options]) == 0
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        return document

    return run


@pytest.fixture
def refused(pairs: Path, images: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(*words: str, file: Path = pairs, folder: Path = images) -> str:
        capsys.readouterr()
        options = ["--pairs", str(file), "--images", str(folder), *words]
        assert main(["face", "evaluate", *options]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1, said.err
        return said.err

    return run


@pytest.fixture
def interrupted(
    evaluate: Evaluate, looked_at: list[int], monkeypatch: pytest.MonkeyPatch, pairs: Path
) -> Callable[[int], Path]:
    """Run until so many pictures were looked at, as Ctrl-C would end it there."""

    def run(after: int) -> Path:
        looked_at.clear()
        with monkeypatch.context() as patch:
            going_on = FaceVerifier.template

            def ended(verifier: FaceVerifier, image: FaceImage) -> FaceTemplate | None:
                if len(looked_at) == after:
                    raise KeyboardInterrupt
                return going_on(verifier, image)

            patch.setattr(FaceVerifier, "template", ended)
            with pytest.raises(AssertionError, match="130"):
                evaluate()
        looked_at.clear()
        return pairs.with_name("pairs.csv.evaluation-pairs") / "resume.jsonl"

    return run


def test_the_document(evaluate: Evaluate, pairs: Path) -> None:
    document = evaluate()
    assert (document["pairs"], document["genuine"], document["impostor"]) == (36, 6, 30)
    assert document["failure_to_acquire"] == 0
    assert document["eer"] == 0.0
    assert document["fnmr_at"] == dict.fromkeys(("0.01", "0.001", "0.0001", "0.00001"))
    assert document["operating_points"][1]["reason"] == (
        "30 impostor comparisons, 1000 are needed for one error"
    )
    assert document["images"]["failed"] == {}
    folder = pairs.with_name("pairs.csv.evaluation-pairs")
    assert json.loads((folder / "report.json").read_text("utf-8")) == document
    assert {file.name for file in folder.iterdir()} == {"report.json", "det.csv"}


def test_the_curve(evaluate: Evaluate, tmp_path: Path) -> None:
    evaluate("--out", str(tmp_path / "made" / "here"))
    with (tmp_path / "made" / "here" / "det.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    mine = [row for row in rows if row["band"] == "all"]
    assert {row["quality_measure"] for row in rows} >= {"all", "embedding_norm"}
    assert [float(row["threshold"]) for row in mine] == sorted(
        float(row["threshold"]) for row in mine
    )
    assert any(row["fmr"] == row["fnmr"] == "0.0" for row in mine)
    assert all(int(row["impostor"]) == 30 for row in mine)


def test_the_picture(evaluate: Evaluate, tmp_path: Path) -> None:
    evaluate("--out", str(tmp_path))
    picture = cv2.imread(str(tmp_path / "det.png"))
    assert picture is not None
    assert {file.name for file in tmp_path.glob("det.*")} == {"det.csv", "det.png"}
    assert min(picture.shape[:2]) > 600
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 20


def test_without_matplotlib_it_says_what_to_install(
    tmp_path: Path, pairs: Path, images: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "det.png").write_bytes(b"of an earlier run")
    options = ["--pairs", str(pairs), "--images", str(images), "--out", str(tmp_path)]
    assert main(["face", "evaluate", *options]) == 0
    said = capsys.readouterr()
    assert "no det.png" in said.err
    assert "requirements/evaluation.lock" in said.err
    assert (tmp_path / "det.csv").exists()
    assert not (tmp_path / "det.png").exists()


def test_the_tables(pairs: Path, images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--pairs", str(pairs), "--images", str(images)]
    assert main(["face", "evaluate", *options]) == 0
    said = capsys.readouterr()
    assert "6 genuine and 30 impostor comparisons" in said.out
    assert "too few" in said.out
    assert "report.json" in said.out


def test_every_comparison_is_that_of_all_pairs(evaluate: Evaluate, tmp_path: Path) -> None:
    """And its similarity, made of whole blocks, is that of the verifier."""
    names = [f"{person}/{kind}.jpg" for person in PEOPLE for kind in KINDS]
    rows = [f"{a},{b},{int(a[:4] == b[:4])}" for a, b in itertools.combinations(names, 2)]
    every = tmp_path / "every.csv"
    every.write_text("\n".join(rows), "utf-8")
    one_by_one = evaluate(file=every)
    in_blocks = evaluate("--all")
    assert (in_blocks["genuine"], in_blocks["impostor"]) == (6, 60)
    assert in_blocks["protocol"] == "all"
    for document in (one_by_one, in_blocks):
        assert document["equal_error_rate"].pop("threshold") > 0.5
        for name in ("protocol", "pairs_sha256"):
            del document[name]
    assert in_blocks == one_by_one


def test_all_by_a_list_of_images(evaluate: Evaluate, tmp_path: Path) -> None:
    file = tmp_path / "images.csv"
    rows = [f"{person}/{kind}.jpg,somebody" for person in PEOPLE[:2] for kind in KINDS]
    file.write_text("\n".join(["image,person", *rows]), "utf-8")
    document = evaluate("--all", file=file)
    assert (document["genuine"], document["impostor"], document["eer"]) == (6, 0, None)


def test_references_may_be_those_of_chips(evaluate: Evaluate, images: Path, tmp_path: Path) -> None:
    folder = tmp_path / "chips"
    shutil.copytree(images / "P001", folder)
    portrait = Face((images / "P001" / "portrait.jpg").read_bytes(), "full", "F", grey=False)
    content = dg2([portrait], "39794-5")
    (folder / "EF.DG2.bin").write_bytes(content)
    (folder / "damaged.bin").write_bytes(content[:50])
    file = tmp_path / "chips.csv"
    names = ("EF.DG2.bin", "portrait.jpg", "damaged.bin")
    file.write_text("\n".join(f"{name},selfie.jpg,1" for name in names), "utf-8")
    document = evaluate(file=file, folder=folder)
    assert (document["genuine"], document["failure_to_acquire"]) == (2, 1)
    with (tmp_path / "chips.csv.evaluation-pairs" / "det.csv").open(encoding="utf-8") as stream:
        thresholds = {row["threshold"] for row in csv.DictReader(stream) if row["band"] == "all"}
    assert len(thresholds) == 1  # one portrait, one score


def test_labeled_faces_in_the_wild_flat_or_nested(
    evaluate: Evaluate, images: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "lfw"
    for person, (number, kind) in itertools.product(PEOPLE[:2], enumerate(KINDS, 1)):
        name = f"{person}_{number:04d}.jpg"
        target = folder / (f"{person}/{name}" if person == "P001" else name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(images / person / f"{kind}.jpg", target)
    file = tmp_path / "pairs.txt"
    file.write_text("1\t2\nP001\t1\t2\nP002\t1\t2\nP001\t1\tP002\t1\nP001\t2\tP002\t2\n", "utf-8")
    document = evaluate(file=file, folder=folder)
    assert (document["genuine"], document["impostor"], document["eer"]) == (2, 2, 0.0)


@pytest.mark.parametrize("protocol", [(), ("--all",)])
def test_images_without_a_face_are_failures_to_acquire(
    protocol: tuple[str, ...], evaluate: Evaluate, images: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "some"
    shutil.copytree(images / "P001", folder / "P001")
    cv2.imwrite(str(folder / "P001" / "wall.png"), np.full((80, 80, 3), 99, np.uint8))
    (folder / "P001" / "damaged.jpg").write_bytes(b"\xff\xd8\xff")
    portrait = (folder / "P001" / "portrait.jpg").read_bytes()
    (folder / "P001" / "huge.jpg").write_bytes(portrait + bytes(9 << 20))
    file = tmp_path / "lost.csv"
    lost = [f"P001/portrait.jpg,P001/{name},1" for name in ("selfie.jpg", "wall.png", "huge.jpg")]
    file.write_text("\n".join([*lost, "P001/wall.png,P001/damaged.jpg,1"]), "utf-8")
    document = evaluate(*protocol, file=file, folder=folder)
    failed = document["images"]["failed"]
    assert failed.keys() == {"P001/wall.png", "P001/damaged.jpg", "P001/huge.jpg"}
    assert failed["P001/wall.png"] == "no face"
    assert "bytes" in failed["P001/huge.jpg"]
    assert failed["P001/damaged.jpg"] not in {"", "no face"}
    assert document["images"]["failure_to_acquire"]["rate"] == 0.6
    assert document["genuine"] == 1
    assert document["failure_to_acquire"] == (9 if protocol else 3)
    assert document["pairs"] == document["genuine"] + document["failure_to_acquire"]


@pytest.mark.parametrize("after", [1, 6, 11])
def test_an_interrupted_run_goes_on_to_the_same_report(
    after: int,
    evaluate: Evaluate,
    interrupted: Callable[[int], Path],
    looked_at: list[int],
) -> None:
    resume = interrupted(after)
    assert len(resume.read_text("utf-8").splitlines()) > after
    resumed = evaluate()
    # Only what the other pairs need is looked at: the selfies, and portraits not done.
    assert len(looked_at) <= 12
    assert not resume.exists()
    report = (resume.parent / "report.json").read_bytes()
    table = (resume.parent / "det.csv").read_bytes()
    assert evaluate() == resumed
    assert (resume.parent / "report.json").read_bytes() == report
    assert (resume.parent / "det.csv").read_bytes() == table


def test_what_was_compared_is_not_compared_again(
    evaluate: Evaluate, interrupted: Callable[[int], Path], looked_at: list[int]
) -> None:
    resume = interrupted(11)  # the last portrait is still to be seen
    assert len(resume.read_text("utf-8").splitlines()) == 1 + 11 + 30
    evaluate()
    assert len(looked_at) == 7  # it, and every selfie again: their embeddings were not kept


def test_a_resume_file_holds_scores_and_quality_alone(interrupted: Callable[[int], Path]) -> None:
    lines = [json.loads(line) for line in interrupted(11).read_text("utf-8").splitlines()]
    assert {frozenset(line) for line in lines[1:]} == {
        frozenset({"image", "quality", "failure"}),
        frozenset({"pair", "similarity"}),
    }
    numbers = [value for line in lines if "quality" in line for value in line["quality"].values()]
    assert all(isinstance(value, float) for value in numbers)
    assert len(numbers) <= 2 * 11


def test_a_line_that_a_kill_cut_short_is_done_again(
    evaluate: Evaluate, interrupted: Callable[[int], Path]
) -> None:
    resume = interrupted(9)
    whole = evaluate()
    resume = interrupted(9)
    resume.write_bytes(resume.read_bytes()[:-5])
    interrupted(2)  # and nothing is written onto the rest of the line
    assert evaluate() == whole
    interrupted(0)  # cut within its very first line
    resume.write_bytes(b'{"format"')
    assert evaluate() == whole


def test_an_interrupt_is_told(
    interrupted: Callable[[int], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted(9)
    said = capsys.readouterr()
    assert said.err.startswith("egate: interrupted after 18 of 36 pairs; the same command goes on")
    assert said.out == ""


def test_a_stale_resume_file_is_refused(
    refused: Callable[..., str], interrupted: Callable[[int], Path], images: Path, pairs: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    resume = interrupted(3)
    content = pairs.read_text("utf-8")
    pairs.write_text(content + "P001/portrait.jpg,P002/portrait.jpg,0\n", "utf-8")
    said = refused()
    assert f"{resume}: begun with another list of pairs; remove it" in said
    pairs.write_text(content, "utf-8")
    copy = tmp_path / "copy"
    shutil.copytree(images, copy)  # keeps the times
    os.utime(copy / "P008" / "selfie.jpg", (1, 1))
    assert "begun with another set of images; remove it" in refused(folder=copy)
    lines = resume.read_text("utf-8").splitlines()
    bound = json.loads(lines[0]) | {"version of the software": "0"}
    resume.write_text("\n".join([json.dumps(bound), *lines[1:]]) + "\n", "utf-8")
    assert "begun with another version of the software; remove it" in refused()


@pytest.mark.parametrize(
    "line",
    [b"", b"[]", b"{", b'{"pair": 0, "similarity": 2.0}', b'{"pair": "0", "similarity": 0.5}',
     b'{"pair": true, "similarity": 0.5}', b'{"pair": 36, "similarity": 0.5}', b"\xff",
     b'{"pair": 0, "similarity": NaN}',
     b'{"image": "P001/portrait.jpg", "quality": {"norm": "high"}, "failure": null}',
     b'{"image": "other.jpg", "quality": {}, "failure": "no face"}'],
)  # fmt: skip
def test_a_damaged_resume_file_is_refused(
    line: bytes, refused: Callable[..., str], interrupted: Callable[[int], Path]
) -> None:
    resume = interrupted(2)
    lines = resume.read_bytes().splitlines()
    resume.write_bytes(b"\n".join([*lines[:2], line, *lines[2:]]) + b"\n")
    assert f"{resume}: line 3 is damaged; remove it" in refused()


def test_two_runs_do_not_share_a_resume_file(
    refused: Callable[..., str], interrupted: Callable[[int], Path]
) -> None:
    resume = interrupted(2)
    with resume.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert "another run is using it" in refused()


@pytest.fixture
def listed(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    def write(text: str) -> Path:
        file = tmp_path / "listed.csv"
        file.write_text(text, "utf-8", errors="surrogateescape")
        return file

    return write


def test_bad_input_is_one_line_that_names_it(
    refused: Callable[..., str], listed: Callable[[str], Path], tmp_path: Path, images: Path
) -> None:
    assert "nowhere.csv: No such file" in refused(file=tmp_path / "nowhere.csv")
    assert "nowhere: No such file" in refused(folder=tmp_path / "nowhere")
    assert "listed.csv: not a folder" in refused(folder=listed("a"))
    bad = listed("a,b,1\na,b,2\n../a,b,1\n")
    assert "listed.csv: line 2: '2' is not a label" in refused(file=bad)
    assert "line 3: ../a: outside the folder of images" in refused(file=bad)
    assert "listed.csv: line 2 is not UTF-8" in refused(file=listed("a,b,1\n\udcff,b,1\n"))
    many = listed("\n".join(f"P001/{n}.jpg,P001/selfie.jpg,1" for n in range(14)))
    said = refused(file=many)
    assert f"{images} has no P001/0.jpg; P001/1.jpg;" in said
    assert said.rstrip().endswith("P001/9.jpg; and 4 more")
    file = listed("P001/portrait.jpg,P001/selfie.jpg,1\n")
    assert "listed.csv: " in refused("--out", str(file), file=file)


def test_a_link_out_of_the_folder_is_not_followed(
    refused: Callable[..., str], listed: Callable[[str], Path], tmp_path: Path, images: Path
) -> None:
    folder = tmp_path / "linked"
    folder.mkdir()
    (folder / "in.jpg").symlink_to(images / "P001" / "selfie.jpg")
    (folder / "to").symlink_to(images)
    shutil.copy(images / "P001" / "portrait.jpg", folder / "own.jpg")
    for path in ("in.jpg", "to/P001/selfie.jpg"):
        file = listed(f"own.jpg,{path},1")
        assert f"has no {path}" in refused(file=file, folder=folder)


def test_all_keeps_nothing_and_says_so(
    pairs: Path, images: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FaceVerifier, "template", ended)
    options = ["--pairs", str(pairs), "--images", str(images), "--all"]
    assert main(["face", "evaluate", *options]) == 130
    said = capsys.readouterr().err
    assert said == "egate: interrupted after 0 of 12 images; --all keeps nothing and begins again\n"
    assert list(pairs.with_name("pairs.csv.evaluation-all").iterdir()) == []
