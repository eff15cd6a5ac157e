"""What benchmarks make of other readers' text, so that a comparison is fair to them."""

import hashlib
import json
import subprocess
from datetime import date
from pathlib import Path

import pytest

from benchmarks import public_mrz_images
from benchmarks.mrz_peer_process import rows
from benchmarks.mrz_peers import assembled
from benchmarks.public_mrz_images import PublicImage, listed

TODAY = date(2026, 11, 23)
# 9303-4, 9303-5 and 9303-6, appendices: the examples of each form.
TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)


@pytest.mark.parametrize("lines", [TD3, TD2, TD1])
def test_lines_among_other_text_are_found(lines: tuple[str, ...]) -> None:
    assert assembled(("UTOPIA", "", *lines, "Not to scale"), TODAY) == lines


@pytest.mark.parametrize(
    "lines",
    [
        ("P < UTOERIKSSON<<ANNA<MARIA«<<<<<<<<<<<<<<<<<", TD3[1]),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<", TD3[1]),
        (TD3[0], "L898902C36UT07408122F12O4159ZE184226B<<<<<1O"),
        ("P<UT0ERIK550N<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", TD3[1]),
        (TD3[0], "L898902C36UTO7408122F1204159ZE184226B<<<<10"),
    ],
    ids=["spaces", "short line", "letters for digits", "digits for letters", "a filler lost"],
)
def test_what_readers_of_common_text_get_wrong_is_put_right(lines: tuple[str, ...]) -> None:
    assert assembled(lines, TODAY) == TD3


def test_a_wrong_check_digit_is_not_accepted() -> None:
    assert assembled((TD3[0], TD3[1].replace("7408122", "7408132")), TODAY) is None


def test_a_line_too_long_by_more_than_its_fillers_is_passed_over() -> None:
    assert assembled(("I<UTOD231458907<<X1X2X3X4X5X6X7X8"[:33], *TD1[1:]), TODAY) is None


def test_two_boxes_on_one_row_are_one_line() -> None:
    def box(left: int, top: int, text: str) -> tuple[list[list[int]], str, float]:
        corners = [[left, top], [left + 90, top], [left + 90, top + 10], [left, top + 10]]
        return corners, text, 0.9

    found = rows([box(100, 21, "<<<<"), box(0, 40, "L898"), box(0, 20, "P<UTO"), box(0, 0, "X")])
    assert found == ["X", "P<UTO<<<<", "L898"]


def test_a_clone_gives_the_pictures_that_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clone = tmp_path / "clones" / "somebody" / "reader"
    clone.mkdir(parents=True)
    (clone / "page.png").write_bytes(b"picture")
    git = ("git", "-C", str(clone), "-c", "user.name=T", "-c", "user.email=t@example.org")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "A page")):
        subprocess.run((*git, *words), check=True)
    told = {
        "repository": "somebody/reader",
        "commit": "HEAD",
        "path": "page.png",
        "file_sha256": hashlib.sha256(b"picture").hexdigest(),
        "lines_sha256": hashlib.sha256("\n".join(TD3).encode()).hexdigest(),
        "state": "valid",
    }
    changed = told | {"path": "gone.png"}
    listing = tmp_path / "listing.jsonl"
    listing.write_text("\n".join(map(json.dumps, (told, changed))), "utf-8")
    monkeypatch.setattr(public_mrz_images, "LISTED", listing)
    out = tmp_path / "out"
    monkeypatch.setattr(
        "sys.argv", ["images", "--clones", str(tmp_path / "clones"), "--out", str(out)]
    )
    assert public_mrz_images.main() == 1
    assert capsys.readouterr().err == "somebody/reader: no gone.png as it was\n"
    (written,) = out.iterdir()
    assert (written.name, written.read_bytes()) == (PublicImage(**told).name, b"picture")
    assert PublicImage(**told).shows(TD3)
    assert not PublicImage(**told).shows(TD2)


def test_every_listed_picture_is_another() -> None:
    images = listed()
    assert len({image.file_sha256 for image in images}) == len({i.name for i in images}) == 80
    assert {image.state for image in images} == {"valid", "malformed", "wrong check digits"}
