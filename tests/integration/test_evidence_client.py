"""A station follows the heads of a real centre, and believes nothing that does not fit."""

from pathlib import Path

import pytest
import pytest_asyncio

from egate.cli.service_identity import create_authority, issue
from egate.ports.evidence import EvidenceBroken
from egate.ports.reporting import CentreUnavailable
from egate.reporting.evidence_client import EvidenceClient
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.reporting.tree_heads import SignedHead
from tests.centre_harness import Centre
from tests.evidence_days import Days

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Following:
    """A station's view of a centre, and the centre's days."""

    def __init__(self, days: Days, folder: Path) -> None:
        self.days = days
        self.file = folder / "journal.head.json"
        self.link = Link(days.centre.at.grpc, days.station.tls, Role.CENTRE)
        self.client = EvidenceClient(self.link, days.station.tls.ca, self.file)

    def links(self, *numbers: int) -> dict[int, bytes]:
        return {number: self.days.links[number - 1] for number in numbers}


@pytest_asyncio.fixture(loop_scope="session")
async def following(centre: Centre, tmp_path: Path) -> Following:
    return Following(Days(centre), tmp_path)


async def test_heads_are_followed_and_kept(following: Following) -> None:
    assert await following.client.follow() == 0
    for number, ago in ((1, 5), (2, 4), (3, 2)):
        await following.days.take(number, ago=ago)
        heads = await following.days.close()
        assert await following.client.follow() == len(heads) == number
        assert SignedHead.from_file(following.file) == heads[-1]
    assert await following.client.follow() == 3
    await following.link.close()


async def test_records_are_proven_to_be_in_trees(following: Following) -> None:
    await following.days.take(1, 2, ago=5)
    await following.days.take(3, ago=4)
    await following.days.take(4)
    await following.days.close()
    with pytest.raises(CentreUnavailable):
        await following.client.trees_of(following.links(1))  # the head is not known yet
    await following.client.follow()
    links = following.links(1, 2, 3, 4)
    assert await following.client.trees_of(links) == {1: 1, 2: 1, 3: 2}
    links[2] = bytes(32)  # not what we recorded
    assert await following.client.trees_of(links) == {1: 1, 3: 2}
    await following.link.close()


async def test_a_centre_that_forgot_a_day_is_found_out(following: Following) -> None:
    await following.days.take(1, ago=5)
    await following.days.take(2, ago=4)
    await following.days.close()
    await following.client.follow()
    await following.days.centre.database.execute("DELETE FROM tree_head WHERE number = 2")
    with pytest.raises(EvidenceBroken, match="no tree 2"):
        await following.client.follow()
    await following.link.close()


async def test_a_centre_that_made_a_day_anew_is_found_out(following: Following) -> None:
    await following.days.take(1, 2, ago=5)
    await following.days.close()
    await following.client.follow()
    database = following.days.centre.database
    await database.execute("DELETE FROM tree_head; DELETE FROM chain_link WHERE gate_seq = 2")
    await following.days.close()
    with pytest.raises(EvidenceBroken, match="does not continue"):
        await following.client.follow()
    await following.days.take(3, ago=3)
    await following.days.close()
    with pytest.raises(EvidenceBroken, match="tree 2 does not continue tree 1"):
        await following.client.follow()
    await following.link.close()


async def test_a_head_of_a_strange_authority_is_not_believed(
    following: Following, tmp_path: Path
) -> None:
    create_authority(tmp_path / "strange")
    following.days.tls = issue(tmp_path / "strange", "centre", "dhaka")
    await following.days.take(1, ago=5)
    await following.days.close()
    with pytest.raises(EvidenceBroken, match="not of our authority"):
        await following.client.follow()
    assert not following.file.exists()
    await following.link.close()


async def test_a_head_that_was_kept_and_cannot_be_read_is_told(following: Following) -> None:
    await following.days.take(1, ago=5)
    await following.days.close()
    following.file.write_text("{}")
    with pytest.raises(EvidenceBroken, match=r"journal\.head\.json"):
        await following.client.follow()
    following.file.unlink()
    following.file.mkdir()
    with pytest.raises(CentreUnavailable):
        await following.client.follow()
    await following.link.close()
