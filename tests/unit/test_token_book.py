"""A kiosk's tokens: good once, for a while, over restarts, and silent about the traveller."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.domain.record import Direction
from egate.domain.session import model as m
from egate.domain.token import document_digest
from egate.gate.clocks import Clocks
from egate.gate.token_book import TokenBook
from egate.outbox.database import DatabaseUnusable, open_database
from egate.outbox.sealing import Seal
from egate.ports.devices import DeviceError
from egate.ports.tokens import MAX_PORTRAIT_BYTES, Prepared, TokenClaim, TokenRefusal
from tests.gate_samples import DOCUMENT, INSPECTED, OTHER_ID, SECRETS, SESSION_ID

SECONDS = 300.0
PORTRAIT = b"portrait of a traveller"
KIOSK = replace(INSPECTED, flow=m.Flow.KIOSK, face=None)
DIGEST = document_digest(DOCUMENT)
GATE_SESSION = m.SessionId("01890000-0000-7000-8000-0000000000aa")
CLAIM = TokenClaim(DIGEST, GATE_SESSION, "DAC-E-02", Direction.ENTRY)


@dataclass
class Time:
    now: float = 1_800_000_000.0

    def clocks(self) -> Clocks:
        return Clocks(lambda: self.now, lambda: self.now)


@contextmanager
def book(folder: Path, time: Time) -> Iterator[TokenBook]:
    with open_database(folder / "journal.sqlite") as database:
        yield TokenBook(database, Seal.from_file(folder / "journal.key"), time.clocks())


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_token_is_good_once(tmp_path: Path, time: Time) -> None:
    with book(tmp_path, time) as tokens:
        tokens.issue(KIOSK, PORTRAIT, SECONDS)
        prepared = tokens.redeem(CLAIM)
        assert prepared == Prepared(SESSION_ID, KIOSK.chip, KIOSK.background, PORTRAIT)
        assert tokens.redeem(CLAIM) is TokenRefusal.USED
        assert tokens.redeem(replace(CLAIM, gate_id="DAC-E-03")) is TokenRefusal.USED


def test_a_document_that_was_not_prepared_gets_nothing(tmp_path: Path, time: Time) -> None:
    with book(tmp_path, time) as tokens:
        tokens.issue(KIOSK, PORTRAIT, SECONDS)
        other = document_digest(replace(DOCUMENT, document_number="L898902C4"))
        assert tokens.redeem(replace(CLAIM, document_digest=other)) is TokenRefusal.UNKNOWN


def test_a_token_is_for_the_direction_that_the_kiosk_served(tmp_path: Path, time: Time) -> None:
    with book(tmp_path, time) as tokens:
        tokens.issue(KIOSK, PORTRAIT, SECONDS)
        leaving = replace(CLAIM, direction=Direction.EXIT)
        assert tokens.redeem(leaving) is TokenRefusal.OTHER_DIRECTION
        assert isinstance(tokens.redeem(CLAIM), Prepared)


def test_a_token_expires(tmp_path: Path, time: Time) -> None:
    with book(tmp_path, time) as tokens:
        tokens.issue(KIOSK, PORTRAIT, SECONDS)
        time.now += SECONDS
        assert tokens.redeem(CLAIM) is TokenRefusal.EXPIRED
        time.now += 7200
        tokens.issue(replace(KIOSK, chip=other_chip()), PORTRAIT, SECONDS)
        assert tokens.redeem(CLAIM) is TokenRefusal.UNKNOWN  # forgotten by now


def other_chip() -> object:
    chip = KIOSK.chip
    assert chip is not None
    return replace(chip, document=replace(DOCUMENT, document_number="X000000X0"))


def test_a_kiosk_that_was_started_again_says_so_and_gives_nothing_twice(
    tmp_path: Path, time: Time
) -> None:
    with book(tmp_path, time) as tokens:
        tokens.issue(KIOSK, PORTRAIT, SECONDS)
    with book(tmp_path, time) as tokens:
        assert tokens.redeem(CLAIM) is TokenRefusal.LOST
        tokens.issue(replace(KIOSK, id=OTHER_ID), PORTRAIT, SECONDS)
        assert isinstance(tokens.redeem(CLAIM), Prepared)
    with book(tmp_path, time) as tokens:
        assert tokens.redeem(CLAIM) is TokenRefusal.USED
        time.now += SECONDS
        assert tokens.redeem(CLAIM) is TokenRefusal.USED


def test_a_command_that_is_carried_out_twice_revives_no_token(tmp_path: Path, time: Time) -> None:
    with book(tmp_path, time) as tokens:
        tokens.issue(KIOSK, PORTRAIT, SECONDS)
        assert isinstance(tokens.redeem(CLAIM), Prepared)
        tokens.issue(KIOSK, PORTRAIT, SECONDS)
        assert tokens.redeem(CLAIM) is TokenRefusal.USED


def test_who_comes_to_the_kiosk_again_has_the_newer_token(tmp_path: Path, time: Time) -> None:
    with book(tmp_path, time) as tokens:
        tokens.issue(KIOSK, PORTRAIT, SECONDS)
        time.now += SECONDS - 1
        tokens.issue(replace(KIOSK, id=OTHER_ID), PORTRAIT, SECONDS)
        time.now += SECONDS - 1
        prepared = tokens.redeem(CLAIM)
        assert isinstance(prepared, Prepared)
        assert prepared.crossing_id == OTHER_ID


@pytest.mark.parametrize("lacking", [{"chip": None}, {"background": None}])
def test_half_an_inspection_makes_no_token(
    tmp_path: Path, time: Time, lacking: dict[str, None]
) -> None:
    with book(tmp_path, time) as tokens:
        tokens.issue(replace(KIOSK, **lacking), PORTRAIT, SECONDS)
        assert tokens.redeem(CLAIM) is TokenRefusal.UNKNOWN


def test_a_portrait_that_no_gate_would_take_makes_no_token(tmp_path: Path, time: Time) -> None:
    with book(tmp_path, time) as tokens:
        tokens.issue(KIOSK, bytes(MAX_PORTRAIT_BYTES + 1), SECONDS)
        assert tokens.redeem(CLAIM) is TokenRefusal.UNKNOWN


def test_only_so_many_portraits_are_kept(tmp_path: Path, time: Time) -> None:
    with book(tmp_path, time) as tokens:
        chip = KIOSK.chip
        assert chip is not None
        for number in range(65):
            document = replace(DOCUMENT, document_number=f"{number:09}")
            other = m.SessionId(f"01890000-0000-7000-8000-{number:012}")
            tokens.issue(
                replace(KIOSK, id=other, chip=replace(chip, document=document)), PORTRAIT, SECONDS
            )
        for number, outcome in ((0, TokenRefusal), (1, Prepared), (64, Prepared)):
            digest = document_digest(replace(DOCUMENT, document_number=f"{number:09}"))
            assert isinstance(tokens.redeem(replace(CLAIM, document_digest=digest)), outcome)


def test_what_cannot_be_written_down_is_not_handed_out(tmp_path: Path, time: Time) -> None:
    with open_database(tmp_path / "journal.sqlite") as database:
        tokens = TokenBook(database, Seal.from_file(tmp_path / "journal.key"), time.clocks())
        tokens.issue(KIOSK, PORTRAIT, SECONDS)
        database.execute("PRAGMA query_only = ON")
        with pytest.raises(DeviceError, match="journal"):
            tokens.redeem(CLAIM)
        with pytest.raises(DeviceError, match="journal"):
            tokens.issue(replace(KIOSK, id=OTHER_ID), PORTRAIT, SECONDS)
        database.execute("PRAGMA query_only = OFF")
        assert isinstance(tokens.redeem(CLAIM), Prepared)


def test_a_database_without_room_for_tokens_is_unusable(tmp_path: Path, time: Time) -> None:
    with open_database(tmp_path / "journal.sqlite") as database:
        database.execute("PRAGMA query_only = ON")
        with pytest.raises(DatabaseUnusable, match="tokens"):
            TokenBook(database, Seal.from_file(tmp_path / "journal.key"), time.clocks())


def test_nothing_at_rest_and_nothing_in_a_log_is_personal(
    tmp_path: Path, time: Time, capfd: pytest.CaptureFixture[str]
) -> None:
    with book(tmp_path, time) as tokens:
        tokens.issue(KIOSK, PORTRAIT, SECONDS)
        answer = tokens.redeem(CLAIM)
        shown = repr(answer) + repr(CLAIM) + "".join(capfd.readouterr())
    at_rest = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for secret in (*SECRETS, PORTRAIT.decode()):
        assert secret not in shown
        assert secret.encode() not in at_rest
    assert DIGEST not in at_rest
    assert DIGEST.hex() not in shown
    assert repr(PORTRAIT) not in shown


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("issue"), st.integers(0, 2)),
        st.tuples(st.just("redeem"), st.integers(0, 2)),
        st.tuples(st.just("wait"), st.sampled_from([1, 299, 301])),
        st.tuples(st.just("restart"), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=80)
@given(STEPS)
def test_no_history_gives_one_token_out_twice_or_too_late(steps: list[tuple[str, int]]) -> None:
    chip = KIOSK.chip
    assert chip is not None
    time = Time()
    with TemporaryDirectory() as name:
        folder = Path(name)
        issued: dict[int, tuple[str, float]] = {}
        given_out: set[str] = set()
        opened = book(folder, time)
        tokens = opened.__enter__()
        for count, (what, number) in enumerate(steps):
            document = replace(DOCUMENT, document_number=f"{number:09}")
            if what == "issue":
                fresh = m.SessionId(f"01890000-0000-7000-8000-{count:012}")
                tokens.issue(
                    replace(KIOSK, id=fresh, chip=replace(chip, document=document)), b"p", SECONDS
                )
                issued[number] = (fresh, time.now + SECONDS)
            elif what == "redeem":
                claim = replace(CLAIM, document_digest=document_digest(document))
                answer = tokens.redeem(claim)
                if isinstance(answer, Prepared):
                    assert answer.crossing_id not in given_out
                    assert answer.crossing_id == issued[number][0]
                    assert time.now < issued[number][1]
                    given_out.add(answer.crossing_id)
            elif what == "wait":
                time.now += number
            else:
                opened.__exit__(None, None, None)
                opened = book(folder, time)
                tokens = opened.__enter__()
        opened.__exit__(None, None, None)


def test_the_digest_tells_documents_apart_and_not_their_readings() -> None:
    assert document_digest(replace(DOCUMENT, secondary_identifier="ANNE MARIA")) == DIGEST
    for other in (
        {"issuing_state": "XXX"},
        {"document_number": "L898902C"},
        {"date_of_birth": "1974-08-13"},
        {"date_of_expiry": "2033-04-15"},
    ):
        assert document_digest(replace(DOCUMENT, **other)) != DIGEST
    shifted = replace(DOCUMENT, issuing_state="UTOL", document_number="898902C3")
    assert document_digest(shifted) != DIGEST
