"""Damage to texts: words, numbers and marks changed, so that what is made still looks like one."""

import re
from collections.abc import Sequence
from random import Random
from typing import Final

from tests.fuzz.mutator import Mutator
from tests.fuzz.target import damaged

_MOST_CHARACTERS: Final = 100_000
_BLIND: Final = 0.2
_TOKEN: Final = re.compile(r"[^\W_]+|\s+|.", re.DOTALL)
NASTY: Final = (
    "", "0", "-1", "1", "00", "-0", "0.0", "1e999", "-1e999", "1e-999", "NaN", "nan", "Infinity",
    "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
    "-9223372036854775809", "9" * 400, "9" * 5000, "0x10", "0b1", "1_000", "٣", "१२", "Ⅷ", "½",
    "true", "false", "null", "None", "0001-01-01", "9999-12-31", "2026-02-30", "10000-01-01",
    "0000-00-00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59.999999-23:59",
    "0001-01-01T00:00:00+23:59", "2026-W53-7", "24:00:00", "\0", "\x01", "\x1b[31m", "\r", "\n",
    "\r\n", "\t", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffe", "\u202e", "\u0301" * 50, "\u0130",
    "\u0131", "ß", "ﬁ", "ǆ", "\u212a", "\U0001f600", "\U0010ffff", "%00", "%", "%zz", "%ud800",
    "\\ud800", "\\u0000", "\\", '"', "'", '"""', "''", "`", "<", "&", "<script>", "..", "../",
    "/", "//", "/dev/zero", "/proc/self/mem", "C:", "=cmd|", "@", "-", "--", ";", ",", ":", "::",
    "#", "[", "]", "{", "}", "(", ")", "[" * 3000, "{" * 3000, '{"a":' * 1500, "[[" * 1000,
    "a" * 70_000, "a." * 3000 +"a", "<" * 90, "*", "?", "+", "$", "^", "|", "1" * 44, "P<", "BGD",
)  # fmt: skip


def either(random: Random, samples: Sequence[bytes]) -> bytes:
    """Return a sample damaged as a text, or as bytes."""
    return (text_damaged if random.random() < 0.5 else damaged)(random, samples)


def text_damaged(random: Random, samples: Sequence[bytes]) -> bytes:
    """Return one of ``samples`` with some of its words, marks and lines changed."""
    sample = random.choice(samples)
    if random.random() < _BLIND:
        return Mutator(random, samples).damage(sample)
    text = sample.decode("utf-8", "surrogateescape")
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5))):
        text = _changed(random, text, samples)[:_MOST_CHARACTERS]
    return text.encode("utf-8", "surrogateescape")


def _changed(random: Random, text: str, samples: Sequence[bytes]) -> str:
    match random.randrange(4):
        case 0:
            return _lines_changed(random, text, samples)
        case _:
            return _words_changed(random, text)


def _lines_changed(random: Random, text: str, samples: Sequence[bytes]) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = random.randrange(len(lines))
    match random.randrange(5):
        case 0:
            del lines[at]
        case 1:
            copies = random.choice((1, 2, 300))
            lines[at:at] = [lines[at]] * min(copies, _MOST_CHARACTERS // (len(lines[at]) + 1))
        case 2:
            other = random.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            others = random.choice(samples).decode("utf-8", "surrogateescape").splitlines(True)
            lines.insert(at, random.choice(others or [""]))
        case _:
            lines[at] = lines[at].rstrip("\n") + random.choice(("\n", "\r\n", "\r", " \n", "\\\n"))
    return "".join(lines)


def _words_changed(random: Random, text: str) -> str:
    words = _TOKEN.findall(text[:_MOST_CHARACTERS]) or [""]
    at = random.randrange(len(words))
    match random.randrange(7):
        case 0:
            del words[at]
        case 1:
            words.insert(at, words[at])
        case 2:
            words.insert(at, random.choice(NASTY))
        case 3:
            words[at] = words[random.randrange(len(words))]
        case 4 if words[at].isdigit():
            words[at] = str(int(words[at][:20]) + random.choice((-1, 1, 10, 1000)))
        case _:
            words[at] = random.choice(NASTY)
    return "".join(words)
