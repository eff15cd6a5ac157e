"""Nothing personal gets into a log line."""

import io
import json
import logging
from collections.abc import Iterator
from enum import StrEnum

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.evidence import TravelDocument
from egate.observability.logging import configure_logging, logger
from egate.observability.redaction import PERMITTED_KEYS, REMOVED, redact

# 9303-4 Appendix A: the specimen of Utopia.
MRZ_1 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
MRZ_2 = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
PERSONAL = (MRZ_1, MRZ_2, "L898902C3", "ERIKSSON", "ANNA", "7408122", "ZE184226B")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging(stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], root.level = before[0], before[1]


def only_line(stream: io.StringIO) -> dict[str, object]:
    (text,) = stream.getvalue().splitlines()
    line: dict[str, object] = json.loads(text)
    return line


def test_permitted_keys_come_through(lines: io.StringIO) -> None:
    crossing_id = "0197f000-0000-7000-8000-000000000001"
    logger().info("gate ready", gate_id="BDDAC-A-01", crossing_id=crossing_id, seconds=1.5)
    line = only_line(lines)
    assert (line["event"], line["level"]) == ("gate ready", "info")
    assert (line["gate_id"], line["crossing_id"]) == ("BDDAC-A-01", crossing_id)
    assert line["seconds"] == 1.5
    assert str(line["timestamp"]).endswith("Z")


def test_other_keys_lose_their_value(lines: io.StringIO) -> None:
    logger().info("read", mrz=MRZ_1, holder="ERIKSSON", device="mrz_reader")
    line = only_line(lines)
    assert (line["mrz"], line["holder"], line["device"]) == (REMOVED, REMOVED, "mrz_reader")


@pytest.mark.parametrize("text", [MRZ_1, MRZ_2, "X1234567", "AB1234567", "1990123456789"])
def test_personal_patterns_go_even_under_a_permitted_key(lines: io.StringIO, text: str) -> None:
    logger().warning("failed", reason=f"cannot use {text} here", findings=[text, {"error": text}])
    assert text not in lines.getvalue()
    assert "cannot use" in lines.getvalue()


def test_a_sentence_with_a_name_is_no_event(lines: io.StringIO) -> None:
    logger().info("welcome Anna Eriksson")
    assert only_line(lines)["event"] == REMOVED


def test_objects_are_named_by_their_type_only(lines: io.StringIO) -> None:
    document = TravelDocument("P", "UTO", "L898902C3", "", "ERIKSSON", "ANNA", "UTO", "", "F")
    logger().info("read", state=document, reason=b"ERIKSSON")
    line = only_line(lines)
    assert (line["state"], line["reason"]) == ("[TravelDocument]", "[bytes]")


def test_an_exception_is_its_type_and_place(lines: io.StringIO) -> None:
    try:
        int(MRZ_2)
    except ValueError:
        logger().exception("failed")
    line = only_line(lines)
    assert "L898902C3" not in lines.getvalue()
    assert isinstance(line["exception"], dict)
    assert line["exception"]["type"] == "ValueError"
    assert "test_centre_redaction.py" in line["exception"]["frames"][-1]


def test_a_library_is_quoted_by_place_and_not_by_word(lines: io.StringIO) -> None:
    logging.getLogger("asyncpg").error("Failing row contains (%s)", "ERIKSSON")
    logging.getLogger("asyncpg").info("too fine")
    line = only_line(lines)
    assert (line["event"], line["logger"], line["level"]) == ("library", "asyncpg", "error")
    assert "ERIKSSON" not in lines.getvalue()


class _Enum(StrEnum):
    HOLDER = "L898902C3"


@given(
    st.dictionaries(
        st.sampled_from([*PERMITTED_KEYS, "mrz", "name", "surname"]),
        st.recursive(
            st.sampled_from([MRZ_1, MRZ_2, "L898902C3", _Enum.HOLDER, {"name": "ERIKSSON"}]),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner),
            max_leaves=5,
        ),
    )
)
def test_however_it_is_wrapped(line: dict[str, object]) -> None:
    shown = json.dumps(redact(None, "info", dict(line)))
    assert not [word for word in PERSONAL if word in shown]
