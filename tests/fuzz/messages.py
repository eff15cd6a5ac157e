"""Damage to messages of protobuf that leaves them messages: any field, any value it can have."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message

from tests.fuzz.mutator import Mutator
from tests.fuzz.target import Damage
from tests.fuzz.text import NASTY

_BLIND: Final = 0.25
_DEEPEST: Final = 6
_MOST_BYTES: Final = 200_000
_F: Final = FieldDescriptor
_LONG: Final = 5000
_LAST_SECOND: Final = 253_402_300_799  # of the year 9999
_INTEGERS: Final = {
    _F.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    _F.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    _F.CPPTYPE_UINT32: (0, 2**32 - 1),
    _F.CPPTYPE_UINT64: (0, 2**64 - 1),
    _F.CPPTYPE_ENUM: (-(2**31), 2**31 - 1),
}
_FLOATS: Final = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    1e308,
    1e-320,
    float("inf"),
    -float("inf"),
    float("nan"),
    2.0**63,
)
_TEXTS: Final = tuple(
    each for each in NASTY if len(each) < 5000 and "\\ud" not in each
)  # protobuf takes no half of a surrogate pair


def messages_damaged(kind: Callable[[], Message]) -> Damage:
    """Return damage to messages of ``kind``."""

    def damage(random: Random, samples: Sequence[bytes]) -> bytes:
        sample = random.choice(samples)
        message = kind()
        try:
            message.ParseFromString(sample)
        except DecodeError:  # an entry of the corpus need not be a message
            return Mutator(random, samples).damage(sample)
        for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
            changed(random, message)
        raw = message.SerializeToString()[:_MOST_BYTES]
        return Mutator(random, samples).damage(raw) if random.random() < _BLIND else raw

    return damage


def changed(random: Random, message: Message, depth: int = 0) -> None:
    """Change one field somewhere in ``message``."""
    fields = message.DESCRIPTOR.fields
    if not fields:
        return
    field = random.choice(fields)
    if random.random() < 0.12:
        message.ClearField(field.name)
    elif field.is_repeated:
        _repeated_changed(random, message, field, depth)
    elif field.cpp_type == _F.CPPTYPE_MESSAGE:
        inside = getattr(message, field.name)
        inside.SetInParent()
        if depth < _DEEPEST:
            changed(random, inside, depth + 1)
    else:
        setattr(message, field.name, _value(random, field, getattr(message, field.name)))


def _repeated_changed(random: Random, message: Message, field: FieldDescriptor, depth: int) -> None:
    values = getattr(message, field.name)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        values[random.choice(_TEXTS)] = random.choice(_TEXTS)
        return
    if values and random.random() < 0.3:
        del values[random.randrange(len(values))]
        return
    if field.cpp_type == _F.CPPTYPE_MESSAGE:
        if not values or random.random() < 0.3:
            values.add()
        if random.random() < 0.1 and len(values) < 10 and values[0].ByteSize() < 1000:
            values.extend([values[0]] * random.choice((1, 70, 700)))
        if depth < _DEEPEST:
            changed(random, random.choice(values), depth + 1)
        return
    old = random.choice(values) if values else field.default_value
    if isinstance(old, list):
        old = _value_of_kind(field)
    value = _value(random, field, old)
    if values and random.random() < 0.5:
        values[random.randrange(len(values))] = value
    else:
        values.extend([value] * random.choice((1, 1, 1, 70, 1500)))


def _value_of_kind(field: FieldDescriptor) -> Any:  # noqa: ANN401 - of the field
    match field.cpp_type:
        case _F.CPPTYPE_STRING:
            return b"" if field.type == _F.TYPE_BYTES else ""
        case _F.CPPTYPE_DOUBLE | _F.CPPTYPE_FLOAT:
            return 0.0
        case _:
            return 0


def _value(random: Random, field: FieldDescriptor, old: Any) -> Any:  # noqa: ANN401 - of the field
    match field.cpp_type:
        case _F.CPPTYPE_STRING if field.type == _F.TYPE_BYTES:
            return _bytes(random, old)
        case _F.CPPTYPE_STRING:
            return _text(random, old)
        case _F.CPPTYPE_DOUBLE | _F.CPPTYPE_FLOAT:
            return random.choice((*_FLOATS, old + 1))
        case _F.CPPTYPE_BOOL:
            return not old
        case _:
            return _integer(random, field, old)


def _bytes(random: Random, old: bytes) -> bytes:
    match random.randrange(4):
        case 0:
            return random.randbytes(random.choice((0, 1, 8, 16, 32, 64, 300)))
        case 1:
            return old + random.randbytes(random.choice((1, 70_000)))
        case _:
            return Mutator(random, (old,)).damage(old)


def _text(random: Random, old: str) -> str:
    nasty = random.choice(_TEXTS)
    at = random.randrange(len(old) + 1)
    longer = old * 30 if len(old) < _LONG else old
    return random.choice((nasty, old[:at] + nasty + old[at + 1 :], old[:at], longer, old + "\0"))


def _integer(random: Random, field: FieldDescriptor, old: int) -> int:
    least, most = _INTEGERS[field.cpp_type]
    near = max(least, min(most, old + random.choice((-1, 1, 1000))))
    last = min(_LAST_SECOND, most)
    return random.choice((least, most, last, 0, 1, 2, 3, 127, 128, 32767, 32768, 65536, near, near))


def filled(message: Message, depth: int = 0) -> Message:
    """Return ``message`` with something in every field."""
    for field in message.DESCRIPTOR.fields:
        inside = getattr(message, field.name)
        if field.cpp_type == _F.CPPTYPE_MESSAGE:
            if field.message_type.GetOptions().map_entry:
                inside["a"] = "b"
            elif depth < _DEEPEST:
                filled(inside.add() if field.is_repeated else inside, depth + 1)
        elif field.is_repeated:
            inside.append(_filling(field))
        else:
            setattr(message, field.name, _filling(field))
    return message


def _filling(field: FieldDescriptor) -> Any:  # noqa: ANN401 - of the field
    if field.cpp_type == _F.CPPTYPE_STRING:
        return b"some" if field.type == _F.TYPE_BYTES else "some"
    return 1
