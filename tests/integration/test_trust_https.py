"""Updates over HTTPS from a real server, good and hostile."""

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from egate.cli.main import main
from egate.cli.service_identity import create_authority
from egate.trust.entry import Kind
from egate.trust.https import Limits, SourceUnavailable
from egate.trust.source import HttpsSource, source_at
from egate.trust.store import TrustStore
from egate.trust.updating import TrustUpdate, update_from
from tests.trust_forge import NOW
from tests.trust_server import ListServer, send
from tests.trust_server import list_server as serving
from tests.trust_taking import BD, CSCA, take

CRL = BD.crl().raw
NEWER = BD.crl([7], days=(0, 60)).raw
LIMITS = Limits(file_bytes=10_000, round_bytes=12_000, files=3, file_seconds=5)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ListServer]:
    with serving(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def server(running: ListServer) -> ListServer:
    running.files.clear()
    running.responses.clear()
    running.asked.clear()
    running.mark = "etag"
    return running


@pytest.fixture
def store(tmp_path: Path) -> Path:
    take(tmp_path / "store", CSCA.raw)
    return tmp_path / "store"


async def fetch(server: ListServer, store: Path, path: str, limits: Limits = LIMITS) -> TrustUpdate:
    source = source_at(server.address + path, server.authority, limits)
    return await update_from(store, source, NOW)


def manifest(**files: bytes) -> bytes:
    listed = [{"name": name, "sha256": sha256(each).hexdigest()} for name, each in files.items()]
    return json.dumps({"files": listed}).encode()


@pytest.mark.parametrize("mark", ["etag", "date"])
async def test_a_file_is_fetched_when_it_changes(
    server: ListServer, store: Path, mark: str
) -> None:
    server.mark = mark
    server.files["/bd.crl"] = CRL
    assert (await fetch(server, store, "/bd.crl")).report.imported == {Kind.CRL: 1}
    unchanged = await fetch(server, store, "/bd.crl")
    assert (unchanged.offered, unchanged.read) == (1, ())
    server.files["/bd.crl"] = NEWER
    assert (await fetch(server, store, "/bd.crl")).report.imported == {Kind.CRL: 1}
    assert server.asked == [("/bd.crl", 200), ("/bd.crl", 304), ("/bd.crl", 200)]


async def test_a_refused_file_is_fetched_again_when_the_store_is_another(
    server: ListServer, store: Path
) -> None:
    server.files["/crl"] = b"junk"
    assert (await fetch(server, store, "/crl")).refused
    assert (await fetch(server, store, "/crl")).refused
    take(store, BD.link(BD.csca_key).raw)
    assert (await fetch(server, store, "/crl")).refused
    assert [status for _, status in server.asked] == [200, 304, 200]


async def test_a_folder_has_a_manifest(server: ListServer, store: Path) -> None:
    server.files = {
        "/lists/manifest.json": manifest(crl=CRL, junk=b"junk"),
        "/lists/crl": CRL,
        "/lists/junk": b"junk",
    }
    done = await fetch(server, store, "/lists/")
    assert (done.offered, set(done.read), list(done.refused)) == (2, {"crl", "junk"}, ["junk"])
    assert done.report.imported == {Kind.CRL: 1}
    assert list((await fetch(server, store, "/lists/")).refused) == ["junk"]
    assert server.asked[3:] == [("/lists/manifest.json", 304)]
    server.files["/lists/manifest.json"] = manifest(crl=NEWER)
    server.files["/lists/crl"] = NEWER
    done = await fetch(server, store, "/lists/")
    assert (done.read, done.refused) == (("crl",), {})
    assert server.asked[4:] == [("/lists/manifest.json", 200), ("/lists/crl", 200)]


async def test_a_torn_folder_changes_nothing(server: ListServer, store: Path) -> None:
    before = TrustStore.open(store).version
    server.files = {"/manifest.json": manifest(a=CRL, b=NEWER), "/a": CRL, "/b": CRL}
    with pytest.raises(SourceUnavailable, match="b: not the file that the manifest names"):
        await fetch(server, store, "/")
    del server.files["/b"]
    with pytest.raises(SourceUnavailable, match="HTTP status 404"):
        await fetch(server, store, "/")
    assert TrustStore.open(store).version == before


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"files": 1}',
        b'{"files": [1]}',
        b'{"files": [{"name": "a"}]}',
        b'{"files": [{"name": "a", "sha256": 1}]}',
        b'{"files": ' + b"[" * 5_000,
        manifest(**{"../a": CRL}),
        manifest(**{"//elsewhere/a": CRL}),
        manifest(**{".a": CRL}),
        b'{"files": [{"name": "a", "sha256": "AB"}]}',
        manifest(a=CRL)[:-2] + b"," + manifest(a=CRL)[11:],
        manifest(a=CRL, b=CRL, c=CRL, d=CRL),
        b"{" + b" " * 300_000,
    ],
)
async def test_a_manifest_that_is_none(server: ListServer, store: Path, content: bytes) -> None:
    server.files["/manifest.json"] = content
    with pytest.raises(SourceUnavailable):
        await fetch(server, store, "/", replace(LIMITS, file_bytes=1 << 20))
    assert len(server.asked) == 1


def redirect(to: str) -> object:
    return lambda request: send(request, 302, b"", ("Location", to))


def raw(*parts: bytes) -> object:
    def respond(request: BaseHTTPRequestHandler) -> None:
        for part in parts:
            request.wfile.write(part)

    return respond


def endless(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        request.wfile.write(bytes(1 << 16))


def mute(request: BaseHTTPRequestHandler) -> None:
    request.connection.recv(1)  # until the other side gives up


@pytest.mark.parametrize(
    ("respond", "says"),
    [
        (redirect("/list"), "more than 3 redirects"),
        (redirect("https://127.0.0.2/list"), "sends elsewhere"),
        (redirect("http://127.0.0.1/list"), "no https address"),
        (redirect("file:///etc/passwd"), "no https address"),
        (redirect("https://[/"), "no address"),
        (endless, "more than 10000 bytes"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), "not HTTP as it should be"),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000), "not HTTP as it should be"),
        (raw(b"SSH-2.0-x\r\n\r\n"), "not HTTP as it should be"),
        (raw(b""), "not HTTP as it should be|Connection"),
        (raw(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "HTTP status 304"),
        (raw(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), "HTTP status 500"),
        (
            raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"),
            "came compressed",
        ),
    ],
)
async def test_a_hostile_server_changes_nothing(
    server: ListServer, store: Path, respond: object, says: str
) -> None:
    before = TrustStore.open(store).version
    server.responses["/list"] = respond
    with pytest.raises(SourceUnavailable, match=says):
        await fetch(server, store, "/list")
    assert TrustStore.open(store).version == before


async def test_a_server_that_says_nothing_is_not_waited_for(
    server: ListServer, store: Path
) -> None:
    server.responses["/list"] = mute
    with pytest.raises(SourceUnavailable, match=r"not there in 0\.2 s"):
        await fetch(server, store, "/list", replace(LIMITS, file_seconds=0.2))


async def test_a_redirect_within_the_server_is_followed(server: ListServer, store: Path) -> None:
    server.files["/new/bd.crl"] = CRL
    server.responses["/bd.crl"] = redirect("/new/bd.crl")
    assert (await fetch(server, store, "/bd.crl")).report.imported == {Kind.CRL: 1}


async def test_an_early_hint_and_chunks_are_http(server: ListServer, store: Path) -> None:
    half = len(CRL) // 2
    chunks = (
        b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in (CRL[:half], CRL[half:])) + b"0\r\n\r\n"
    )
    head = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.responses["/bd.crl"] = raw(head, chunks)
    assert (await fetch(server, store, "/bd.crl")).report.imported == {Kind.CRL: 1}


async def test_everything_at_once_has_a_limit(server: ListServer, store: Path) -> None:
    files = {name: bytes([number]) * 5_000 for number, name in enumerate("abc")}
    server.files = {f"/{name}": content for name, content in files.items()}
    server.files["/manifest.json"] = manifest(**files)
    with pytest.raises(SourceUnavailable, match="bytes in all"):
        await fetch(server, store, "/")


async def test_a_server_that_nobody_certifies_is_refused(
    server: ListServer, store: Path, tmp_path: Path
) -> None:
    server.files["/bd.crl"] = CRL
    create_authority(tmp_path / "other")
    strangers = tmp_path / "other" / server.authority.name
    for authorities in (strangers, None):
        source = HttpsSource(f"{server.address}/bd.crl", authorities, LIMITS)
        with pytest.raises(SourceUnavailable, match=r"self-signed|local issuer|unable to verify"):
            await update_from(store, source, NOW)
    source = HttpsSource(f"{server.address}/bd.crl", tmp_path / "none.pem", LIMITS)
    with pytest.raises(SourceUnavailable, match="no certificates"):
        await update_from(store, source, NOW)
    elsewhere = server.address.replace("127.0.0.1", "127.0.0.2")  # a name it is not certified for
    source = HttpsSource(f"{elsewhere}/bd.crl", server.authority, LIMITS)
    with pytest.raises(SourceUnavailable):
        await update_from(store, source, NOW)
    assert server.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "file:///etc",
        "https://user:secret@127.0.0.1/",
        "https://:0",
        "https://é/",
        "https://[/",
        "https://h:99999/",
        f"https://{'a' * 70}/",
        "https://127.0.0.1/ b",
    ],
)
async def test_an_address_that_is_none(store: Path, address: str) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        await update_from(store, source_at(address), NOW)
    assert "secret" not in str(caught.value)
    assert "No such file" not in str(caught.value)


def test_the_command_does_one_round(
    server: ListServer, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.files["/bd.crl"] = CRL
    asked = ["trust", "update", "--store", str(store), "--ca", str(server.authority)]
    assert main([*asked, "--from", f"{server.address}/bd.crl", "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["imported"]["crl"] == 1
    assert done["store_version"] == TrustStore.open(store).version
    assert main([*asked, "--from", f"{server.address}/bd.crl"]) == 0
    assert "1 files offered, 0 read: nothing new" in capsys.readouterr().out
    server.files["/junk"] = b"junk"
    assert main([*asked, "--from", f"{server.address}/junk"]) == 1
    assert "junk: refused: no list" in capsys.readouterr().err
    assert main([*asked, "--from", f"{server.address}/none"]) == 3
    assert "HTTP status 404" in capsys.readouterr().err
    assert main(["trust", "update", "--store", str(store / "no"), "--from", str(store)]) == 2
    assert "no trust store here" in capsys.readouterr().err
