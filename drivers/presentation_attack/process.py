"""A product as a program of its own: it reads requests from its input and answers on its output.

A program that is slow, dies or answers nonsense is ended and started anew; the traveller
it was asked about gets an assessment that is not sufficient, so an officer.
"""

import os
import selectors
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Annotated, Final

from pydantic import Field

from drivers.options import DriverOptions, OptionValues, parse_options
from drivers.presentation_attack.message import (
    LENGTH_BYTES,
    MAX_ANSWER_BYTES,
    MAX_REQUEST_BYTES,
    AnswerInvalid,
    assessment_of,
    request_of,
)
from egate.ports.devices import DriverOptionError
from egate.ports.presentation_attack import (
    MAX_SIGHTINGS,
    FaceSighting,
    PadAssessment,
    nothing_known,
)

_NAME: Final = "process"
_CHUNK_BYTES: Final = 1 << 16
# The environment of the gate names its credentials: a product does not get to see it.
_ENVIRONMENT: Final = ("PATH", "LANG", "TZ")


class ProcessOptions(DriverOptions):
    """Options of the driver ``process``.

    Args:
        answer_seconds: until the whole answer must be there.

    """

    answer_seconds: Annotated[float, Field(gt=0, le=10)] = 3.0


class _Lost(Exception):
    """The program does not do what it should; the message says what."""


class DetectionProcess:
    """One program, kept running between travellers.

    Args:
        command: program and arguments.
        options: see there.
        clock: steady, in seconds.

    """

    def __init__(
        self, command: Sequence[str], options: ProcessOptions, clock: Callable[[], float]
    ) -> None:
        self._command = tuple(command)
        self._options = options
        self._clock = clock
        self._running: subprocess.Popen[bytes] | None = None
        self._requests = 0

    def start(self) -> None:
        """Start the program, which may take its time until the first traveller comes."""
        if self._running is not None and self._running.poll() is None:
            return
        self.close()
        try:
            self._running = subprocess.Popen(  # noqa: S603 - the settings' own program, no shell
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                bufsize=0,
                start_new_session=True,
            )
        except OSError:
            return  # the next question tells
        for stream in (self._running.stdin, self._running.stdout):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)

    def assess(self, sightings: Sequence[FaceSighting]) -> PadAssessment:
        """Ask the program; see ``PresentationAttackDetection``."""
        asked = sightings[-MAX_SIGHTINGS:]
        if sum(sighting.pixels.nbytes for sighting in asked) > MAX_REQUEST_BYTES:
            return nothing_known(_NAME, "the frames are too large for the product")
        if not asked:
            return nothing_known(_NAME, "no frame")
        self._requests += 1
        try:
            return assessment_of(self._answer(request_of(self._requests, asked)), self._requests)
        except (_Lost, AnswerInvalid, OSError) as error:
            self.close()
            self.start()
            fault = "lost" if isinstance(error, OSError) else str(error)
            return nothing_known(_NAME, f"the product: {fault}")

    def close(self) -> None:
        """End the program and whatever it has started."""
        running, self._running = self._running, None
        if running is None:
            return
        with suppress(ProcessLookupError, PermissionError):  # it has ended by itself
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        for stream in (running.stdin, running.stdout):
            if stream is not None:
                stream.close()

    def _answer(self, parts: Iterator[bytes | memoryview]) -> bytes:
        """Write a request and read its answer, both before the time is over."""
        self.start()
        if self._running is None or self._running.stdin is None or self._running.stdout is None:
            raise _Lost("cannot be started")
        exchange = _Exchange(self._running.stdin.fileno(), self._running.stdout.fileno(), parts)
        deadline = self._clock() + self._options.answer_seconds
        with exchange:
            while not exchange.over:
                left = deadline - self._clock()
                if left <= 0:
                    raise _Lost("no answer in time")
                exchange.advance(left)
        return exchange.answer


class _Exchange:
    """One request going out while its answer may already come in."""

    def __init__(self, into: int, out_of: int, parts: Iterator[bytes | memoryview]) -> None:
        self._into, self._out_of = into, out_of
        self._parts = parts
        self._part = memoryview(b"")
        self._received = bytearray()
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> "_Exchange":
        self._selector.register(self._into, selectors.EVENT_WRITE)
        self._selector.register(self._out_of, selectors.EVENT_READ)
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()

    @property
    def over(self) -> bool:
        """Whether the whole request went out and the whole answer came in."""
        return self._into not in self._selector.get_map() and self._missing <= 0

    @property
    def answer(self) -> bytes:
        return bytes(self._received[LENGTH_BYTES:])

    def advance(self, seconds: float) -> None:
        """Write and read what goes without waiting longer than ``seconds``.

        Raises:
            _Lost: the program has ended its output, or says too much.

        """
        for key, _ in self._selector.select(seconds):
            if key.fd == self._into:
                self._write()
            else:
                self._read()

    @property
    def _missing(self) -> int:
        if len(self._received) < LENGTH_BYTES:
            return LENGTH_BYTES - len(self._received)
        stated = int.from_bytes(self._received[:LENGTH_BYTES], "big")
        if stated > MAX_ANSWER_BYTES:
            raise _Lost("an answer that is too long")
        return LENGTH_BYTES + stated - len(self._received)

    def _write(self) -> None:
        if not self._part:
            following = next(self._parts, None)
            if following is None:
                self._selector.unregister(self._into)
                return
            self._part = memoryview(following)
        self._part = self._part[os.write(self._into, self._part[:_CHUNK_BYTES]) :]

    def _read(self) -> None:
        received = os.read(self._out_of, _CHUNK_BYTES)
        if not received:
            raise _Lost("has ended")
        self._received += received
        if self._missing < 0:
            raise _Lost("more than one answer")


def open_process(
    address: str, options: OptionValues, clock: Callable[[], float]
) -> DetectionProcess:
    """Make the driver ``process``; ``address`` is a command line, which no shell sees.

    Raises:
        DriverOptionError: it is no command line, or names no program.

    """
    chosen = parse_options(_NAME, ProcessOptions, options)
    try:
        command = shlex.split(address)
    except ValueError as error:
        raise DriverOptionError(f"driver {_NAME}: address: {error}") from error
    if not command or shutil.which(command[0]) is None:
        raise DriverOptionError(f"driver {_NAME}: address: no such program")
    return DetectionProcess(command, chosen, clock)
