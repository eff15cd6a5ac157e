"""``egate central authority``: the authority of a site, and the centre's own certificate."""

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec

from egate.cli.central_database import add_config, settings_of
from egate.cli.clock import now_utc
from egate.cli.outcome import BadInput
from egate.durable_files import put_file
from egate.reporting.authority import Authority, Validity, key_as_pem
from egate.reporting.identity import IdentityMissing, Role, parse_urn
from egate.settings import Enrolment, SettingsError

if TYPE_CHECKING:
    from egate.cli.central_database import Commands

_PRIVATE: Final = 0o600
_AUTHORITY_LIFETIME: Final = timedelta(days=3650)
_CENTRE_LIFETIME: Final = timedelta(days=825)
_CLOCKS_DIFFER: Final = timedelta(minutes=5)


def configure(commands: "Commands") -> None:
    authority = commands.add_parser(
        "authority",
        help="make the site's authority if there is none, and a certificate of the centre",
        description="Make the authority that [enrolment] names, good for ten years, unless there"
        " is one; put its certificate where tls.ca says, if nothing is there; and make the"
        " centre's own certificate and key, good for 825 days. Called again it renews the"
        " centre's; a centre that runs takes it by itself.",
    )
    add_config(authority)
    authority.add_argument("--name", required=True, metavar="ID", help="of the centre, as dhaka")
    authority.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    if settings.enrolment is None:
        raise BadInput(f"{arguments.config}: enrolment: is missing")
    try:
        identity = parse_urn(f"urn:egate:{Role.CENTRE}:{arguments.name}")
    except IdentityMissing:
        raise BadInput("--name: letters, digits and . _ -, at most 64 of them") from None
    tls = settings.tls
    try:
        authority = _authority(settings.enrolment, arguments.name)
        key = ec.generate_private_key(ec.SECP256R1())
        validity = authority.from_now(now_utc(), _CENTRE_LIFETIME)
        certificate = authority.certify(key.public_key(), identity, validity)
        if not tls.ca.exists():
            put_file(tls.ca, authority.pem())
        put_file(tls.key, key_as_pem(key), _PRIVATE)
        put_file(tls.certificate, certificate)
    except SettingsError as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        raise BadInput(f"{error.filename}: {error.strerror}") from error
    print(f"{tls.certificate}: of centre {arguments.name}, until {validity[1]:%Y-%m-%d}")
    return 0


def _authority(enrolment: Enrolment, name: str) -> Authority:
    """Return the authority of the site, which is made unless one of its files is there."""
    if enrolment.authority.exists() or enrolment.key.exists():
        return Authority.from_files(enrolment.authority, enrolment.key)
    now = now_utc()
    validity: Validity = (now - _CLOCKS_DIFFER, now + _AUTHORITY_LIFETIME)
    made = Authority.create(f"egate authority of {name}, {now:%Y-%m-%d %H:%M:%S}", validity)
    put_file(enrolment.key, key_as_pem(made.key), _PRIVATE)
    put_file(enrolment.authority, made.pem())
    return made
