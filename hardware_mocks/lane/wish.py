"""What is asked of ``python -m hardware_mocks up``: its options, checked."""

import argparse
import socket
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from hardware_mocks.lane.host import Walks
from hardware_mocks.lane.kind import BARRIERS, FLOWS, MRZ_READERS, LaneKind
from hardware_mocks.lane.people import people
from hardware_mocks.lane.scenario import Scenario, load_scenario
from hardware_mocks.lane.slowness import Slowness
from hardware_mocks.outcome import BadInput
from hardware_mocks.wire.pace import Pace
from hardware_mocks.world.plan import THE_LANE, PlannedVisit, draw_plan
from hardware_mocks.world.traveller import Traveller

_FASTEST: Final = 100.0
_USUAL_DRAWN: Final = 10
_KIND_OPTIONS: Final = (
    "flow",
    "barrier",
    "mrz_reader",
    "face_light",
    "emergency_input",
    "signal_lights",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("scenario", nargs="?", type=Path, help="a file of config/scenarios")
    parser.add_argument(
        "--devices-only",
        action="store_true",
        help="no scenario: a document lies on the reader; orders come as JSON lines on stdin",
    )
    parser.add_argument(
        "--page",
        metavar="HOST:PORT",
        help="a person plays the travellers on a page of this machine; port 0 is a free one",
    )
    parser.add_argument(
        "--gate-config",
        type=Path,
        metavar="FILE",
        help="write settings for `egate gate run` there, and for its console beside them",
    )
    parser.add_argument(
        "--display", metavar="URL", help="of the gate's display, to be linked on the page"
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", help="draw who comes, and what goes wrong, by this number"
    )
    parser.add_argument("--plan", action="store_true", help="print what would happen, and end")
    parser.add_argument("--pki", type=Path, metavar="DIR", help="made there if it is not yet")
    parser.add_argument("--vpcd", metavar="HOST:PORT", help="where the virtual reader listens")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="people and motors")
    parser.add_argument("--travellers", type=int, metavar="N", help="at most so many")
    parser.add_argument(
        "--stay", action="store_true", help="keep the devices after the last traveller"
    )
    parser.add_argument(
        "--people", type=int, metavar="SEED", help="each is quick or slow in a way of their own"
    )
    _configure_slowness(parser.add_argument_group("how slow the devices are"))
    _configure_kind(parser.add_argument_group("the lane, where the scenario says otherwise"))


def _configure_slowness(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--baud", type=int, default=9600, metavar="N", help="of serial lines")
    group.add_argument("--link-kbit", type=float, metavar="K", help="of the chip's link")
    group.add_argument(
        "--apdu-ms", type=float, default=0.0, metavar="MS", help="that a chip takes beside that"
    )
    group.add_argument(
        "--door-seconds", type=float, default=0.8, metavar="S", help="from closed to open"
    )


def _configure_kind(group: argparse._ArgumentGroup) -> None:
    switch = argparse.BooleanOptionalAction
    group.add_argument("--flow", choices=FLOWS, help="how the lane is laid out")
    group.add_argument("--barrier", choices=sorted(BARRIERS), help="what its controller speaks")
    group.add_argument("--mrz-reader", choices=sorted(MRZ_READERS))
    group.add_argument("--face-light", action=switch, help="a relay for a light on the face")
    group.add_argument(
        "--emergency-input", action=switch, help="the contact on a Modbus board of its own"
    )
    group.add_argument(
        "--signal-lights", action=switch, help="the lamps on a Modbus board of their own"
    )
    group.add_argument(
        "--page-scanner", type=Path, metavar="DIR", help="scan each data page into this folder"
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """A checked wish.

    Args:
        visits: who comes, or whose passports lie there for the page; None for nobody
            until an order comes.
        lane: its kind.
        vpcd: host and port of the virtual chip reader.
        slowness: of everything that is not a person.
        walks: how travellers go; its speed is the motors' as well.
        pki: folder of the PKI; None for a throw-away one.
        pages: folder of scanned pages; None for a throw-away one, if there is a scanner.
        stay: keep the devices after the last traveller.
        page: where the page listens; None for none.
        gate_config: where a gate's settings are to be written; None for nowhere.
        display: where the gate's display is, if that is known.
        seed: of the visits, if they were drawn.

    """

    visits: Sequence[PlannedVisit] | None
    lane: LaneKind
    vpcd: tuple[str, int]
    slowness: Slowness
    walks: Walks
    pki: Path | None
    pages: Path | None
    stay: bool
    page: str | None = None
    gate_config: Path | None = None
    display: str | None = None
    seed: int | None = None

    @property
    def travellers(self) -> tuple[Traveller, ...]:
        """Who comes, or whose passports lie there."""
        return tuple(visit.traveller for visit in self.visits or ())

    def plan(self) -> dict[str, Any]:
        """Return what will happen, as JSON can hold it."""
        visits = [visit.as_json() for visit in self.visits or ()]
        return {
            "seed": self.seed,
            "lane": asdict(self.lane),
            "travellers": [{"index": index, **visit} for index, visit in enumerate(visits)],
        }


def read_wish(arguments: argparse.Namespace) -> Wish:
    """Check ``arguments``; raises BadInput with one line."""
    scenario = _scenario(arguments)
    if not 0 < arguments.speed <= _FASTEST:
        raise BadInput(f"--speed: more than 0, at most {_FASTEST:g}")
    if arguments.display is not None and not arguments.display.startswith(("http://", "https://")):
        raise BadInput("--display: http://...")
    if arguments.page_scanner is not None and not arguments.page_scanner.is_dir():
        raise BadInput(f"--page-scanner {arguments.page_scanner}: no such folder")
    kind = _kind(arguments, LaneKind() if scenario is None else scenario.lane)
    if kind.flow == "segregated" and (arguments.page or arguments.gate_config):
        raise BadInput("--page and --gate-config: for a lane of flow one_step or two_step")
    return Wish(
        None if scenario is None else _visits(arguments, scenario, kind),
        kind,
        _address(arguments.vpcd),
        _slowness(arguments),
        Walks(arguments.speed, arguments.people),
        arguments.pki,
        arguments.page_scanner,
        arguments.stay,
        arguments.page,
        arguments.gate_config,
        arguments.display,
        arguments.seed,
    )


def _scenario(arguments: argparse.Namespace) -> Scenario | None:
    """Return whose travellers come or are drawn from; None for ``--devices-only``."""
    named, devices_only = arguments.scenario is not None, arguments.devices_only
    by_hand, drawn = arguments.page is not None, arguments.seed is not None
    if devices_only + (named or by_hand or drawn) != 1 or (by_hand and drawn):
        raise BadInput("up: name a scenario, or --devices-only, --page or --seed")
    if arguments.travellers is not None and arguments.travellers < 1:
        raise BadInput("--travellers: at least 1")
    if devices_only:
        return None
    if named:
        return load_scenario(arguments.scenario)
    return Scenario(tuple(PlannedVisit(each) for each in people()), LaneKind())


def _visits(
    arguments: argparse.Namespace, scenario: Scenario, kind: LaneKind
) -> tuple[PlannedVisit, ...]:
    visits = scenario.visits[: arguments.travellers]
    if arguments.seed is not None:
        count = arguments.travellers or _USUAL_DRAWN
        visits = draw_plan(arguments.seed, scenario.travellers, kind.breakable, count)
    odd = any(visit != PlannedVisit(visit.traveller) for visit in visits)
    if odd and kind.flow == "segregated":
        raise BadInput("oddities and mishaps: in a lane of flow one_step or two_step")
    scanned = any(visit.traveller.forgery or visit.traveller.damage for visit in visits)
    if scanned and not kind.page_scanner:
        raise BadInput("forgery and damage: in a lane with a page scanner")
    for visit in visits:
        if visit.mishap and visit.mishap.device not in {*kind.breakable, THE_LANE}:
            raise BadInput(f"mishap: this lane has no {visit.mishap.device}")
    return visits


def _kind(arguments: argparse.Namespace, usual: LaneKind) -> LaneKind:
    given = {name: getattr(arguments, name) for name in _KIND_OPTIONS}
    chosen = {name: value for name, value in given.items() if value is not None}
    if arguments.page_scanner is not None:
        chosen["page_scanner"] = True
    return replace(usual, **chosen)


def _slowness(arguments: argparse.Namespace) -> Slowness:
    if not 300 <= arguments.baud <= 4_000_000:
        raise BadInput("--baud: 300 to 4000000")
    if arguments.link_kbit is not None and not 1 <= arguments.link_kbit <= 10_000:
        raise BadInput("--link-kbit: 1 to 10000")
    if not 0 <= arguments.apdu_ms <= 1000:
        raise BadInput("--apdu-ms: 0 to 1000")
    if not 0 <= arguments.door_seconds <= 60:
        raise BadInput("--door-seconds: 0 to 60")
    link = Pace(arguments.link_kbit, arguments.apdu_ms)
    return Slowness(arguments.baud, link, arguments.door_seconds)


def _address(text: str | None) -> tuple[str, int]:
    if text is None:
        return free_address()
    host, _, number = text.rpartition(":")
    if not host or not number.isdecimal() or not 0 < int(number) < 65536:
        raise BadInput("--vpcd: HOST:PORT of a virtual reader, as 127.0.0.1:35963")
    return host, int(number)


def free_address() -> tuple[str, int]:
    """Return a loopback address that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return "127.0.0.1", port
