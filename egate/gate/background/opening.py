"""Lists and authorisations of a lane as its settings name them, opened."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from egate.domain.policy.policy import Policy
from egate.gate.background.authorised import AuthorisationsAtGate
from egate.gate.background.checking import (
    OF_LISTS,
    BackgroundChecking,
    BackgroundPart,
    NothingConnected,
)
from egate.gate.background.listed import ListPlan, ListsAtGate
from egate.gate.clocks import Clocks
from egate.lists.errors import ListRefused
from egate.lists.keeper import Pinned
from egate.lists.keys import ListKey, read_signer
from egate.lists.kinds import ListKind
from egate.reporting.authorisation_client import AuthorisationClient
from egate.reporting.link import Link
from egate.reporting.list_client import ListClient
from egate.settings import GateSettings, Lists, SettingsError, read_authorisation_rules


@asynccontextmanager
async def opened_lists(
    settings: GateSettings, clocks: Clocks, policy: Callable[[], Policy]
) -> AsyncIterator[ListsAtGate | None]:
    """Open the lists, None for a lane that has none, and close them after the block.

    Args:
        settings: of the lane.
        clocks: of this machine.
        policy: in force.

    Raises:
        SettingsError: a key cannot be used, or there is no such list.

    """
    if settings.lists is None:
        yield None
        return
    plan = list_plan_of(settings.lists, settings.gate.utc_offset_minutes)
    offers = ListClient(settings.centre.address, settings.tls)
    lists = await ListsAtGate.opened(plan, offers, clocks, policy)
    try:
        yield lists
    finally:
        lists.close()
        await offers.close()


def authorisations_at(link: Link, settings: GateSettings) -> AuthorisationsAtGate:
    """Return the way to the centre's authorisations over ``link``.

    Raises:
        SettingsError: the rules cannot be used.

    """
    rules = read_authorisation_rules(settings.gate.authorisation_rules)
    asked = AuthorisationClient(link, settings.centre.answer_seconds)
    return AuthorisationsAtGate(asked, rules)


def background_of(lists: ListsAtGate | None, authorisations: BackgroundPart) -> BackgroundPart:
    """Return who is asked about travellers."""
    return BackgroundChecking((lists or NothingConnected(OF_LISTS), authorisations))


def list_plan_of(chosen: Lists, utc_offset_minutes: int) -> ListPlan:
    """Return what the settings say about lists, as the lane takes it.

    Raises:
        SettingsError: a key cannot be used, or there is no such list.

    """
    try:
        required = frozenset(ListKind(name) for name in chosen.required)
    except ValueError as error:
        raise SettingsError(f"lists.required: {error}: one of {', '.join(ListKind)}") from error
    try:
        pinned = Pinned(read_signer(chosen.signer), ListKey.from_file(chosen.key))
    except ListRefused as error:
        raise SettingsError(str(error)) from error
    return ListPlan(chosen.folder, pinned, required, utc_offset_minutes)
