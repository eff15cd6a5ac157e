"""``egate audit``: whether what was recorded is still there, as it was recorded."""

import argparse
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from egate.central.database import Pool
from egate.central.evidence.audit import Findings, Question, audit
from egate.central.evidence.station_walk import Break
from egate.central.evidence.trees import closed_trees
from egate.cli.audit_station import chain_of, verify_station
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.day import parse_day
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.reporting.tree_heads import HeadRefused, SignedHead
from egate.settings import Tls


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = commands.add_parser(
        "verify",
        help="whether no record was changed, dropped or added; of a centre, a gate or a desk",
        description="Go through all records that the centre accepted, the chains and signatures of"
        " the stations, the trees and heads of the days, and say whether all is as it was"
        " accepted, and what is the first that is not; the centre may run meanwhile. Nothing"
        " personal is printed. Exit code 1: something is not. With the settings of a gate or"
        " of a console with a desk: the chain on its own disk.",
    )
    add_config(verify)
    verify.add_argument(
        "--from", dest="first", metavar="DAY", help="first day of acceptance, in UTC"
    )
    verify.add_argument("--to", dest="last", metavar="DAY", help="last day of acceptance, in UTC")
    verify.add_argument(
        "--head",
        type=Path,
        metavar="FILE",
        help="a head that was kept elsewhere, as 'audit head' prints it: tells also what somebody"
        " with the centre's own key has changed",
    )
    verify.add_argument("--json", action="store_true", help="as one JSON document")
    verify.set_defaults(run=_verify)
    head = commands.add_parser(
        "head",
        help="print the newest head, to keep it elsewhere",
        description="Print the newest signed head as JSON, to keep it where nobody of the centre"
        " can change it. Exit code 1: no day is over yet.",
    )
    add_config(head)
    head.set_defaults(run=_head)


def _verify(arguments: argparse.Namespace) -> int:
    if (chain := chain_of(arguments.config)) is not None:
        return verify_station(chain, arguments)
    settings = settings_of(arguments)
    authorities = _authorities(settings.tls)
    kept = _kept(arguments.head, authorities) if arguments.head else None
    first, last = (
        None if day is None else parse_day(day) for day in (arguments.first, arguments.last)
    )
    keep = timedelta(days=settings.retention.crossings)
    question = Question(authorities, keep, first, last, kept)

    async def ask(pool: Pool) -> Findings:
        return await audit(pool, question)

    found = asked(settings, ask)
    if arguments.json:
        print_json(_as_json(found))
    else:
        _print(found)
    return 1 if found.count else 0


def _head(arguments: argparse.Namespace) -> int:
    async def ask(pool: Pool) -> SignedHead | None:
        closed = await closed_trees(pool)
        return closed[-1].signed if closed else None

    newest = asked(settings_of(arguments), ask)
    if newest is None:
        return 1
    print_json(newest.as_json())
    return 0


def _print(found: Findings) -> None:
    seen = f"{found.records} records of {found.stations} stations, {found.trees} trees"
    if not found.count:
        print(f"whole: {seen}")
        return
    print(f"BROKEN: {found.breaks[0]}")
    for each in found.breaks[1:]:
        print(f"        {each}")
    print(f"{found.count} in all; looked at {seen}")


def _as_json(found: Findings) -> dict[str, object]:
    return {
        "whole": not found.count,
        "records": found.records,
        "gone": found.gone,
        "stations": found.stations,
        "trees": found.trees,
        "breaks": [_break_as_json(each) for each in found.breaks],
        "count": found.count,
        "head": found.newest.as_json() if found.newest else None,
    }


def _break_as_json(found: Break) -> dict[str, object]:
    place = (
        {"station": found.station_id, "number": found.gate_seq}
        if found.station_id
        else {"tree": found.gate_seq}
    )
    return place | {"what": found.what}


def _authorities(tls: Tls) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(tls.ca.read_bytes())
    except OSError as error:
        raise BadInput(f"{tls.ca}: {error.strerror}") from error
    except ValueError:
        raise BadInput(f"{tls.ca}: no PEM certificate") from None


def _kept(file: Path, authorities: list[x509.Certificate]) -> SignedHead:
    try:
        kept = SignedHead.from_file(file)
        kept.check(authorities)
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error
    except HeadRefused as refused:
        raise BadInput(f"{file}: {refused}") from refused
    return kept
