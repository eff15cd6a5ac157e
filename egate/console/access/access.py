"""Access: who may come in, who is in, and who confirms what another one does."""

import sqlite3
from collections.abc import Callable
from typing import Final, NoReturn

from egate.console.access.accounts import Account, Accounts
from egate.console.access.factors import Factors
from egate.console.access.limits import Limit, Limits, TooManyAttempts
from egate.console.access.officer import Officer, Permission
from egate.console.access.passkeys import Passkeys
from egate.console.access.passwords import PasswordFault, Passwords, password_fault
from egate.console.access.proof import LogInRefused, PasswordRefused, Proof, SecondRefused, Wrong
from egate.console.access.sessions import Session, Sessions, SessionState
from egate.console.audit.acts import AuditAct
from egate.console.audit.log import AuditLog
from egate.domain.time import UtcSeconds
from egate.outbox.sealing import Seal

_FREE_OF_AN_OFFICER: Final = 3
_FREE_OF_AN_ACCOUNT: Final = 10
_FREE_OF_AN_ADDRESS: Final = 20
_FREE_AT_THE_LOCK: Final = 5


class Access:
    """Accounts and sessions of one console, and the only way past them.

    Args:
        database: of ``open_accounts``.
        seal: of the secrets of authenticators.
        sessions: who is in.
        audit: where every act and failure goes.
        now: the wall clock.

    """

    def __init__(
        self,
        database: sqlite3.Connection,
        seal: Seal,
        sessions: Sessions,
        audit: AuditLog,
        now: Callable[[], UtcSeconds],
    ) -> None:
        self.passwords = Passwords()
        self.accounts = Accounts(database, self.passwords, now)
        self.factors = Factors(database, seal, now)
        self.passkeys = Passkeys(database, now)
        self.sessions = sessions
        self._audit = audit
        self._limits = Limits(now)
        self._now = now

    async def log_in(self, proof: Proof, address: str) -> str:
        """Begin a session.

        Args:
            proof: what was typed.
            address: from where.

        Returns:
            The secret of the session, for the cookie. Its state says what is to come.

        Raises:
            LogInRefused: something is wrong.
            TooManyAttempts: nothing was looked at.

        """
        officer_id = proof.officer_id
        limits = self._limits_of(officer_id, address)
        self._limits.attempt(limits)
        account = await self._account_of(officer_id, proof.password, AuditAct.LOG_IN_REFUSED)
        state = self._state_after(account, proof.code)
        if state is None:
            self._refuse(AuditAct.LOG_IN_REFUSED, officer_id, Wrong.CODE)
        if state is not SessionState.PASSKEY:  # or who has the password could guess codes for ever
            self._limits.succeeded(limits)
        return self._let_in(officer_id, state, address)

    def open_by_passkey(self, session: Session, address: str) -> str:
        """Begin the session of an officer who has proved to have the security key.

        Args:
            session: the one of the password, which ends.
            address: from where.

        """
        self._limits.succeeded(self._limits_of(session.officer_id, address))
        self.sessions.end(session.fingerprint)
        return self._let_in(session.officer_id, SessionState.OPEN, address)

    def refuse_passkey(self, session: Session) -> None:
        """End a session whose security key has not answered as it should."""
        self.sessions.end(session.fingerprint)
        officer_id = session.officer_id
        self._audit.note(officer_id, AuditAct.LOG_IN_REFUSED, officer_id, Wrong.PASSKEY)

    def _let_in(self, officer_id: str, state: SessionState, address: str) -> str:
        if state is SessionState.OPEN:
            self._audit.note(officer_id, AuditAct.LOG_IN, officer_id)
            self.factors.note_address(officer_id, address)
        return self.sessions.begin(officer_id, state)

    def officer_of(self, session: Session) -> Officer | None:
        """Return whose session it is, None if the account was disabled meanwhile."""
        account = self.accounts.find(session.officer_id)
        return account.officer if account and account.disabled_at is None else None

    async def second(
        self,
        proof: Proof,
        besides: Officer,
        permission: Permission = Permission.SECOND,
    ) -> Officer:
        """Return the second officer, who confirms what ``besides`` is doing.

        Args:
            proof: what the second one typed into the form of the first; the code is one of the
                authenticator.
            besides: who is logged in.
            permission: what the second one must have.

        Raises:
            SecondRefused: nobody else has confirmed.
            TooManyAttempts: nothing was looked at.

        """
        officer_id = proof.officer_id
        limits = (Limit("second", f"{officer_id} beside {besides.officer_id}", 3),)
        self._limits.attempt(limits)
        try:
            account = await self._account_of(officer_id, proof.password, AuditAct.SECOND_REFUSED)
        except LogInRefused as error:
            raise SecondRefused(str(error)) from None
        wrong = self._wrong_second(account, proof.code, besides, permission)
        if wrong is not None:
            self._audit.note(besides.officer_id, AuditAct.SECOND_REFUSED, officer_id, wrong)
            raise SecondRefused("not confirmed")
        self._limits.succeeded(limits)
        self._audit.note(officer_id, AuditAct.SECOND_CONFIRMED, besides.officer_id)
        return account.officer

    def _wrong_second(
        self, account: Account, code: str, besides: Officer, permission: Permission
    ) -> Wrong | None:
        if account.officer.officer_id == besides.officer_id:
            return Wrong.SAME_OFFICER
        if not account.officer.may(permission):
            return Wrong.PERMISSION
        if account.first_until is not None:
            return Wrong.FIRST_PASSWORD_OLD
        return None if self.factors.use_totp(account.officer.officer_id, code) else Wrong.CODE

    async def unlock(self, session: Session, password: str) -> None:
        """Open a locked session by its officer's password alone.

        Raises:
            LogInRefused: it was another one.
            TooManyAttempts: it was another one too often: the session has ended.

        """
        limits = (Limit("lock", session.fingerprint.hex(), _FREE_AT_THE_LOCK),)
        try:
            self._limits.attempt(limits)
        except TooManyAttempts:
            self.sessions.end(session.fingerprint)
            raise
        await self._account_of(session.officer_id, password, AuditAct.UNLOCK_REFUSED)
        self._limits.succeeded(limits)
        self._audit.note(session.officer_id, AuditAct.UNLOCKED, session.officer_id)
        self.sessions.unlock(session)

    async def set_password(self, session: Session, present: str, new: str) -> None:
        """Give the officer of ``session`` another password, and end the officer's other sessions.

        Raises:
            PasswordRefused: the present one was wrong, or the new one is not good enough.
            TooManyAttempts: nothing was looked at.

        """
        await self.prove(session, present)
        if fault := await self.fault_of(session, new):
            raise PasswordRefused(fault)
        kept = await self.passwords.hash(new)
        self._audit.note(session.officer_id, AuditAct.PASSWORD_CHANGED, session.officer_id)
        self.accounts.set_password(session.officer_id, kept)
        self.sessions.end_others(session)

    async def prove(self, session: Session, password: str) -> None:
        """Return if ``password`` is the one of the officer who is logged in.

        Raises:
            PasswordRefused: it is not.
            TooManyAttempts: nothing was looked at.

        """
        limits = (Limit("own", session.officer_id, _FREE_AT_THE_LOCK),)
        self._limits.attempt(limits)
        try:
            await self._account_of(session.officer_id, password, AuditAct.PASSWORD_REFUSED)
        except LogInRefused:
            raise PasswordRefused(None) from None
        self._limits.succeeded(limits)

    async def fault_of(self, session: Session, new: str) -> PasswordFault | None:
        """Return why ``new`` is no password for the officer of ``session``."""
        if fault := password_fault(new, session.officer_id):
            return fault
        present = self.accounts.get(session.officer_id).password
        return PasswordFault.SAME if await self.passwords.verify(present, new) else None

    async def begin_own(self, session: Session, new: str, code: str, address: str) -> str | None:
        """Let an officer set the own password and authenticator at the first log-in.

        Returns:
            The secret of the session that is open now; None when ``code`` is not one of the
            authenticator that was offered.

        Raises:
            PasswordRefused: the new password is not good enough.

        """
        if fault := await self.fault_of(session, new):
            raise PasswordRefused(fault)
        kept = await self.passwords.hash(new)
        if not self.factors.take_totp(session.officer_id, code):
            return None
        for act in (AuditAct.PASSWORD_CHANGED, AuditAct.SECOND_FACTOR_CHANGED):
            self._audit.note(session.officer_id, act, session.officer_id)
        self.accounts.set_password(session.officer_id, kept)
        self.sessions.end_all(session.officer_id)
        return self._let_in(session.officer_id, SessionState.OPEN, address)

    def _state_after(self, account: Account, code: str) -> SessionState | None:
        officer_id = account.officer.officer_id
        if account.first_until is not None:
            return SessionState.FIRST
        if not code and self.passkeys.of(officer_id):
            return SessionState.PASSKEY
        if self.factors.use_totp(officer_id, code):
            return SessionState.OPEN
        if self.factors.use_recovery_code(officer_id, code):
            self._audit.note(officer_id, AuditAct.RECOVERY_CODE_USED, officer_id)
            return SessionState.OPEN
        return None

    async def _account_of(self, officer_id: str, password: str, refusal: AuditAct) -> Account:
        account = self.accounts.find(officer_id)
        right = await self.passwords.verify(account.password if account else None, password)
        if account is None:
            # What was typed is not noted: it may be a password in the wrong field.
            self._refuse(refusal, "", Wrong.OFFICER)
        if not right:
            self._refuse(refusal, officer_id, Wrong.PASSWORD)
        if account.disabled_at is not None:
            self._refuse(refusal, officer_id, Wrong.DISABLED)
        if account.first_until is not None and self._now() > account.first_until:
            self._refuse(refusal, officer_id, Wrong.FIRST_PASSWORD_OLD)
        return account

    def _refuse(self, act: AuditAct, officer_id: str, wrong: Wrong) -> NoReturn:
        self._audit.note(officer_id, act, officer_id, wrong)
        raise LogInRefused("not right")

    def _limits_of(self, officer_id: str, address: str) -> tuple[Limit, ...]:
        limits = (
            Limit("address", address, _FREE_OF_AN_ADDRESS, is_shared=True),
            Limit("officer", f"{officer_id} from {address}", _FREE_OF_AN_OFFICER),
        )
        if self.factors.knows_address(officer_id, address):
            return limits
        return (*limits, Limit("account", officer_id, _FREE_OF_AN_ACCOUNT))
