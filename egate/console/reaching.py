"""Whom a console reaches: the lanes of its hall, and the centre."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from egate.console.centre import CentreLinks, open_centre_links
from egate.console.desk.opening import DeskLinks, opened_desk
from egate.console.desk.writing import DeskWriting
from egate.domain.time import UtcSeconds
from egate.reporting.credentials import load as load_credentials
from egate.reporting.gate_client import GateLink
from egate.reporting.identity import Role
from egate.settings import ConsoleSettings


@dataclass(frozen=True, slots=True)
class Reached:
    """The far ends of a console.

    Args:
        gates: gate id to the gate, in the order of the board.
        desk: writes down what goes to the centre; None where this console is no desk.
        centre: is asked; None where the console knows its lanes alone.

    """

    gates: Mapping[str, GateLink]
    desk: DeskWriting | None = None
    centre: CentreLinks | None = None


@asynccontextmanager
async def reached(
    settings: ConsoleSettings, now: Callable[[], UtcSeconds]
) -> AsyncIterator[Reached]:
    """Give the far ends of the console of ``settings`` inside the block; none need be there yet.

    Args:
        settings: of the console.
        now: the wall clock.

    Raises:
        BookUnusable: another process has the desk's book, or it is damaged or not writable.
        SettingsError: the certificate files are missing or do not fit together.

    """
    tls, centre = settings.tls, settings.centre
    async with AsyncExitStack() as open_now:
        gates = {gate.id: GateLink(gate.address, tls) for gate in settings.gates}
        for gate in gates.values():
            open_now.push_async_callback(gate.close)
        if centre is None:
            yield Reached(gates)
            return
        links = await open_now.enter_async_context(open_centre_links(centre.address, tls))
        desk = None
        if settings.desk:
            console_id = load_credentials(tls, Role.CONSOLE).identity.name
            to_centre = DeskLinks(centre.address, tls, console_id, centre.keep_sent_days)
            desk = await open_now.enter_async_context(opened_desk(settings.desk, to_centre, now))
        yield Reached(gates, desk, links)
