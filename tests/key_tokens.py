"""Tokens by others: SoftHSM2, and an emulated TPM; and lanes whose key is on one."""

import importlib.util
import platform
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
import pytest

from drivers.key_token.pkcs11 import Pkcs11Token, open_pkcs11
from egate.cli.service_identity import issue
from egate.durable_files import put_file
from egate.reporting.authority import Authority, Validity
from egate.reporting.identity import Identity, Role
from egate.reporting.key_on_token import OnToken, public_key_from
from egate.settings import KeyTokenTable
from tests.conftest import absent

MODULE: Final = Path("/usr/lib/softhsm/libsofthsm2.so")
TPM_MODULE: Final = Path(f"/usr/lib/{platform.machine()}-linux-gnu/libtpm2_pkcs11.so.1")
_SHUTDOWN: Final = bytes.fromhex("8001 0000000c 00000145 0000")
"""TPM2_Shutdown(CLEAR), TPM 2.0 part 3 §9.4: without it a TPM takes its end for an attack."""
_PORTS: Final = 2
_STARTS: Final = 5
PIN: Final = "493817"
OFFICERS_PIN: Final = "82710466"


@dataclass
class TokenOfTests:
    """One token in ``folder``, which this process's environment names."""

    folder: Path
    label: str = "BDDAC-A-01"
    module: Path = MODULE

    @property
    def pin_file(self) -> Path:
        return self.folder / "pin"

    @property
    def uri(self) -> str:
        return (
            f"pkcs11:token={self.label};object=egate"
            f"?module-path={self.module}&pin-source=file:{self.pin_file}"
        )

    def opened(self) -> Pkcs11Token:
        return open_pkcs11(self.uri, {})

    def run(self, *arguments: str) -> str:
        """What pkcs11-tool, a client by others, says with the right PIN."""
        tool = ["pkcs11-tool", "--module", str(self.module), "--token-label", self.label]
        command = [*tool, "--login", "--pin", PIN, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def slots(self) -> str:
        """What pkcs11-tool says of all tokens without a PIN."""
        command = ["pkcs11-tool", "--module", str(self.module), "--list-slots"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def take_away(self) -> None:
        (self.folder / "tokens").rename(self.folder / "elsewhere")
        (self.folder / "tokens").mkdir()

    def bring_back(self) -> None:
        (self.folder / "tokens").rmdir()
        (self.folder / "elsewhere").rename(self.folder / "tokens")


def new_token(folder: Path, monkeypatch: pytest.MonkeyPatch) -> TokenOfTests:
    """Make a token; skip the test where SoftHSM2 or a client is not installed."""
    programs = all(shutil.which(name) for name in ("softhsm2-util", "pkcs11-tool"))
    if not (programs and MODULE.exists() and importlib.util.find_spec("pkcs11")):
        absent("softhsm2, opensc or python-pkcs11")
    token = TokenOfTests(folder)
    (folder / "tokens").mkdir(parents=True)
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    command = ["softhsm2-util", "--init-token", "--free", "--label", token.label]
    pins = ["--pin", PIN, "--so-pin", OFFICERS_PIN]
    subprocess.run([*command, *pins], check=True, capture_output=True)
    token.pin_file.write_text(PIN)
    return token


@contextmanager
def lane_on(hsm: TokenOfTests, folder: Path, authority: Path) -> Iterator[OnToken]:
    """Give the mutual TLS of a lane with the authority's certificate, and nothing else yet."""
    token = hsm.opened()
    try:
        yield OnToken(
            ca=authority / "authority.pem",
            certificate=folder / "serving.pem",
            key=folder / "serving.key",
            key_token=KeyTokenTable(
                driver="pkcs11", address=hsm.uri, certificate=folder / "own.pem"
            ),
            opened=token,
        )
    finally:
        token.close()


def certify(tls: OnToken, authority: Path, name: str = "BDDAC-A-01") -> bytes:
    """Make a key on the token and both certificates, and return the public half."""
    files = issue(authority, Role.GATE, name)
    tls.certificate.write_bytes(files.certificate.read_bytes())
    put_file(tls.key, files.key.read_bytes(), 0o600)
    made = tls.opened.generate()
    signer = Authority.from_files(authority / "authority.pem", authority / "authority.key")
    own = signer.certify(public_key_from(made), Identity(Role.GATE, name), _always(signer))
    tls.key_token.certificate.write_bytes(own)
    return made


def _always(signer: Authority) -> Validity:
    whole = signer.certificate
    return whole.not_valid_before_utc, whole.not_valid_after_utc


@contextmanager
def tpm(folder: Path) -> Iterator[str]:
    """Run an emulated TPM 2.0 and give its address; what it holds for a moment ends with it."""
    folder.mkdir(exist_ok=True)
    running, port = _started_tpm(folder)
    with running:
        try:
            yield f"swtpm:port={port}"
            with socket.create_connection(("127.0.0.1", port)) as wire:
                wire.sendall(_SHUTDOWN)
                wire.recv(64)
        finally:
            running.terminate()


def _started_tpm(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    # Between the choice of its ports and their use somebody else may have taken one.
    for _ in range(_STARTS):
        port = _first_of_two_ports()
        command = ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={folder}"]
        places = ["--server", f"type=tcp,port={port}", "--ctrl", f"type=tcp,port={port + 1}"]
        running = subprocess.Popen([*command, *places, "--flags", "not-need-init,startup-clear"])
        if _listens(running):
            return running, port
    pytest.fail("swtpm does not run")


def _first_of_two_ports() -> int:
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def _listens(running: subprocess.Popen[bytes]) -> bool:
    """Wait until it does, without a connection, of which it takes one only; not if it has ended."""
    while running.poll() is None:
        with suppress(psutil.NoSuchProcess):
            found = psutil.Process(running.pid).net_connections("tcp4")
            if sum(each.status == psutil.CONN_LISTEN for each in found) == _PORTS:
                return True
        time.sleep(0.05)
    return False


def tpm_token(folder: Path, monkeypatch: pytest.MonkeyPatch) -> TokenOfTests:
    """Make a token in an emulated TPM, by a client by others; skip where there is none."""
    programs = all(shutil.which(name) for name in ("swtpm", "pkcs11-tool"))
    if not (programs and TPM_MODULE.exists() and importlib.util.find_spec("pkcs11")):
        absent("swtpm, libtpm2-pkcs11-1, opensc or python-pkcs11")
    token = TokenOfTests(folder, module=TPM_MODULE)
    (folder / "store").mkdir(parents=True)
    monkeypatch.setenv("TPM2_PKCS11_STORE", str(folder / "store"))
    monkeypatch.setenv("TSS2_LOG", "all+NONE")
    for words in (
        ["--slot-index", "0", "--init-token", "--label", token.label],
        ["--token-label", token.label, "--init-pin", "--pin", PIN],
    ):
        with tpm(folder / "tpm") as address:
            monkeypatch.setenv("TPM2_PKCS11_TCTI", address)
            command = ["pkcs11-tool", "--module", str(TPM_MODULE), "--so-pin", OFFICERS_PIN]
            subprocess.run([*command, *words], check=True, capture_output=True)
    token.pin_file.write_text(PIN)
    return token
