"""How the centre's services answer while what they need is away."""

from typing import Any, NoReturn

import grpc
from grpc import aio

from egate.observability.logging import logger


async def away(
    context: aio.ServicerContext[Any, Any], error: Exception, what: str = "database"
) -> NoReturn:
    """Log ``error`` and end the call with UNAVAILABLE: nothing is known, and it may be repeated.

    Args:
        context: of the call.
        error: one of ``CONNECTION_FAULTS``; its text may hold what is personal, its type does not.
        what: is away.

    """
    logger().error(f"{what} away", error=type(error).__name__)
    await context.abort(grpc.StatusCode.UNAVAILABLE, f"the {what} is away; try again")
    raise AssertionError("abort does not return")
