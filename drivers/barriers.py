"""The barriers of the catalogue, in a module of their own.

A gate that starts makes its barrier safe before it loads the libraries of any other device.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from drivers.barrier.modbus import open_modbus
from drivers.barrier.turnstile import open_turnstile
from drivers.options import OptionValues
from egate.ports.devices import Barrier, DriverOptionError

Port = TypeVar("Port")
Factory = Callable[[str, OptionValues], Port]

BARRIERS: Final[Mapping[str, Factory[Barrier]]] = {
    "modbus": open_modbus,
    "turnstile": open_turnstile,
}


def find(table: Mapping[str, Factory[Port]], driver: str) -> Factory[Port]:
    """Return the factory of ``driver``.

    Raises:
        DriverOptionError: the table has no such driver; the message lists those it has.

    """
    try:
        return table[driver]
    except KeyError:
        known = ", ".join(sorted(table))
        raise DriverOptionError(f"driver {driver}: unknown (known: {known})") from None
