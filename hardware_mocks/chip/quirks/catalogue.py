"""Every quirk by name. Two letters in brackets say where such a document was met."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from hardware_mocks.chip.data_groups import EF_SOD
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.quirks.access import (
    NeedsReference,
    PaceOnly,
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
from hardware_mocks.chip.quirks.signatures import (
    CutSignature,
    SignatureInParts,
    SilentAtLength,
)
from hardware_mocks.chip.quirks.switch import Switch
from hardware_mocks.chip.quirks.transport import (
    AnswersInParts,
    CommandChaining,
    ReaderWithoutExtended,
)

_RSA_2048: Final = {"active_authentication": "rsa", "aa_bits": 2048}
_RSA_1024: Final = {"active_authentication": "rsa", "aa_bits": 1024}
_SHORT: Final = {"extended_length": False, "max_le": 256}


def _always(make: Callable[[], Behaviour]) -> Callable[[Document], Behaviour]:
    """A behaviour that is the same for every document."""
    return lambda _document: make()


def _sod_spoilt(unless_below_bytes: int) -> Callable[[Document], Behaviour]:
    return lambda document: WrongMacOnLastFrame(
        EF_SOD, len(document.files[EF_SOD]), unless_below_bytes=unless_below_bytes
    )


_LENGTHS: Final = (
    Switch(
        "naked-6700",
        1,
        "an extended Le is answered with 6700 outside secure messaging and not counted (CN)",
        _always(lambda: NakedWrongLength(Counted.NOTHING)),
    ),
    Switch(
        "naked-6700-command-counted",
        1,
        "the same, with the command counted and not the answer",
        _always(lambda: NakedWrongLength(Counted.COMMAND)),
    ),
    Switch(
        "naked-6700-counted",
        1,
        "the same, with command and answer counted",
        _always(lambda: NakedWrongLength(Counted.COMMAND_AND_ANSWER)),
    ),
    Switch(
        "le-at-most-192",
        2,
        "more than 192 bytes at once are answered with 6700 (UA)",
        _always(lambda: LargestLe(192, 0x6700)),
    ),
    Switch(
        "le-256-ends-session",
        3,
        "Le 256 is answered with 6B00, and all after it with 6988 (RU)",
        _always(lambda: LargestLe(255, 0x6B00, ends_session=True)),
    ),
    Switch(
        "le-256-6282",
        4,
        "Le 256 is answered with 6282 and nothing, 160 is fine (ES)",
        _always(lambda: LargestLe(160, 0x6282)),
    ),
    Switch("exact-le-6cxx", 5, "an Le beyond the end is answered with 6Cxx", _always(ExactLe)),
)

_SIGNATURES: Final = (
    Switch(
        "aa-cut",
        6,
        "a signature of RSA-2048 is cut to what a short APDU carries, with 9000 (AU)",
        _always(CutSignature),
        document=_RSA_2048,
    ),
    Switch(
        "aa-cut-short-only",
        6,
        "the same with a chip without extended APDUs: the whole signature cannot be had",
        _always(CutSignature),
        document=_RSA_2048,
        interface=_SHORT,
    ),
    Switch(
        "aa-extended-silent",
        7,
        "an extended Le in Active Authentication is answered with 9000 and nothing (CN)",
        _always(SilentAtLength),
        document=_RSA_1024,
    ),
    Switch(
        "aa-61xx",
        8,
        "a long signature comes in parts, by 61xx and GET RESPONSE (FI)",
        _always(SignatureInParts),
        document=_RSA_2048,
        interface=_SHORT,
    ),
)

_FILES: Final = (
    *(
        Switch(
            f"select-mf-{sw:04x}",
            9,
            f"SELECT of the master file is answered with {sw:04X}",
            _always(lambda sw=sw: MasterFileRefused(sw)),  # type: ignore[misc]
        )
        for sw in (0x6982, 0x6A81, 0x6A86, 0x6A87)
    ),
    Switch(
        "select-mf-needs-3f00",
        10,
        "SELECT of the master file must name 3F00",
        _always(lambda: MasterFileRefused(0x6A86, {UNNAMED})),
    ),
    Switch(
        "select-mf-refuses-3f00",
        10,
        "SELECT of the master file must not name 3F00",
        _always(lambda: MasterFileRefused(0x6A82, {NAMED})),
    ),
    Switch(
        "no-select-mf",
        11,
        "SELECT with P1=00 is answered with 6D00; EF.CardAccess is selected by P1=02",
        _always(NoMasterFile),
    ),
    Switch(
        "ef-dir-6982", 13, "EF.DIR before access is answered with 6982 (US)", _always(EfDirRefused)
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
        _always(LostOnReselect),
    ),
)

_ACCESS: Final = (
    Switch(
        "mse-needs-84",
        12,
        "MSE:Set AT needs the domain parameters in tag 84 (UA, DE, PL)",
        _always(NeedsReference),
    ),
    Switch("pace-only", 14, "BAC is answered with 6A88 (DE)", _always(PaceOnly)),
    Switch(
        "pace-refused",
        15,
        "PACE is offered and refused with 6A80, BAC opens: a downgrade",
        _always(lambda: PaceRefused(0x6A80)),
    ),
    *(
        Switch(
            f"pace-step-4-{sw:04x}",
            16,
            f"PACE ends in step 4 with {sw:04X} ({where})",
            _always(lambda sw=sw: TokenRefused(sw)),  # type: ignore[misc]
        )
        for sw, where in ((0x6300, "GR"), (0x6A80, "SK"))
    ),
)

_BENEATH: Final = (
    Switch(
        "reader-short-only",
        None,
        "the reader's firmware answers 6700 to every extended APDU",
        _always(lambda: ReaderWithoutExtended(drops=False)),
    ),
    Switch(
        "reader-drops-extended",
        None,
        "the reader's firmware loses the chip on every extended APDU",
        _always(lambda: ReaderWithoutExtended(drops=True)),
    ),
    Switch(
        "chaining-accepted",
        None,
        "commands in parts are taken (command chaining)",
        _always(lambda: CommandChaining(required=False)),
    ),
    Switch(
        "chaining-required",
        None,
        "long commands are taken in parts only, extended APDUs refused",
        _always(lambda: CommandChaining(required=True)),
    ),
    Switch(
        "answers-in-parts",
        None,
        "long answers come in parts, by 61xx and GET RESPONSE outside secure messaging",
        _always(lambda: AnswersInParts(128)),
    ),
)

SWITCHES: Final[Mapping[str, Switch]] = {
    switch.name: switch
    for switch in sorted(
        (*_LENGTHS, *_SIGNATURES, *_FILES, *_ACCESS, *_BENEATH),
        key=lambda switch: 99 if switch.number is None else switch.number,
    )
}


def wanted(names: Iterable[str]) -> Iterable[Switch]:
    """Give the switches of ``names``, each once; raises KeyError."""
    return [SWITCHES[name] for name in dict.fromkeys(names)]
