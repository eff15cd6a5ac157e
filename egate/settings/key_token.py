"""Settings of a lane's certificates, and of the token that has its key."""

from egate.settings.values import ConfiguredPath, Device, Tls


class KeyTokenTable(Device):
    """Where the key is by which the centre knows this lane, if it is in no file.

    Args:
        certificate: of that key. The lane calls the centre with it, and signs records with it;
            ``tls.certificate`` is then for those alone who call the lane.

    """

    certificate: ConfiguredPath


class GateTls(Tls):
    """Mutual TLS of a lane.

    Args:
        key_token: a TPM or another token with a key that never leaves it.

    """

    key_token: KeyTokenTable | None = None
