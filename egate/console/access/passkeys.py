"""Security keys as a second factor (W3C Web Authentication Level 3), where the browser has them.

The password comes first, so a key need not verify who holds it, and none is asked who made it.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from egate.domain.time import UtcSeconds

_NAME: Final = "egate"
_MOST_OF_AN_OFFICER: Final = 5
_MAX_ID_LENGTH: Final = 1400  # of base64url; WebAuthn §5.8.3 lets an id have 1023 bytes


class PasskeyRefused(Exception):
    """What came is no proof of a security key of this officer."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A security key of an officer.

    Args:
        credential_id: by which the key knows it.
        public_key: in COSE.
        uses: the key's own count of signatures, against copies; 0: it does not count.
        added_at: when it was added.

    """

    credential_id: bytes
    public_key: bytes = field(repr=False)
    uses: int
    added_at: UtcSeconds


@dataclass(frozen=True, slots=True)
class Party:
    """For whom a key signs: this console, as the browser sees it.

    Args:
        host: the relying party's id.
        origin: of its pages.

    """

    host: str
    origin: str

    @classmethod
    def of(cls, request: Request) -> "Party":
        """Return the console under the name by which ``request`` came; it is one of its own."""
        url = request.url
        return cls(url.hostname or "", f"{url.scheme}://{url.netloc}")


class Passkeys:
    """The security keys of the officers of ``Accounts``.

    Args:
        database: of ``open_accounts``.
        now: the wall clock.

    """

    def __init__(self, database: sqlite3.Connection, now: Callable[[], UtcSeconds]) -> None:
        self._database = database
        self._now = now

    def of(self, officer_id: str) -> tuple[Passkey, ...]:
        rows = self._database.execute(
            "SELECT credential_id, public_key, uses, added_at FROM passkeys"
            " WHERE officer_id = ? ORDER BY added_at",
            (officer_id,),
        )
        return tuple(Passkey(*row) for row in rows)

    def offer(self, officer_id: str, party: Party) -> tuple[Mapping[str, Any], bytes]:
        """Return what a new key is asked, and the challenge that it signs."""
        options = generate_registration_options(
            rp_id=party.host,
            rp_name=_NAME,
            user_name=officer_id,
            user_id=hashlib.sha256(officer_id.encode()).digest(),
            exclude_credentials=self._descriptors(officer_id),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.DISCOURAGED,
            ),
        )
        return options_to_json_dict(options), options.challenge

    def add(
        self, officer_id: str, answer: Mapping[str, Any], challenge: bytes, party: Party
    ) -> None:
        """Add the key that has answered.

        Raises:
            PasskeyRefused: the answer is not to this challenge, or the officer has enough keys.

        """
        if len(self.of(officer_id)) >= _MOST_OF_AN_OFFICER:
            raise PasskeyRefused("enough keys")
        try:
            verified = verify_registration_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=party.host,
                expected_origin=party.origin,
            )
        except Exception as error:
            raise PasskeyRefused("not an answer of a new key") from error
        try:
            with self._database:
                self._database.execute(
                    "INSERT INTO passkeys VALUES (?, ?, ?, ?, ?)",
                    (
                        verified.credential_id,
                        officer_id,
                        verified.credential_public_key,
                        verified.sign_count,
                        self._now(),
                    ),
                )
        except sqlite3.IntegrityError:
            raise PasskeyRefused("the key is somebody's already") from None

    def ask(self, officer_id: str, party: Party) -> tuple[Mapping[str, Any], bytes]:
        """Return what a key of the officer is asked, and the challenge that it signs."""
        options = generate_authentication_options(
            rp_id=party.host,
            allow_credentials=self._descriptors(officer_id),
            user_verification=UserVerificationRequirement.DISCOURAGED,
        )
        return options_to_json_dict(options), options.challenge

    def check(
        self, officer_id: str, answer: Mapping[str, Any], challenge: bytes, party: Party
    ) -> None:
        """Return if one of the officer's keys has signed ``challenge``.

        Raises:
            PasskeyRefused: none has.

        """
        key = self._named(officer_id, answer)
        try:
            verified = verify_authentication_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=party.host,
                expected_origin=party.origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=key.uses,
            )
        except Exception as error:
            raise PasskeyRefused("not signed by the key") from error
        with self._database:
            self._database.execute(
                "UPDATE passkeys SET uses = ? WHERE credential_id = ?",
                (verified.new_sign_count, key.credential_id),
            )

    def remove_all(self, officer_id: str) -> None:
        """Forget the officer's keys."""
        with self._database:
            self._database.execute("DELETE FROM passkeys WHERE officer_id = ?", (officer_id,))

    def _named(self, officer_id: str, answer: Mapping[str, Any]) -> Passkey:
        named = answer.get("id")
        if not isinstance(named, str) or len(named) > _MAX_ID_LENGTH:
            raise PasskeyRefused("names no key")
        try:
            credential_id = base64url_to_bytes(named)
        except ValueError:
            raise PasskeyRefused("names no key") from None
        for key in self.of(officer_id):
            if key.credential_id == credential_id:
                return key
        raise PasskeyRefused("not a key of this officer")

    def _descriptors(self, officer_id: str) -> list[PublicKeyCredentialDescriptor]:
        return [PublicKeyCredentialDescriptor(id=key.credential_id) for key in self.of(officer_id)]
