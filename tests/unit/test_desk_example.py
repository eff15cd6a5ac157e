"""The example of docs/desk-records.md is what the command takes, and faults are told in bounds."""

import json
import re
from pathlib import Path

import pytest

from egate.console.desk.request import Desk, DeskRequestBad, desk_entries
from egate.domain.time import UtcSeconds

DOCS = Path(__file__).resolve().parents[2] / "docs/desk-records.md"
DESK = Desk(
    console_id="BDDAC-DESK-1",
    officer_id="sb-1042",
    authority="SB",
    border_crossing_point="BDDAC",
    station="DAC-D-12",
    now=UtcSeconds(1_795_500_000.0),
    new_id=lambda: "0197f000-0000-7000-8000-000000000001",
)


def test_the_example_can_be_entered() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    entries = dict(desk_entries(example.encode(), DESK))
    assert list(entries) == ["crossings.0", "crossings.1", "decisions.0"]
    offload = entries["crossings.1"].decision
    assert offload is not None
    assert offload.crossing_id == "01a1ff10-2a40-7000-8000-000000000001"
    assert offload.documents_seen[0].document_number == "BX0123456"


def test_the_first_hundred_faults_of_a_file_are_told() -> None:
    """A file of a mebibyte can have a hundred thousand."""
    raw = json.dumps({"crossings": [{str(number): number for number in range(300)}]}).encode()
    with pytest.raises(DeskRequestBad) as refused:
        desk_entries(raw, DESK)
    assert len(refused.value.faults) == 100
