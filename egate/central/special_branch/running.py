"""The Special Branch's system as the settings name it: told while the centre runs, and asked."""

from contextlib import aclosing

from grpc import aio

from egate.central.database import Pool
from egate.central.special_branch.day_files import DayFiles
from egate.central.special_branch.forwarding import keep_telling
from egate.central.special_branch.person_queries import PersonQueryService
from egate.central.special_branch.remote_system import RemoteSystem
from egate.observability.logging import Logger
from egate.settings import SpecialBranch, SpecialBranchFiles
from egate.wire.v1 import person_query_pb2_grpc as wire_grpc

System = DayFiles | RemoteSystem


def add_special_branch(
    settings: SpecialBranch | None, server: aio.Server, log: Logger
) -> System | None:
    """Return the system, and let officers ask it if it can be asked.

    Args:
        settings: None: there is none.
        server: of the centre, not started.
        log: for who asks.

    Raises:
        SettingsError: its certificate files cannot be used.

    """
    if settings is None:
        return None
    if isinstance(settings, SpecialBranchFiles):
        return DayFiles(settings.folder)
    system = RemoteSystem(settings)
    wire_grpc.add_PersonQueryServiceServicer_to_server(PersonQueryService(system, log), server)
    return system


async def keep_telling_it(system: System, pool: Pool, log: Logger) -> None:
    """Tell ``system`` of crossings until cancelled, and close it."""
    async with aclosing(system):
        await keep_telling(pool, system, log)
