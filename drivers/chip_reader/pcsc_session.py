"""Blocking PC/SC: one context, one reader, one chip. For a thread of its own."""

import importlib
from typing import Any, Final

from egate.emrtd.errors import ChipLost
from egate.ports.devices import DeviceError, DeviceName

_SUCCESS: Final = 0
_TIMEOUT: Final = 0x8010000A
_WAIT_SLICE_MS: Final = 250
_NOTICE_MS: Final = 600  # pcscd looks at a reader every 400 ms

# PC/SC part 5 §3.1 by name of the constant. The chip's fault, or its being gone:
_CHIP_GONE: Final = {
    0x8010000C: "no chip",  # SCARD_E_NO_SMARTCARD
    0x80100016: "the exchange broke off",  # SCARD_E_NOT_TRANSACTED: just after removal
    0x8010002F: "communication error",  # SCARD_E_COMM_DATA_LOST
    0x80100066: "the chip does not answer",  # SCARD_W_UNRESPONSIVE_CARD
    0x80100067: "the chip has no power",  # SCARD_W_UNPOWERED_CARD
    0x80100068: "the chip was reset",  # SCARD_W_RESET_CARD
    0x80100069: "the chip left the field",  # SCARD_W_REMOVED_CARD
    0x8010000F: "the chip speaks neither T=0 nor T=1",  # SCARD_E_PROTO_MISMATCH
}
# The reader's or the service's:
_READER_GONE: Final = {
    0x80100003: "pcscd was restarted",  # SCARD_E_INVALID_HANDLE
    0x80100013: "pcscd was stopped",  # SCARD_F_COMM_ERROR
    0x80100009: "there is no such reader",  # SCARD_E_UNKNOWN_READER
    0x8010000B: "in use by another program",  # SCARD_E_SHARING_VIOLATION
    0x80100017: "unplugged",  # SCARD_E_READER_UNAVAILABLE
    0x8010001D: "pcscd does not run",  # SCARD_E_NO_SERVICE
    0x8010001E: "pcscd was stopped",  # SCARD_E_SERVICE_STOPPED
    0x8010002E: "no reader is plugged in",  # SCARD_E_NO_READERS_AVAILABLE
}


def _scard() -> Any:  # noqa: ANN401 - pyscard has no types
    """Import pyscard when it is used: it is an optional package with a C part."""
    try:
        return importlib.import_module("smartcard.scard")
    except ImportError as error:
        raise DeviceError(
            DeviceName.CHIP_READER,
            "pyscard is not installed: apt install pcscd libpcsclite1, pip install 'egate[pcsc]'",
        ) from error


class PcscSession:
    """A context of pcscd, and in it the chip that lies on the reader.

    Args:
        reader: the reader's name, or a part of it that no other reader has.

    ``stalled`` is set by the owner when a call did not return; nobody but its thread may
    use the session from then on.
    """

    def __init__(self, reader: str) -> None:
        self.stalled = False
        self._reader = reader
        self._scard = _scard()
        self._context: Any = None
        self._chip: Any = None
        self._protocol = 0
        self._lost = False
        self._state = self._scard.SCARD_STATE_UNAWARE

    def open(self) -> None:
        """Open the context and find the reader.

        Raises:
            DeviceError: pcscd does not run, or has no such reader.

        """
        result, context = self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_SYSTEM)
        self._expect(result)
        self._context = context
        result, names = self._scard.SCardListReaders(self._context, [])
        self._expect(result)
        fitting = [name for name in names if name == self._reader] or [
            name for name in names if self._reader in name
        ]
        if len(fitting) != 1:
            fault = f"{len(fitting)} readers fit" if fitting else "there is no such reader"
            raise self._device_error(f"{fault} (there are: {', '.join(names) or 'none'})")
        self._reader = fitting[0]

    def expect_usable(self) -> None:
        """Raise DeviceError if the reader is gone, or held by somebody else.

        That may be a call of our own that never returned: it keeps the reader until it does.
        """
        states = [(self._reader, self._scard.SCARD_STATE_UNAWARE)]
        result, states = self._scard.SCardGetStatusChange(self._context, 0, states)
        self._expect(result)
        self._state = states[0][1]
        self._expect_plugged_in()
        if self._state & self._scard.SCARD_STATE_EXCLUSIVE:
            raise self._device_error("in use by another program")

    def try_connect(self) -> bool:
        """Wait a slice of time for a chip; power and reset it. True when one is held now."""
        states = [(self._reader, self._state)]
        result, states = self._scard.SCardGetStatusChange(self._context, _WAIT_SLICE_MS, states)
        if _unsigned(result) != _TIMEOUT:
            self._expect(result)
            self._state = states[0][1] & ~self._scard.SCARD_STATE_CHANGED
        self._expect_plugged_in()
        if not self._state & self._scard.SCARD_STATE_PRESENT:
            return False
        try:
            self._connect()
        except ChipLost:
            # Gone again, or mute; tried anew after a slice, as pcscd does not notice
            # when another chip takes its place between two of its own looks.
            self.release_chip()
        return self._chip is not None

    def has_chip(self) -> bool:
        """Say whether a chip lies on the reader, as pcscd last saw it.

        Raises:
            DeviceError: pcscd or the reader is lost.

        """
        states = [(self._reader, self._scard.SCARD_STATE_UNAWARE)]
        result, states = self._scard.SCardGetStatusChange(self._context, 0, states)
        self._expect(result)
        if states[0][1] & (self._scard.SCARD_STATE_UNKNOWN | self._scard.SCARD_STATE_UNAVAILABLE):
            raise self._device_error("unplugged")
        return bool(states[0][1] & self._scard.SCARD_STATE_PRESENT)

    def transmit(self, command: bytes) -> bytes:
        """Exchange one command APDU.

        Raises:
            ChipLost: the chip left the field.
            DeviceError: the reader or pcscd did.

        """
        pci = (
            self._scard.SCARD_PCI_T0
            if self._protocol == self._scard.SCARD_PROTOCOL_T0
            else self._scard.SCARD_PCI_T1
        )
        result, answer = self._scard.SCardTransmit(self._chip, pci, list(command))
        try:
            self._expect(result)
        except ChipLost:
            self._lost = True
            raise
        return bytes(answer)

    def release_chip(self) -> None:
        """Unpower the chip: left powered, it would keep its session for the next client."""
        chip, self._chip = self._chip, None
        if chip is not None:
            if self._lost:
                self._let_pcscd_notice()
            self._scard.SCardDisconnect(chip, self._scard.SCARD_UNPOWER_CARD)

    def close(self) -> None:
        """Unpower the chip and give the context back. Never raises."""
        self.release_chip()
        context, self._context = self._context, None
        if context is not None:
            self._scard.SCardReleaseContext(context)

    def _let_pcscd_notice(self) -> None:
        """Give pcscd the time to see that the chip left.

        Told to unpower a chip that is gone before it has seen so, it takes the
        reader for empty until the next chip has come and gone too.
        """
        self._lost = False
        states = [(self._reader, self._state)]
        self._scard.SCardGetStatusChange(self._context, _NOTICE_MS, states)

    def _connect(self) -> None:
        protocols = self._scard.SCARD_PROTOCOL_T0 | self._scard.SCARD_PROTOCOL_T1
        exclusive = self._scard.SCARD_SHARE_EXCLUSIVE
        result, chip, self._protocol = self._scard.SCardConnect(
            self._context, self._reader, exclusive, protocols
        )
        self._expect(result)
        self._chip = chip
        result, self._protocol = self._scard.SCardReconnect(
            chip, exclusive, protocols, self._scard.SCARD_RESET_CARD
        )
        self._expect(result)

    def _expect_plugged_in(self) -> None:
        gone = self._scard.SCARD_STATE_UNKNOWN | self._scard.SCARD_STATE_UNAVAILABLE
        if self._state & gone:
            raise self._device_error("unplugged")

    def _expect(self, result: int) -> None:
        code = _unsigned(result)
        if code == _SUCCESS:
            return
        if reason := _CHIP_GONE.get(code):
            raise ChipLost(reason)
        raise self._device_error(_READER_GONE.get(code, f"PC/SC error {code:08X}"))

    def _device_error(self, reason: str) -> DeviceError:
        return DeviceError(DeviceName.CHIP_READER, f"{self._reader}: {reason}")


def _unsigned(result: int) -> int:
    return result & 0xFFFFFFFF  # pyscard gives some codes as negative numbers
