"""The machine's state as bytes for the journal, and back."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from egate.domain.session import model as m

_KINDS: Final[Mapping[str, type[m.State]]] = {
    kind.__name__: kind
    for kind in (
        m.Idle,
        m.ReadingMrz,
        m.Inspecting,
        m.Entering,
        m.Verifying,
        m.Passing,
        m.Directing,
        m.AwaitingOfficer,
        m.Releasing,
        m.Evacuating,
        m.OutOfService,
    )
}


class StateMalformed(Exception):
    """The bytes are no state of this version."""


def encode_state(state: m.State) -> bytes:
    """Return ``state`` as JSON. It holds personal data: seal it."""
    return _adapter(type(state).__name__).dump_json(state)


def decode_state(name: str, raw: bytes) -> m.State:
    """Return the state called ``name``.

    Raises:
        StateMalformed: there is no such state, or the bytes are of another version.

    """
    try:
        state: m.State = _adapter(name).validate_json(raw)
    except (KeyError, ValidationError):
        raise StateMalformed(f"{name}: not a state of this version") from None
    return state


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    """Return the adapter of the state called ``name``; one is made when it is needed first."""
    return TypeAdapter(_KINDS[name])
