"""MRZ readers on a serial line: one shell for every framing."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from drivers.mrz_reader.debounce import Debounce
from drivers.mrz_reader.message import Acknowledged, Decoder, Document, Garbled, Message
from drivers.transport.serial_stream import SerialStream
from egate.ports.devices import DeviceError, DeviceName, MrzLines

_ANSWER_SECONDS: Final = 0.5
_QUESTIONS: Final = 3
_UNANSWERED_POLLS: Final = 5
_SILENCE_SECONDS: Final = 2.0  # inside a frame: the rest of it will never come
_QUIET_SECONDS: Final = 2.0  # a reader that tells by itself is asked whether it is there


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What is said to a reader; a reader that only pushes is told nothing.

    Args:
        greeting: sent once after every opening.
        question: answered by the reader at any time; b"" if there is none.
        poll_seconds: ask the question this often, None to wait for what is pushed; a
            reader that is quiet is then asked all the same, whether it is there.
        trigger: sent instead of the question, and answered only when there is a document;
            the question is asked when several in a row had no answer.
        farewell: sent before the line is let go.
        sees: the question is answered with the document that lies there.

    """

    greeting: bytes = b""
    question: bytes = b""
    poll_seconds: float | None = None
    trigger: bytes = b""
    farewell: bytes = b""
    sees: bool = False


class SerialMrzReader:
    """A reader of one framing on one line.

    Args:
        stream: its line.
        decoder: makes a fresh decoder of its framing.
        dialogue: what is said to it.
        debounce_seconds: a document that stays is given again after this long unread.
        clock: monotonic seconds.

    """

    def __init__(
        self,
        stream: SerialStream,
        decoder: Callable[[], Decoder],
        dialogue: Dialogue,
        debounce_seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self._stream = stream
        self._new_decoder = decoder
        self._decoder = decoder()
        self._dialogue = dialogue
        self._debounce = Debounce(debounce_seconds, clock)
        self._clock = clock
        self._last_received = clock()
        self._documents: deque[Document] = deque()
        self._unanswered = 0
        self._awaited = 0  # answers to questions that may still come
        self._garbage = False  # came, and nothing else since
        self._listening = False
        self._asked: asyncio.Future[bool] | None = None
        self._seen_empty = False

    async def documents(self) -> AsyncIterator[MrzLines]:
        while True:
            while self._documents:
                yield MrzLines(self._documents.popleft().lines)
            await self._listen()

    async def occupied(self) -> bool:
        """Say whether the reader sees a document: by asking, or by what it is polled for.

        One that only pushes cannot tell: False.
        """
        if self._dialogue.poll_seconds is not None:
            read = self._debounce.last_read
            return read is not None and self._clock() - read < 3 * self._dialogue.poll_seconds
        if not (self._dialogue.sees and self._listening):
            return False
        self._asked = asyncio.get_running_loop().create_future()
        self._awaited += 1
        try:
            await self._stream.write(self._dialogue.question)
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await self._asked
        except TimeoutError:
            self._awaited = max(0, self._awaited - 1)  # lost: what comes next is no answer
            return False  # whether it is mute is found elsewhere
        finally:
            self._asked = None

    async def check(self) -> None:
        await self._open()
        if not self._dialogue.question or self._listening:
            return
        for _ in range(_QUESTIONS):
            await self._stream.write(self._dialogue.question)
            with suppress(TimeoutError):
                async with asyncio.timeout(_ANSWER_SECONDS):
                    while not await self._receive():
                        pass
                    return
        raise self._mute()

    async def aclose(self) -> None:
        if self._stream.is_open and self._dialogue.farewell:
            with suppress(DeviceError):
                await self._stream.write(self._dialogue.farewell)
        self._stream.close()

    async def _listen(self) -> None:
        """Take in what comes; ask when nothing has come for a while, if it can be asked."""
        await self._open()
        self._listening = True
        try:
            async with asyncio.timeout(self._pause()):
                await self._receive()
        except TimeoutError:
            await self._poll()
        finally:
            self._listening = False

    def _pause(self) -> float | None:
        """Return how long to wait for bytes; None is for ever."""
        if self._dialogue.poll_seconds is not None or not self._dialogue.question:
            return self._dialogue.poll_seconds
        return _ANSWER_SECONDS if self._unanswered else _QUIET_SECONDS

    async def _poll(self) -> None:
        """Ask for a document; after triggers without an answer, ask whether anybody is there."""
        triggers = _UNANSWERED_POLLS if self._dialogue.trigger else 0
        if self._unanswered >= triggers + _UNANSWERED_POLLS:
            self._unanswered = 0
            raise self._mute()
        asked = self._dialogue.trigger if self._unanswered < triggers else self._dialogue.question
        if self._dialogue.poll_seconds is None:
            # With the first of a series nothing else is awaited: what has not come yet was lost.
            self._awaited = self._awaited + 1 if self._unanswered else 1
        self._unanswered += 1
        await self._stream.write(asked)

    async def _open(self) -> None:
        if not self._stream.is_open:
            self._decoder = self._new_decoder()
            self._awaited = 0
            await self._stream.open()
            if self._dialogue.greeting:
                await self._stream.write(self._dialogue.greeting)

    async def _receive(self) -> bool:
        """Wait for bytes, keep new documents; True when a whole message was among them."""
        received = await self._stream.read()
        now = self._clock()
        if now - self._last_received > _SILENCE_SECONDS:
            self._decoder = self._new_decoder()
        self._last_received = now
        messages = tuple(self._decoder.feed(received))
        for message in messages:
            self._take(message)
        makes_sense = any(not isinstance(message, Garbled) for message in messages)
        self._garbage = not makes_sense
        if makes_sense:
            self._unanswered = 0
        return makes_sense

    def _take(self, message: Message) -> None:
        # A question has one answer: what comes besides, the reader tells by itself.
        asked = self._awaited > 0
        if asked and not isinstance(message, Garbled):
            self._awaited -= 1
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(not isinstance(message, Acknowledged))
        if isinstance(message, Document):
            # What lay there all the time is not presented by being asked about.
            lies_still = asked and not self._seen_empty
            if self._debounce.is_new(message, asked=lies_still):
                self._documents.append(message)
            self._seen_empty = False
        elif asked:
            self._seen_empty = isinstance(message, Acknowledged)

    def _mute(self) -> DeviceError:
        garbage, self._garbage = self._garbage, False
        self._stream.close()
        but = ", and what comes makes no sense" if garbage else ""
        return DeviceError(DeviceName.MRZ_READER, f"the reader does not answer{but}")
