"""One transaction, and the counts of many, as XML elements in the order of the schema."""

import datetime as dt
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from egate.domain.evidence import Outcome
from egate.domain.inspection_log.logged_check import LoggedCheck
from egate.domain.inspection_log.overall import Tally, document_result, overall_of
from egate.domain.inspection_log.places import DOCUMENT_DOMAINS, LogDomain
from egate.domain.inspection_log.profile import LogProfile
from egate.domain.inspection_log.transaction import (
    DocumentTold,
    Transaction,
    VisaTold,
)
from egate.domain.time import UtcSeconds

RESULTS: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        Outcome.SUCCESSFUL: "successful",
        Outcome.FAILED: "failed",
        Outcome.UNDETERMINED: "undetermined",
        Outcome.NOT_SUPPORTED: "not supported",
        Outcome.ABORTED: "aborted",
    }
)
"""As TR-03135-1 §3.5.2 writes them."""
_DETAILED: Final = (Outcome.FAILED, Outcome.UNDETERMINED)


def transaction_element(transaction: Transaction, profile: LogProfile) -> Element:
    """Return ``transaction``, with as much of it as ``profile`` tells."""
    root = Element("Transaction")
    _text(root, "TransactionId", transaction.transaction_id)
    _text(root, "PreparedBy", transaction.prepared_by)
    _text(root, "Supersedes", transaction.supersedes)
    _text(root, "Station", transaction.station)
    _text(root, "StationNumber", str(transaction.station_number))
    _text(root, "BorderCrossingPoint", transaction.border_crossing_point)
    _text(root, "Direction", transaction.direction)
    _text(root, "CaptureMode", transaction.capture_mode)
    versions = SubElement(root, "ComponentVersions")
    for name, version in transaction.versions:
        SubElement(versions, "Component", name=name, version=version)
    _timing(root, transaction)
    _text(root, "State", transaction.state)
    _text(root, "Verdict", transaction.verdict)
    _text(root, "Status", transaction.status)
    _document(root, transaction.document)
    lists = SubElement(root, "UsedLists")
    for used in transaction.lists:
        made_at = _moment(used.made_at)
        attributes = {"name": used.name, "version": str(used.version), "madeAt": made_at}
        SubElement(lists, "List", attributes, sha256=used.sha256)
    for reason in transaction.fallback_reasons:
        _text(root, "FallbackReason", reason)
    _all_checks(root, transaction, profile)
    for visa in transaction.visas:
        _visa(root, visa, profile)
    attempts = str(transaction.attempts)
    passed = _yes_or_no(transaction.passage_confirmed)
    SubElement(root, "UserStatistics", attempts=attempts, passageConfirmed=passed)
    return root


def statistics_element(tally: Tally, unreadable: int) -> Element:
    """Return the counts of all that was told.

    Args:
        tally: of them.
        unreadable: how many records could not be told.

    """
    root = Element("Statistics", transactions=str(tally.transactions), unreadable=str(unreadable))
    for (verdict, status), count in sorted(tally.verdicts.items()):
        SubElement(root, "Ending", verdict=verdict, status=status, count=str(count))
    for (check_id, outcome), count in sorted(tally.checks.items()):
        result = RESULTS[outcome]
        SubElement(root, "CheckResult", check=check_id, result=result, count=str(count))
    for name, counted in (("DocumentResult", tally.documents), ("VisaResult", tally.visas)):
        for (state, outcome), count in sorted(counted.items()):
            attributes = {"issuingState": state} if state else {}
            SubElement(root, name, attributes, result=RESULTS[outcome], count=str(count))
    return root


def _timing(root: Element, transaction: Transaction) -> None:
    begin, end = _moment(transaction.began_at), _moment(transaction.recorded_at)
    timing = SubElement(root, "Timing", begin=begin, end=end)
    for step in transaction.steps:
        own = f"{step.gate_seconds:.3f}"
        SubElement(timing, "Step", name=step.step, seconds=f"{step.seconds:.3f}", gateSeconds=own)


def _document(root: Element, told: DocumentTold) -> None:
    document = SubElement(root, "Document")
    _text(document, "IssuingState", told.issuing_state)
    _text(document, "DocumentCode", told.document_code)
    _text(document, "AccessProtocol", told.access or "")
    if told.signer_serial:
        country, serial = told.signer_country, told.signer_serial
        SubElement(document, "DocumentSigner", country=country, serialNumber=serial)
    if told.csca_ski:
        SubElement(document, "Csca", subjectKeyIdentifier=told.csca_ski)


def _visa(root: Element, told: VisaTold, profile: LogProfile) -> None:
    visa = SubElement(root, "Visa")
    _text(visa, "IssuingState", told.issuing_state)
    _text(visa, "DocumentCode", told.document_code)
    result = RESULTS[overall_of(told.checks)]
    _by_domain(SubElement(visa, "DocumentCheck", result=result), told.checks, profile)


def _all_checks(root: Element, transaction: Transaction, profile: LogProfile) -> None:
    of_document = [each for each in transaction.checks if each.place.domain in DOCUMENT_DOMAINS]
    others = [each for each in transaction.checks if each.place.domain not in DOCUMENT_DOMAINS]
    if of_document:
        result = RESULTS[document_result(transaction)]
        _by_domain(SubElement(root, "DocumentCheck", result=result), of_document, profile)
    _by_domain(root, others, profile)


def _by_domain(parent: Element, checks: Iterable[LoggedCheck], profile: LogProfile) -> None:
    by_domain: dict[LogDomain, list[LoggedCheck]] = {domain: [] for domain in LogDomain}
    for check in checks:
        by_domain[check.place.domain].append(check)
    for domain, found in by_domain.items():
        if found:
            _checks(SubElement(parent, domain, result=RESULTS[overall_of(found)]), found, profile)


def _checks(domain: Element, checks: Iterable[LoggedCheck], profile: LogProfile) -> None:
    for check in checks:
        attributes = {"id": str(check.check_id)}
        if check.place.section:
            attributes["section"] = check.place.section
        attributes |= {"state": check.state, "result": RESULTS[check.outcome]}
        attributes |= {
            "durationMs": str(check.duration_ms),
            "finding": _yes_or_no(check.is_finding),
        }
        if check.error_code is not None:
            attributes["errorCode"] = str(check.error_code)
        told = SubElement(domain, "Check", attributes)
        if profile is LogProfile.STANDARD and check.outcome in _DETAILED:
            _text(told, "Reason", check.reason)
            for part in check.mismatches:
                _text(told, "Mismatch", part)


def _text(parent: Element, name: str, text: str) -> None:
    if text:
        SubElement(parent, name).text = text


def _yes_or_no(value: bool) -> str:  # noqa: FBT001 - it is what is written
    return "true" if value else "false"


def _moment(at: UtcSeconds) -> str:
    written = dt.datetime.fromtimestamp(at, dt.UTC).isoformat(timespec="milliseconds")
    return written.replace("+00:00", "Z")
