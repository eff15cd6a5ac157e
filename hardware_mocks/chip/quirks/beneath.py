"""Faults beneath the chip, and documents that are uncommon rather than odd."""

from typing import Final

from hardware_mocks.chip.quirks.switch import Switch, always
from hardware_mocks.chip.quirks.transport import (
    AnswersInParts,
    CommandChaining,
    ReaderWithoutExtended,
)

BENEATH: Final = (
    Switch(
        "reader-short-only",
        None,
        "the reader's firmware answers 6700 to every extended APDU",
        always(lambda: ReaderWithoutExtended(drops=False)),
    ),
    Switch(
        "reader-drops-extended",
        None,
        "the reader's firmware loses the chip on every extended APDU",
        always(lambda: ReaderWithoutExtended(drops=True)),
    ),
    Switch(
        "chaining-accepted",
        None,
        "commands in parts are taken (command chaining)",
        always(CommandChaining),
    ),
    Switch(
        "chaining-required",
        None,
        "long commands are taken in parts only: no extended APDUs, but command chaining",
        always(CommandChaining),
        interface={"extended_length": False, "max_le": 256},
    ),
    Switch(
        "answers-in-parts",
        None,
        "answers beyond 256 bytes come in parts, by 61xx and GET RESPONSE outside secure messaging",
        always(lambda: AnswersInParts(256)),
    ),
    Switch(
        "answers-in-small-parts",
        None,
        "the same with every answer beyond 100 bytes",
        always(lambda: AnswersInParts(100)),
    ),
    Switch(
        "leaves-field",
        None,
        "the chip leaves the field after 20 APDUs",
        readable=False,
        profile={"leaves_after": 20},
    ),
    Switch(
        "slow-chip",
        None,
        "the chip takes 200 ms for an APDU",
        profile={"apdu_ms": 200.0},
    ),
    Switch(
        "slow-link",
        None,
        "a link of 424 kbit/s and 5 ms for an APDU",
        profile={"apdu_ms": 5.0, "link_kbit": 424.0},
    ),
    Switch(
        "td1-long-number",
        None,
        "a TD1 card with a document number of more than nine characters",
        holder={"document_type": "TD1", "document_number": "X0123456789AB"},
    ),
    Switch(
        "padded-number",
        None,
        "a document number shorter than its field, padded with fillers",
        holder={"document_number": "X0123"},
    ),
    Switch(
        "dg2-beyond-32k",
        None,
        "DG2 reaches beyond 32,767 bytes, where READ BINARY has an odd instruction",
        document={"dg2_bytes": 40_000},
    ),
    Switch(
        "dg2-jpeg2000",
        None,
        "the image of DG2 is JPEG 2000",
        document={"portrait_format": "jpeg2000"},
    ),
    Switch(
        "dg2-grey",
        None,
        "the image of DG2 is grey",
        document={"portrait_format": "grey"},
    ),
)
