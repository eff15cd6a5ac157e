"""The data elements of a template, each by its tag: of DG5, DG7, DG11, DG12 and DG16."""

import datetime as dt
from typing import Final, Self

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.image import image_kind
from egate.emrtd.tlv import decode_all, decode_one

COUNT: Final = 0x02
_MAX_ELEMENTS: Final = 64
# 9303-10 allows 99 characters and 999 for custody information; national characters and
# States that ignore the rule take more bytes.
_MAX_TEXT_BYTES: Final = 4096
_LAYOUT_CHARACTERS: Final = "\t\n\r"


class Elements:
    """The data objects of one template, in the order of the file.

    Args:
        raw: the objects one after the other.
        where: what errors call the template, as ``DG11``.

    Raises:
        TlvMalformed: an object ends early.
        DocumentRejected: there are more objects than any document has.

    """

    def __init__(self, raw: bytes, where: str) -> None:
        self._where = where
        self.objects: list[tuple[int, bytes]] = []
        for tag, value in decode_all(raw):
            if len(self.objects) == _MAX_ELEMENTS:
                raise DocumentRejected(f"{where}: more than {_MAX_ELEMENTS} elements")
            self.objects.append((tag, value))

    @classmethod
    def of_file(cls, raw: bytes, file: LdsFile) -> Self:
        """Open the template of the whole file ``raw``.

        Raises:
            TlvMalformed: it is another file, or an object ends early.
            DocumentRejected: there are more objects than any document has.

        """
        return cls(decode_one(raw, file.tag), f"DG{file.data_group}")

    def nested(self, value: bytes) -> "Elements":
        """Open the template ``value`` inside this one.

        Raises:
            TlvMalformed: an object ends early.
            DocumentRejected: there are more objects than any document has.

        """
        return Elements(value, self._where)

    def all(self, tag: int) -> tuple[bytes, ...]:
        """Return the values of all objects with ``tag``."""
        return tuple(value for found, value in self.objects if found == tag)

    def one(self, tag: int, name: str) -> bytes | None:
        """Return the value of the object with ``tag``, None when there is none.

        Raises:
            DocumentRejected: there are several.

        """
        values = self.all(tag)
        if len(values) > 1:
            raise self.fault(name, "stands there more than once")
        return values[0] if values else None

    def text(self, tag: int, name: str) -> str:
        """Return the UTF-8 text with ``tag``, "" when there is none.

        Raises:
            DocumentRejected: there are several, or it is too long or no text.

        """
        return self.as_text(self.one(tag, name) or b"", name)

    def texts(self, tag: int, name: str) -> tuple[str, ...]:
        """Return the parts between the ``<`` of the text with ``tag``, empty ones left out.

        Raises:
            DocumentRejected: there are several such texts, or it is too long or no text.

        """
        return tuple(part.strip() for part in self.text(tag, name).split("<") if part.strip())

    def as_text(self, value: bytes, name: str) -> str:
        """Decode ``value`` as UTF-8.

        Raises:
            DocumentRejected: it is too long, no UTF-8, or has control characters.

        """
        if len(value) > _MAX_TEXT_BYTES:
            raise self.fault(name, f"is longer than {_MAX_TEXT_BYTES} bytes")
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            raise self.fault(name, "is not UTF-8") from None
        if not all(letter.isprintable() or letter in _LAYOUT_CHARACTERS for letter in text):
            # Text of a document ends up on officers' screens, and on terminals.
            raise self.fault(name, "has control characters")
        return text

    def date(self, tag: int, name: str) -> str | None:
        """Return the date with ``tag`` as ISO 8601 with unknown parts as ``X``.

        Eight ASCII digits or four bytes of binary coded decimals: both occur
        (9303-10 §4.7.12). Zeros stand for what is unknown (9303-10 §4.7.11.1).

        Returns:
            As ``1974-08-12`` or ``1974-XX-XX``; None when absent or all unknown.

        Raises:
            DocumentRejected: there are several, or it is no day of the calendar.

        """
        value = self.one(tag, name)
        if value is None:
            return None
        digits = self._digits(value, 8, name)
        year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
        try:
            dt.date(year or 2000, month or 1, day or 1)
        except ValueError:
            raise self.fault(name, "is no date") from None
        if not (year or month or day):
            return None
        return "-".join(
            digits[begin:end] if int(digits[begin:end]) else "X" * (end - begin)
            for begin, end in ((0, 4), (4, 6), (6, 8))
        )

    def time(self, tag: int, name: str) -> str | None:
        """Return date and time with ``tag`` as ISO 8601 without a zone, None when absent.

        Raises:
            DocumentRejected: there are several, or it cannot be a time.

        """
        value = self.one(tag, name)
        if value is None:
            return None
        digits = self._digits(value, 14, name)
        date = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
        iso = f"{date}T{digits[8:10]}:{digits[10:12]}:{digits[12:]}"
        try:
            dt.datetime.fromisoformat(iso)
        except ValueError:
            raise self.fault(name, "is no time") from None
        return iso

    def image(self, tag: int, name: str) -> bytes | None:
        """Return the compressed image with ``tag``, None when absent or empty.

        Raises:
            DocumentRejected: there are several, or it is neither JPEG nor JPEG 2000.

        """
        encoded = self.one(tag, name)
        if encoded:
            image_kind(encoded, f"{self._where}: {name}: an image")
        return encoded or None

    def expect_count(self, found: int, name: str) -> None:
        """Compare ``found`` with the number that the template states.

        A template that states none is taken: documents without it occur.

        Raises:
            DocumentRejected: the template states another number.

        """
        stated = self.one(COUNT, name)
        if stated is not None and int.from_bytes(stated, "big") != found:
            raise self.fault(name, "is not the number of what follows")

    def fault(self, name: str, what: str) -> DocumentRejected:
        """Return the error that says ``what`` is wrong with the element ``name``."""
        return DocumentRejected(f"{self._where}: {name} {what}")

    def _digits(self, value: bytes, count: int, name: str) -> str:
        packed = len(value) * 2 == count
        digits = value.hex() if packed else value.decode("ascii", "replace")
        if len(digits) != count or not (digits.isascii() and digits.isdigit()):
            raise self.fault(name, f"is not {count} digits")
        return digits
