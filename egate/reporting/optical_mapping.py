"""What was found on a scanned page, as a message of the wire and back."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from egate.domain.optical_finding import Light, OpticalFinding, PageRegion
from egate.emrtd.checks import CheckResult
from egate.ports.case_facts import MAX_OPTICAL_FINDINGS
from egate.reporting.wire_values import RecordMalformed, decode_checks, encode_checks, named
from egate.wire.v1 import gate_pb2 as wire

_LIGHTS: Final = MappingProxyType(
    {
        Light.WHITE: wire.PAGE_LIGHT_WHITE,
        Light.INFRARED: wire.PAGE_LIGHT_INFRARED,
        Light.ULTRAVIOLET: wire.PAGE_LIGHT_ULTRAVIOLET,
    }
)
_ROUNDING: Final = 1e-6
"""What two sums of parts of an image may differ by."""


def encode_findings(findings: Iterable[OpticalFinding]) -> list[wire.OpticalFinding]:
    return [_encoded(each) for each in findings]


def decode_findings(messages: Iterable[wire.OpticalFinding]) -> tuple[OpticalFinding, ...]:
    """Return the findings in ``messages``.

    Raises:
        RecordMalformed: there are too many, one is of a newer version, or not on the page.

    """
    findings = tuple(map(_decoded, messages))
    if len(findings) > MAX_OPTICAL_FINDINGS:
        raise RecordMalformed("optical_findings: too many")
    return findings


def _encoded(finding: OpticalFinding) -> wire.OpticalFinding:
    region = finding.region
    (result,) = encode_checks(
        [CheckResult(finding.check_id, finding.outcome, finding.detail, finding.duration_ms)]
    )
    return wire.OpticalFinding(
        result=result,
        score=finding.score,
        threshold=finding.threshold,
        light=_LIGHTS[finding.light],
        region=wire.PageRegion(
            left=region.left, top=region.top, width=region.width, height=region.height
        )
        if region
        else None,
    )


def _decoded(message: wire.OpticalFinding) -> OpticalFinding:
    (result,) = decode_checks([message.result])
    return OpticalFinding(
        result.check_id,
        result.outcome,
        result.detail,
        score=_part(message.score) if message.HasField("score") else None,
        threshold=_part(message.threshold) if message.HasField("threshold") else None,
        light=named("light", _LIGHTS, message.light),
        region=_region(message.region) if message.HasField("region") else None,
        duration_ms=result.duration_ms,
    )


def _region(message: wire.PageRegion) -> PageRegion:
    sides = (message.left, message.top, message.width, message.height)
    region = PageRegion(*map(_part, sides))
    _part(region.left + region.width)
    _part(region.top + region.height)
    return region


def _part(value: float) -> float:
    if not 0.0 <= value <= 1.0 + _ROUNDING:  # what is no number is not, either
        raise RecordMalformed("optical_findings: not within 0 to 1")
    return value
