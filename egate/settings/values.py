"""Values that settings of more than one program have."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError


def beside_the_file(path: Path, context: ValidationInfo) -> Path:
    """Return ``path`` as seen from the folder of the settings file."""
    return (context.context["folder"] / path).resolve() if context.context else path


ConfiguredPath = Annotated[Path, AfterValidator(beside_the_file)]

_LAST_PORT: Final = 65_535


def _with_a_port(address: str) -> str:
    if int(address.rpartition(":")[2]) > _LAST_PORT:
        raise PydanticCustomError("port", "there is no such port")
    return address


Address = Annotated[str, Field(pattern=r"^[^\s:]+:[0-9]{1,5}$"), AfterValidator(_with_a_port)]


class Table(BaseModel):
    """One table of a settings file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


DriverOptions = dict[str, int | float | str | bool]


class Device(Table):
    """One device: the driver's name in the catalogue, its address, and the driver's own options."""

    driver: str
    address: str
    options: DriverOptions = Field(default_factory=dict)


class Tls(Table):
    """Mutual TLS: who we are, and whose peers we accept (PEM files).

    Args:
        ca: certificates of the authorities of both ends.
        certificate: ours.
        key: its private key.
        crl: the authority's list of revoked certificates; none: nobody's is looked up in one.

    """

    ca: ConfiguredPath
    certificate: ConfiguredPath
    key: ConfiguredPath
    crl: ConfiguredPath | None = None


class Listen(Table):
    listen: Address
