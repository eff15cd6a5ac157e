"""One cell of the matrix: a simulated chip issued, read as the gate reads it, and judged."""

import atexit
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.errors import ChipLost, EmrtdError
from egate.emrtd.evaluation import evaluate
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.lds.files import LdsFile
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.profiles import Profile, make_chip, make_document
from tests.emrtd_passport import NOW, TODAY, anchors, page_of, pki, read

MOST_PRESENTATIONS = 12
_BAD = {Outcome.FAILED, Outcome.ABORTED}


class Form(StrEnum):
    """Whether the reader can carry extended APDUs."""

    EXTENDED = "extended"
    SHORT = "short"


@dataclass(frozen=True)
class Result:
    """What became of one cell.

    Args:
        reads: every file came as it was stored, and no check failed.
        said: what the evidence says of the way there, or why it was refused.

    """

    reads: bool
    said: str = ""

    def __str__(self) -> str:
        word = "reads" if self.reads else "refused"
        return f"{word}: {self.said}" if self.said else word


@cache
def tiny_portrait() -> Path:
    """A JPEG of less than a kilobyte, gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="egate-matrix-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "portrait.jpg"
    grey = np.linspace(0, 255, 48 * 40, dtype=np.uint8).reshape(48, 40)
    path.write_bytes(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 40])[1].tobytes())
    return path


@dataclass(frozen=True)
class Cell:
    """A chip to be read, by a reader that can carry APDUs of one form."""

    profile: Profile
    form: Form = Form.EXTENDED
    document_type: str = "TD3"
    card_access: bytes | None = None

    def result(self) -> Result:
        """Issue the document, read it and judge it."""
        holder: Mapping[str, Any] = {
            "portrait": tiny_portrait(),
            "document_type": self.document_type,
            **self.profile.holder,
        }
        profile = replace(self.profile, holder=holder)
        document = make_document(profile, pki(), NOW)
        if self.card_access is not None:
            files = {**document.master_files, 0x011C: self.card_access}
            document = replace(document, master_files=files)
        return _judged(document, make_chip(profile, document), self.form)


def _judged(document: Document, chip: Chip, form: Form) -> Result:
    try:
        reading, presentations = _presented(document, chip, form)
    except EmrtdError as error:
        return Result(False, str(error))
    read_files = {file.file_id: content for file, content in reading.files.items()}
    if read_files != dict(document.files):
        return Result(False, "what was read is not what was stored")
    mrz = page_of(document)
    checks = evaluate(mrz, reading, anchors(), TODAY, time.perf_counter).checks
    if bad := [check for check in checks if check.outcome in _BAD]:
        return Result(False, "; ".join(map(_shown, bad)))
    if not reading.access.downgrade and str(reading.access) not in _ways_in(document):
        return Result(False, f"opened by {reading.access}")
    again = ["presented again"] if presentations > 1 else []
    unproven = [_shown(check) for check in checks if _is_unproven(check, document)]
    return Result(True, "; ".join([*again, *_downgrade(reading), *unproven]))


def _ways_in(document: Document) -> set[str]:
    """How the chip must have been opened when nothing says that another way had failed."""
    pace = {f"PACE-{each.mapping}, {each.cipher}, {each.group.name}" for each in document.pace}
    return pace or {"BAC, 3DES"}


def _presented(document: Document, chip: Chip, form: Form) -> tuple[ChipReading, int]:
    """Read a chip, laid down again each time it is lost."""
    policy = InspectionPolicy(
        extended_length=form is Form.EXTENDED, further_files=frozenset(LdsFile)
    )
    memory = InspectionMemory()
    for presentation in range(1, MOST_PRESENTATIONS):
        try:
            return read(document, chip, policy=policy, memory=memory), presentation
        except ChipLost:
            chip.enter_field()
    return read(document, chip, policy=policy, memory=memory), MOST_PRESENTATIONS


def _downgrade(reading: ChipReading) -> list[str]:
    downgrade = reading.access.downgrade
    return [f"{reading.access.protocol}, {downgrade}"] if downgrade else []


def _is_unproven(check: CheckResult, document: Document) -> bool:
    """Whether a chip that has a key for this proof did not give it."""
    has_key = {
        CheckId.CHIP_AUTHENTICATION: bool(document.chip_keys or document.pace_cam_keys),
        CheckId.ACTIVE_AUTHENTICATION: document.active_authentication is not None,
    }
    return has_key.get(check.check_id, False) and check.outcome is not Outcome.SUCCESSFUL


def _shown(check: CheckResult) -> str:
    return f"{check.check_id} {check.outcome}, {check.detail}"
