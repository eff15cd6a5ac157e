"""The driver of tokens: which one its address names, and what a bad token cannot do."""

import sys
import threading
from collections.abc import Iterator
from enum import Flag
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from drivers.key_token.bounded_thread import BoundedThread, Stalled
from drivers.key_token.pkcs11 import Pkcs11Options, Pkcs11Token, open_pkcs11
from drivers.key_token.session import TokenSession
from drivers.key_token.uri import TokenUri, parse_uri
from egate.ports.devices import DriverOptionError
from egate.ports.signing import SignerUnavailable

QUERY = "?module-path=/usr/lib/m.so&pin-source=file:/etc/egate/pin"
URI = TokenUri(Path("/usr/lib/m.so"), Path("/etc/egate/pin"), "egate", "gate 1")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"pkcs11:token=gate%201;object=egate{QUERY}", URI),
        (f"pkcs11:object=egate;token=gate%201{QUERY.replace('file:', '')}", URI),
        (
            f"pkcs11:serial=00a1;object=%e0%a6%97{QUERY}",
            TokenUri(URI.module, URI.pin_file, "\u0997", "", "00a1"),
        ),
    ],
)
def test_a_uri_names_token_keys_module_and_pin(text: str, named: TokenUri) -> None:
    assert parse_uri(text) == named


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a PKCS#11 URI"),
        ("/dev/tpmrm0", "not a PKCS#11 URI"),
        ("pkcs11:" + "a" * 3000, "not a PKCS#11 URI"),
        (f"pkcs11:token=a{QUERY}", "object= is missing"),
        (f"pkcs11:object=a{QUERY}", "token= is missing"),
        (f"pkcs11:token=;object=a{QUERY}", "token= is missing"),
        ("pkcs11:token=a;object=b", "module-path: the absolute path"),
        ("pkcs11:token=a;object=b?module-path=m.so", "module-path: the absolute path"),
        ("pkcs11:token=a;object=b?module-path=/m.so", "pin-source: the absolute path"),
        ("pkcs11:token=a;object=b?module-path=/m.so&pin-source=http://x", "pin-source: the abs"),
        (f"pkcs11:token=a;object=b{QUERY}&pin-value=1234", "a PIN is no setting"),
        (f"pkcs11:token=a;object=b;id=%01{QUERY}", "id: not used by us"),
        (f"pkcs11:token=a;object=b;token=c{QUERY}", "token: named twice"),
        (f"pkcs11:token=a%2;object=b{QUERY}", "percent-encoded"),
        (f"pkcs11:token=%ff;object=b{QUERY}", "token: not UTF-8"),
        (f"pkcs11:token=a b;object=b{QUERY}", "percent-encoded"),
    ],
)
def test_what_names_no_token_of_ours_is_refused(text: str, said: str) -> None:
    with pytest.raises(DriverOptionError, match="driver pkcs11: address: ") as refused:
        open_pkcs11(text, {})
    assert said in str(refused.value)
    assert "1234" not in str(refused.value)


def test_a_limit_of_time_beyond_the_watchdog_is_refused() -> None:
    with pytest.raises(DriverOptionError, match="stall_seconds"):
        open_pkcs11(f"pkcs11:token=a;object=b{QUERY}", {"stall_seconds": 30})


class OddToken(TokenSession):
    """Signs with a key of its own, unless it is told to do worse."""

    def __init__(self) -> None:
        super().__init__(URI)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.answer: bytes | None = None
        self.going_on = threading.Event()
        self.going_on.set()

    @property
    def name(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, public_key: bytes, digest: bytes) -> bytes:
        self.going_on.wait(10)
        if self.answer is not None:
            return self.answer
        r, s = decode_dss_signature(self.key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
        return r.to_bytes(32) + s.to_bytes(32)


@pytest.fixture
def odd() -> OddToken:
    return OddToken()


@pytest.fixture
def token(odd: OddToken) -> Iterator[Pkcs11Token]:
    made = Pkcs11Token(URI, odd, Pkcs11Options(stall_seconds=0.2))
    yield made
    odd.going_on.set()
    made.close()


def test_a_signature_that_does_not_verify_never_gets_into_a_chain(
    odd: OddToken, token: Pkcs11Token
) -> None:
    assert token.sign(odd.name, b"a record")
    odd.answer = b"\x01" * 64
    with pytest.raises(SignerUnavailable, match="token gate 1: gave a wrong signature"):
        token.sign(odd.name, b"a record")
    odd.answer = b"\x01" * 63
    with pytest.raises(SignerUnavailable, match="token gate 1: gave a signature of 63 bytes"):
        token.sign(odd.name, b"a record")
    odd.answer = None
    another = ec.generate_private_key(ec.SECP256R1()).public_key()
    name = another.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(SignerUnavailable, match="gave a wrong signature"):
        token.sign(name, b"a record")


def test_a_token_that_stalls_holds_nobody_up_and_is_used_again(
    odd: OddToken, token: Pkcs11Token
) -> None:
    odd.going_on.clear()
    for _ in range(3):
        with pytest.raises(SignerUnavailable, match=r"does not answer within 0\.2 s"):
            token.sign(odd.name, b"a record")
    odd.going_on.set()

    def signs() -> bool:
        try:
            token.sign(odd.name, b"the next one")
        except SignerUnavailable:  # the stalled call is on its way back
            return False
        return True

    while not signs():
        threading.Event().wait(0.02)


def test_calls_of_many_threads_are_carried_out_one_by_one() -> None:
    thread = BoundedThread("one", 5)
    within, most = [], []

    def call(number: int) -> int:
        within.append(number)
        most.append(len(within))
        within.remove(number)
        return number

    answers: list[int] = []
    callers = [
        threading.Thread(target=lambda n=number: answers.append(thread.call(lambda: call(n))))
        for number in range(20)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    thread.end()
    assert sorted(answers) == list(range(20))
    assert set(most) == {1}


def test_a_call_behind_one_that_stalls_is_not_carried_out() -> None:
    thread = BoundedThread("one", 0.3)
    begun, going_on = threading.Event(), threading.Event()
    late: list[str] = []

    def stall() -> None:
        with pytest.raises(Stalled):
            thread.call(lambda: begun.set() or going_on.wait(10))

    first = threading.Thread(target=stall)
    first.start()
    begun.wait()
    with pytest.raises(Stalled):
        thread.call(lambda: late.append("late"))
    first.join()
    going_on.set()
    thread.end()
    assert late == []


def test_without_the_package_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    token = open_pkcs11(f"pkcs11:token=a;object=b{QUERY}", {})
    with pytest.raises(SignerUnavailable, match=r"pip install 'egate\[pkcs11\]'"):
        token.public_keys()
    token.close()


class Flags(Flag):
    """As python-pkcs11 names them; SoftHSM2 never locks."""

    NONE = 0
    USER_PIN_LOCKED = 1
    USER_PIN_COUNT_LOW = 2


def never_opened(**_: object) -> None:
    pytest.fail("a PIN was given")


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        ([("gate 1", Flags.USER_PIN_LOCKED)], "its PIN is locked: unblock it"),
        ([("gate 1", Flags.USER_PIN_COUNT_LOW)], "refused a PIN, which is not tried again"),
        ([("gate 1", Flags.NONE), ("gate 1", Flags.NONE)], "there are several of it"),
        ([("gate 2", Flags.NONE)], "is not there"),
        ([], "is not there"),
    ],
)
def test_no_pin_is_given_to_a_token_that_may_lock_or_is_another(
    tokens: list[tuple[str, Flags]], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pin").write_text("493817")
    slots = [
        SimpleNamespace(
            get_token=lambda each=each: SimpleNamespace(
                label=each[0], serial=b"1", flags=each[1], open=never_opened
            )
        )
        for each in tokens
    ]
    library = SimpleNamespace(
        get_slots=lambda **_: slots,
        reinitialize=lambda: None,
        finalize=lambda: None,
    )
    module = SimpleNamespace(TokenFlag=Flags, lib=lambda _: library)
    monkeypatch.setitem(sys.modules, "pkcs11", module)
    query = f"?module-path=/usr/lib/m.so&pin-source={tmp_path / 'pin'}"
    token = open_pkcs11(f"pkcs11:token=gate%201;object=egate{query}", {})
    for _ in range(2):
        with pytest.raises(SignerUnavailable, match=f"token gate 1: {said}"):
            token.public_keys()
    token.close()
