"""The steps of an inspection, and what happens when the channel is lost in one of them."""

from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from typing import Final

from egate.emrtd.access.chip_access import ChipAccess
from egate.emrtd.access.master_file import read_atr_info
from egate.emrtd.access.password import Password
from egate.emrtd.checks import Outcome
from egate.emrtd.chip_authentication.aa import ChallengeResponse, challenge_chip
from egate.emrtd.chip_authentication.ca import (
    ChipAuthentication,
    ChipAuthenticationResult,
    ChipNotAuthenticated,
    authenticate_chip,
    summed_up,
)
from egate.emrtd.chip_authentication.ca_agreement import MOST_SHORT_BYTES
from egate.emrtd.chip_authentication.pace_cam import PaceCamEvidence
from egate.emrtd.chip_reading import Progress, listed_in_com, listed_in_sod
from egate.emrtd.conversation import Conversation, T
from egate.emrtd.errors import SecureMessagingBroken, UnexpectedStatus
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.iso7816 import status
from egate.emrtd.lds.card_security import EF_CARD_SECURITY
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.reading import read_file, select_lds1
from egate.emrtd.secure_messaging import SecureMessaging, most_plain_bytes, over
from egate.emrtd.terminal_authentication.authenticate import (
    TerminalAuthenticated,
    TerminalAuthentication,
    TerminalNotAuthenticated,
)
from egate.emrtd.terminal_authentication.presentation import present_terminal
from egate.emrtd.terminal_authentication.session import binding_of, cvca_file_of
from egate.emrtd.terminal_authentication.terminal import Terminal

_MAX_DG2_BYTES: Final = 512 * 1024
_MAX_FILE_BYTES: Final = 64 * 1024
_SHORT_RESPONSE: Final = 256
_STATUS_WORD_BYTES: Final = 2
_LONGEST_RESPONSE: Final = 65_536
_LONGEST_COMMAND: Final = 65_535
_NO_BINDING: Final = "the chip has not been authenticated in this channel"
_OF_TERMINALS: Final = frozenset((LdsFile.EF_DG3, LdsFile.EF_DG4))


class _Proof(Enum):
    """What goes on with the chip besides the reading of files."""

    CHIP_AUTHENTICATION = auto()
    ACTIVE_AUTHENTICATION = auto()
    TERMINAL_AUTHENTICATION = auto()


class InspectionSteps:
    """One presentation of a chip; keeps what it has when the channel is lost."""

    def __init__(
        self,
        password: Password,
        random: Callable[[int], bytes],
        policy: InspectionPolicy,
        memory: InspectionMemory,
        progress: Callable[[Progress], None],
        terminal: Terminal | None,
    ) -> None:
        self.absent: set[LdsFile] = set()
        self.chip_authentication: ChipAuthenticationResult | None = None
        self.pace_cam: PaceCamEvidence | None = None
        self.challenge_response: ChallengeResponse | None = None
        self.terminal_authentication: TerminalAuthentication | None = None
        self._password = password
        self._terminal = terminal
        self._chip: ChipAuthentication | None = None  # in the channel that is open
        self._random = random
        self._policy = policy
        self._memory = memory
        self._files = memory.files
        self._reading = memory.reading
        self._link = memory.link
        self._link.extended = self._link.extended and policy.extended_length
        self._progress = progress
        self._access = ChipAccess(password, policy, random)
        self._longest_response: int | None = None
        self._openings = 1
        # In which form to ask for a proof; a channel lost in the last one ends the asking.
        self._forms = {proof: [False] for proof in _Proof}
        self._asked: _Proof | None = None
        self._refusals: list[ChipNotAuthenticated] = []
        self._doing = "EF.CardSecurity"

    @property
    def card_access(self) -> bytes | None:
        """EF.CardAccess, None when there is none or nobody asked."""
        return self._access.card_access

    def open(self) -> Conversation[None]:
        """Open the channel for the first time."""
        yield from self._access.read_offers()
        if self._link.extended:
            stated = yield from read_atr_info()
            self._longest_response = stated.longest_response if stated else None
            self._link.longest_command = stated.longest_command if stated else None
            self._forms = {proof: [True, False] for proof in _Proof}
        self.opened = yield from self._access.open()
        self._use(self.opened.channel)

    def run(self) -> Conversation[None]:
        """Read and ask all that is missing; open the channel anew when it is lost."""
        while True:
            try:
                yield from self._over(self._enter_application())
                yield from self._inside()
            except SecureMessagingBroken as error:
                self._choose_another_form(error)
            else:
                return
            self._openings += 1
            self._chip = None
            self.opened = yield from self._access.open_again()
            self._use(self.opened.channel)

    def _use(self, channel: SecureMessaging) -> None:
        self._channel = channel
        response = _SHORT_RESPONSE
        if self._longest_response is not None and self._link.extended:
            response = min(self._longest_response - _STATUS_WORD_BYTES, _LONGEST_RESPONSE)
            channel.limit_response(response)
        longest = most_plain_bytes(channel.block_size, response)
        self._reading.limit_to(min(longest, self._policy.longest_answer_bytes))

    def _choose_another_form(self, error: SecureMessagingBroken) -> None:
        """Have nothing asked again in the form that the channel was lost with.

        Raises:
            SecureMessagingBroken: it was opened often enough.

        """
        if self._openings >= self._policy.max_openings:
            reason = f"{self._doing}: {error} (opened {self._openings} times)"
            raise SecureMessagingBroken(reason) from error
        asked = self._reading.channel_was_lost() or 0
        if asked > _SHORT_RESPONSE and not self._reading.reads_at_length:
            self._longest_response = None
        if self._asked is not None:
            del self._forms[self._asked][:1]
            self._asked = None

    def _inside(self) -> Conversation[None]:
        yield from self._over(self._lists_and_keys())
        yield from self._authenticate_chip()
        yield from self._over(self._rest())

    def _over(self, conversation: Conversation[T]) -> Conversation[T]:
        return over(self._channel, conversation)

    def _enter_application(self) -> Conversation[None]:
        """Select the application, once in a channel: PACE leaves the master file selected.

        EF.SOD does not name the key of PACE-CAM. What ties the two together is that both come
        through one channel, so EF.SOD of another channel is not kept: it may be another chip's.
        """
        if LdsFile.EF_SOD not in self._files:
            self.pace_cam = None
        pace = self.opened.pace
        if pace is None:
            return
        if pace.chip_authentication_data is not None and self.pace_cam is None:
            self._files.pop(LdsFile.EF_SOD, None)
            self._reading.in_master_file = False
            self._reading.start_over(LdsFile.EF_SOD.file_id)
            self.pace_cam = PaceCamEvidence(
                mapping_public=pace.chip_mapping_public,
                authentication_data=pace.chip_authentication_data,
                parameter_id=self.opened.parameter_id,
                card_security=(yield from self._card_security()),
            )
        self._reading.in_master_file = False
        yield from select_lds1()

    def _card_security(self) -> Conversation[bytes | None]:
        if self._memory.card_security is None:
            self._reading.in_master_file = True
            with suppress(UnexpectedStatus):
                self._memory.card_security = yield from read_file(
                    EF_CARD_SECURITY, self._reading, limit=_MAX_FILE_BYTES
                )
        return self._memory.card_security

    def _lists_and_keys(self) -> Conversation[None]:
        yield from self._read_if_there(LdsFile.EF_COM)
        yield from self._read(LdsFile.EF_SOD)
        yield from self._read(LdsFile.EF_DG1)
        listed = self._listed()
        for file in (LdsFile.EF_DG14, LdsFile.EF_DG15):
            if file in listed:
                yield from self._read_if_there(file)

    def _rest(self) -> Conversation[None]:
        yield from self._authenticate_actively()
        further = self._listed() & self._policy.further_files
        if further & _OF_TERMINALS and not (yield from self._is_terminal_taken()):
            further -= _OF_TERMINALS
        for file in sorted(further, key=lambda file: file.file_id):
            yield from self._read_if_there(file)
        yield from self._read(LdsFile.EF_DG2)

    def _authenticate_chip(self) -> Conversation[None]:
        """Perform chip authentication; a refusal counts when it comes in every form."""
        dg14 = self._files.get(LdsFile.EF_DG14)
        forms = self._forms[_Proof.CHIP_AUTHENTICATION]
        if dg14 is None or not self._policy.chip_authentication:
            return
        if self.chip_authentication is None and not forms:  # the channel was lost in the last
            self.chip_authentication = summed_up(self._refusals)
        while self.chip_authentication is None and forms:
            self._asked = _Proof.CHIP_AUTHENTICATION
            self._doing = "chip authentication"
            result = yield from authenticate_chip(
                self._channel, dg14, self._random, extended_length=forms[0]
            )
            self._asked = None
            del forms[:1]
            if isinstance(result, ChipAuthentication):
                self.chip_authentication = self._chip = result
                self._use(result.channel)
                return
            self._refusals.append(result)
            is_refused = result.is_form_refused or result.outcome is Outcome.FAILED
            if not (is_refused and forms):
                self.chip_authentication = summed_up(self._refusals)
            if result.is_channel_lost:
                raise SecureMessagingBroken(result.detail)

    def _authenticate_actively(self) -> Conversation[None]:
        dg15 = self._files.get(LdsFile.EF_DG15)
        wanted = self._policy.active_authentication and self.challenge_response is None
        forms = self._forms[_Proof.ACTIVE_AUTHENTICATION]
        short = most_plain_bytes(self._channel.block_size)
        while dg15 is not None and wanted and forms:
            self._asked = _Proof.ACTIVE_AUTHENTICATION
            self._doing = "active authentication"
            answered = yield from challenge_chip(
                dg15, self._random, longest_short_answer=short if forms[0] else None
            )
            self._asked = None
            self.challenge_response = answered
            wanted = answered is not None and answered.status != status.OK
            del forms[:1]

    def _is_terminal_taken(self) -> Conversation[bool]:
        """Present the terminal in the open channel, and say whether it may read more."""
        if self._terminal is None:
            return False
        binding = binding_of(self._password, self.opened, self._chip)
        if binding is None:
            self.terminal_authentication = TerminalNotAuthenticated(_NO_BINDING)
            return False
        forms = self._forms[_Proof.TERMINAL_AUTHENTICATION]
        for is_extended in tuple(forms):
            self._asked = _Proof.TERMINAL_AUTHENTICATION
            self._doing = "terminal authentication"
            self.terminal_authentication = yield from present_terminal(
                self._terminal,
                binding,
                cvca_file_id=cvca_file_of(self._files.get(LdsFile.EF_DG14)),
                most_bytes=_LONGEST_COMMAND if is_extended else MOST_SHORT_BYTES,
            )
            self._asked = None
            if isinstance(self.terminal_authentication, TerminalAuthenticated):
                return True
        return False

    def _listed(self) -> frozenset[LdsFile]:
        # Both lists: a copy may leave out of EF.COM what it cannot do, but not out of the SOD.
        com = listed_in_com(self._files.get(LdsFile.EF_COM))
        sod = listed_in_sod(self._files.get(LdsFile.EF_SOD))
        return (com or frozenset()) | (sod or frozenset())

    def _read(self, file: LdsFile) -> Conversation[None]:
        if file in self._files:
            return
        self._doing = str(file)
        self._files[file] = yield from read_file(
            file.file_id,
            self._reading,
            limit=_MAX_DG2_BYTES if file is LdsFile.EF_DG2 else _MAX_FILE_BYTES,
            piece=lambda piece, end, total: self._progress(Progress(file, end, total, piece)),
        )

    def _read_if_there(self, file: LdsFile) -> Conversation[None]:
        try:
            yield from self._read(file)
            self.absent.discard(file)
        except UnexpectedStatus:
            self.absent.add(file)
