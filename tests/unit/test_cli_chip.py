"""``egate chip read`` with a reader in this process: several presentations, progress, no disk."""

import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from drivers import catalogue
from egate.cli.main import main
from egate.emrtd.conversation import Carry, carried_by
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.ports.devices import DeviceError, DeviceName
from hardware_mocks.chip.chip import Chip
from tests.emrtd_passport import chip_of, passport, sent_to

Present = Callable[..., list[str]]


class InProcessReader:
    """Gives one chip after the other."""

    def __init__(self, chips: Iterator[Chip]) -> None:
        self._chips = chips
        self.closed = False

    async def check(self) -> None:
        """Nothing to check."""

    async def aclose(self) -> None:
        self.closed = True

    @contextlib.asynccontextmanager
    async def chip(self) -> AsyncIterator[Carry]:
        chip = next(self._chips, None)
        if chip is None:
            raise DeviceError(DeviceName.CHIP_READER, "the reader was unplugged")
        transmit = sent_to(chip)

        async def transceive(command: CommandApdu) -> ResponseApdu:
            return transmit(command)

        yield carried_by(transceive)


@pytest.fixture
def present(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Present:
    def put_on_reader(*leaves_after: int | None, profile: str = "bac-aa-ecdsa") -> list[str]:
        document = passport(profile)
        chips = (
            chip_of(document) if count is None else chip_of(document, leaves_after=str(count))
            for count in leaves_after
        )
        reader = InProcessReader(chips)
        monkeypatch.setitem(catalogue.CHIP_READERS, "pcsc", lambda _address, _options: reader)
        (tmp_path / "mrz.txt").write_text("\n".join(document.mrz))
        words = ["--reader", "any", "--mrz-file", str(tmp_path / "mrz.txt")]
        return ["chip", "read", *words, "--out", str(tmp_path / "out")]

    return put_on_reader


def test_a_second_presentation_goes_on_where_the_first_ended(
    present: Present, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*present(12, None), "--attempts", "2", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["data_groups"] == [1, 2, 14, 15]
    main([*present(None), "--json"])
    whole = json.loads(capsys.readouterr().out)
    assert answer["apdu_count"] < whole["apdu_count"]


@pytest.mark.parametrize(
    ("words", "access"),
    [
        ([], ("PACE-GM", "AES-128", "P-256", "")),
        (["--access", "pace"], ("PACE-GM", "AES-128", "P-256", "")),
        (["--access", "bac"], ("BAC", "3DES", None, "only BAC is allowed")),
        (["--can"], ("PACE-GM", "AES-128", "P-256", "")),
    ],
)
def test_how_the_chip_was_opened_is_said(
    present: Present,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    access: tuple[str, ...],
) -> None:
    given = present(None, profile="pace-gm")
    if words == ["--can"]:
        at = given.index("--mrz-file")
        given[at : at + 2] = ["--can", passport("pace-gm").can]
        words = []
    assert main([*given, *words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    keys = ("access", "cipher", "domain_parameters", "downgrade")
    assert tuple(answer[key] for key in keys) == access


@pytest.mark.parametrize(
    ("profile", "shown", "said"),
    [
        ("cloned", {"result": "disproven", "by": ["active authentication"]}, "promises: active"),
        ("bac", {"result": "not_shown", "by": []}, "may be a copy: the document offers no proof"),
        ("bac-aa-ecdsa", {"result": "not_shown", "by": []}, "may be a copy: no signed key: "),
    ],
)
def test_whether_the_chip_is_a_copy_is_said(
    present: Present, capsys: pytest.CaptureFixture[str], profile: str, shown: object, said: str
) -> None:
    words = present(None, profile=profile)
    main([*words, "--json"])
    answer = json.loads(capsys.readouterr().out)["genuineness"]
    assert answer.pop("reason")
    assert answer == shown
    main(present(None, profile=profile))
    assert said in capsys.readouterr().out


def test_extended_length_can_be_forbidden(
    present: Present, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*present(None), "--no-extended-length", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["apdu_count"] > 70


@pytest.mark.parametrize("attempts", [1, 2])
def test_too_many_losses_are_exit_1(present: Present, attempts: int) -> None:
    assert main([*present(8, 8), "--attempts", str(attempts)]) == 1


def test_a_lost_reader_is_exit_3(present: Present, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(present()) == 3
    assert "unplugged" in capsys.readouterr().err


def test_progress_is_for_people(
    present: Present, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = present(None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(words) == 0
    assert "EF.DG2 100%" in capsys.readouterr().err


def test_a_folder_that_takes_no_files(
    present: Present, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out" / "EF.COM.bin").mkdir(parents=True)
    assert main(present(None)) == 2
    assert "Is a directory" in capsys.readouterr().err
