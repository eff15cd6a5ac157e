"""The second factor: codes of an authenticator app (RFC 6238), and codes on paper for its loss."""

import secrets
from typing import Final

import pyotp

from egate.domain.time import UtcSeconds

STEP_SECONDS: Final = 30
_DRIFT_STEPS: Final = 1
_DIGITS: Final = 6
_RECOVERY_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_RECOVERY_LENGTH: Final = 10
_RECOVERY_CODES: Final = 10
_ISSUER: Final = "egate"


def new_totp_secret() -> str:
    """Return a fresh secret of 160 bits, in base 32."""
    return pyotp.random_base32(32)


def totp_uri(secret: str, officer_id: str) -> str:
    """Return what an authenticator app takes in, also as a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=officer_id, issuer_name=_ISSUER)


def totp_step(secret: str, code: str, now: UtcSeconds, last_step: int) -> int | None:
    """Return the time step whose code ``code`` is, None if it is of none that counts.

    Args:
        secret: of the authenticator.
        code: what was typed.
        now: the time; one step before and after it counts as well.
        last_step: the newest that was used; it and older ones count no more
            (RFC 6238 §5.2: a code is accepted once).

    """
    code = typed_digits(code)
    if len(code) != _DIGITS:
        return None
    totp = pyotp.TOTP(secret)
    at = int(now) // STEP_SECONDS
    for step in range(at - _DRIFT_STEPS, at + _DRIFT_STEPS + 1):
        if secrets.compare_digest(totp.generate_otp(step), code) and step > last_step:
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Return codes for the day on which the authenticator is lost, each good once; 49 bits."""
    return tuple(
        "".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(_RECOVERY_LENGTH))
        for _ in range(_RECOVERY_CODES)
    )


def typed_digits(code: str) -> str:
    """Return the ASCII digits of ``code``, which may be Bangla ones; empty if it has others."""
    plain = "".join(code.split())
    return "".join(str(int(c)) for c in plain) if plain.isdecimal() else ""


def typed_recovery_code(code: str) -> str:
    """Return a recovery code as it was given out, however it was typed."""
    plain = "".join(code.split()).replace("-", "").lower()
    return plain if len(plain) == _RECOVERY_LENGTH else ""
