"""The inspection procedure: one conversation that opens and reads a chip (9303-11 §4, §5, §6)."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from egate.emrtd.access.bac import open_with_bac
from egate.emrtd.access.master_file import read_atr_info
from egate.emrtd.access.protocol import Access, AccessProtocol
from egate.emrtd.chip_authentication.aa import ChallengeResponse, challenge_chip
from egate.emrtd.chip_reading import ChipReading, Progress, listed_in_com, listed_in_sod
from egate.emrtd.conversation import Conversation, T
from egate.emrtd.crypto.kdf import SmAlgorithm
from egate.emrtd.errors import DocumentRejected, SecureMessagingBroken, UnexpectedStatus
from egate.emrtd.inspection_policy import USUAL, InspectionPolicy
from egate.emrtd.iso7816 import status
from egate.emrtd.iso7816.apdu import ResponseApdu
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.reading import read_file, select_lds1
from egate.emrtd.lds.reading_session import ReadingSession
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.secure_messaging import most_plain_bytes, over

_MAX_DG2_BYTES: Final = 512 * 1024
_MAX_FILE_BYTES: Final = 64 * 1024
_SHORT_RESPONSE: Final = 256
_STATUS_WORD_BYTES: Final = 2
# The longest that the form can carry, for what no EF.ATR/INFO was asked about.
_LONGEST_RESPONSE: Final = 65_536


def inspect(
    mrz_key: MrzKey,
    random: Callable[[int], bytes],
    clock: Callable[[], float],
    *,
    policy: InspectionPolicy = USUAL,
    already_read: MutableMapping[LdsFile, bytes] | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Conversation[ChipReading]:
    """Open the chip, read its files, and have it prove that it is no copy.

    DG2 comes last: it takes most of the time, and all else is known before it. A channel
    that is lost is opened again within the limits of ``policy``, and only what is missing
    is read.

    Args:
        mrz_key: what the MRZ says.
        random: gives so many unpredictable bytes, fresh on every call.
        clock: seconds, for the durations.
        policy: what to do with the chip.
        already_read: files of an earlier attempt that lost the chip. They are not
            read again, and every file is added as soon as it is whole: give the
            same mapping to the next attempt.
        progress: told each piece of a file as it comes.

    Raises:
        AccessDenied: the chip refuses the keys.
        SecureMessagingBroken: answers were not authentic, however often it was opened.
        DocumentRejected: the chip has no eMRTD application or not the required files.

    """
    files = {} if already_read is None else already_read
    inspection = _Inspection(mrz_key, random, policy, files, progress)
    began = clock()
    meter = _Meter(policy.max_commands)
    yield from _metered(inspection.open(), meter)
    access_seconds = clock() - began
    yield from _metered(inspection.run(), meter)
    return ChipReading(
        access=Access(AccessProtocol.BAC, str(SmAlgorithm.TDES), None),
        files=MappingProxyType(dict(files)),
        absent=frozenset(inspection.absent),
        challenge_response=inspection.challenge_response,
        apdu_count=meter.apdu_count,
        received_bytes=meter.received_bytes,
        access_seconds=access_seconds,
        seconds=clock() - began,
    )


class _Inspection:
    """Keeps what it has when the channel is lost."""

    def __init__(
        self,
        mrz_key: MrzKey,
        random: Callable[[int], bytes],
        policy: InspectionPolicy,
        files: MutableMapping[LdsFile, bytes],
        progress: Callable[[Progress], None],
    ) -> None:
        self.absent: set[LdsFile] = set()
        self.challenge_response: ChallengeResponse | None = None
        self._mrz_key = mrz_key
        self._random = random
        self._policy = policy
        self._files = files
        self._progress = progress
        self._session = ReadingSession(policy.longest_answer_bytes)
        self._longest_response: int | None = None
        self._openings = 0
        self._signing_at_length = False
        self._signs_at_length = policy.extended_length

    def open(self) -> Conversation[None]:
        """Open the channel, for the first time or anew."""
        self._openings += 1
        if self._openings == 1 and self._policy.extended_length:
            stated = yield from read_atr_info()
            self._longest_response = stated.longest_response if stated else None
        yield from select_lds1()
        self._channel = yield from open_with_bac(self._mrz_key, self._random)
        self._fit_to_channel()

    def _fit_to_channel(self) -> None:
        response = _SHORT_RESPONSE
        if self._longest_response is not None:
            response = min(self._longest_response - _STATUS_WORD_BYTES, _LONGEST_RESPONSE)
            self._channel.limit_response(response)
        self._session.limit_to(most_plain_bytes(self._channel.block_size, response))

    def run(self) -> Conversation[None]:
        """Read and ask all that is missing; open the channel anew when it is lost."""
        while True:
            try:
                yield from over(self._channel, self._inside())
            except SecureMessagingBroken as error:
                self._choose_another_form(error)
            else:
                return
            yield from self.open()

    def _choose_another_form(self, error: SecureMessagingBroken) -> None:
        """Have nothing asked again in the form that the channel was lost with.

        Raises:
            SecureMessagingBroken: it was opened often enough.

        """
        if self._openings >= self._policy.max_openings:
            raise SecureMessagingBroken(f"{error} (opened {self._openings} times)") from error
        asked = self._session.channel_was_lost() or 0
        if self._signing_at_length:
            self._signing_at_length = self._signs_at_length = False
        elif asked > _SHORT_RESPONSE:
            self._longest_response = None

    def _inside(self) -> Conversation[None]:
        yield from self._read_if_there(LdsFile.EF_COM)
        yield from self._read(LdsFile.EF_SOD)
        yield from self._read(LdsFile.EF_DG1)
        listed = self._listed()
        for file in (LdsFile.EF_DG14, LdsFile.EF_DG15):
            if file in listed:
                yield from self._read_if_there(file)
        yield from self._authenticate_actively()
        for file in sorted(listed & self._policy.further_files, key=lambda file: file.file_id):
            yield from self._read_if_there(file)
        yield from self._read(LdsFile.EF_DG2)

    def _authenticate_actively(self) -> Conversation[None]:
        dg15 = self._files.get(LdsFile.EF_DG15)
        if dg15 is None or self.challenge_response or not self._policy.active_authentication:
            return
        self._signing_at_length = self._signs_at_length
        answered = yield from self._challenge(dg15)
        self._signing_at_length = False
        if self._signs_at_length and answered and answered.status != status.OK:
            self._signs_at_length = False
            answered = yield from self._challenge(dg15)
        self.challenge_response = answered

    def _challenge(self, dg15: bytes) -> Conversation[ChallengeResponse | None]:
        short = most_plain_bytes(self._channel.block_size)
        longest = short if self._signs_at_length else None
        return challenge_chip(dg15, self._random, longest_short_answer=longest)

    def _listed(self) -> frozenset[LdsFile]:
        # Both lists: a copy may leave out of EF.COM what it cannot do, but not out of the SOD.
        com = listed_in_com(self._files.get(LdsFile.EF_COM))
        sod = listed_in_sod(self._files.get(LdsFile.EF_SOD))
        return (com or frozenset()) | (sod or frozenset())

    def _read(self, file: LdsFile) -> Conversation[None]:
        if file in self._files:
            return
        self._files[file] = yield from read_file(
            file.file_id,
            self._session,
            limit=_MAX_DG2_BYTES if file is LdsFile.EF_DG2 else _MAX_FILE_BYTES,
            piece=lambda piece, end, total: self._progress(Progress(file, end, total, piece)),
        )

    def _read_if_there(self, file: LdsFile) -> Conversation[None]:
        try:
            yield from self._read(file)
            self.absent.discard(file)
        except UnexpectedStatus:
            self.absent.add(file)


@dataclass(slots=True)
class _Meter:
    most_commands: int
    apdu_count: int = 0
    received_bytes: int = 0

    def count(self, response: ResponseApdu) -> None:
        self.apdu_count += 1
        self.received_bytes += len(response.data) + 2
        if self.apdu_count >= self.most_commands:
            raise DocumentRejected(f"not read with {self.most_commands} commands")


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
