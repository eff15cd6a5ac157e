"""A server of lists over TLS, good or hostile, in a thread of its own."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from egate.cli.service_identity import create_authority, issue

Respond = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class ListServer:
    """What it serves by path, and what it was asked."""

    address: str
    authority: Path
    files: dict[str, bytes] = field(default_factory=dict)
    responses: dict[str, Respond] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    mark: str = "etag"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        if respond := self.responses.get(request.path):
            respond(request)
            return
        content = self.files.get(request.path)
        if content is None:
            self._send(request, 404, b"")
            return
        etag = f'"{sha256(content).hexdigest()[:8]}"'
        dated = f"Mon, 01 Jun 2026 00:00:{len(content) % 60:02} GMT"
        header, condition, mark = {
            "etag": ("ETag", "If-None-Match", etag),
            "date": ("Last-Modified", "If-Modified-Since", dated),
        }[self.mark]
        if request.headers.get(condition) == mark:
            self._send(request, 304, b"", (header, mark))
        else:
            self._send(request, 200, content, (header, mark))

    def _send(
        self, request: BaseHTTPRequestHandler, status: int, content: bytes, *headers: tuple
    ) -> None:
        self.asked.append((request.path, status))
        send(request, status, content, *headers)


def send(
    request: BaseHTTPRequestHandler, status: int, content: bytes, *headers: tuple[str, str]
) -> None:
    request.send_response(status)
    for name, value in headers:
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)


@contextmanager
def list_server(folder: Path) -> Iterator[ListServer]:
    """A server with a certificate of an authority in ``folder``."""
    create_authority(folder)
    tls = issue(folder, "centre", "lists")
    made: list[ListServer] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made[0].answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    made.append(ListServer(f"https://127.0.0.1:{server.server_port}", tls.ca))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
