"""Lists: what is signed and what is not, files of versions, and rows that people send."""

import io
from collections.abc import Mapping, Sequence
from functools import cache, partial
from hashlib import sha256
from typing import Final

from egate.central.authorisations.acts import examine
from egate.central.authorisations.rows import ROWS
from egate.central.lists.acts import ActRefused
from egate.central.lists.incoming_rows import IncomingRows
from egate.lists.build import collect, snapshot_of
from egate.lists.documents_file import write_documents
from egate.lists.entries_file import SALT_BYTES, write_entries
from egate.lists.errors import ListRefused
from egate.lists.freshness import _DOMAIN as FRESHNESS_DOMAIN
from egate.lists.freshness import Freshness, verified_freshness
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.list_version import Layer, ListVersion
from egate.lists.manifest import _DOMAIN as MANIFEST_DOMAIN
from egate.lists.manifest import Content, ContentName, Manifest, verified_manifest
from egate.lists.names.birth_date import UnusableDate
from egate.lists.names.folding import UnusableName
from egate.lists.names.person_index import NameThresholds, Traveller
from egate.lists.persons_file import _MAGIC as PERSONS_MAGIC
from egate.lists.persons_file import ABOUT, write_persons
from egate.lists.row_files import rows_in
from egate.lists.signed_json import sign
from egate.lists.source import SourceRow, read_rows
from egate.lists.written_rows import RowFormat, in_format
from tests.fuzz.objects import json_damaged
from tests.fuzz.scratch import file_with, scratch
from tests.fuzz.target import Target
from tests.fuzz.text import either, text_damaged
from tests.list_samples import DAY, KARIM, KEY, KIND, NOW, SIGNER, document, entry, of_persons, row

_PUBLIC: Final = SIGNER.public_key()
_SALT: Final = bytes(range(SALT_BYTES))
_NONCE: Final = bytes(12)
_TRAVELLERS: Final = (
    Traveller("KARIM CHOWDHURY MD ABDUL", "1974-08-12", "BGD"),
    Traveller("KALA KARIM", "1974-XX-XX", "BGD"),
)
_ROWS_LOOKED_AT: Final = 3000


@cache
def _rows() -> tuple[SourceRow, ...]:
    named = of_persons("E-9", KARIM)
    return (*(row(f"A{n}", f"E-{n % 5}", persons=(KARIM,)) for n in range(12)), named)


@cache
def _version() -> Mapping[ContentName, bytes]:
    """The files of a version; what is said of persons is not sealed yet."""
    made = snapshot_of(collect(_rows(), KIND, KEY).contents)
    documents, entries, persons = io.BytesIO(), io.BytesIO(), io.BytesIO()
    write_documents(documents, made.records)
    write_entries(entries, KIND, made.entries, KEY, _SALT)
    assert made.persons is not None
    write_persons(persons, KIND, made.persons, KEY, _SALT)
    sealed = persons.getvalue()[len(PERSONS_MAGIC) + SALT_BYTES :]
    return {
        ContentName.DOCUMENTS: documents.getvalue(),
        ContentName.ENTRIES: entries.getvalue(),
        ContentName.PERSONS: KEY.cipher(KIND, _SALT).decrypt(_NONCE, sealed, ABOUT),
    }


def _version_of(changed: ContentName, raw: bytes) -> None:
    """Open a version of which one file was damaged before it was signed, and look things up."""
    contents = {}
    for name, whole in _version().items():
        content = raw if name is changed else whole
        if name is ContentName.PERSONS:
            sealed = KEY.cipher(KIND, _SALT).encrypt(_NONCE, content, ABOUT)
            content = PERSONS_MAGIC + _SALT + sealed
        file_with(name, content)
        contents[name] = Content(max(1, len(content)), sha256(content).hexdigest())
    manifest = Manifest(KIND, 1, 0, NOW, NOW + DAY, contents)
    layer = Layer.open(scratch(), manifest, KEY)
    try:
        version = ListVersion([layer])
        for number in range(0, 14, 3):
            version.find(KEY.document_digest(document(f"A{number}")))
        for traveller in _TRAVELLERS:
            version.find_persons(traveller, None, NameThresholds())
    finally:
        layer.close()


def _of_version(name: ContentName) -> Sequence[bytes]:
    return (_version()[name],)


def _manifests() -> Sequence[bytes]:
    contents = {
        name: Content(len(raw), sha256(raw).hexdigest()) for name, raw in _version().items()
    }
    snapshot = Manifest(KIND, 7, 0, NOW, NOW + DAY, contents)
    delta = Manifest(KIND, 8, 7, NOW, NOW + DAY, contents)
    return snapshot.to_json(), delta.to_json()


def _statements() -> Sequence[bytes]:
    return (Freshness(KIND, 7, NOW).to_json(),)


def _signed_manifest(body: bytes) -> None:
    verified_manifest(sign(MANIFEST_DOMAIN, body, SIGNER), _PUBLIC)


def _signed_statement(body: bytes) -> None:
    verified_freshness(sign(FRESHNESS_DOMAIN, body, SIGNER), _PUBLIC)


def _whole_manifests() -> Sequence[bytes]:
    return tuple(sign(MANIFEST_DOMAIN, body, SIGNER) for body in _manifests())


def _whole_statements() -> Sequence[bytes]:
    return tuple(sign(FRESHNESS_DOMAIN, body, SIGNER) for body in _statements())


def _entries() -> Sequence[bytes]:
    return entry().to_bytes(), entry("E-2", persons=(KARIM,)).to_bytes()


def _taken(kind: ListKind, raw: bytes) -> None:
    """Read rows as people send them, for a publisher and for the centre's tables."""
    found = list(read_rows(file_with("rows", raw), kind))[:_ROWS_LOOKED_AT]
    snapshot_of(collect(found, kind, KEY).contents)
    incoming = IncomingRows(kind)
    incoming._batch(iter(found))
    incoming._entries()


def _list_rows(form: RowFormat) -> Sequence[bytes]:
    return ("".join(in_format(_rows(), form)).encode(),)


def _authorisations(subject: str, raw: bytes) -> None:
    kind = ROWS[subject]
    needed = [name for name, column in kind.model_fields.items() if column.is_required()]
    sound, _ = examine(rows_in(file_with("authorisations", raw), needed), kind, _ROWS_LOOKED_AT)
    for _, each in sound:
        if kind.of(each.texts()) != each:
            raise NotTheSame(subject)
        each.identity, each.keys  # noqa: B018 - what the database files it under


class NotTheSame(AssertionError):
    """A row that is written and read again says something else."""


_AUTHORISATIONS: Final = {
    "authorisations": (
        "kind,number,issuing_state,document_number,category,valid_from,valid_to,entries_allowed,"
        "entries_used,counted_at,max_stay_days,entry_points,status\n"
        "visa_mrv,V100200,SRB,012345678,B,2026-01-01,2026-12-31,2,1,2026-05-01T10:00:00+06:00,30,"
        "BDDAC BDCGP,valid\nnvr,N 55/2,GBR,AB 12-34,,2020-01-01,,,,,,,valid\n"
    ),
    "successions": (
        "kind,earlier_issuing_state,earlier_document_number,later_issuing_state,"
        "later_document_number,recorded_on,status\n"
        "replaced,SRB,007654321,SRB,012345678,2026-02-03,valid\n"
    ),
    "extensions": (
        "number,issuing_state,document_number,given_on,authorised_until,status\n"
        "EX-1,SRB,012345678,2026-03-01,2026-09-30,valid\n"
    ),
    "systems": "kind,source_system,state,heard_within_hours\nvisa_mrv,MRP visa,connected,48\n",
}


def _rows_of(subject: str) -> Sequence[bytes]:
    return (_AUTHORISATIONS[subject].encode(),)


def targets() -> Mapping[str, Target]:
    """Return the targets by name."""
    refused = (ListRefused,)
    of_rows = (ListRefused, ActRefused)
    found = {
        "manifest": Target(
            lambda raw: verified_manifest(raw, _PUBLIC), _whole_manifests, refused, either
        ),
        "freshness": Target(
            lambda raw: verified_freshness(raw, _PUBLIC), _whole_statements, refused, either
        ),
        "signed manifest": Target(_signed_manifest, _manifests, refused, json_damaged, 8),
        "signed freshness": Target(_signed_statement, _statements, refused, json_damaged),
        "entry": Target(ListEntry.from_bytes, _entries, refused, json_damaged, 8),
        "rows in CSV": Target(
            partial(_taken, ListKind.EXIT_BAN),
            partial(_list_rows, RowFormat.CSV),
            of_rows,
            text_damaged,
            6,
        ),
        "rows in JSON": Target(
            partial(_taken, ListKind.WANTED),
            partial(_list_rows, RowFormat.JSON),
            of_rows,
            json_damaged,
            6,
        ),
    }
    for name in ContentName:
        found[f"file of {name}"] = Target(
            partial(_version_of, name),
            partial(_of_version, name),
            (*refused, UnusableName, UnusableDate),
            share=3,
        )
    for subject in ROWS:
        found[f"rows of {subject}"] = Target(
            partial(_authorisations, subject), partial(_rows_of, subject), refused, text_damaged
        )
    return {f"list/{name}": target for name, target in found.items()}
