"""A console's audit log that was written anew is named by the heads that the centre has of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from grpc import aio

from egate.central.alarms import open_alarms
from egate.cli.main import main
from egate.cli.service_identity import issue
from egate.console.audit.acts import AuditAct
from egate.console.audit.heads import keep_heads
from egate.console.audit.log import FILE_NAME, AuditLog
from egate.domain.evidence.audit_head import AuditHead
from egate.domain.time import UtcSeconds
from egate.ports.reporting import CentreUnavailable
from egate.reporting import credentials
from egate.reporting.audit_head_client import AuditHeadClient
from egate.reporting.channel import open_channel
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.reporting.station_key import StationKey
from egate.settings import Tls
from egate.wire.v1 import audit_head_pb2 as wire
from egate.wire.v1 import audit_head_pb2_grpc as wire_grpc
from tests.centre_harness import Centre
from tests.conftest import ROOT
from tests.station_keys import KeyOfTests

pytestmark = pytest.mark.asyncio(loop_scope="session")
CONSOLE = "hall-1"
REWRITTEN = ("audit_log_rewritten", CONSOLE)


@asynccontextmanager
async def client_of(centre: Centre, tls: Tls | None = None) -> AsyncIterator[AuditHeadClient]:
    tls = tls or centre.tls("console", CONSOLE)
    link = Link(centre.at.grpc, tls, Role.CENTRE)
    yield AuditHeadClient(link, StationKey(tls))
    await link.close()


def head(number: int, content: int = 0) -> AuditHead:
    return AuditHead(number, bytes([content or number]) * 32)


async def alarms(centre: Centre) -> list[tuple[str, str]]:
    return [(each.kind, each.subject) for each in await open_alarms(centre.database)]


async def test_heads_are_kept_and_one_that_comes_again_changes_nothing(centre: Centre) -> None:
    async with client_of(centre) as client:
        assert (await client.kept()).log == 0
        for number in (1, 5, 5, 9):
            await client.put(head(number))
        kept = await client.kept()
    assert (kept.log, dict(kept.heads)) == (1, {n: bytes([n]) * 32 for n in (1, 5, 9)})
    assert await alarms(centre) == []


@pytest.mark.parametrize("anew", [head(3), head(9, content=1)])
async def test_a_log_that_was_put_back_or_changed_is_told_and_both_stay(
    centre: Centre, anew: AuditHead
) -> None:
    async with client_of(centre) as client:
        await client.put(head(5))
        await client.put(head(9))
        await client.put(anew)
        await client.put(anew)
        assert await alarms(centre) == [REWRITTEN]
        kept = await client.kept()
    assert (kept.log, dict(kept.heads)) == (2, {anew.number: anew.digest})
    assert await centre.database.fetchval("SELECT count(*) FROM audit_head") == 3


async def test_more_heads_than_one_answer_has_are_asked_for_page_by_page(centre: Centre) -> None:
    await centre.database.execute(
        "INSERT INTO audit_head (console_id, log, number, digest, signature, key_id)"
        " SELECT $1, 1, number, sha256('x'), '', '' FROM generate_series(1, 2500) number",
        CONSOLE,
    )
    async with client_of(centre) as client:
        assert (await client.kept()).heads.keys() == set(range(1, 2501))


async def refusal(centre: Centre, tls: Tls, sent: wire.AuditHead) -> aio.AioRpcError:
    secret = credentials.load(tls)
    async with open_channel(centre.at.grpc, secret, Role.CENTRE) as channel:
        stub = wire_grpc.AuditHeadServiceStub(channel)
        with pytest.raises(aio.AioRpcError) as caught:
            await stub.PutAuditHead(wire.PutAuditHeadRequest(head=sent), timeout=5)
    return caught.value


async def test_a_head_that_another_key_signed_is_refused(centre: Centre) -> None:
    forged = KeyOfTests().sign(head(1).signed_message())
    for signature in (forged, b"", b"x" * 99):
        sent = wire.AuditHead(number=1, digest=head(1).digest, signature=signature)
        fault = await refusal(centre, centre.tls("console", CONSOLE), sent)
        assert fault.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert "not signed with the key of your certificate" in (fault.details() or "")
    assert await centre.database.fetchval("SELECT count(*) FROM audit_head") == 0


@pytest.mark.parametrize(
    ("number", "digest"), [(0, bytes(32)), (2**63, bytes(32)), (1, b""), (1, bytes(33))]
)
async def test_what_is_no_head_is_refused(centre: Centre, number: int, digest: bytes) -> None:
    sent = wire.AuditHead(number=number, digest=digest)
    fault = await refusal(centre, centre.tls("console", CONSOLE), sent)
    assert fault.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_only_a_console_has_a_log_and_sees_its_own(centre: Centre) -> None:
    sent = wire.AuditHead(number=1, digest=bytes(32))
    fault = await refusal(centre, centre.tls(), sent)
    assert fault.code() is grpc.StatusCode.PERMISSION_DENIED
    async with client_of(centre) as client:
        await client.put(head(1))
    async with client_of(centre, centre.tls("console", "hall-2")) as other:
        assert (await other.kept()).heads == {}


class Ended(Exception):
    pass


@dataclass
class Keeper:
    """Keeps heads, or is away."""

    kept: list[int]
    is_away: bool = False

    async def put(self, head: AuditHead) -> None:
        if self.is_away:
            raise CentreUnavailable("away")
        self.kept.append(head.number)


def turns(*steps: Callable[[], None]) -> Callable[[float], Awaitable[None]]:
    """A sleep in which the steps happen, one each time; after the last it is cancelled."""
    left = list(steps)

    async def sleep(seconds: float) -> None:
        assert seconds == 600
        if not left:
            raise Ended
        left.pop(0)()

    return sleep


async def test_a_console_sends_a_new_head_in_time_and_the_last_one_when_it_ends(
    tmp_path: Path,
) -> None:
    keeper = Keeper([])
    with closing(AuditLog(tmp_path / FILE_NAME, lambda: UtcSeconds(1.7e9))) as log:

        def noted() -> None:
            log.note("officer-1", AuditAct.LOG_OUT)

        def away() -> None:
            keeper.is_away = True
            noted()

        def back() -> None:
            keeper.is_away = False

        def last() -> None:
            back()
            noted()

        with pytest.raises(Ended):
            await keep_heads(log, keeper, sleep=turns(noted, lambda: None, away, back))
        assert keeper.kept == [1, 2]
        away()
        with pytest.raises(Ended):
            # What is noted in the last moment is sent after it.
            await keep_heads(log, keeper, sleep=turns(last))
        assert keeper.kept == [1, 2, 4]


@dataclass
class Desk:
    """A console on the disk, and its centre."""

    centre: Centre
    folder: Path
    tls: Tls

    def log(self, *officers: str) -> None:
        with closing(AuditLog(self.folder / FILE_NAME, lambda: UtcSeconds(1.7e9))) as log:
            for officer in officers:
                log.note(officer, AuditAct.RECORD_SEEN)

    async def send(self) -> None:
        with closing(AuditLog(self.folder / FILE_NAME, lambda: UtcSeconds(1.7e9))) as log:
            found = log.head()
        assert found
        async with client_of(self.centre, self.tls) as client:
            await client.put(found)

    async def verify(self) -> int:
        file = self.folder / "console.toml"
        text = (ROOT / "config" / "console.toml").read_text()
        text = text.replace("/var/lib/egate/console", str(self.folder)).partition("[tls]")
        table = "".join(f'{name} = "{value}"\n' for name, value in self.tls if value)
        lanes = text[2].partition("[[gates]]")
        file.write_text(
            f"{text[0]}[tls]\n{table}\n{''.join(lanes[1:])}\n"
            f'[centre]\naddress = "{self.centre.at.grpc}"\n'
        )
        return await asyncio.to_thread(main, ["console", "audit", "verify", "--config", str(file)])


@pytest.fixture
def desk(centre: Centre, tmp_path: Path) -> Desk:
    made = Desk(centre, tmp_path, centre.tls("console", CONSOLE))
    made.log("farida", "kamal", "nasrin")
    return made


async def test_a_log_that_was_written_anew_is_named_by_its_row(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    await desk.send()
    desk.log("rokeya")
    assert await desk.verify() == 0
    (desk.folder / FILE_NAME).unlink()
    desk.log("farida", "nobody", "nasrin", "rokeya", "rokeya")
    assert await desk.verify() == 1
    assert "BROKEN: row 3 is not the one that was expected" in capsys.readouterr().out


async def test_a_log_that_was_cut_short_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    await desk.send()
    (desk.folder / FILE_NAME).unlink()
    desk.log("farida")
    assert await desk.verify() == 1
    assert "row 3 was expected and is missing" in capsys.readouterr().out
    await desk.send()  # the console goes on with it
    assert await alarms(desk.centre) == [REWRITTEN]
    assert await desk.verify() == 0
    assert "an earlier log of this console broke off" in capsys.readouterr().out


async def test_without_the_centre_a_whole_log_is_not_called_proven(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.tls = issue(desk.centre.pki, "console", "never-enrolled")
    assert await desk.verify() == 3
    said = capsys.readouterr()
    assert "whole: rows 1 to 3" in said.out
    assert "not compared with the centre" in said.err
