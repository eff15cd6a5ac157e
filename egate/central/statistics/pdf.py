"""A report as PDF: A4, every heading repeated where a table goes on, Bangla with its conjuncts.

Each word is shaped by HarfBuzz and placed by us; both scripts are in the font that comes with
the centre, so that every printer shows the same.
"""

import io
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, shapeStr
from reportlab.pdfgen.canvas import Canvas

from egate.central.statistics import texts
from egate.central.statistics.document import (
    Bar,
    Cell,
    Document,
    Hours,
    Language,
    Seconds,
    Share,
    Table,
    digits,
    spoken,
)

_REGULAR: Final = "HindSiliguri-Regular"
_BOLD: Final = "HindSiliguri-Bold"
_WIDTH, _HEIGHT = A4
_MARGIN: Final = 42.0
_INNER: Final = _WIDTH - 2 * _MARGIN
_LEADING: Final = 1.45
_SIZE: Final = 8.5
_PADDING: Final = 4.0
_FOOT: Final = 26.0
_FOOT_SIZE: Final = 7.5
_INK: Final = (0.08, 0.13, 0.11)
_SOFT: Final = (0.36, 0.42, 0.39)
_GREEN: Final = (0.0, 0.416, 0.306)
_LINE: Final = (0.85, 0.88, 0.87)


def as_pdf(document: Document, language: Language) -> bytes:
    """Return ``document`` as a PDF file in ``language``."""
    _load_fonts()
    stream = io.BytesIO()
    sheet = _Sheet(stream, document, language)
    sheet.heading()
    for table in document.tables:
        sheet.table(table)
    sheet.notes()
    sheet.close()
    return stream.getvalue()


class _Sheet:
    """Pages under the pen; ``_y`` is the baseline of what was written last, from below."""

    def __init__(self, stream: io.BytesIO, document: Document, language: Language) -> None:
        self._document = document
        self._language = language
        self._canvas = Canvas(stream, pagesize=A4, invariant=True)
        self._canvas.setTitle(document.title.of(language))
        self._canvas.setAuthor("egate")
        self._page = 0
        self._y = 0.0
        self._begin_page()

    def heading(self) -> None:
        say, document = self._say, self._document
        self._paragraph(say(document.title), _BOLD, 17.0)
        self._paragraph(say(document.subtitle), _BOLD, 9.5)
        days = _days(document, self._language)
        period = f"{self._word('period')}: {days}"
        counted = f"{self._word('made_at')}: {say(document.made_at)}"
        self._paragraph(f"{period} · {counted}", _REGULAR, 9.0, _SOFT)

    def table(self, table: Table) -> None:
        self._room(70.0)
        self._y -= 12.0
        self._paragraph(self._say(table.title), _BOLD, 11.5, _GREEN)
        if not table.rows:
            self._paragraph(self._word("empty"), _REGULAR, _SIZE, _SOFT)
            return
        head = [self._say(column.heading) for column in table.columns]
        rows = [[self._say(cell) for cell in row] for row in table.rows]
        right = [_is_number(cell) for cell in table.rows[0]]
        widths = _widths([head, *rows])
        self._row(head, widths, right, _BOLD)
        for row in rows:
            if self._y - self._row_height(row, widths, _REGULAR) < _MARGIN + _FOOT:
                self._begin_page()
                self._row(head, widths, right, _BOLD)
            self._row(row, widths, right, _REGULAR)

    def notes(self) -> None:
        self._room(60.0)
        self._y -= 12.0
        self._paragraph(self._word("notes"), _BOLD, 11.5, _GREEN)
        for note in self._document.notes:
            self._paragraph(f"• {self._say(note)}", _REGULAR, _SIZE, _SOFT)

    def close(self) -> None:
        self._end_page()
        self._canvas.save()

    def _say(self, cell: Cell) -> str:
        return spoken(cell, self._language)

    def _word(self, key: str) -> str:
        return texts.FORMATS[key].of(self._language)

    def _room(self, height: float) -> None:
        """Begin a page unless so much is left of this one."""
        if self._y - height < _MARGIN + _FOOT:
            self._begin_page()

    def _begin_page(self) -> None:
        if self._page:
            self._end_page()
        self._page += 1
        self._canvas.setFillColorRGB(*_GREEN)
        self._canvas.rect(0, _HEIGHT - 6, _WIDTH, 6, stroke=0, fill=1)
        self._y = _HEIGHT - _MARGIN + 8

    def _end_page(self) -> None:
        document, number = self._document, digits(str(self._page), self._language)
        foot = f"{self._say(document.title)} · {_days(document, self._language)}"
        self._words(foot, (_MARGIN, _MARGIN), _REGULAR, _FOOT_SIZE, _SOFT)
        right = _WIDTH - _MARGIN - _width(number, _REGULAR, _FOOT_SIZE)
        self._words(number, (right, _MARGIN), _REGULAR, _FOOT_SIZE, _SOFT)
        self._canvas.showPage()

    def _paragraph(
        self, text: str, font: str, size: float, ink: tuple[float, float, float] = _INK
    ) -> None:
        for line in _lines(text, font, size, _INNER):
            self._room(size * _LEADING)
            self._y -= size * _LEADING
            self._words(line, (_MARGIN, self._y), font, size, ink)

    def _row_height(self, row: Sequence[str], widths: Sequence[float], font: str) -> float:
        most = max(
            len(_lines(text, font, _SIZE, width - 2 * _PADDING))
            for text, width in zip(row, widths, strict=True)
        )
        return most * _SIZE * _LEADING + _PADDING

    def _row(
        self, row: Sequence[str], widths: Sequence[float], right: Sequence[bool], font: str
    ) -> None:
        height, left = self._row_height(row, widths, font), _MARGIN
        for text, width, to_the_right in zip(row, widths, right, strict=True):
            for number, line in enumerate(_lines(text, font, _SIZE, width - 2 * _PADDING), 1):
                spare = width - 2 * _PADDING - _width(line, font, _SIZE) if to_the_right else 0.0
                place = (left + _PADDING + spare, self._y - number * _SIZE * _LEADING)
                self._words(line, place, font, _SIZE, _INK)
            left += width
        self._y -= height
        self._canvas.setStrokeColorRGB(*_LINE)
        self._canvas.line(_MARGIN, self._y, left, self._y)

    def _words(
        self,
        text: str,
        place: tuple[float, float],
        font: str,
        size: float,
        ink: tuple[float, float, float],
    ) -> None:
        x, y = place
        self._canvas.setFillColorRGB(*ink)
        self._canvas.setFont(font, size)
        space = pdfmetrics.stringWidth(" ", font, size)
        for word in text.split():
            self._canvas.drawString(x, y, _shaped(word, font, size))
            x += _word_width(word, font, size) + space


def _days(document: Document, language: Language) -> str:
    first, last = spoken(document.first, language), spoken(document.last, language)
    return f"{first} \N{EN DASH} {last}"


def _load_fonts() -> None:
    if _BOLD in pdfmetrics.getRegisteredFontNames():
        return
    for name in (_REGULAR, _BOLD):
        with as_file(files("egate.web") / "fonts" / f"{name}.ttf") as file:
            pdfmetrics.registerFont(TTFont(name, str(file)))


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | Share | Seconds | Hours | Bar)


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Share the width of the page: what fits as it is, stays; the widest give way."""
    wanted = [
        max(_width(text, _BOLD, _SIZE) for text in column) + 2 * _PADDING + 1
        for column in zip(*rows, strict=True)
    ]
    least = [
        max(_word_width(word, _BOLD, _SIZE) for text in column for word in text.split() or [""])
        + 2 * _PADDING
        + 1
        for column in zip(*rows, strict=True)
    ]
    surplus = sum(wanted) - _INNER
    if surplus <= 0:
        return wanted
    spare = [want - need for want, need in zip(wanted, least, strict=True)]
    given = min(1.0, surplus / sum(spare)) if sum(spare) else 0.0
    return [want - given * free for want, free in zip(wanted, spare, strict=True)]


def _lines(text: str, font: str, size: float, width: float) -> list[str]:
    """Break ``text`` into lines of at most ``width`` points, where that is possible."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, font, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def _width(text: str, font: str, size: float) -> float:
    words = text.split()
    space = pdfmetrics.stringWidth(" ", font, size)
    widths = sum(_word_width(word, font, size) for word in words)
    return float(widths + space * max(0, len(words) - 1))


def _word_width(word: str, font: str, size: float) -> float:
    shaped = _shaped(word, font, size)
    return float(sum(each.x_advance for each in shaped.__shapeData__)) * size / 1000


@lru_cache(maxsize=8192)
def _shaped(word: str, font: str, size: float) -> Any:  # noqa: ANN401 - no types
    """Return ``word`` as glyphs of ``font``: conjuncts joined, vowel signs where they belong."""
    return shapeStr(word, font, size, force=True)
