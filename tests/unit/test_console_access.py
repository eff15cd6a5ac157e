"""Accounts, factors, sessions and limits of the console, each by itself."""

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from egate.console.access.access import Access
from egate.console.access.accounts import AccountState, BadAccount, NoSuchOfficer
from egate.console.access.database import open_accounts
from egate.console.access.limits import LONGEST_PAUSE_SECONDS, Limit, Limits, TooManyAttempts
from egate.console.access.officer import PERMISSIONS, ConsoleRole, Permission
from egate.console.access.opening import opened_access
from egate.console.access.passwords import PasswordFault, password_fault
from egate.console.access.proof import LogInRefused, PasswordRefused, Proof, SecondRefused
from egate.console.access.sessions import Session, SessionState
from egate.console.audit.log import FILE_NAME, AuditLog
from egate.domain.time import UtcSeconds
from egate.durable_files.database import DatabaseUnusable
from egate.settings.services import ConsoleLogIn

HERE, ELSEWHERE = "192.0.2.10", "198.51.100.66"
PASSWORD = "four quiet border posts"  # noqa: S105 - of the test
# With parameters that cost nothing, which verifying takes from the hash itself.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
TIMES = ConsoleLogIn(lock_minutes=5, end_hours=12)


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_327_500.0

    def __call__(self) -> UtcSeconds:
        return UtcSeconds(self.now)


class Door:
    """Access to a console whose officers the test knows all about."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self.clock = folder, clock
        self._open = ExitStack()
        self.secrets: dict[str, str] = {}
        self.open()

    def open(self) -> None:
        self.audit = AuditLog(self.folder / FILE_NAME, self.clock)
        self._open.callback(self.audit.close)
        self.access: Access = self._open.enter_context(
            opened_access(self.folder, TIMES, self.audit, self.clock)
        )

    def close(self) -> None:
        self._open.close()

    def officer(self, officer_id: str, *roles: ConsoleRole) -> None:
        """Add an officer who has had the first log-in."""
        self.access.accounts.add(officer_id, "Rahima", roles or [ConsoleRole.OFFICER])
        self.access.accounts.set_password(officer_id, QUICK)
        self.secrets[officer_id] = self.access.factors.offered_totp(officer_id)
        assert self.access.factors.take_totp(officer_id, self.code(officer_id))
        self.access.factors.note_address(officer_id, HERE)
        self.clock.now += 30

    def code(self, officer_id: str, steps: int = 0) -> str:
        return pyotp.TOTP(self.secrets[officer_id]).at(int(self.clock.now) + 30 * steps)

    async def log_in(
        self, officer_id: str, password: str = PASSWORD, code: str | None = None, at: str = HERE
    ) -> str:
        typed = self.code(officer_id) if code is None else code
        return await self.access.log_in(Proof.typed(officer_id, password, typed), at)

    def session(self, secret: str) -> Session:
        session = self.access.sessions.find(secret)
        assert session
        return session

    def acts(self) -> list[str]:
        with sqlite3.connect(self.folder / FILE_NAME) as log:
            return [
                " ".join(row)
                for row in log.execute("SELECT officer_id, act, subject FROM act ORDER BY seq")
            ]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(tmp_path: Path, clock: Clock) -> Iterator[Door]:
    door = Door(tmp_path, clock)
    door.officer("rahman")
    yield door
    door.close()


async def test_password_and_code_let_in(door: Door) -> None:
    session = door.session(await door.log_in("rahman"))
    assert session.state is SessionState.OPEN
    officer = door.access.officer_of(session)
    assert officer
    assert officer.may(Permission.DECIDE)
    assert not officer.may(Permission.MANAGE_OFFICERS)


async def test_the_id_may_be_typed_in_capitals(door: Door) -> None:
    proof = Proof.typed(" Rahman ", PASSWORD, door.code("rahman"))
    assert await door.access.log_in(proof, HERE)


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "١٢", "0000000000"])
async def test_without_the_code_nobody_comes_in(door: Door, code: str) -> None:
    with pytest.raises(LogInRefused):
        await door.log_in("rahman", code=code)


async def test_a_wrong_password_and_an_unknown_id_are_refused_alike(door: Door) -> None:
    with pytest.raises(LogInRefused) as wrong:
        await door.log_in("rahman", "another password")
    with pytest.raises(LogInRefused) as unknown:
        await door.log_in("nobody", code="000000")
    assert str(wrong.value) == str(unknown.value)


async def test_a_code_counts_once_and_older_ones_no_more(door: Door) -> None:
    assert await door.log_in("rahman", code=door.code("rahman"))
    for steps in (0, -1):
        with pytest.raises(LogInRefused):
            await door.log_in("rahman", code=door.code("rahman", steps))
    assert await door.log_in("rahman", code=door.code("rahman", 1))


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (1, True), (2, False)])
async def test_a_clock_may_be_one_step_off(door: Door, steps: int, *, counts: bool) -> None:
    door.clock.now += 120
    code = door.code("rahman", steps)
    if counts:
        assert await door.log_in("rahman", code=code)
    else:
        with pytest.raises(LogInRefused):
            await door.log_in("rahman", code=code)


async def test_a_code_may_be_typed_in_bangla_digits_and_with_a_space(door: Door) -> None:
    bangla = door.code("rahman").translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
    assert await door.log_in("rahman", code=f"{bangla[:3]} {bangla[3:]}")


async def test_a_recovery_code_works_once(door: Door) -> None:
    codes = door.access.factors.renew_recovery_codes("rahman")
    written = f"{codes[0][:5]}-{codes[0][5:]}".upper()
    assert await door.log_in("rahman", code=written)
    with pytest.raises(LogInRefused):
        await door.log_in("rahman", code=written)
    assert door.access.factors.recovery_codes_left("rahman") == len(codes) - 1


async def test_a_first_password_opens_nothing_and_ends(door: Door) -> None:
    first = door.access.accounts.add("new", "New", [ConsoleRole.OFFICER])
    session = door.session(await door.log_in("new", first, ""))
    assert session.state is SessionState.FIRST
    with pytest.raises(PasswordRefused):
        await door.access.begin_own(session, first, "000000", HERE)
    assert await door.access.begin_own(session, PASSWORD, "000000", HERE) is None
    door.clock.now += 72 * 3600 + 1
    with pytest.raises(LogInRefused):
        await door.log_in("new", first, "")


async def test_the_first_log_in_sets_what_only_the_officer_knows(door: Door) -> None:
    first = door.access.accounts.add("new", "New", [ConsoleRole.OFFICER])
    session = door.session(await door.log_in("new", first, ""))
    door.secrets["new"] = door.access.factors.offered_totp("new")
    begun = await door.access.begin_own(session, PASSWORD, door.code("new"), HERE)
    assert begun
    assert door.session(begun).state is SessionState.OPEN
    with pytest.raises(LogInRefused):
        await door.log_in("new", first, door.code("new", 1))
    assert await door.log_in("new", PASSWORD, door.code("new", 1))


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("eleven char", PasswordFault.SHORT),
        ("x" * 129, PasswordFault.LONG),
        ("abababababab", PasswordFault.SIMPLE),
        ("my name is RAHMAN", PasswordFault.NAMES_THE_OFFICER),
        ("twelve chars", None),
        ("সীমান্তে চারটি চৌকি", None),
    ],
)
def test_length_counts_and_composition_does_not(password: str, fault: PasswordFault | None) -> None:
    assert password_fault(password, "rahman") is fault


async def test_one_password_typed_in_two_ways_is_one(door: Door) -> None:
    session = door.session(await door.log_in("rahman"))
    await door.access.set_password(session, PASSWORD, "bo\u09df border posts")
    door.clock.now += 30
    assert await door.log_in("rahman", "bo\u09af\u09bc border posts")


async def test_a_session_locks_without_keys_and_opens_by_the_password(door: Door) -> None:
    secret = await door.log_in("rahman")
    door.clock.now += 200
    door.access.sessions.touch(door.session(secret))
    door.clock.now += 299
    assert door.session(secret).state is SessionState.OPEN
    door.clock.now += 1
    locked = door.session(secret)
    assert locked.state is SessionState.LOCKED
    with pytest.raises(LogInRefused):
        await door.access.unlock(locked, "another password")
    assert door.session(secret).state is SessionState.LOCKED
    await door.access.unlock(locked, PASSWORD)
    assert door.session(secret).state is SessionState.OPEN


async def test_a_lock_that_is_tried_too_often_ends_the_session(door: Door) -> None:
    secret = await door.log_in("rahman")
    door.access.sessions.lock(door.session(secret))
    for _ in range(5):
        with pytest.raises(LogInRefused):
            await door.access.unlock(door.session(secret), "another password")
    with pytest.raises(TooManyAttempts):
        await door.access.unlock(door.session(secret), PASSWORD)
    assert door.access.sessions.find(secret) is None


async def test_a_session_ends_with_the_shift(door: Door) -> None:
    secret = await door.log_in("rahman")
    for _ in range(12 * 60):
        door.clock.now += 60
        if session := door.access.sessions.find(secret):
            door.access.sessions.touch(session)
    assert door.access.sessions.find(secret) is None


async def test_sessions_and_locks_survive_a_restart(door: Door) -> None:
    open_one = await door.log_in("rahman")
    door.clock.now += 30
    locked_one = await door.log_in("rahman")
    door.access.sessions.lock(door.session(locked_one))
    door.close()
    door.open()
    assert door.session(open_one).state is SessionState.OPEN
    assert door.session(locked_one).state is SessionState.LOCKED


async def test_who_reads_the_files_has_no_session_and_no_secret(door: Door) -> None:
    secret = await door.log_in("rahman")
    codes = door.access.factors.renew_recovery_codes("rahman")
    token = door.session(secret).token
    kept = b"".join(
        file.read_bytes() for file in door.folder.iterdir() if not file.name.endswith(".key")
    )
    for text in (secret, token, PASSWORD, door.secrets["rahman"], *codes):
        assert text.encode() not in kept
    assert all(not file.stat().st_mode & 0o077 for file in door.folder.glob("officers.*"))


@pytest.mark.parametrize("act", ["disable", "appoint", "reset"])
async def test_a_session_ends_with_what_it_stood_on(door: Door, act: str) -> None:
    secret = await door.log_in("rahman")
    accounts = door.access.accounts
    if act == "appoint":
        accounts.appoint("rahman", [ConsoleRole.TECHNICIAN], ["A"])
    else:
        getattr(accounts, act)("rahman")
    assert door.access.sessions.find(secret) is None


async def test_a_new_password_ends_the_other_sessions(door: Door) -> None:
    other = await door.log_in("rahman")
    door.clock.now += 30
    own = await door.log_in("rahman")
    await door.access.set_password(door.session(own), PASSWORD, "five quiet border posts")
    assert door.access.sessions.find(other) is None
    assert door.access.sessions.find(own)


async def test_a_disabled_account_stays_shut_until_it_is_reset(door: Door) -> None:
    door.access.accounts.disable("rahman")
    with pytest.raises(LogInRefused):
        await door.log_in("rahman")
    first = door.access.accounts.reset("rahman")
    assert door.access.accounts.get("rahman").state is AccountState.FIRST
    assert door.session(await door.log_in("rahman", first, "")).state is SessionState.FIRST


async def test_an_officer_has_five_sessions_at_most(door: Door) -> None:
    begun = []
    for _ in range(6):
        begun.append(await door.log_in("rahman"))
        door.clock.now += 30
    assert [bool(door.access.sessions.find(one)) for one in begun] == [False] + 5 * [True]


# --- limits


async def fail(door: Door, times: int, at: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(LogInRefused):
            await door.log_in("rahman", "another password", "000000", at)


async def test_pauses_grow_to_a_minute_and_end(clock: Clock) -> None:
    limits, one = Limits(clock), (Limit("officer", "x", 3),)
    pauses = []
    for _ in range(12):
        try:
            limits.attempt(one)
        except TooManyAttempts as error:
            pauses.append(error.seconds)
            clock.now += error.seconds
            limits.attempt(one)
    assert pauses == [1, 2, 4, 8, 16, 32, *3 * [LONGEST_PAUSE_SECONDS]]
    clock.now += 901
    for _ in range(3):
        limits.attempt(one)


async def test_an_attempt_in_a_pause_is_not_looked_at_and_costs_nothing(door: Door) -> None:
    await fail(door, 3)
    for _ in range(5):
        with pytest.raises(TooManyAttempts) as refused:
            await door.log_in("rahman")
        assert refused.value.seconds == pytest.approx(1.0)
    door.clock.now += 1
    assert await door.log_in("rahman")
    await fail(door, 3)


async def test_nobody_elsewhere_shuts_an_officer_out(door: Door) -> None:
    for number in range(40):
        try:
            await fail(door, 1, f"198.51.100.{number}")
        except TooManyAttempts:
            continue
    with pytest.raises(TooManyAttempts):
        await door.log_in("rahman", at=ELSEWHERE)
    assert await door.log_in("rahman", at=HERE)


async def test_an_address_that_tries_many_accounts_pauses(door: Door) -> None:
    for number in range(20):
        with pytest.raises(LogInRefused):
            await door.log_in(f"guess-{number}", code="000000", at=ELSEWHERE)
    with pytest.raises(TooManyAttempts):
        await door.log_in("guess-20", code="000000", at=ELSEWHERE)


async def test_what_is_counted_has_an_end(clock: Clock) -> None:
    limits = Limits(clock)
    for number in range(10_100):
        limits.attempt((Limit("officer", str(number), 3),))
    assert len(limits._counts) == 10_000


# --- the second officer


async def test_a_second_officer_confirms(door: Door) -> None:
    door.officer("khatun")
    first = door.access.accounts.get("rahman").officer
    proof = Proof.typed("khatun", PASSWORD, door.code("khatun"))
    assert (await door.access.second(proof, first)).officer_id == "khatun"
    with pytest.raises(SecondRefused):
        await door.access.second(proof, first)
    assert door.acts()[-2:] == [
        "khatun second_confirmed rahman",
        "rahman second_refused khatun",
    ]


@pytest.mark.parametrize("role", [ConsoleRole.TECHNICIAN, ConsoleRole.AUDITOR])
async def test_who_may_not_second_does_not(door: Door, role: ConsoleRole) -> None:
    door.officer("khatun", role)
    proof = Proof.typed("khatun", PASSWORD, door.code("khatun"))
    with pytest.raises(SecondRefused):
        await door.access.second(proof, door.access.accounts.get("rahman").officer)


async def test_nobody_is_the_own_second(door: Door) -> None:
    proof = Proof.typed("rahman", PASSWORD, door.code("rahman"))
    with pytest.raises(SecondRefused):
        await door.access.second(proof, door.access.accounts.get("rahman").officer)


async def test_guessing_a_second_pauses(door: Door) -> None:
    first = door.access.accounts.get("rahman").officer
    for _ in range(3):
        with pytest.raises(SecondRefused):
            await door.access.second(Proof.typed("khatun", "guess", "000000"), first)
    with pytest.raises(TooManyAttempts):
        await door.access.second(Proof.typed("khatun", "guess", "000000"), first)


# --- accounts


@pytest.mark.parametrize(
    ("officer_id", "name", "roles", "gates", "about"),
    [
        ("", "N", ["officer"], [], "officer_id"),
        ("Capital", "N", ["officer"], [], "officer_id"),
        ("a b", "N", ["officer"], [], "officer_id"),
        ("../a", "N", ["officer"], [], "officer_id"),
        ("x" * 65, "N", ["officer"], [], "officer_id"),
        ("rahman", "N", ["officer"], [], "officer_id"),
        ("a", " ", ["officer"], [], "name"),
        ("a", "N\x00", ["officer"], [], "name"),
        ("a", "N" * 81, ["officer"], [], "name"),
        ("a", "N", [], [], "roles"),
        ("a", "N", ["auditor", "supervisor"], [], "roles"),
        ("a", "N", ["officer"], ["A B"], "gates"),
        ("a", "N", ["officer"], [f"L{n}" for n in range(11)], "gates"),
    ],
)
async def test_what_makes_no_account_is_refused(
    door: Door, officer_id: str, name: str, roles: list[str], gates: list[str], about: str
) -> None:
    with pytest.raises(BadAccount) as refused:
        door.access.accounts.add(officer_id, name, [ConsoleRole(r) for r in roles], gates)
    assert refused.value.about == about
    assert "N" * 3 not in str(refused.value)


async def test_nobody_is_nobody(door: Door) -> None:
    for act in (door.access.accounts.get, door.access.accounts.disable):
        with pytest.raises(NoSuchOfficer):
            act("nobody")


def test_every_permission_is_somebodys_and_an_auditor_changes_nothing() -> None:
    assert frozenset(Permission) == frozenset().union(*PERMISSIONS.values())
    assert PERMISSIONS[ConsoleRole.AUDITOR] == {
        Permission.SEE_AUDIT,
        Permission.SEE_STATISTICS,
    }


async def test_every_act_and_failure_is_in_the_log_and_no_secret(door: Door) -> None:
    await fail(door, 1)
    with pytest.raises(LogInRefused):
        await door.log_in("my password in the wrong field", code="000000")
    secret = await door.log_in("rahman")
    await door.access.unlock(door.session(secret), PASSWORD)
    acts = door.acts()
    assert acts[-4:] == [
        "rahman log_in_refused rahman",
        " log_in_refused ",
        "rahman log_in rahman",
        "rahman unlocked rahman",
    ]
    assert not re.search("wrong field|quiet", " ".join(acts))


def test_a_foreign_or_damaged_file_is_not_used(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.sqlite"
    AuditLog(foreign, Clock()).close()
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"not a database at all, but long enough to look" * 50)
    for file in (foreign, damaged, Path("/proc/none/officers.sqlite")):
        with pytest.raises(DatabaseUnusable, match=re.escape(str(file))):
            open_accounts(file)


async def test_nothing_secret_is_in_a_repr(door: Door) -> None:
    secret = await door.log_in("rahman")
    said = io.StringIO()
    proof = Proof.typed("rahman", PASSWORD, "123456")
    print(door.session(secret), door.access.accounts.all(), proof, file=said)
    assert not re.search(f"{PASSWORD}|123456|argon2|Rahima|{secret}", said.getvalue())
