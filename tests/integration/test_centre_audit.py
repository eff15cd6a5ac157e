"""Whatever is done to what the centre accepted, the audit finds it and names it."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from egate.central.bodies import keys_of
from egate.central.evidence.closing import HeadSigner, close_next
from egate.central.key_ring import Sealed
from egate.central.peers import note_certificate
from egate.cli.main import main
from egate.cli.service_identity import create_authority, issue
from egate.domain.evidence.chain import link_hash_of_digest, signed_message
from egate.observability.logging import logger
from egate.reporting.identity import holder_of
from egate.reporting.station_key import StationKey
from egate.settings import Tls
from tests.centre_harness import GATE, Centre, beside, database_table
from tests.chain_station import Sent, Station

pytestmark = pytest.mark.asyncio(loop_scope="session")
OTHER = "BDDAC-B-07"
DAYS_AGO = """
UPDATE {} SET accepted_at = accepted_at - $1::interval WHERE accepted_at > now() - interval '1 h'
"""


@dataclass
class Audited:
    """A centre whose records are to be audited.

    Args:
        centre: with two days that are over, and one that is not.
        tls: of the centre.
        folder: of settings and heads.

    """

    centre: Centre
    tls: Tls
    folder: Path
    station: Station
    other: Station
    more_settings: str = ""

    async def execute(self, query: str, *arguments: object) -> None:
        done = await self.centre.database.execute(query, *arguments)
        assert not done.endswith(" 0"), f"nothing was changed by {query}"

    async def close_days(self) -> None:
        signer = HeadSigner(StationKey(self.tls), self.tls)
        while await close_next(self.centre.database, signer, logger()):
            pass

    async def day(self, ago: int, of_station: Sequence[int], of_other: Sequence[int]) -> None:
        """Let a day go by, with these records."""
        await self.station.send(self.station.made(*of_station))
        await self.other.send(self.other.made(*of_other))
        for table in ("chain_link", "crossing"):
            await self.execute(DAYS_AGO.format(table), timedelta(days=ago))
        await self.close_days()

    def run(self, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
        """The command's exit code and what it says."""
        config = self.folder / "central.toml"
        tls = "\n".join(
            f'{name} = "{file}"' for name, file in self.tls.model_dump().items() if file
        )
        config.write_text(
            f'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
            f"{database_table(self.centre.address)}[tls]\n{tls}\n{self.more_settings}"
        )
        words = ["audit", "verify", "--config", str(config), "--json", *more]
        capsys.readouterr()  # what was logged before
        code = beside(lambda: main(words))
        return code, json.loads(capsys.readouterr().out)


@pytest_asyncio.fixture(loop_scope="session")
async def audited(centre: Centre, tmp_path: Path) -> Audited:
    await centre.database.execute("TRUNCATE chain_link RESTART IDENTITY")
    stations = Station.at(centre), Station.at(centre, OTHER)
    made = Audited(centre, centre.tls("centre", "dhaka"), tmp_path, *stations)
    await made.day(3, of_station=(1, 2, 3, 4), of_other=(1, 2))
    await made.day(2, of_station=(5, 6), of_other=(3, 4, 5))
    await made.station.send(made.station.made(7))
    return made


async def test_what_is_whole_is_said_to_be(
    audited: Audited, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = audited.run(capsys)
    assert (code, said["breaks"], said["whole"]) == (0, [], True)
    assert (said["records"], said["stations"], said["trees"]) == (12, 2, 2)
    config = str(audited.folder / "central.toml")
    assert beside(lambda: main(["audit", "verify", "--config", config])) == 0
    assert capsys.readouterr().out == "whole: 12 records of 2 stations, 2 trees\n"


async def put_body(audited: Audited, number: int, body: bytes) -> None:
    """Write another body, as somebody who has the keys of the database can."""
    async with audited.centre.database.acquire() as connection:
        keys = keys_of(connection)
        of = "SELECT crossing_id FROM crossing WHERE gate_id = $1 AND gate_seq = $2"
        crossing_id = await connection.fetchval(of, GATE, number)
        sealed = keys.seal(Sealed.CROSSING, crossing_id, body)
        query = "UPDATE crossing SET payload = $1, key_id = $2 WHERE crossing_id = $3"
        await connection.execute(query, sealed, keys.newest, crossing_id)


async def change_a_sealed_record(audited: Audited) -> None:
    await audited.execute(
        "UPDATE crossing SET payload = set_byte(payload, 20, 255 - get_byte(payload, 20))"
        " WHERE gate_id = $1 AND gate_seq = 3",
        GATE,
    )


async def change_a_record(audited: Audited) -> None:
    await put_body(audited, 3, audited.station.record(3) + b"\x18\x03")  # the number again


async def change_a_column(audited: Audited) -> None:
    await audited.execute(
        "UPDATE crossing SET verdict = 1 WHERE gate_id = $1 AND gate_seq = 4", GATE
    )


async def change_a_record_and_its_digest(audited: Audited) -> None:
    changed = audited.station.record(2) + b"\x18\x02"
    await put_body(audited, 2, changed)
    digest = hashlib.sha256(changed).digest()
    await audited.execute(
        "UPDATE chain_link SET digest = $1 WHERE station_id = $2 AND gate_seq = 2", digest, GATE
    )


async def change_a_record_and_its_link(audited: Audited) -> None:
    await change_a_record_and_its_digest(audited)
    row = await audited.centre.database.fetchrow(
        "SELECT * FROM chain_link WHERE station_id = $1 AND gate_seq = 2", GATE
    )
    link = link_hash_of_digest(GATE, 2, row["previous"], row["digest"])
    await audited.execute(
        "UPDATE chain_link SET link = $1 WHERE position = $2", link, row["position"]
    )


async def sign_it_anew(audited: Audited, by: Station) -> None:
    await change_a_record_and_its_link(audited)
    row = await audited.centre.database.fetchrow(
        "SELECT * FROM chain_link WHERE station_id = $1 AND gate_seq = 2", GATE
    )
    signature = by.key.sign(signed_message(row["link"]), ec.ECDSA(hashes.SHA256()))
    await audited.execute(
        "UPDATE chain_link SET signature = $1, key_id = $2 WHERE position = $3",
        *(signature, by.key_id, row["position"]),
    )


async def sign_it_with_another_station_s_key(audited: Audited) -> None:
    await sign_it_anew(audited, audited.other)


async def sign_it_with_a_key_of_a_strange_authority(audited: Audited) -> None:
    folder = audited.folder / "strange"
    create_authority(folder)
    stranger = replace(audited.station, tls=issue(folder, "gate", GATE))
    holder = holder_of(stranger.tls.certificate.read_bytes())
    await note_certificate(audited.centre.database, holder)
    await sign_it_anew(audited, stranger)


async def drop_a_record(audited: Audited) -> None:
    await audited.execute("DELETE FROM crossing WHERE gate_id = $1 AND gate_seq = 5", GATE)


async def drop_a_record_and_its_link(audited: Audited) -> None:
    await drop_a_record(audited)
    await audited.execute("DELETE FROM chain_link WHERE station_id = $1 AND gate_seq = 5", GATE)


async def drop_the_last_of_a_station(audited: Audited) -> None:
    await audited.execute("DELETE FROM crossing WHERE gate_id = $1 AND gate_seq = 5", OTHER)
    await audited.execute("DELETE FROM chain_link WHERE station_id = $1 AND gate_seq = 5", OTHER)


COPY = """
INSERT INTO crossing SELECT (jsonb_populate_record(one, $1::jsonb)).* FROM crossing AS one
WHERE gate_id = $2 AND gate_seq = 4
"""


async def add_a_record(audited: Audited) -> None:
    added = {"crossing_id": "0197f000-0000-7000-8000-00000000ffff", "gate_seq": 8}
    await audited.execute(COPY, json.dumps(added), GATE)


async def add_a_record_under_a_number_that_was_used(audited: Audited) -> None:
    added = {"crossing_id": "0197f000-0000-7000-8000-00000000ffff"}
    await audited.execute(COPY, json.dumps(added), GATE)


async def add_a_record_with_a_link(audited: Audited) -> None:
    """As the centre itself would take it from a station of before."""
    await audited.station.send([Sent(audited.station.record(8), None)])


async def swap_two_records(audited: Audited) -> None:
    await audited.execute(
        "UPDATE crossing SET gate_seq = 5 - gate_seq WHERE gate_id = $1 AND gate_seq IN (2, 3)",
        GATE,
    )
    await audited.execute(
        "UPDATE chain_link SET gate_seq = 5 - gate_seq WHERE station_id = $1"
        " AND gate_seq IN (2, 3)",
        GATE,
    )


async def swap_the_order_of_acceptance(audited: Audited) -> None:
    await audited.centre.database.execute(
        """
        ALTER TABLE chain_link ALTER COLUMN position SET GENERATED BY DEFAULT;
        UPDATE chain_link SET position = -1 WHERE position = 2;
        UPDATE chain_link SET position = 2 WHERE position = 3;
        UPDATE chain_link SET position = 3 WHERE position = -1;
        ALTER TABLE chain_link ALTER COLUMN position SET GENERATED ALWAYS;
        """
    )


async def empty_a_tree(audited: Audited) -> None:
    await audited.execute("UPDATE tree_head SET root = sha256('') WHERE number = 2")


async def forge_heads(audited: Audited, tls: Tls) -> None:
    """Leave out what a station sent last, and make trees and heads that fit."""
    await drop_the_last_of_a_station(audited)
    await audited.execute("DELETE FROM tree_head")
    signer = HeadSigner(StationKey(tls), tls)
    while await close_next(audited.centre.database, signer, logger()):
        pass


async def sign_heads_with_a_gate_s_key(audited: Audited) -> None:
    await forge_heads(audited, audited.station.tls)


async def sign_heads_with_a_key_of_a_strange_authority(audited: Audited) -> None:
    folder = audited.folder / "strange"
    create_authority(folder)
    await forge_heads(audited, issue(folder, "centre", "dhaka"))


async def spoil_a_head_s_signature(audited: Audited) -> None:
    await audited.execute(
        "UPDATE tree_head SET signature = (SELECT signature FROM tree_head WHERE number = 1)"
        " WHERE number = 2"
    )


async def drop_a_tree(audited: Audited) -> None:
    await audited.execute("DELETE FROM tree_head WHERE number = 1")


async def change_the_day_of_a_tree(audited: Audited) -> None:
    await audited.execute("UPDATE tree_head SET day = day - 1 WHERE number = 1")


TREES: dict[Callable[[Audited], Awaitable[None]], tuple[int, str]] = {
    swap_the_order_of_acceptance: (1, "has not the links that were accepted"),
    empty_a_tree: (2, "has not the links that were accepted"),
    drop_the_last_of_a_station: (2, "has not the links that were accepted"),
    sign_heads_with_a_gate_s_key: (1, "signed by a gate, which is no centre"),
    sign_heads_with_a_key_of_a_strange_authority: (
        *(1, "signed with a certificate that is not of our authority"),
    ),
    spoil_a_head_s_signature: (2, "has a head that is not ours: its signature is wrong"),
    drop_a_tree: (1, "is gone"),
    change_the_day_of_a_tree: (1, "does not continue the trees before"),
}
RECORDS: dict[Callable[[Audited], Awaitable[None]], tuple[str, int, str]] = {
    change_a_record: (GATE, 3, "was changed"),
    change_a_sealed_record: (GATE, 3, "was changed"),
    change_a_column: (GATE, 4, "is told otherwise than it came: verdict"),
    change_a_record_and_its_digest: (GATE, 2, "has a link that was changed"),
    change_a_record_and_its_link: (GATE, 2, "has a wrong signature"),
    sign_it_with_another_station_s_key: (
        GATE,
        2,
        "is signed with a key that the station never had",
    ),
    sign_it_with_a_key_of_a_strange_authority: (
        *(GATE, 2),
        "is signed with a key that the station never had",
    ),
    drop_a_record: (GATE, 5, "is gone: it was accepted"),
    drop_a_record_and_its_link: (GATE, 5, "is not here"),
    add_a_record: (GATE, 8, "was added: it was never accepted"),
    add_a_record_under_a_number_that_was_used: (GATE, 4, "was added: it was never accepted"),
    add_a_record_with_a_link: (GATE, 8, "has no link, and those before have"),
    swap_two_records: (GATE, 2, "is told otherwise than it came: gate_seq"),
}


@pytest.mark.parametrize("tamper", RECORDS, ids=lambda each: each.__name__)
async def test_the_first_record_that_is_not_as_it_was_is_named(
    audited: Audited,
    capsys: pytest.CaptureFixture[str],
    tamper: Callable[[Audited], Awaitable[None]],
) -> None:
    await tamper(audited)
    code, said = audited.run(capsys)
    assert (code, said["whole"]) == (1, False)
    station, number, what = RECORDS[tamper]
    assert said["breaks"][0] == {"station": station, "number": number, "what": what}


@pytest.mark.parametrize("tamper", TREES, ids=lambda each: each.__name__)
async def test_the_first_tree_that_is_not_as_it_was_is_named(
    audited: Audited,
    capsys: pytest.CaptureFixture[str],
    tamper: Callable[[Audited], Awaitable[None]],
) -> None:
    await tamper(audited)
    code, said = audited.run(capsys)
    assert (code, said["whole"]) == (1, False)
    number, what = TREES[tamper]
    assert said["breaks"][0]["tree"] == number
    assert said["breaks"][0]["what"].endswith(what)


async def test_what_somebody_with_the_centre_s_key_did_is_found_by_a_head_that_was_kept(
    audited: Audited, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audited.run(capsys)[0] == 0
    config = str(audited.folder / "central.toml")
    assert beside(lambda: main(["audit", "head", "--config", config])) == 0
    kept = audited.folder / "kept.json"
    kept.write_text(capsys.readouterr().out)
    assert audited.run(capsys, "--head", str(kept))[0] == 0
    await forge_heads(audited, audited.tls)
    assert audited.run(capsys)[0] == 0
    code, said = audited.run(capsys, "--head", str(kept))
    assert code == 1
    assert said["breaks"] == [{"tree": 2, "what": "is not the one whose head was kept"}]
    await audited.execute("DELETE FROM tree_head WHERE number = 2")
    _, said = audited.run(capsys, "--head", str(kept))
    assert said["breaks"] == [{"tree": 2, "what": "is gone, and its head was kept"}]


@pytest.mark.parametrize(
    ("days", "records", "trees"),
    [
        (("--from", 2), 6, 1),
        (("--to", 3), 6, 1),
        (("--to", 2), 11, 2),
        (("--from", 3, "--to", 3), 6, 1),
        (("--from", 1), 1, 0),
        (("--to", 9), 0, 0),
    ],
)
async def test_some_days_alone(
    audited: Audited,
    capsys: pytest.CaptureFixture[str],
    days: tuple[str | int, ...],
    records: int,
    trees: int,
) -> None:
    today = await audited.centre.database.fetchval("SELECT (now() AT TIME ZONE 'UTC')::date")
    words = [str(today - timedelta(days=each)) if isinstance(each, int) else each for each in days]
    code, said = audited.run(capsys, *words)
    assert (code, said["records"], said["trees"]) == (0, records, trees)


async def test_a_record_that_went_when_its_time_was_over_is_counted_and_no_break(
    audited: Audited, capsys: pytest.CaptureFixture[str]
) -> None:
    await audited.day(40, (8, 9), (6,))
    await audited.execute("DELETE FROM crossing WHERE gate_id = $1 AND gate_seq = 8", GATE)
    assert audited.run(capsys)[1]["breaks"] == [
        {"station": GATE, "number": 8, "what": "is gone: it was accepted"}
    ]
    audited.more_settings = "[retention]\ncrossings = 30\n"
    code, said = audited.run(capsys)
    assert (code, said["gone"], said["breaks"]) == (0, 1, [])
    await audited.execute("DELETE FROM crossing WHERE gate_id = $1 AND gate_seq = 6", GATE)
    assert audited.run(capsys)[1]["breaks"] == [
        {"station": GATE, "number": 6, "what": "is gone: it was accepted"}
    ]


async def test_a_change_on_another_day_is_not_seen(
    audited: Audited, capsys: pytest.CaptureFixture[str]
) -> None:
    await change_a_record(audited)  # on the first day
    today = await audited.centre.database.fetchval("SELECT (now() AT TIME ZONE 'UTC')::date")
    second = str(today - timedelta(days=2))
    assert audited.run(capsys, "--from", second)[0] == 0
    assert audited.run(capsys, "--to", second)[0] == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"number": "1"}', b"[" * 10_000])
async def test_a_file_that_is_no_head(
    audited: Audited, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    audited.run(capsys)
    kept = audited.folder / "kept.json"
    kept.write_bytes(content)
    config = str(audited.folder / "central.toml")
    words = ["audit", "verify", "--config", config, "--head", str(kept)]
    assert beside(lambda: main(words)) == 2
    assert str(kept) in capsys.readouterr().err


async def test_there_is_no_head_before_a_day_is_over(
    centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stations = Station.at(centre), Station.at(centre, OTHER)
    empty = Audited(centre, centre.tls("centre", "dhaka"), tmp_path, *stations)
    assert empty.run(capsys)[1] | {"head": None} == {
        "whole": True,
        "records": 0,
        "gone": 0,
        "stations": 0,
        "trees": 0,
        "breaks": [],
        "count": 0,
        "head": None,
    }
    config = str(tmp_path / "central.toml")
    assert beside(lambda: main(["audit", "head", "--config", config])) == 1
