"""What an open chip tells of the session that a terminal is to be bound to (9303-11 §7.1.2)."""

from contextlib import suppress

from egate.emrtd.access.chip_access import OpenedChip
from egate.emrtd.access.password import Password
from egate.emrtd.chip_authentication.ca import ChipAuthentication
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.security_infos import EF_CVCA, SecurityInfos
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.terminal_authentication.authenticate import SessionBinding


def binding_of(
    password: Password, opened: OpenedChip, chip: ChipAuthentication | None
) -> SessionBinding | None:
    """Return what ties a terminal to this channel.

    Args:
        password: that opened it.
        opened: how.
        chip: of chip authentication since, None when there was none in this channel.

    Returns:
        None when the terminal has shown the chip no key of its own, so that it has to go without.

    """
    pace, domain = opened.pace, opened.domain
    if pace is None or domain is None:
        if chip is None or not isinstance(password, MrzKey):
            return None
        return SessionBinding.after_bac(password, chip.domain, chip.ephemeral)
    identity = domain, pace.chip_ephemeral_public
    if chip is not None:
        return SessionBinding.after_pace(identity, chip.domain, chip.ephemeral)
    if pace.chip_authentication_data is not None:
        return SessionBinding.after_pace(identity, domain, pace.ephemeral_public)
    return None


def cvca_file_of(dg14: bytes | None) -> int:
    """Return the identifier of EF.CVCA, which EF.DG14 may have elsewhere than usual."""
    with suppress(DocumentRejected):
        stated = None if dg14 is None else SecurityInfos.of_dg14(dg14).terminal_authentication()
        if stated is not None:
            return stated.cvca_file_id
    return EF_CVCA
