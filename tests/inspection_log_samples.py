"""Records whose inspections are told, logs held against their schema, what must not be told."""

import io
import tomllib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from egate.domain.evidence import AccessProtocol, ListUsed, StayGrant, TravelDocument
from egate.domain.inspection_log.profile import LogProfile
from egate.domain.record import CrossingRecord, CrossingStatus, RecordVerdict, StepDuration
from egate.domain.session.crossing import every_check_once
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import LANE_CHECKS, CheckId, CheckResult, Outcome
from egate.reporting.inspection_log.writer import NAMESPACE, SCHEMA, LogWriter
from egate.reporting.mapping import encode
from tests.centre_harness import record
from tests.conftest import ROOT

IN = f"{{{NAMESPACE}}}"
DEMO = ROOT / "config" / "scenarios" / "demo.toml"
FIRST_AT = 1_790_000_000.0

# What the gate says of a check of the demo that does not succeed.
_SAID = {
    CheckId.FACE: (Outcome.FAILED, "similarity 0.113, required 0.363"),
    CheckId.OPTICAL_MRZ_EXPIRY: (Outcome.FAILED, "the document has expired"),
    CheckId.DG_HASHES: (Outcome.FAILED, "DG1, DG2 were changed"),
    CheckId.CERTIFICATE_PATH: (Outcome.UNDETERMINED, "no trusted CSCA for the signer"),
    CheckId.CHIP_AUTHENTICATION: (Outcome.FAILED, "P-256: the chip does not have the key"),
    CheckId.SINGLE_PERSON: (Outcome.FAILED, "a second person in the lane"),
    CheckId.PAD: (Outcome.FAILED, "score 0.941, at most 0.500; refresh 0.941"),
    CheckId.AUTHORISATION: (Outcome.FAILED, "rules 3: no visa for a NOVAK of CZE"),
    CheckId.DOCUMENT_STATUS: (Outcome.FAILED, "LOST_STOLEN_DOC 4: LS-2026-0012"),
    CheckId.WATCHLIST: (Outcome.FAILED, "WANTED 8: W-77"),
}


def demo_records() -> list[CrossingRecord]:
    """Return a record for each traveller of the demo, as the scenario says that it must end."""
    travellers = tomllib.loads(DEMO.read_text("utf-8"))["traveller"]
    return [_demo_record(number, each) for number, each in enumerate(travellers, 1)]


def _demo_record(number: int, traveller: dict[str, Any]) -> CrossingRecord:
    primary, _, secondary = traveller["name"].partition(", ")
    state = traveller.get("state", "BGD")
    findings = [CheckId(each) for each in traveller.get("expected_findings", ())]
    good = {each: CheckResult(each, Outcome.SUCCESSFUL, "", 12) for each in LANE_CHECKS}
    bad = {each: CheckResult(each, *_SAID[each], 34) for each in findings}
    verdict = RecordVerdict(traveller["expected_verdict"])
    admitted = verdict is RecordVerdict.ADMIT
    return record(
        number,
        document=TravelDocument(
            *("P<", state, f"BX{7_310_000 + number * 37}", "2031-11-27", primary, secondary),
            *(state, traveller["born"].isoformat(), traveller["sex"]),
        ),
        access=AccessProtocol.PACE_GM,
        signer="BD:5f3a91c2",
        csca_ski="9d" * 20,
        trust_store_version="5a" * 32,
        checks=every_check_once((good | bad).values()),
        similarity=0.113 if CheckId.FACE in findings else 0.7434921,
        threshold=0.363,
        findings=tuple(sorted(findings)),
        verdict=verdict,
        status=CrossingStatus.COMPLETED if admitted else CrossingStatus.REFERRED,
        steps=(StepDuration("mrz", 1.25, 0.5), StepDuration("chip", 4.5, 0.25)),
        passage_confirmed=admitted,
        attempts=1,
        lists_used=(ListUsed("WANTED", 8, UtcSeconds(FIRST_AT), "7e" * 32),),
        grant=StayGrant("VISA_MRV", f"V{88_200_000 + number}", 30, "2026-11-19"),
        entered_by="officer-karim",
        decision_id="0197f000-0000-7000-8000-00000000dec1",
    )


def personal_texts(records: list[CrossingRecord]) -> Iterator[str]:
    """Give every text of ``records`` that tells, or helps to tell, who somebody is."""
    for each in records:
        document = each.document
        if document is None:
            continue
        names = (document.primary_identifier, *document.secondary_identifier.split())
        for name in names:
            yield from (name, name.title(), name.replace(" ", "<"))
        yield document.document_number
        for day in (document.date_of_birth, document.date_of_expiry):
            yield from (day, day.replace("-", ""), day[2:].replace("-", ""))
        if each.grant:
            yield from (each.grant.number, each.grant.authorised_until)
        yield from (f"{each.similarity}", each.entered_by, each.decision_id)


def log_of(*records: CrossingRecord | bytes, profile: LogProfile = LogProfile.STANDARD) -> bytes:
    """Return the log of ``records``."""
    stream = io.BytesIO()
    writer = LogWriter(stream, profile)
    writer.begin("0.1.0")
    for each in records:
        writer.add(each if isinstance(each, bytes) else encode(each))
    writer.end()
    return stream.getvalue()


def valid(log: bytes) -> etree._Element:
    """Return the root of ``log``, which libxml2 holds against the schema."""
    strict = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(log, strict)
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(root)
    return root


def checks_of(root: etree._Element) -> dict[str, etree._Element]:
    """Return the checks of a log of one transaction."""
    return {each.get("id"): each for each in root.iter(f"{IN}Check")}
