"""The centre as the areas of the console ask it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from egate.reporting.audit_head_client import AuditHeadClient
from egate.reporting.authorisation_client import AuthorisationClient
from egate.reporting.identity import Role
from egate.reporting.inquiry_client import InquiryClient
from egate.reporting.kept_images import KeptImages
from egate.reporting.link import Link
from egate.reporting.list_entry_client import ListEntryClient
from egate.reporting.person_query_client import PersonQueries
from egate.reporting.station_key import StationKey
from egate.reporting.statistics_client import StatisticsClient
from egate.settings import Tls


@dataclass(frozen=True, slots=True)
class CentreLinks:
    """What the console asks the centre; every call raises ``CentreUnavailable`` when it is away.

    Args:
        inquiry: crossings and holders.
        images: pictures of referred travellers.
        lists: entries of lists, and what is proposed about them.
        statistics: figures of a period.
        persons: the Special Branch's files.
        authorisations: of a traveller, and the stay; raises ``AuthorisationsAway``.
        audit_heads: of the console's audit log, as the centre has them.

    """

    inquiry: InquiryClient
    images: KeptImages
    lists: ListEntryClient
    statistics: StatisticsClient
    persons: PersonQueries
    authorisations: AuthorisationClient
    audit_heads: AuditHeadClient


@asynccontextmanager
async def open_centre_links(address: str, tls: Tls) -> AsyncIterator[CentreLinks]:
    """Give the links to the centre inside the block; it need not be there yet.

    Args:
        address: of the centre, as ``host:port``.
        tls: a certificate of role ``console``, and the authority of the centre's.

    Raises:
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """
    link = Link(address, tls, Role.CENTRE)
    try:
        yield CentreLinks(
            inquiry=InquiryClient(link),
            images=KeptImages(link),
            lists=ListEntryClient(link),
            statistics=StatisticsClient(link),
            persons=PersonQueries(link),
            authorisations=AuthorisationClient(link),
            audit_heads=AuditHeadClient(link, StationKey(tls)),
        )
    finally:
        await link.close()
