"""The inspection procedure: one conversation that opens and reads a chip (9303-11 §4, §5, §6)."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from egate.emrtd.access.bac import open_with_bac
from egate.emrtd.access.protocol import AccessProtocol
from egate.emrtd.chip_authentication.aa import ChallengeResponse, challenge_chip
from egate.emrtd.conversation import Conversation, T
from egate.emrtd.errors import (
    DocumentRejected,
    SecureMessagingBroken,
    UnexpectedStatus,
)
from egate.emrtd.iso7816.apdu import ResponseApdu
from egate.emrtd.lds.com import Com
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.reading import read_file, select_lds1
from egate.emrtd.lds.sod import LdsSecurityObject, unwrap
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.secure_messaging import SecureMessaging, most_plain_bytes, over

_MAX_DG2_BYTES: Final = 512 * 1024
_MAX_FILE_BYTES: Final = 64 * 1024
_TDES_BLOCK: Final = 8


@dataclass(frozen=True, slots=True)
class InspectionPolicy:
    """What to do with a chip.

    Args:
        extended_length: read in extended APDUs. The reader must be able to; a chip
            that is not is opened a second time and read in short ones.
        extended_chunk: bytes asked for in one extended APDU.
        active_authentication: challenge chips that have a key for it.
        long_signatures: ask in extended form for signatures that need it; False for
            readers that cannot.

    """

    extended_length: bool = False
    extended_chunk: int = 4096
    active_authentication: bool = True
    long_signatures: bool = True

    @property
    def is_short_only(self) -> bool:
        return not (self.extended_length or self.long_signatures)

    def in_short_form(self) -> "InspectionPolicy":
        return replace(self, extended_length=False, long_signatures=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of one file is, in bytes."""

    file: LdsFile
    bytes_read: int
    bytes_total: int


@dataclass(frozen=True, slots=True)
class ChipReading:
    """What a chip gave. Nothing in it is proven yet.

    Args:
        access: the protocol that opened it.
        files: the whole files that were read; personal.
        absent: files the chip refused although EF.COM or EF.SOD lists them.
        challenge_response: active authentication; None when it was not performed.
        apdu_count: commands sent.
        received_bytes: bytes of all responses.
        access_seconds: time until the channel was open.
        seconds: time of the whole inspection.

    """

    access: AccessProtocol
    files: Mapping[LdsFile, bytes] = field(repr=False)
    absent: frozenset[LdsFile]
    challenge_response: ChallengeResponse | None
    apdu_count: int
    received_bytes: int
    access_seconds: float
    seconds: float


def listed_in_com(com: bytes | None) -> frozenset[LdsFile] | None:
    """Return the data groups that EF.COM lists, None when it lists none readably."""
    try:
        return None if com is None else Com.parse(com).data_groups
    except DocumentRejected:
        return None


def listed_in_sod(sod: bytes | None) -> frozenset[LdsFile] | None:
    """Return the data groups whose hashes EF.SOD has, None when it cannot be read."""
    if sod is None:
        return None
    try:
        hashes = LdsSecurityObject.parse(SignedData.parse(unwrap(sod)).content).data_group_hashes
    except DocumentRejected:
        return None
    return frozenset(LdsFile.of_data_group(number) for number in hashes)


def inspect(
    mrz_key: MrzKey,
    random: Callable[[int], bytes],
    clock: Callable[[], float],
    *,
    policy: InspectionPolicy = InspectionPolicy(),
    already_read: MutableMapping[LdsFile, bytes] | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Conversation[ChipReading]:
    """Open the chip, read its files, and have it prove that it is no copy.

    DG2 comes last: it takes most of the time, and all else is known before it.

    Args:
        mrz_key: what the MRZ says.
        random: gives so many unpredictable bytes, fresh on every call.
        clock: seconds, for the durations.
        policy: what to do with the chip.
        already_read: files of an earlier attempt that lost the chip. They are not
            read again, and every file is added as soon as it is whole: give the
            same mapping to the next attempt.
        progress: told after each piece of a file.

    Raises:
        AccessDenied: the chip refuses the keys.
        SecureMessagingBroken: an answer was not authentic.
        DocumentRejected: the chip has no eMRTD application or not the required files.

    """
    files = {} if already_read is None else already_read
    inspection = _Inspection(random, files, progress)
    began = clock()
    meter = _Meter()
    channel = yield from _metered(_opened(mrz_key, random), meter)
    access_seconds = clock() - began
    try:
        yield from _metered(over(channel, inspection.run(policy)), meter)
    except (SecureMessagingBroken, UnexpectedStatus):
        if policy.is_short_only or not inspection.asked_at_length:
            raise
        # A chip that cannot do what was asked answers outside the channel, which is then lost.
        channel = yield from _metered(_opened(mrz_key, random), meter)
        yield from _metered(over(channel, inspection.run(policy.in_short_form())), meter)
    return ChipReading(
        access=AccessProtocol.BAC,
        files=MappingProxyType(dict(inspection.files)),
        absent=frozenset(inspection.absent),
        challenge_response=inspection.challenge_response,
        apdu_count=meter.apdu_count,
        received_bytes=meter.received_bytes,
        access_seconds=access_seconds,
        seconds=clock() - began,
    )


def _opened(mrz_key: MrzKey, random: Callable[[int], bytes]) -> Conversation[SecureMessaging]:
    yield from select_lds1()
    return (yield from open_with_bac(mrz_key, random))


class _Inspection:
    """The part inside the channel; keeps what it has when the channel is lost."""

    def __init__(
        self,
        random: Callable[[int], bytes],
        files: MutableMapping[LdsFile, bytes],
        progress: Callable[[Progress], None],
    ) -> None:
        self.files = files
        self.absent: set[LdsFile] = set()
        self.challenge_response: ChallengeResponse | None = None
        self.asked_at_length = False
        self._random = random
        self._progress = progress

    def run(self, policy: InspectionPolicy) -> Conversation[None]:
        short = most_plain_bytes(_TDES_BLOCK, extended=False)
        chunk = policy.extended_chunk if policy.extended_length else short
        self.asked_at_length = policy.extended_length
        yield from self._read_if_there(LdsFile.EF_COM, chunk)
        yield from self._read(LdsFile.EF_SOD, chunk)
        yield from self._read(LdsFile.EF_DG1, chunk)
        listed = self._listed()
        for file in (LdsFile.EF_DG14, LdsFile.EF_DG15):
            if file in listed:
                yield from self._read_if_there(file, chunk)
        dg15 = self.files.get(LdsFile.EF_DG15)
        if dg15 is not None and policy.active_authentication:
            self.asked_at_length = True
            self.challenge_response = yield from challenge_chip(
                dg15,
                self._random,
                longest_short_answer=short if policy.long_signatures else None,
            )
            self.asked_at_length = policy.extended_length
        yield from self._read(LdsFile.EF_DG2, chunk)

    def _listed(self) -> frozenset[LdsFile]:
        # Both lists: a copy may leave out of EF.COM what it cannot do, but not out of the SOD.
        com = listed_in_com(self.files.get(LdsFile.EF_COM))
        sod = listed_in_sod(self.files.get(LdsFile.EF_SOD))
        return (com or frozenset()) | (sod or frozenset())

    def _read(self, file: LdsFile, chunk: int) -> Conversation[None]:
        if file in self.files:
            return
        self.files[file] = yield from read_file(
            file.file_id,
            chunk=chunk,
            limit=_MAX_DG2_BYTES if file is LdsFile.EF_DG2 else _MAX_FILE_BYTES,
            progress=lambda have, total: self._progress(Progress(file, have, total)),
        )

    def _read_if_there(self, file: LdsFile, chunk: int) -> Conversation[None]:
        try:
            yield from self._read(file, chunk)
            self.absent.discard(file)
        except UnexpectedStatus:
            self.absent.add(file)


@dataclass(slots=True)
class _Meter:
    apdu_count: int = 0
    received_bytes: int = 0

    def count(self, response: ResponseApdu) -> None:
        self.apdu_count += 1
        self.received_bytes += len(response.data) + 2


def _metered(conversation: Conversation[T], meter: _Meter) -> Conversation[T]:
    try:
        command = next(conversation)
        while True:
            response = yield command
            meter.count(response)
            command = conversation.send(response)
    except StopIteration as finished:
        result: T = finished.value
        return result
    finally:
        conversation.close()
