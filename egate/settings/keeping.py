"""Settings of what the centre keeps: where, sealed by what, and for how long."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from egate.settings.values import ConfiguredPath, Table


class Database(Table):
    """PostgreSQL: an address, or a folder for an embedded server (one box, demo, tests).

    Args:
        dsn: the address.
        embedded: the folder.
        keys: folder of the keys that seal what is personal in it; ``EMBEDDED.keys`` when left
            out, and needed with an address.

    """

    dsn: str | None = None
    embedded: ConfiguredPath | None = None
    keys: ConfiguredPath | None = None


class ImageKeeping(Table):
    """Where pictures of referred travellers lie, sealed.

    Args:
        folder: of the pictures; the key is beside it, as ``FOLDER.key``.

    """

    folder: ConfiguredPath


class Retention(Table):
    """For how many days the centre keeps what (docs/data-protection.md).

    Args:
        crossings: records, stays that are over, decisions about them.
        images: pictures of referred travellers; not longer than their records.
        inquiries: who looked up what.
        alarms: those that somebody has looked into.
        audit: who made and approved what, with entries that are over.

    """

    crossings: int = Field(default=1830, ge=30, le=36_600)
    images: int = Field(default=30, ge=1, le=3650)
    inquiries: int = Field(default=1830, ge=30, le=36_600)
    alarms: int = Field(default=400, ge=30, le=36_600)
    audit: int = Field(default=3660, ge=30, le=36_600)

    @model_validator(mode="after")
    def _no_picture_without_its_record(self) -> Self:
        if self.images > self.crossings:
            raise PydanticCustomError("images", "images: longer than the records they belong to")
        return self
