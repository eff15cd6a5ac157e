"""The gate's loop: one inbox, one writer, and it owns what it started."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from egate.domain.policy.policy import Policy
from egate.domain.session import model as m
from egate.domain.session.alarm import Alarm
from egate.domain.session.alarms import alarms_of
from egate.domain.session.lane import session_id_of
from egate.domain.session.machine import deadline_of, recover, step
from egate.domain.time import Instant
from egate.gate.clocks import Clocks
from egate.gate.health import Health
from egate.gate.inbox import Inbox
from egate.gate.journal import Journal
from egate.gate.session_meter import SessionMeter
from egate.observability.logging import logger
from egate.ports.devices import DeviceError, DeviceName

_STOP_SECONDS: Final = 5.0
_WITH_SESSION: Final = m.ReadingMrz | m.Inspecting | m.Entering | m.Verifying | m.Passing


class Executor(Protocol):
    """Carries commands out on the devices."""

    def execute(self, command: m.Command) -> Awaitable[m.Event | None]:
        """Carry out ``command`` and return what came of it; raises DeviceError."""
        ...

    def forget(self, case: m.SessionId | None = None) -> None:
        """Drop what is known of the session's traveller, but for the pictures of ``case``."""
        ...


class Runner:
    """Applies one event after another; nothing else ever changes the state.

    Args:
        policy: the rules.
        journal: written before any command is carried out.
        executor: for the commands.
        health: told of lost devices.
        clocks: of this machine.
        inbox: where events arrive.

    """

    def __init__(
        self,
        policy: Policy,
        journal: Journal,
        executor: Executor,
        health: Health,
        clocks: Clocks,
        inbox: Inbox,
    ) -> None:
        self.policy = policy
        self._next_policy: Policy | None = None
        self._journal = journal
        self._executor = executor
        self._health = health
        self._clocks = clocks
        self._inbox = inbox
        self._meter = SessionMeter(clocks.now)
        self._owed: tuple[m.Report, ...] = ()
        self._noticed: frozenset[m.Condition] = frozenset()
        self._work: set[asyncio.Task[None]] = set()
        self._on_alarm: Callable[[], None] = lambda: None
        self._listeners: list[Callable[[], None]] = []
        self._on_report: Callable[[m.Report], None] = lambda _: None
        self.state: m.State = journal.last_state()
        self.message = m.TravellerMessage.PLEASE_WAIT
        self.sessions = 0
        self.alarms: frozenset[Alarm] = frozenset()
        self.since = clocks.utc_now()

    def renew(self, policy: Policy) -> None:
        """Let ``policy`` hold from the next session on; one that is under way keeps its own."""
        self._next_policy = policy
        self._take_over()

    @property
    def newest_policy(self) -> Policy:
        """The one that waits for the end of a session, if one does."""
        return self._next_policy or self.policy

    def _take_over(self) -> None:
        """Let a policy that waits hold, unless a session is under way."""
        if self._next_policy is None or isinstance(self.state, _WITH_SESSION):
            return
        self.policy, self._next_policy = self._next_policy, None
        logger().warning("policy in force", policy_version=self.policy.version)
        self._inbox.post(m.PolicyRenewed())

    def begin_with(self, noticed: frozenset[m.Condition]) -> None:
        """Let what is ``noticed`` before `run` count from its first step on."""
        self._noticed = noticed

    def on_alarm(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` with every alarm that may be heard in the lane."""
        self._on_alarm = listener

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after every step."""
        self._listeners.append(listener)

    def on_report(self, listener: Callable[[m.Report], None]) -> None:
        """Call ``listener`` with every report whose record is in the journal."""
        self._on_report = listener

    async def run(self) -> None:
        """Recover, then run until cancelled. A bug in a command ends the process."""
        async with asyncio.TaskGroup() as tasks:
            now = self._clocks.now()
            self._take("Restarted", recover(self.state, self.policy, self._noticed), tasks, now)
            while True:
                self._advance(await self._next_event(), tasks)

    async def stop(self) -> None:
        """Close the barrier in an orderly way; a session under way is interrupted."""
        taken = recover(self.state, self.policy)
        self._executor.forget()
        self._record("Stopped", taken)
        self.state = taken.state
        try:
            async with asyncio.timeout(_STOP_SECONDS):  # the barrier's own watchdog closes it too
                for command in taken.commands:
                    if isinstance(command, m.SetBarrier | m.SetSignal):
                        await self._carry_out(command)
        except TimeoutError:
            logger().error("the barrier did not close in time")

    async def _next_event(self) -> m.Event:
        deadline = deadline_of(self.state)
        delay = None if deadline is None else deadline - self._clocks.now()
        try:
            async with asyncio.timeout(delay):
                return await self._inbox.next()
        except TimeoutError:
            if deadline is None:
                raise
            return m.DeadlineReached(deadline)

    def _advance(self, event: m.Event, tasks: asyncio.TaskGroup) -> None:
        # Not a coroutine on purpose: nothing else can run between these lines.
        now = self._clocks.now()
        taken = step(self.state, event, now, self.policy)
        if taken != m.Step(self.state):
            before = self.state
            self._take(type(event).__name__, taken, tasks, now)
            crossing = session_id_of(before) or session_id_of(taken.state)
            rules = self.policy.alarms
            alarms = alarms_of(before, event, taken, rules.hits)
            for alarm in alarms:
                logger().error(alarm.value, crossing_id=crossing)
            is_over = isinstance(taken.state, m.Idle | m.OutOfService)
            self.alarms = frozenset(alarms) | (frozenset() if is_over else self.alarms)
            if set(alarms) - rules.silent:
                self._on_alarm()

    def _take(self, event: str, taken: m.Step, tasks: asyncio.TaskGroup, since: Instant) -> None:
        taken = self._record(event, taken)
        before, self.state = self.state, taken.state
        if _situation(before) != _situation(taken.state):
            self.since = self._clocks.utc_now()
        seconds = self._meter.book(taken.state, since)
        logger().info(
            "step",
            type=event,
            previous_state=type(before).__name__,
            next_state=type(taken.state).__name__,
            crossing_id=session_id_of(taken.state) or session_id_of(before),
            duration_ms=round(1e3 * seconds, 2),
        )
        for command in taken.commands:
            self._start(command, tasks)
        self._take_over()
        for listener in self._listeners:
            listener()

    def _record(self, event: str, taken: m.Step) -> m.Step:
        """Commit ``taken``, or return what is allowed without a journal."""
        reports = (*self._owed, *self._reports(taken))
        try:
            self._journal.append(event, taken.state, reports, self._clocks.utc_now())
        except DeviceError as error:
            self._health.lost(error)
            # A gate that cannot record admits nobody; it can still close and be evacuated.
            base = m.Step(self.state) if _opens(taken) else taken
            failed = m.DeviceFailed(DeviceName.JOURNAL.value)
            closed = step(base.state, failed, self._clocks.now(), self.policy)
            taken = m.Step(closed.state, base.commands + closed.commands)
            self._owed += self._reports(taken)
        else:
            self._owed = ()
            for report in reports:
                self._on_report(report)
        self.sessions += len(_reports(taken))
        return taken

    def _reports(self, taken: m.Step) -> tuple[m.Report, ...]:
        return tuple(self._meter.added_to(each) for each in _reports(taken))

    def _start(self, command: m.Command, tasks: asyncio.TaskGroup) -> None:
        match command:
            case m.Report():
                pass  # durable already, by the journal
            case m.Show(message):
                self.message = message
            case m.StopWork():
                for task in self._work:
                    task.cancel()
                waits = isinstance(self.state, m.AwaitingOfficer)
                self._executor.forget(session_id_of(self.state) if waits else None)
            case m.SetBarrier() | m.SetSignal():
                tasks.create_task(self._carry_out(command))  # never abandoned half-way
            case _:
                task = tasks.create_task(self._carry_out(command))
                self._work.add(task)
                task.add_done_callback(self._work.discard)

    async def _carry_out(self, command: m.Command) -> None:
        try:
            event = await self._executor.execute(command)
        except DeviceError as error:
            self._health.lost(error)
            return
        if event is not None:
            self._inbox.post(event)


def _situation(state: m.State) -> tuple[object, ...]:
    return type(state), session_id_of(state)


def _opens(taken: m.Step) -> bool:
    """Say whether a barrier opens for a traveller, as a decision allows."""
    return any(isinstance(c, m.SetBarrier) and c.warrant for c in taken.commands)


def _reports(taken: m.Step) -> tuple[m.Report, ...]:
    return tuple(c for c in taken.commands if isinstance(c, m.Report))
