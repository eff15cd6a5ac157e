"""What no centre may answer that stores each record at most once and forgets none."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from tests.faults.history import Counted, History, Put, Record


def anomalies(history: History) -> list[str]:
    """Return what no centre may answer, one line each."""
    wrong: list[str] = []
    for gate in sorted({put.gate for put in history.puts}):
        puts = [put for put in history.puts if put.gate == gate]
        counts = [each for each in history.counts if each.gate == gate]
        stored = history.stored.get(gate, {})
        accepted, sent = Known(_accepted(puts)), Known(_sent(puts))
        wrong += [f"gate {gate}: {each}" for each in _of_records(puts, stored)]
        wrong += [f"gate {gate}: {each}" for each in _of_counts(counts, accepted, sent)]
        wrong += [f"gate {gate}: {each}" for each in _of_watermarks(puts, accepted, sent)]
    return wrong


def _of_records(puts: Sequence[Put], stored: Mapping[int, int]) -> Iterator[str]:
    first_sent: dict[Record, float] = {}
    for put in puts:
        for one in put.sent:
            first_sent[one] = min(first_sent.get(one, put.begun), put.begun)
    for number, content in stored.items():
        if (number, content) not in first_sent:
            yield f"{number} is there and was never sent"
    for put in puts:
        for one, reason in zip(put.sent, put.reasons or (), strict=False):
            other = first_sent.get((one[0], 1 - one[1]), put.ended)
            is_stored = stored.get(one[0]) == one[1]
            if said := _of_reason(reason, is_stored=is_stored, is_first=other >= put.ended):
                yield f"{one[0]} {said}"


def _of_reason(reason: str, *, is_stored: bool, is_first: bool) -> str:
    match reason:
        case "":
            return "" if is_stored else "was accepted and is not there as it was sent"
        case "conflict" if is_stored:
            return "was refused and is there"
        case "conflict":
            return "was refused before anything else was sent with its id" if is_first else ""
        case _:
            return f"was refused: {reason}"


Told = tuple[float, tuple[int, ...]]
"""At which moment numbers became known."""


class Known:
    """How many numbers were known at any moment, and up to which of them none was missing.

    A run of a minute has thousands of calls, and each answer is held against the moment of each
    call: so the figures are taken once, in the order of the moments.
    """

    def __init__(self, told: Iterable[Told]) -> None:
        self._moments: list[float] = []
        self._figures = [(0, 0)]
        known: set[int] = set()
        whole = 0
        for moment, numbers in sorted(told):
            known.update(numbers)
            while whole + 1 in known:
                whole += 1
            self._moments.append(moment)
            self._figures.append((len(known), whole))

    def at(self, moment: float) -> tuple[int, int]:
        """Return both figures as of ``moment``, what became known right then among it."""
        return self._figures[bisect_right(self._moments, moment)]

    def before(self, moment: float) -> tuple[int, int]:
        return self._figures[bisect_left(self._moments, moment)]


def _accepted(puts: Sequence[Put]) -> Iterator[Told]:
    for put in puts:
        if put.reasons is not None:
            answers = zip(put.sent, put.reasons, strict=True)
            yield put.ended, tuple(number for (number, _), reason in answers if not reason)


def _sent(puts: Sequence[Put]) -> Iterator[Told]:
    return ((put.begun, tuple(number for number, _ in put.sent)) for put in puts)


def _of_counts(counts: Sequence[Counted], accepted: Known, sent: Known) -> Iterator[str]:
    for each in counts:
        (least, _), (most, _) = accepted.at(each.begun), sent.before(each.ended)
        if not least <= each.total <= most:
            yield f"{each.total} were counted, and there were {least} to {most}"
    for before, after in pairwise(sorted(counts, key=lambda each: each.begun)):
        if before.ended <= after.begun and after.total < before.total:
            yield f"{before.total} were counted, and later {after.total}"


def _of_watermarks(puts: Sequence[Put], accepted: Known, sent: Known) -> Iterator[str]:
    for put in puts:
        if put.reasons is None:
            continue
        (_, least), (_, most) = accepted.at(put.begun), sent.before(put.ended)
        if not least <= put.watermark <= most:
            yield f"all to {put.watermark} were said to be there, and that is {least} to {most}"
