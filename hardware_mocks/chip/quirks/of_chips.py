"""Quirks of the chip itself: lengths, files and access."""

from collections.abc import Callable
from typing import Final

from hardware_mocks.chip.data_groups import EF_SOD
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.quirks.access import (
    CardAccessHidden,
    NeedsReference,
    PaceRefused,
    TokenRefused,
)
from hardware_mocks.chip.quirks.behaviour import Behaviour
from hardware_mocks.chip.quirks.files import (
    NAMED,
    UNNAMED,
    EfDirRefused,
    LostOnReselect,
    MasterFileRefused,
    NoMasterFile,
)
from hardware_mocks.chip.quirks.frames import WrongMacOnLastFrame
from hardware_mocks.chip.quirks.lengths import Counted, ExactLe, LargestLe, NakedWrongLength
from hardware_mocks.chip.quirks.switch import Switch, always


def _sod_spoilt(unless_below_bytes: int) -> Callable[[Document], Behaviour]:
    return lambda document: WrongMacOnLastFrame(
        EF_SOD, len(document.files[EF_SOD]), unless_below_bytes=unless_below_bytes
    )


_LENGTHS: Final = (
    Switch(
        "naked-6700",
        1,
        "an extended Le is answered with 6700 outside secure messaging and not counted (CN)",
        always(lambda: NakedWrongLength(Counted.NOTHING)),
    ),
    Switch(
        "naked-6700-command-counted",
        1,
        "the same, with the command counted and not the answer",
        always(lambda: NakedWrongLength(Counted.COMMAND)),
    ),
    Switch(
        "naked-6700-counted",
        1,
        "the same, with command and answer counted",
        always(lambda: NakedWrongLength(Counted.COMMAND_AND_ANSWER)),
    ),
    Switch(
        "le-at-most-192",
        2,
        "more than 192 bytes at once are answered with 6700 (UA)",
        always(lambda: LargestLe(192, 0x6700)),
    ),
    Switch(
        "le-256-ends-session",
        3,
        "Le 256 is answered with 6B00, and all after it with 6988 (RU)",
        always(lambda: LargestLe(255, 0x6B00, ends_session=True)),
    ),
    Switch(
        "le-256-6282",
        4,
        "Le 256 is answered with 6282 and nothing, 160 is fine (ES)",
        always(lambda: LargestLe(160, 0x6282)),
    ),
    Switch("exact-le-6cxx", 5, "an Le beyond the end is answered with 6Cxx", always(ExactLe)),
)

_FILES: Final = (
    *(
        Switch(
            f"select-mf-{sw:04x}",
            9,
            f"SELECT of the master file is answered with {sw:04X}",
            always(lambda sw=sw: MasterFileRefused(sw)),  # type: ignore[misc]
        )
        for sw in (0x6982, 0x6A81, 0x6A86, 0x6A87)
    ),
    Switch(
        "select-mf-needs-3f00",
        10,
        "SELECT of the master file must name 3F00",
        always(lambda: MasterFileRefused(0x6A86, {UNNAMED})),
    ),
    Switch(
        "select-mf-refuses-3f00",
        10,
        "SELECT of the master file must not name 3F00",
        always(lambda: MasterFileRefused(0x6A82, {NAMED})),
    ),
    Switch(
        "no-select-mf",
        11,
        "SELECT with P1=00 is answered with 6D00; EF.CardAccess is selected by P1=02",
        always(NoMasterFile),
    ),
    Switch(
        "ef-dir-6982", 13, "EF.DIR before access is answered with 6982 (US)", always(EfDirRefused)
    ),
    Switch(
        "sod-last-mac-wrong",
        18,
        "the last frame of the SOD has a wrong MAC unless it is a small one (US)",
        _sod_spoilt(unless_below_bytes=65),
    ),
    Switch(
        "sod-last-mac-always-wrong",
        18,
        "the last frame of the SOD has a wrong MAC however it is asked for",
        _sod_spoilt(unless_below_bytes=0),
        readable=False,
    ),
    Switch(
        "lost-on-reselect",
        19,
        "the channel is lost when the application is selected again in it (PT)",
        always(LostOnReselect),
    ),
)

_ACCESS: Final = (
    Switch(
        "mse-needs-84",
        12,
        "MSE:Set AT needs the domain parameters in tag 84 (UA, DE, PL)",
        always(NeedsReference),
        needs_pace=True,
    ),
    Switch(
        "bac-refused",
        14,
        "only PACE opens the chip, and BAC is answered with 6A88 (DE)",
        needs_pace=True,
        document={"basic_access": False},
    ),
    Switch(
        "pace-refused",
        15,
        "PACE is offered and refused with 6A80, BAC opens: a downgrade",
        always(lambda: PaceRefused(0x6A80)),
        needs_pace=True,
    ),
    Switch(
        "card-access-hidden",
        15,
        "EF.CardAccess is not there though DG14 tells of PACE, BAC opens: a downgrade",
        always(CardAccessHidden),
        needs_pace=True,
    ),
    *(
        Switch(
            f"pace-step-4-{sw:04x}",
            16,
            f"PACE ends in step 4 with {sw:04X} ({where})",
            always(lambda sw=sw: TokenRefused(sw)),  # type: ignore[misc]
            needs_pace=True,
        )
        for sw, where in ((0x6300, "GR"), (0x6A80, "SK"))
    ),
)

OF_CHIPS: Final = (*_LENGTHS, *_FILES, *_ACCESS)
