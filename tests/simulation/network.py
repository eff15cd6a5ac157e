"""Lines between gates and the centre: what is sent on them may be late, lost, twice or too late."""

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import grpc
from grpc import aio

from egate.reporting.identity import Role
from egate.reporting.link import Link
from tests.simulation.centre import CallRefused, Centre
from tests.simulation.world import World

_RESET_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Weather:
    """How a line is.

    Args:
        most_seconds: the longest way of a message; the next ones may overtake it.
        lost: of all messages.
        twice: of all requests.
        there: whether requests arrive.
        back: whether answers arrive.
        resets: whether a caller is told at once that nothing arrives.

    """

    most_seconds: float = 0.05
    lost: float = 0.0
    twice: float = 0.0
    there: bool = True
    back: bool = True
    resets: bool = False


FAIR: Final = Weather()
FOUL: Final = {
    "cut": Weather(there=False, back=False, resets=True),
    "black hole": Weather(there=False, back=False),
    "only there": Weather(back=False),
    "only back": Weather(there=False),
    "late": Weather(most_seconds=12.0, twice=0.2),
    "lossy": Weather(most_seconds=1.0, lost=0.4, twice=0.3),
}


class Line:
    """One gate's line.

    Args:
        world: of the day.
        name: of the gate.
        centre: at the other end.

    """

    def __init__(self, world: World, name: str, centre: Centre) -> None:
        self._world, self.name, self._centre = world, name, centre
        self._chance: random.Random = world.chance(f"line of {name}")
        self.weather = FAIR
        self.calls = 0
        self.given_up = 0

    async def call(
        self, method: str, request: bytes, certificate: bytes, patience: float | None
    ) -> bytes:
        """Carry a call.

        Raises:
            aio.AioRpcError: as gRPC does.

        """
        self.calls += 1
        number = self.calls
        content = hashlib.sha256(request).hexdigest()[:12]
        self._note(number, f"{method.rsplit('/', 1)[-1]} {content}")
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        copies = 2 if self._chance.random() < self.weather.twice else 1
        serving: list[asyncio.Task[None]] = []
        if self.weather.resets:
            self._world.later(_RESET_SECONDS, lambda: _fail(answer, _error("UNAVAILABLE")))
        for _ in range(copies):
            self._send(lambda: self._serve(method, request, certificate, answer, serving), there=1)
        try:
            async with asyncio.timeout(patience):
                return await answer
        except TimeoutError:
            self.given_up += 1
            self._note(number, "given up")
            if self._chance.random() < 0.5:  # else the centre never hears of it
                self._send(lambda: [each.cancel() for each in serving], there=1)
            raise _error("DEADLINE_EXCEEDED") from None

    def _send(self, arrive: Callable[[], object], *, there: int) -> None:
        weather = self.weather
        arrives = weather.there if there else weather.back
        if arrives and self._chance.random() >= weather.lost:
            self._world.later(self._chance.uniform(0.002, weather.most_seconds), arrive)

    def _serve(
        self,
        method: str,
        request: bytes,
        certificate: bytes,
        answer: asyncio.Future[bytes],
        serving: list[asyncio.Task[None]],
    ) -> None:
        process = self._centre.process
        if not process.alive:
            self._send(lambda: _fail(answer, _error("UNAVAILABLE")), there=0)
            return

        async def serve() -> None:
            try:
                sent = await self._centre.answer(method, request, certificate)
            except CallRefused as refusal:
                error = _error(refusal.code.name, refusal.details)
                self._send(lambda: _fail(answer, error), there=0)
                return
            self._send(lambda: answer.done() or answer.set_result(sent), there=0)

        serving.append(process.start(serve()))

    def _note(self, number: int, what: str) -> None:
        self._world.note(self.name, f"call {number}: {what}")


class VirtualChannel:
    """What stubs take for a channel of gRPC.

    Args:
        line: that carries the calls.
        certificate: of the caller now, in PEM.

    """

    def __init__(self, line: Line, certificate: Callable[[], bytes]) -> None:
        self._line, self._certificate = line, certificate

    def unary_unary(
        self,
        method: str,
        *,
        request_serializer: Callable[[Any], bytes],
        response_deserializer: Callable[[bytes], Any],
        **_: object,
    ) -> Callable[..., Awaitable[Any]]:
        async def call(request: object, timeout: float | None = None) -> Any:  # noqa: ANN401, ASYNC109
            sent = request_serializer(request)
            return response_deserializer(
                await self._line.call(method, sent, self._certificate(), timeout)
            )

        return call


class VirtualLink(Link):
    """A `Link` whose channel is a line of this world."""

    def __init__(self, channel: VirtualChannel) -> None:
        self.address = "centre"
        self._role = Role.CENTRE
        self._virtual = channel

    async def channel(self) -> Any:  # noqa: ANN401
        return self._virtual

    async def close(self) -> None:
        """Leave the line as it is."""


def _fail(answer: asyncio.Future[bytes], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)


def _error(code: str, details: str = "") -> aio.AioRpcError:
    nothing = aio.Metadata()
    return aio.AioRpcError(grpc.StatusCode[code], nothing, nothing, details)
