"""Options of a driver from the settings: typed, bounded, and unknown ones refused."""

from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from egate.ports.devices import DriverOptionError

_MAX_PORT: Final = 0xFFFF

OptionValues = Mapping[str, int | float | str | bool]


class DriverOptions(BaseModel):
    """Base of every driver's options; each field is one option with its default."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


OptionsType = TypeVar("OptionsType", bound=DriverOptions)


def parse_options(driver: str, kind: type[OptionsType], options: OptionValues) -> OptionsType:
    """Check ``options`` against ``kind``.

    Raises:
        DriverOptionError: an unknown option, or a value of the wrong kind or size.

    """
    try:
        return kind.model_validate(dict(options))
    except ValidationError as error:
        fault = error.errors()[0]
        name = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            known = ", ".join(sorted(kind.model_fields)) or "none"
            reason = f"unknown option (known: {known})"
        else:
            reason = fault["msg"]
        where = f"option {name}: " if name else ""
        raise DriverOptionError(f"driver {driver}: {where}{reason}") from error


def parse_host_and_port(driver: str, address: str) -> tuple[str, int]:
    """Split ``HOST:PORT``; an IPv6 host stands in brackets.

    Raises:
        DriverOptionError: ``address`` is something else.

    """
    host, colon, port = address.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) <= _MAX_PORT):
        raise DriverOptionError(f"driver {driver}: address {address!r} is not HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)
