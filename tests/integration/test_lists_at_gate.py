"""A gate's lists: asked about travellers, fetched from a centre, and old when nobody answers."""

import asyncio
import datetime as dt
import io
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from egate.domain.policy.list_limits import ListLimits, NameLimits
from egate.domain.record import Direction
from egate.domain.session.flow import Condition
from egate.lists.errors import ListRefused
from egate.lists.freshness import Freshness, sign_freshness
from egate.lists.kinds import ListAction, ListKind
from egate.lists.listed_person import ListedPerson
from egate.observability.logging import configure_logging
from egate.ports.case_hits import HitMatch
from egate.ports.lists import OfferedList
from tests.gate_lists import LISTED, REQUIRED, Gate, Offers, Times, gate_of, until
from tests.gate_samples import DOCUMENT, POLICY, SESSION_ID
from tests.list_samples import KEY, SIGNER, document, of_persons, row

LOST, OFFLOAD, BAN = ListKind.LOST_STOLEN_DOC, ListKind.OFFLOAD, ListKind.EXIT_BAN
CLEAR = ("SUCCESSFUL", "")
DEAD = {"kind": LOST, "valid_to": None, "direction": None}
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@pytest.fixture
def offers(tmp_path: Path) -> Offers:
    made = Offers(tmp_path / "made", Times())
    made.publish_all()
    return made


@pytest.fixture
async def gate(tmp_path: Path, offers: Offers) -> AsyncIterator[Gate]:
    async with gate_of(tmp_path / "gate", offers) as made:
        yield made


async def test_who_is_on_no_list_is_cleared_and_the_record_says_by_which_versions(
    gate: Gate,
) -> None:
    assert await gate.check() == {"DOCUMENT_STATUS": CLEAR, "WATCHLIST": CLEAR}
    assert gate.lists.conditions() == set()
    assert gate.lists.hits(SESSION_ID) == ()


async def test_an_offload_reaches_the_gate_by_one_poll_and_stops_the_traveller(
    gate: Gate, offers: Offers
) -> None:
    gate.times.pass_by(15)
    offers.publish(OFFLOAD, row("A0123456"))
    assert (await gate.check())["WATCHLIST"] == CLEAR
    await gate.polled()
    assert await gate.check() == {
        "DOCUMENT_STATUS": CLEAR,
        "WATCHLIST": ("FAILED", "OFFLOAD 2: E-1"),
    }
    (hit,) = gate.lists.hits(SESSION_ID)
    assert (hit.list_name, hit.version, hit.action) == ("OFFLOAD", 2, "REFER_SILENT")
    assert (hit.legal_basis, hit.instruction) == (
        "Emigration Act 1982 s. 7",
        "call the duty officer",
    )
    assert "Emigration" not in repr(hit)
    gate.lists.keep_only(SESSION_ID)
    assert gate.lists.hits(SESSION_ID)
    gate.lists.keep_only(None)
    assert gate.lists.hits(SESSION_ID) == ()


async def test_a_lost_document_is_dead_in_both_directions(gate: Gate, offers: Offers) -> None:
    gate.times.pass_by(1)
    offers.publish(LOST, row("A-0123456", **DEAD))
    await gate.polled()
    for direction in Direction:
        found = await gate.check(direction=direction)
        assert found["DOCUMENT_STATUS"] == ("FAILED", "LOST_STOLEN_DOC 2: E-1")
        assert found["WATCHLIST"] == CLEAR
    assert (await gate.check(DOCUMENT))["DOCUMENT_STATUS"] == CLEAR


async def test_an_entry_for_the_other_direction_stops_nobody(gate: Gate, offers: Offers) -> None:
    gate.times.pass_by(1)
    offers.publish(BAN, row("A0123456", kind=BAN))
    await gate.polled()
    assert (await gate.check(direction=Direction.ENTRY))["WATCHLIST"] == CLEAR
    assert (await gate.check(direction=Direction.EXIT))["WATCHLIST"][0] == "FAILED"


async def test_the_day_of_an_entry_is_the_day_at_the_border_crossing_point(
    tmp_path: Path,
) -> None:
    begins = dt.date(2026, 11, 23)  # six hours ahead of UTC
    for hour, outcome in ((17, "SUCCESSFUL"), (18, "FAILED")):
        at = dt.datetime(2026, 11, 22, hour, 30, tzinfo=dt.UTC)
        offers = Offers(tmp_path / f"made-{hour}", Times(at))
        offers.publish_all()
        offers.publish(OFFLOAD, row("A0123456", valid_from=begins))
        async with gate_of(tmp_path / f"gate-{hour}", offers) as gate:
            assert (await gate.check())["WATCHLIST"][0] == outcome


async def test_what_the_officer_shall_only_read_stops_nobody(gate: Gate, offers: Offers) -> None:
    gate.times.pass_by(1)
    for kind in (BAN, ListKind.INFO):
        offers.publish(kind, row("A0123456", kind=kind, action=ListAction.INFO))
    await gate.polled()
    assert (await gate.check())["WATCHLIST"] == CLEAR
    assert [each.list_name for each in gate.lists.hits(SESSION_ID)] == ["EXIT_BAN", "INFO"]


async def test_a_person_is_found_by_name_and_date_of_birth_with_another_document(
    gate: Gate, offers: Offers
) -> None:
    gate.times.pass_by(1)
    whole = ListedPerson(("ERIKSSON ANNA MARIA",), "1974-08-12", "UTO")
    alike = ListedPerson(("ERICSSON ANA MARIA", "SVENSSON ANNA"), "1974-08-12")
    other = ListedPerson(("ERIKSSON KARIN",), "1971-01-30")
    offers.publish(BAN, of_persons("E-1", whole, kind=BAN), of_persons("E-3", other, kind=BAN))
    offers.publish(ListKind.WANTED, of_persons("E-2", alike, kind=ListKind.WANTED))
    await gate.polled()
    assert await gate.check() == {
        "DOCUMENT_STATUS": CLEAR,
        "WATCHLIST": ("FAILED", "EXIT_BAN 2: E-1, WANTED 2: E-2"),
    }
    exact, like = gate.lists.hits(SESSION_ID)
    assert (exact.match, exact.action, exact.score) == (HitMatch.NAME, "REFER_SILENT", 1.0)
    assert (like.match, like.action) == (HitMatch.LIKE_NAME, "REFER")
    assert like.persons[0].names == alike.names
    assert len(like.revision) == 16
    assert "ANNA" not in repr((exact, like))


async def test_the_policy_says_how_alike_names_are(tmp_path: Path, offers: Offers) -> None:
    alike = ListedPerson(("ERICSSON ANA MARIA",), "1974-08-12")
    offers.publish(BAN, of_persons("E-1", alike, kind=BAN))
    strict = replace(POLICY, lists=ListLimits(names=NameLimits(exact=1.0)))
    for policy, outcome in ((POLICY, "FAILED"), (strict, "SUCCESSFUL")):
        async with gate_of(tmp_path / "gate", offers, policy=policy) as gate:
            assert (await gate.check())["WATCHLIST"][0] == outcome


async def test_a_name_that_cannot_be_compared_clears_nobody_and_hides_no_document(
    gate: Gate, offers: Offers
) -> None:
    gate.times.pass_by(1)
    offers.publish(OFFLOAD, row("A0123456"), of_persons("E-2", ListedPerson(("SOMEBODY ELSE",))))
    await gate.polled()
    nameless = replace(LISTED, primary_identifier="", secondary_identifier="")
    assert (await gate.check(nameless))["WATCHLIST"] == ("FAILED", "OFFLOAD 2: E-1")
    other = replace(nameless, document_number="B7654321")
    assert (await gate.check(other))["WATCHLIST"][0] == "UNDETERMINED"


async def test_a_document_that_no_list_can_have_is_undetermined(gate: Gate) -> None:
    found = await gate.check(replace(LISTED, document_number="<<<"))
    assert {outcome for outcome, _ in found.values()} == {"UNDETERMINED"}
    assert "A0123456" not in str(found)


async def test_a_list_that_is_absent_leaves_only_its_own_check_undetermined(
    tmp_path: Path,
) -> None:
    offers = Offers(tmp_path / "made", Times())
    offers.publish_all([kind for kind in ListKind if kind not in (OFFLOAD, ListKind.SLTD)])
    required = REQUIRED - {ListKind.SLTD}
    async with gate_of(tmp_path / "gate", offers, required=required) as gate:
        assert await gate.check() == {
            "DOCUMENT_STATUS": CLEAR,
            "WATCHLIST": ("UNDETERMINED", "OFFLOAD: no version of this list is here"),
        }
        assert gate.lists.conditions() == {Condition.LISTS_UNUSABLE}
        assert (gate.version(OFFLOAD), gate.age(OFFLOAD)) == (0, None)
        gate.times.pass_by(1)
        offers.publish(BAN, row("A0123456", kind=BAN))
        await gate.polled()
        assert (await gate.check())["WATCHLIST"] == ("FAILED", "EXIT_BAN 2: E-1")
        offers.publish(OFFLOAD)
        await gate.polled()
        await gate.polled()
        assert gate.lists.conditions() == set()
        await until(lambda: gate.pauses == [1.0, 1.0, 1.0, 15.0])


async def test_a_check_for_which_no_list_is_required_clears_nobody(
    tmp_path: Path, offers: Offers
) -> None:
    async with gate_of(tmp_path / "gate", offers, required=frozenset({BAN})) as gate:
        assert await gate.check() == {
            "DOCUMENT_STATUS": ("UNDETERMINED", "no list is required for it"),
            "WATCHLIST": CLEAR,
        }


async def test_while_the_centre_is_away_lists_grow_stale_old_and_unusable(
    gate: Gate, offers: Offers
) -> None:
    offers.away = True
    for seconds, condition in (
        (14 * MINUTE, set()),
        (2 * MINUTE, {Condition.LISTS_STALE}),
        (2 * HOUR, {Condition.LISTS_OLD}),
        (22 * HOUR, {Condition.LISTS_UNUSABLE}),
    ):
        gate.times.pass_by(seconds)
        await gate.polled()
        assert gate.lists.conditions() == condition
    assert (await gate.check())["WATCHLIST"][0] == "UNDETERMINED"
    assert gate.age(BAN) == 24 * HOUR + 16 * MINUTE
    offers.away = False
    await gate.polled()
    assert gate.lists.conditions() == set()
    assert (await gate.check())["WATCHLIST"] == CLEAR
    assert gate.version(BAN) == 1


async def test_ages_survive_a_restart(tmp_path: Path, offers: Offers) -> None:
    async with gate_of(tmp_path / "gate", offers) as gate:
        gate.times.pass_by(10 * MINUTE)
        await gate.polled()
    offers.away = True
    offers.times.pass_by(14 * MINUTE)
    async with gate_of(tmp_path / "gate", offers) as gate:
        assert gate.age(BAN) == 14 * MINUTE
        assert gate.lists.conditions() == set()


async def test_a_clock_that_is_set_back_makes_no_list_young(gate: Gate, offers: Offers) -> None:
    offers.away = True
    gate.times.pass_by(20 * MINUTE)
    gate.times.utc -= 18 * MINUTE
    assert gate.age(BAN) == 20 * MINUTE
    assert gate.lists.conditions() == {Condition.LISTS_STALE}
    gate.times.utc -= DAY
    assert gate.age(BAN) is None
    assert gate.lists.conditions() == {Condition.LISTS_UNUSABLE}


async def test_a_version_whose_time_is_over_is_not_used(tmp_path: Path) -> None:
    offers = Offers(tmp_path / "made", Times())
    for kind in ListKind:
        offers.publish(kind, valid=dt.timedelta(hours=1))
    async with gate_of(tmp_path / "gate", offers) as gate:
        gate.times.pass_by(HOUR)
        assert gate.lists.conditions() == {Condition.LISTS_UNUSABLE}
        assert (await gate.check())["WATCHLIST"] == (
            "UNDETERMINED",
            "; ".join(
                f"{kind}: version 1: expired"
                for kind in ListKind
                if kind in REQUIRED - {LOST, ListKind.SLTD}
            ),
        )


async def test_behind_a_spoilt_version_the_last_good_one_is_in_use_and_stale(
    tmp_path: Path, offers: Offers
) -> None:
    async with gate_of(tmp_path / "gate", offers) as gate:
        gate.times.pass_by(15)
        offers.publish(OFFLOAD, row("A0123456"))
        await gate.polled()
    (tmp_path / "gate" / OFFLOAD / f"{2:016}" / "documents").write_bytes(b"spoilt")
    offers.away = True
    async with gate_of(tmp_path / "gate", offers) as gate:
        assert gate.version(OFFLOAD) == 1
        assert "not the one that was signed" in gate.trouble(OFFLOAD)
        assert gate.lists.conditions() == {Condition.LISTS_STALE}
        assert (await gate.check())["WATCHLIST"] == CLEAR
        offers.away = False
        await gate.polled()
        assert (gate.version(OFFLOAD), gate.trouble(OFFLOAD)) == (2, "")
        assert gate.lists.conditions() == set()
        assert (await gate.check())["WATCHLIST"][0] == "FAILED"


@pytest.mark.parametrize(
    ("version", "minutes", "reason"),
    [(1, -10, "older than what is here"), (1, 10, "made in the future")],
)
async def test_a_statement_of_another_time_is_not_believed(
    gate: Gate, offers: Offers, version: int, minutes: int, reason: str
) -> None:
    gate.times.pass_by(16 * MINUTE)
    await gate.polled()
    at = gate.times.now + dt.timedelta(minutes=minutes)
    raw = sign_freshness(Freshness(BAN, version, at), SIGNER)
    offers.instead[BAN] = OfferedList(BAN, raw, ())
    gate.times.pass_by(MINUTE)
    await gate.polled()
    assert reason in gate.trouble(BAN)
    assert gate.age(BAN) == MINUTE
    assert gate.trouble(OFFLOAD) == ""


async def test_a_forged_statement_is_an_alarm_and_proves_nothing(
    gate: Gate, offers: Offers
) -> None:
    log = io.StringIO()
    configure_logging(log)
    good = offers.freshness(BAN, 1)
    forged = good.replace(b'"version":1', b'"version":9')
    offers.instead[BAN] = OfferedList(BAN, forged, ())
    gate.times.pass_by(16 * MINUTE)
    for _ in range(3):
        await gate.polled()
    assert gate.trouble(BAN) == "freshness: not signed by the pinned signer"
    assert gate.lists.conditions() == {Condition.LISTS_STALE}
    assert log.getvalue().count("list refused") == 1
    del offers.instead[BAN]
    await gate.polled()
    assert gate.trouble(BAN) == ""
    assert gate.lists.conditions() == set()


async def test_a_forged_or_older_version_is_never_taken(gate: Gate, offers: Offers) -> None:
    gate.times.pass_by(1)
    old = offers.offer(OFFLOAD, 0)
    offers.publish(OFFLOAD, row("A0123456"))
    await gate.polled()
    newest = offers.offer(OFFLOAD, 1)
    offers.publish(OFFLOAD, row("B7654321"))
    for manifests, reason in (
        (old.manifests, "version 1: version 2 was taken in before"),
        (newest.manifests, "version 2: version 2 is in use"),
        ((offers.offer(OFFLOAD, 2).manifests[0].replace(b"OFF", b"OFE"),), "not signed"),
        ((b"",), "malformed"),
    ):
        offers.instead[OFFLOAD] = OfferedList(OFFLOAD, b"", manifests)
        await gate.polled()
        assert reason in gate.trouble(OFFLOAD)
        assert gate.version(OFFLOAD) == 2
    assert (await gate.check())["WATCHLIST"][0] == "FAILED"


async def test_files_that_are_not_what_was_signed_are_thrown_away(
    gate: Gate, offers: Offers
) -> None:
    gate.times.pass_by(1)
    place = offers.publish(OFFLOAD, row("A0123456")) / "delta" / "entries"
    whole = place.read_bytes()
    place.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    await gate.polled()
    assert "not the one that was signed" in gate.trouble(OFFLOAD)
    assert gate.version(OFFLOAD) == 1
    place.write_bytes(whole)
    await gate.polled()
    assert (gate.version(OFFLOAD), gate.trouble(OFFLOAD)) == (2, "")


async def test_a_version_goes_on_where_the_line_broke(tmp_path: Path, offers: Offers) -> None:
    offers.publish(OFFLOAD, row("A0123456"))
    offers.parts_left = 2 * len(ListKind) - 3
    async with gate_of(tmp_path / "gate", offers):
        assert len(offers.parts) == 2 * len(ListKind) - 3
    offers.parts_left = None
    async with gate_of(tmp_path / "gate", offers) as gate:
        assert len(offers.parts) == 2 * len(ListKind)
        assert len({(each.name, each.file) for each in offers.parts}) == 2 * len(ListKind)
        assert (await gate.check())["WATCHLIST"][0] == "FAILED"


async def test_a_full_disk_is_a_trouble_of_the_list_and_not_the_end(
    gate: Gate, offers: Offers, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.times.pass_by(1)
    offers.publish(OFFLOAD, row("A0123456"))

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        await gate.polled()
        assert "No space left on device" in gate.trouble(OFFLOAD)
        assert gate.version(OFFLOAD) == 1
        assert (await gate.check())["WATCHLIST"] == CLEAR
    await gate.polled()
    assert (gate.version(OFFLOAD), gate.trouble(OFFLOAD)) == (2, "")


async def test_a_folder_that_cannot_be_used_leaves_the_lane_without_lists(
    tmp_path: Path, offers: Offers
) -> None:
    (tmp_path / "gate").write_text("not a folder")
    async with gate_of(tmp_path / "gate", offers) as gate:
        assert gate.lists.conditions() == {Condition.LISTS_UNUSABLE}
        assert {outcome for outcome, _ in (await gate.check()).values()} == {"UNDETERMINED"}
        assert "Not a directory" in gate.trouble(OFFLOAD)


async def test_a_disk_that_fails_under_a_look_up_clears_nobody(
    tmp_path: Path, offers: Offers, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers.publish(LOST, row("C0000001", **DEAD))
    offers.publish(OFFLOAD, row("C0000001"))

    def broken(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    async with gate_of(tmp_path / "gate", offers) as gate:
        with monkeypatch.context() as patched:
            patched.setattr("os.pread", broken)
            assert await gate.check() == {
                "DOCUMENT_STATUS": ("UNDETERMINED", f"{LOST}: documents: Input/output error"),
                "WATCHLIST": ("UNDETERMINED", f"{OFFLOAD}: documents: Input/output error"),
            }
        assert await gate.check() == {"DOCUMENT_STATUS": CLEAR, "WATCHLIST": CLEAR}


async def test_a_list_is_exchanged_while_somebody_asks_in_it(gate: Gate, offers: Offers) -> None:
    """The files of a version that was replaced stay open as long as they are read."""
    gate.times.pass_by(1)
    offers.publish(OFFLOAD, row("C0000001"))
    await gate.polled()
    (held,) = (each for each in gate.lists._held if each.kind is OFFLOAD)
    digest = KEY.document_digest(document("C0000001"))
    with held.asked() as first, held.asked():
        place = offers.publish(OFFLOAD, row("A0123456"))
        shutil.rmtree(place / "delta")
        shutil.copytree(place / "snapshot", place / "delta")
        await gate.polled()
        assert gate.version(OFFLOAD) == 3
        before = first.kept.version
        assert before is not None and len(before.find(digest)) == 1  # noqa: PT018
        with held.asked() as second:
            assert second.kept.version is not before
        assert len(before.find(digest)) == 1
    with pytest.raises(ListRefused, match="Bad file descriptor"):
        before.find(digest)
    assert (await gate.check())["WATCHLIST"][0] == "FAILED"


async def test_an_offload_does_not_wait_for_a_long_list(tmp_path: Path, offers: Offers) -> None:
    async with gate_of(tmp_path / "gate", offers) as gate:
        gate.times.pass_by(1)
        begun, goes_on = asyncio.Event(), asyncio.Event()
        part = offers.part

        async def slow(wanted: object) -> bytes:
            if wanted.name == LOST:
                begun.set()
                await goes_on.wait()
            return await part(wanted)

        offers.part = slow
        offers.publish(LOST, row("A0123456", **DEAD))
        gate.turn.set()
        await begun.wait()
        offers.publish(OFFLOAD, row("A0123456"))
        gate.turn.set()
        await until(lambda: gate.version(OFFLOAD) == 2)
        assert gate.version(LOST) == 1
        goes_on.set()
        await until(lambda: gate.version(LOST) == 2)
