"""What ``egate lists match`` is asked: a document, a person, or the document of a person."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from egate.cli.day import parse_day
from egate.cli.input_file import read_file
from egate.cli.mrz import parse_lines, read_lines
from egate.cli.outcome import BadInput
from egate.domain.record import Direction
from egate.lists.listed_document import ListedDocument
from egate.lists.listed_person import MAX_NAMES
from egate.lists.person_search import PersonQuery

_MAX_REQUEST_BYTES: Final = 1 << 16
_DOCUMENT: Final = ("document_type", "issuing_state", "document_number")
_PERSON: Final = frozenset({"names", "date_of_birth", "nationality"})
_REQUEST: Final = frozenset({"document", "person", "direction", "at"})


def parse_request(request: Mapping[str, Any]) -> PersonQuery:
    """Return the request in a JSON object; it has no names where no person is asked for.

    Raises:
        BadInput: it asks for nothing, or for what no list has.
        ListRefused: a field of the document can be of none.

    """
    if unknown := set(request) - _REQUEST:
        raise BadInput(f"{min(unknown)}: not in a request")
    if not {"document", "person"}.intersection(request):
        raise BadInput("document: not a JSON object; nor is there a person")
    document = _document(request["document"]) if "document" in request else None
    person = _person(request["person"]) if "person" in request else {}
    return PersonQuery(
        names=tuple(person.get("names", ())),
        date_of_birth=person.get("date_of_birth"),
        nationality=person.get("nationality") or "",
        document=document,
        direction=_direction(request.get("direction")),
        at=parse_day(request.get("at")),
    )


def read_request(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the request in an MRZ, a file or standard input.

    Raises:
        BadInput: there is none.

    """
    if arguments.mrz_file is not None:
        return _of_mrz(arguments)
    if arguments.file is None:
        raw, name = sys.stdin.buffer.read(_MAX_REQUEST_BYTES + 1), "standard input"
    else:
        raw, name = read_file(arguments.file, _MAX_REQUEST_BYTES), str(arguments.file)
    try:
        request = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name}: not JSON") from error
    if not isinstance(request, dict):
        raise BadInput(f"{name}: a request is a JSON object")
    return request


def _of_mrz(arguments: argparse.Namespace) -> dict[str, Any]:
    mrz = parse_lines(read_lines(arguments.mrz_file), str(arguments.mrz_file))
    if not mrz.is_valid:
        raise BadInput(f"{arguments.mrz_file}: a check digit is wrong, or a field malformed")
    return {
        "document": {
            "document_type": mrz.document_code,
            "issuing_state": mrz.issuing_state,
            "document_number": mrz.document_number,
        },
        "person": {
            "names": [f"{mrz.primary_identifier} {mrz.secondary_identifier}"],
            "date_of_birth": mrz.date_of_birth,
            "nationality": mrz.nationality,
        },
    }


def _document(asked: object) -> ListedDocument:
    if not isinstance(asked, dict):
        raise BadInput("document: not a JSON object")
    if set(asked) != set(_DOCUMENT) or not all(isinstance(asked[name], str) for name in _DOCUMENT):
        raise BadInput(f"document: not the texts {', '.join(_DOCUMENT)}")
    return ListedDocument.of(*(asked[name] for name in _DOCUMENT))


def _person(asked: object) -> dict[str, Any]:
    if not isinstance(asked, dict) or not _PERSON.issuperset(asked):
        raise BadInput("person: not an object of names, date_of_birth and nationality")
    names = asked.get("names")
    if not isinstance(names, list) or not 0 < len(names) <= MAX_NAMES:
        raise BadInput(f"person: names is an array of 1 to {MAX_NAMES} texts")
    others = (asked.get("date_of_birth") or "", asked.get("nationality") or "")
    if not all(isinstance(each, str) for each in (*names, *others)):
        raise BadInput("person: a field that is no text")
    return asked


def _direction(text: object) -> Direction | None:
    try:
        return None if text is None else Direction(str(text))
    except ValueError:
        raise BadInput("direction: not entry or exit") from None
