"""A scanner's program that connects to whoever wants its pages, and sends them.

For each page: ``EGPS``, a byte of version (1), a byte with the number of images; for each image a
byte that names its light, four bytes of length (big-endian), and a JPEG. The far end answers
with one byte whether it took the page.
"""

import socket
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from hardware_mocks.outcome import BadInput, Unavailable
from hardware_mocks.page_scanner.scanning import Scan, as_jpeg

_MAGIC: Final = b"EGPS"
_VERSION: Final = 1
_LIGHTS: Final = {"white": 1, "infrared": 2, "ultraviolet": 3}
_TAKEN, _REFUSED = b"\x06", b"\x15"
_PATIENCE_SECONDS: Final = 30.0


class SocketScanner:
    """Sends pages to ``address``: ``unix:/PATH`` or ``tcp:127.0.0.1:PORT``.

    ``with SocketScanner(address) as scanner`` connects and hangs up again.

    Raises:
        BadInput: the address has another form.
        Unavailable: nobody is there, or not any more.

    """

    def __init__(self, address: str) -> None:
        self._address = address
        form, _, rest = address.partition(":")
        host, _, port = rest.rpartition(":")
        self._far_end: str | tuple[str, int]
        if form == "unix" and Path(rest).is_absolute():
            self._family, self._far_end = socket.AF_UNIX, rest
        elif form == "tcp" and host and port.isdecimal() and int(port) < 1 << 16:
            self._family, self._far_end = socket.AF_INET, (host, int(port))
        else:
            raise BadInput(f"{address}: unix:/PATH or tcp:HOST:PORT")
        self._line: socket.socket | None = None

    def __enter__(self) -> Self:
        self._line = socket.socket(self._family, socket.SOCK_STREAM)
        self._line.settimeout(_PATIENCE_SECONDS)
        try:
            self._line.connect(self._far_end)
        except OSError as error:
            self._line.close()
            raise Unavailable(f"{self._address}: {error.strerror or error}") from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._line is not None:
            self._line.close()

    def scan(self, page: Scan) -> bool:
        """Send a page; return whether it was taken."""
        if self._line is None:
            raise Unavailable(f"{self._address}: not connected")
        try:
            self._line.sendall(message(page))
            answer = self._line.recv(1)
        except OSError as error:
            raise Unavailable(f"{self._address}: {error.strerror or error}") from None
        if answer not in {_TAKEN, _REFUSED}:
            raise Unavailable(f"{self._address}: hung up in the middle of a page")
        return answer == _TAKEN


def message(page: Scan) -> bytes:
    """Return a page as it goes over the wire."""
    images = page.images()
    sent = [_MAGIC, bytes((_VERSION, len(images)))]
    for light, image in images.items():
        packed = as_jpeg(image)
        sent += [bytes((_LIGHTS[light],)), len(packed).to_bytes(4, "big"), packed]
    return b"".join(sent)
