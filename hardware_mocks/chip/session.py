"""What a chip remembers between two resets, and what its mechanisms look like."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hardware_mocks.chip.apdu import Command, Reply

MASTER_FILE = b""
EMRTD_APPLICATION = bytes.fromhex("A0000002471001")


class SecureMessagingError(Exception):
    """A protected command is wrong: the session ends with this naked status word."""

    def __init__(self, sw: int) -> None:
        super().__init__(f"{sw:04X}")
        self.sw = sw


class Channel(Protocol):
    """Secure messaging from the chip's side."""

    def unwrap(self, command: Command) -> Command:
        """Check and open a protected command; raises SecureMessagingError."""
        ...

    def wrap(self, reply: Reply, *, odd_instruction: bool) -> bytes:
        """Protect a reply."""
        ...


@dataclass(slots=True)
class Session:
    """The volatile memory of a chip.

    A mechanism that agrees new keys sets ``next_channel``: the reply that ends the agreement
    still goes out under the old keys (9303-11 §9.8.2), then the chip swaps them.

    ``chain`` is what the mechanism that answered the last MANAGE SECURITY ENVIRONMENT remembers
    for the GENERAL AUTHENTICATE to follow; any other command ends it.

    For Terminal Authentication: ``chip_identifier`` is the compressed ephemeral key of the chip's
    PACE, None after BAC; ``terminal_key`` the compressed ephemeral key that the terminal sent to
    Chip Authentication; ``verification`` what the terminal has shown since, ``terminal_rights``
    the bits that were granted for it.
    """

    application: bytes = MASTER_FILE
    file: int | None = None
    challenge: bytes | None = None
    access_granted: bool = False
    channel: Channel | None = None
    next_channel: Channel | None = None
    chain: object | None = None
    chip_identifier: bytes | None = None
    terminal_key: bytes | None = None
    verification: object | None = None
    terminal_rights: int = 0

    def abort(self) -> None:
        """Delete the session keys and the access rights (9303-11 §9.8.3)."""
        self.channel = None
        self.next_channel = None
        self.access_granted = False
        self.file = None
        self.chain = None
        self.chip_identifier = None
        self.terminal_key = None
        self.verification = None
        self.terminal_rights = 0

    def abort_channel(self) -> None:
        """End the channel, if one is open, because a plain command came."""
        if self.channel is not None:
            self.abort()

    def swap_channel(self) -> None:
        """Start to use the keys that the last command agreed, if it agreed any."""
        if self.next_channel is not None:
            self.channel, self.next_channel = self.next_channel, None


class Mechanism(Protocol):
    """One thing a chip can do: a file system, an access protocol, an authentication."""

    def answer(self, command: Command, session: Session) -> Reply | None:
        """Answer a command, or return None to leave it to the next mechanism."""
        ...


class Quirk(Protocol):
    """What one kind of chip in the field does otherwise, on the wire or behind it."""

    def transmit(
        self, apdu: bytes, session: Session, onward: Callable[[bytes], bytes | None]
    ) -> bytes | None:
        """Answer a command APDU as it came; ``onward`` is what the chip does with one.

        None takes the chip out of the field.
        """
        ...

    def answer(
        self, command: Command, session: Session, onward: Callable[[Command], Reply]
    ) -> Reply:
        """Answer a command free of secure messaging; ``onward`` is what the chip would answer."""
        ...

    def reset(self) -> None:
        """Forget what power alone kept."""
        ...
