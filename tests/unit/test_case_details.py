"""What gates say of checks has Bangla words: every text that the sources give a check."""

import ast
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from egate.console.cases.detail_texts import DETAIL_TEXTS
from egate.console.cases.details import Saying, in_language
from egate.console.cases.page_detail_texts import PAGE_DETAIL_TEXTS
from egate.console.cases.seal_detail_texts import SEAL_DETAIL_TEXTS
from egate.console.language import Language
from egate.console.words import Words
from egate.optical.models.library import read_models
from tests.conftest import ROOT

BANGLA: Final = re.compile("[\u0980-\u09ff]")
SOURCES: Final = (
    *(ROOT / "egate" / "domain" / "session").glob("*.py"),
    *(ROOT / "egate" / "domain" / "policy").glob("*.py"),
    *(ROOT / "egate" / "domain" / "authorisation").glob("*ing.py"),
    *(ROOT / "egate" / "emrtd" / "passive_authentication").glob("*.py"),
    *(ROOT / "egate" / "emrtd" / "chip_authentication").glob("*.py"),
    *(ROOT / "egate" / "emrtd" / "access").glob("access_check.py"),
    *(ROOT / "egate" / "emrtd").glob("*.py"),
    *(ROOT / "egate" / "gate" / "background").glob("*.py"),
    *(ROOT / "egate" / "gate").glob("face_*.py"),
    *(ROOT / "egate" / "gate").glob("*reading.py"),
    *(ROOT / "egate" / "gate").glob("printed_portrait.py"),
)
PARTS: Final = {  # what stands where a text has no number or code of its own
    "_groups(unsigned, 'is', 'are')": "DG2, DG11 are",
    "_groups(changed, 'was', 'were')": "DG2 was",
    "name": "signer",
    "when": "no longer",
    "what": "the desk decides",
    "traveller.direction": "entry",
    "fault": "is cancelled",
    "each.direction": "exit",
    "_ago(rule.same_direction_minutes)": "less than 30 minutes ago",
    "_ago(rule.other_port_minutes)": "less than 90 minutes ago",
    "said": "PACE-GM",
    "access": "BAC",
}
NO_TEXT: Final = re.compile(r"[A-Z0-9-]*|ECDSA, .*|\S+ cannot be used|condition|outcome")
"""Codes, and names of parameters."""


def of_outcomes(tree: ast.AST) -> Iterator[ast.expr]:
    """Give what stands beside an ``Outcome``, or is called a detail or a reason."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            beside = [*node.args, *(each.value for each in node.keywords)]
            if isinstance(node.func, ast.Name) and node.func.id in {"unknown", "_never_compared"}:
                yield from beside
        elif isinstance(node, ast.Tuple):
            beside = list(node.elts)
        else:
            continue
        if any(isinstance(each, ast.Attribute) and _is_outcome(each) for each in beside):
            yield from beside


def _is_outcome(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "Outcome"


def texts_of(node: ast.expr) -> Iterator[str]:
    numbers = count(11)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(each.value)
            if isinstance(each, ast.Constant)
            else PARTS.get(ast.unparse(each.value), f"X{next(numbers)}")  # type: ignore[attr-defined]
            for each in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from texts_of(node.body)
        yield from texts_of(node.orelse)


def said_by(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {text for node in of_outcomes(tree) for text in texts_of(node)}


def bangla(detail: str) -> tuple[Saying, ...]:
    return in_language(detail, Words(Language.BANGLA))


def test_every_text_of_the_sources_has_bangla_words_and_keeps_its_values() -> None:
    details = {text for file in SOURCES for text in said_by(file) if not NO_TEXT.fullmatch(text)}
    assert len(details) > 90
    unsaid = {
        part
        for detail in details
        for part, saying in zip(detail.split("; "), bangla(detail), strict=True)
        if not re.fullmatch(r"X\d+(?: \(X\d+\))?|PACE-GM|BAC", part)
        and (saying.is_english or not BANGLA.search(saying.text))
    }
    assert not unsaid
    for detail in details:
        said = " ".join(saying.text for saying in bangla(detail))
        assert set(re.findall(r"X\d+|DG\d+|\d+", detail)) <= set(
            re.findall(r"X\d+|DG\d+|\d+", said)
        )


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        (
            "similarity 0.312, required 0.450; poor portrait: blurred, too_dark",
            "মিল 0.312, দরকার 0.450; চিপের ছবি ভালো নয়: ঝাপসা, বেশি অন্ধকার",
        ),
        (
            "fallback away (centre_away); rules 2026-11: visa_mrv has expired; no answer about voa",
            "বিকল্প নিয়ম away (centre_away); নিয়ম 2026-11: visa_mrv: মেয়াদ শেষ; উত্তর আসেনি: voa",
        ),
        (
            "PACE-CAM: the key matches; the SOD does not vouch for the key in EF.DG14",
            "PACE-CAM: চাবি মেলে; EF.DG14-এর চাবির পক্ষে SOD-এর স্বাক্ষর নেই",
        ),
        ("exit_visa is suspended until 2026-12-31", "exit_visa: 2026-12-31 পর্যন্ত স্থগিত"),
        (
            "too_dark: brightness 12.5, limit 40",
            "বেশি অন্ধকার: brightness 12.5, সীমা 40",
        ),
        ("41 days over the stay that is allowed", "অনুমোদিত মেয়াদের চেয়ে 41 দিন বেশি"),
    ],
)
def test_what_a_line_leaves_is_kept(detail: str, said: str) -> None:
    assert "; ".join(saying.text for saying in bangla(detail)) == said


def test_what_was_found_on_a_page_is_said_in_bangla() -> None:
    found = "fluorescent print: what shines is not the model's; score 0.59, required 0.71"
    assert [each.text for each in bangla(found)] == [
        "অতিবেগুনিতে জ্বলা ছাপা: যা জ্বলে তা আদর্শের নয়",
        "স্কোর 0.59, দরকার 0.71",
    ]


def test_what_only_a_newer_gate_says_stays_and_is_marked() -> None:
    assert bangla("a reason of tomorrow; no signer") == (
        Saying("a reason of tomorrow", is_english=True),
        Saying("স্বাক্ষরকারী নেই", is_english=False),
    )
    assert bangla("") == ()


def test_english_is_as_the_gate_wrote_it() -> None:
    detail = "score 0.912, at most 0.300; too few frames"
    (saying,) = in_language(detail, Words(Language.ENGLISH))
    assert saying == Saying(detail, is_english=True)


@pytest.mark.parametrize("hostile", ["rules 1: ", "a: b c, limit ", "{}", "x is ", ", "])
def test_what_no_gate_says_at_length_is_left_alone(hostile: str) -> None:
    assert bangla(hostile * 100) == (Saying(hostile * 100, is_english=True),)
    assert "".join(saying.text for saying in bangla((hostile * 100)[:200]))


def test_no_two_lines_are_of_one_text_and_each_leaves_as_much_in_both_languages() -> None:
    texts = (*DETAIL_TEXTS, *PAGE_DETAIL_TEXTS, *SEAL_DETAIL_TEXTS)
    assert len({english for english, _ in texts}) == len(texts)
    for english, other in texts:
        assert english.isascii()
        assert english.count("{}") == other.count("{}")
        assert BANGLA.search(other) or other in {english, "SOD"}


PAGE_CHECKS: Final = ROOT / "egate" / "optical" / "checks"
FEATURES: Final = re.compile(r'^feature = "(.+)"$', re.MULTILINE)
OF_PAGES: Final = re.compile(
    r"(?:\{\}|MRZ|characters of the MRZ): .+|the (?:page|model|scanner) .+|no model .+"
)


def said_of_pages() -> set[str]:
    """Return what the checks of a page say, ``{}`` for what is left."""
    said = set()
    for file in PAGE_CHECKS.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    each.value if isinstance(each, ast.Constant) else "{}" for each in node.values
                ]
                said.add("".join(map(str, parts)))
    return {
        text
        for text in said
        if OF_PAGES.fullmatch(text) and text.count("{}") < 2 and text == text.strip()
    }


def test_what_is_said_of_a_page_has_bangla_words() -> None:
    texts = said_of_pages()
    assert len(texts) > 20
    models = (PAGE_CHECKS.parent / "models" / "documents").glob("*.toml")
    features = {name for file in models for name in FEATURES.findall(file.read_text("utf-8"))}
    assert features
    details = {text.replace("{}", feature) for text in texts for feature in features}
    unsaid = {detail for detail in details if re.search("[a-z]{2}", bangla(detail)[0].text)}
    assert not unsaid


def test_fields_of_the_page_are_named_in_bangla() -> None:
    shown = [each for model in read_models().models for each in model.file.visual_zone]
    names = {each.name for each in shown} | {"document number", "date of birth", "date of expiry"}
    assert len(names) > 8
    for said in ("as in the MRZ", "not as in the MRZ", "cannot be read with certainty"):
        (saying,) = bangla(f"{said}: {', '.join(sorted(names))}")
        assert not saying.is_english
        assert not re.search("[a-z]", saying.text)


SEALS: Final = (
    *(ROOT / "egate" / "emrtd" / "visible_digital_seal").glob("*.py"),
    ROOT / "egate" / "optical" / "seals" / "check.py",
)


def said_of_seals() -> set[str]:
    """Return what stands beside an outcome that decides, as the check of a page says it."""
    said = set()
    for node in (each for file in SEALS for each in ast.walk(ast.parse(file.read_text("utf-8")))):
        values = node.elts if isinstance(node, ast.Tuple) else getattr(node, "args", None)
        if not isinstance(values, list) or len(values) < 2:
            continue
        outcome, text = values[0], values[1]
        if not isinstance(outcome, ast.Attribute) or outcome.attr == "NOT_SUPPORTED":
            continue
        if isinstance(text, ast.Constant) and text.value:
            said.add(f"seal: {str(text.value).removeprefix('seal: ')}")
    return said


def test_what_is_said_of_a_seal_has_bangla_words() -> None:
    said = said_of_seals() | {
        "seal: the printed MRZ is not the one in the seal",
        "seal: a check digit of the printed MRZ is wrong",
        "seal: of a trusted signer, and as the MRZ",
        "seal: the MRZ to compare it with was not read with certainty",
        "seal: none is expected, and none was seen",
        "seal: the signer is no longer valid",
        "seal: no trusted CSCA for the signer",
        "seal: no CRL of this State",
    }
    assert len(said) > 25
    unsaid = {each for each in said if re.search("[a-z]{2}", bangla(each)[0].text)}
    assert not unsaid - {"seal: the page's place is not known"}
