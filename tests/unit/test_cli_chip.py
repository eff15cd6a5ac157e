"""``egate chip read`` with a reader in this process: several presentations, progress, no disk."""

import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from drivers import catalogue
from egate.cli.main import main
from egate.emrtd.conversation import Transceive
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
    async def chip(self) -> AsyncIterator[Transceive]:
        chip = next(self._chips, None)
        if chip is None:
            raise DeviceError(DeviceName.CHIP_READER, "the reader was unplugged")
        transmit = sent_to(chip)

        async def transceive(command: CommandApdu) -> ResponseApdu:
            return transmit(command)

        yield transceive


@pytest.fixture
def present(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Present:
    def put_on_reader(*leaves_after: int | None) -> list[str]:
        document = passport("bac-aa-ecdsa")
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
