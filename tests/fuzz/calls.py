"""Every call of the wire by name, and requests of each that are valid or damaged."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from egate.wire import v1
from tests.fuzz.messages import filled, messages_damaged
from tests.fuzz.targets import requests


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Args:
        path: of it, as gRPC names it.
        kind: of its request.
        is_stream: requests come one after the other.
        gives_stream: so do answers.

    """

    path: str
    kind: type[Message]
    is_stream: bool
    gives_stream: bool

    def request(self, random: Random) -> bytes:
        """Return a request that is a message of its kind, whatever is in it."""
        made = requests.samples_of(self.kind)
        usual = (self.kind().SerializeToString(), filled(self.kind()).SerializeToString(), *made)
        if random.random() < 0.1:
            return random.choice(usual)
        raw = messages_damaged(self.kind)(random, usual)
        try:
            self.kind.FromString(raw)
        except DecodeError:  # which gRPC itself refuses
            return random.choice(usual)
        return raw


@cache
def calls() -> Sequence[Call]:
    """Return the calls of every service of the wire."""
    found: dict[str, Call] = {}
    for module in pkgutil.iter_modules(v1.__path__):
        if not module.name.endswith("_pb2"):
            continue
        described = importlib.import_module(f"{v1.__name__}.{module.name}").DESCRIPTOR
        services: Mapping[str, object] = described.services_by_name
        for service in services.values():
            for method in service.methods:  # type: ignore[attr-defined]
                path = f"/{service.full_name}/{method.name}"  # type: ignore[attr-defined]
                kind = GetMessageClass(method.input_type)
                found[path] = Call(path, kind, method.client_streaming, method.server_streaming)
    return tuple(found[path] for path in sorted(found))
