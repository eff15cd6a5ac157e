"""Which services a centre has, by name, for reflection (in a workshop, never in production)."""

from collections.abc import Iterator

from grpc_health.v1 import health
from grpc_reflection.v1alpha import reflection

from egate.settings import CentralSettings
from egate.wire.v1 import (
    audit_head_pb2,
    authorisation_pb2,
    command_pb2,
    crossing_pb2,
    decision_pb2,
    enrolment_pb2,
    evidence_pb2,
    image_pb2,
    inquiry_pb2,
    list_pb2,
    revocation_pb2,
    service_report_pb2,
    statistics_pb2,
)


def served(settings: CentralSettings) -> Iterator[str]:
    """Give the full names of what the centre of ``settings`` serves to gates and consoles."""
    yield from (health.SERVICE_NAME, reflection.SERVICE_NAME)
    always = (
        *(crossing_pb2, service_report_pb2, decision_pb2, command_pb2),
        *(inquiry_pb2, statistics_pb2, revocation_pb2, evidence_pb2, audit_head_pb2),
    )
    chosen = (
        (settings.lists, list_pb2),
        (settings.authorisation_rules, authorisation_pb2),
        (settings.images, image_pb2),
    )
    for module in (*always, *(module for setting, module in chosen if setting)):
        for service in module.DESCRIPTOR.services_by_name.values():
            yield service.full_name
    if settings.enrolment:
        yield enrolment_pb2.DESCRIPTOR.services_by_name["CertificateService"].full_name
