"""The routes of search, records, holders and statistics."""

from starlette.routing import BaseRoute

from egate.console.access.guarding import guarded
from egate.console.access.officer import Permission
from egate.console.context import Console
from egate.console.records.record_page import RecordPage
from egate.console.records.search_page import SearchPage
from egate.console.records.statistics_page import StatisticsPage


def routes(console: Console) -> list[BaseRoute]:
    """Return the routes of the area."""
    search, record = SearchPage(console), RecordPage(console)
    statistics = StatisticsPage(console)
    looking, counting = Permission.SEARCH, Permission.SEE_STATISTICS
    return [
        guarded("/records", search.show, looking),
        guarded("/records", search.search, looking, ("POST",)),
        # What only a form answers leads back to that form: by the choice of a language, by reload.
        guarded("/records/holder", search.show, looking),
        guarded("/records/holder", search.holder, looking, ("POST",)),
        guarded("/records/{crossing_id}", record.show, looking),
        guarded("/records/{crossing_id}/pictures", record.pictures, looking, ("POST",)),
        guarded("/records/{crossing_id}/person", record.show, looking),
        guarded("/records/{crossing_id}/person", record.ask, looking, ("POST",)),
        guarded("/statistics", statistics.show, counting),
        guarded("/statistics/export", statistics.show, counting),
        guarded("/statistics/export", statistics.export, counting, ("POST",)),
    ]
