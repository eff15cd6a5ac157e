"""docs/device-faults.md: written from what was played, and read back."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.device_faults.cells import FLOWS, NO_SUCH, Cell, cells
from tests.device_faults.devices import Device
from tests.device_faults.doctor import Diagnoses
from tests.device_faults.outcome import Played
from tests.device_faults.wires import Fault

PAGE: Final = Path(__file__).resolve().parent.parent.parent / "docs" / "device-faults.md"
WRONG: Final = "**WRONG**"
DEVICES: Final = tuple(Device)
_FLOW_NAMES: Final = {"one_step": "one-step", "two_step": "two-step", "kiosk": "kiosk"}
_TIMES: Final = re.compile(r"told ([0-9.]+) s, back ([0-9.]+) s")
_DOCTOR: Final = "## What `egate doctor` says"
_INTRODUCTION: Final = """# Every device unplugged, garbled, slow and dead, in every state

Written by `python -m tests.device_faults --write` from lanes that were played; do not edit. A
sample is played again with every run of the suite. `--device`, `--fault`, `--state`, `--flow` and
`--seed` play a part of it; with `--write` its cells alone are renewed here.

Each cell is a whole gate with the drivers of the catalogue on real wires: pseudo-terminals, TCP,
pcscd. It is brought into the state by a simulated traveller, who stands still while the device
goes wrong and then goes on; the device is mended 6 to 28 seconds later, and another traveller
comes. In every cell must hold:

* the session ends in an officer's case or a retry, or safely as it was decided;
* every session that began has exactly one record, which arrives;
* no door opens without a decision to open it, and the border's door does not stay open;
* nobody is closed in for more than 15 s after the session is over. While the barrier itself is
  lost, its hard-wired release is all there is: the time counts from the mending;
* the lane is back in service by itself, and the next genuine traveller passes.

Where the page scanner goes wrong, nobody is admitted without the page, and the pages of a garbled
one are torn, no pictures, or of several sizes.

The words:

* *admitted*: the session went on, or the document was read again, and the traveller passed;
* *officer*: referred;
* *aborted*: ended by the fault, with its record; red light, the lane is out of service and the
  console names the device. A traveller who stays is served anew when it is back;
* *decided, aborted* and *decided, abandoned*: admitted, and the passage was not completed;
* *prepared*: by a kiosk;
* *no session*: there was none, or it was over before;
* *told*: from the fault until the gate named it; *back*: from the mending until the gate took the
  device back. Without these the gate did not name it: nobody used the device meanwhile, or the
  session ended by the times that travellers have.
"""
_LIMITS: Final = """## What a fault cannot tell

* A reader that tells by itself and takes no question (`line_push`, `rte_native`) may be dead or
  garbled unseen: each traveller is then referred at the end of the time for the document.
* A chip that is slow or garbled cannot be told from a reader that is, by the driver `vpcd`: the
  reading is tried three times, then the traveller is referred. PC/SC that does not return within
  the option `stall_seconds` is a lost reader.
* A camera is looked at every 5 s while nobody is served, and so is the chip reader.
* A lane whose centre is away serves on for as long as its policy allows; its records wait.
* A page scanner and a light on the face are not needed for service: without them a check or a cue
  is missing, and the policy decides. A page scanner that reads the MRZ in place of a reader is
  needed like one: the fault is then told as `mrz_reader`.
"""


def cell_text(played: Played) -> str:
    """Return what the page says of a cell."""
    if played.faults:
        return f"{WRONG} {'; '.join(played.faults)}"
    if played.noticed is None or played.restored is None:
        return played.ended
    return f"{played.ended}, told {played.noticed:.1f} s, back {played.restored:.1f} s"


def page(texts: Mapping[Cell, str], diagnoses: Diagnoses) -> str:
    """Render the page."""
    parts = [_INTRODUCTION, _summary(texts)]
    parts += [_table(device, texts) for device in DEVICES]
    parts += [_no_such(), _LIMITS, _doctor(diagnoses)]
    return "\n".join(parts)


def _summary(texts: Mapping[Cell, str]) -> str:
    lines = ["| device | cells | wrong | told at the latest | back at the latest |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for device in DEVICES:
        own = [text for cell, text in texts.items() if cell.device is device]
        times = [found.groups() for text in own if (found := _TIMES.search(text))]
        told, back = (max((float(t[at]) for t in times), default=0.0) for at in (0, 1))
        wrong = sum(text.startswith(WRONG) for text in own)
        latest = f"{told:.1f} s | {back:.1f} s" if times else "- | -"
        lines.append(f"| {device} | {len(own)} | {wrong} | {latest} |")
    return "\n".join([*lines, ""])


def _table(device: Device, texts: Mapping[Cell, str]) -> str:
    lines = [f"## {device}", "", f"| state | {' | '.join(Fault)} |", "| --- " * 5 + "|"]
    played = {(cell.flow, cell.state) for cell in cells() if cell.device is device}
    for flow, states in FLOWS.items():
        for state in states:
            if (flow, state) not in played:
                continue
            own = [texts.get(Cell(flow, device, fault, state), "?") for fault in Fault]
            lines.append(f"| {_FLOW_NAMES[flow]} {state.__name__} | {' | '.join(own)} |")
    return "\n".join([*lines, ""])


def _no_such() -> str:
    named = [f"* {what}: {why}." for what, why in NO_SUCH.items()]
    return "\n".join(["## What is not in the tables", "", *named, ""])


def _doctor(diagnoses: Diagnoses) -> str:
    lines = [_DOCTOR, "", "| device | fault | well | its words |", "| --- " * 4 + "|"]
    for device in DEVICES:
        for fault in Fault:
            if (device, fault) in diagnoses:
                is_well, words = diagnoses[device, fault]
                lines.append(f"| {device} | {fault} | {'yes' if is_well else 'no'} | {words} |")
    return "\n".join([*lines, ""])


def written(text: str) -> tuple[dict[Cell, str], Diagnoses]:
    """Read the page back."""
    found: dict[Cell, str] = {}
    rows = {f"{_FLOW_NAMES[c.flow]} {c.state.__name__}": (c.flow, c.state) for c in cells()}
    for device in DEVICES:
        part = text.partition(f"\n## {device}\n")[2].partition("\n## ")[0]
        for name, *own in _grid(part)[2:]:
            for fault, said in zip(Fault, own, strict=True):
                if said != "?":
                    found[Cell(rows[name][0], device, fault, rows[name][1])] = said
    asked = _grid(text.partition(f"\n{_DOCTOR}\n")[2])[2:]
    words = {(Device(d), Fault(f)): (well == "yes", said) for d, f, well, said in asked}
    return found, words


def _grid(part: str) -> list[list[str]]:
    return [line[2:-2].split(" | ") for line in part.splitlines() if line.startswith("| ")]
