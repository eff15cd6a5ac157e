"""Which addresses are of this very machine."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Say whether ``host``, an address or a name, is this machine's own and no network's."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
