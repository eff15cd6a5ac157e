"""The pictures of a referred traveller: there for the officer, gone with the case."""

import asyncio
import io
import json
from pathlib import Path

import numpy as np

from egate.domain.evidence import FaceEvidence
from egate.domain.session import model as m
from egate.gate.case_images import CaseImages
from egate.observability.logging import configure_logging
from egate.ports.case_images import CaseImageKind
from egate.ports.supervision import OfficerOrder
from tests.gate_lane import Comparison, Procedure, hall
from tests.gate_samples import face


class _Seen(Comparison):
    """Keeps a picture before it answers."""

    async def run(
        self, portrait: "asyncio.Future[bytes | None]", images: CaseImages
    ) -> FaceEvidence:
        images.keep(CaseImageKind.LIVE_FRAME, np.zeros((8, 8, 3), np.uint8))
        self.images = images
        return await super().run(portrait, images)


async def test_pictures_stay_for_the_officer_and_go_with_the_case(tmp_path: Path) -> None:
    log = io.StringIO()
    configure_logging(log)
    seen = _Seen()
    seen.evidence = face(similarity=0.1)
    async with hall(tmp_path, ways=(Procedure(), lambda _: seen)) as h:
        await h.walk_up()
        await h.present()
        await h.until_state(m.AwaitingOfficer)
        session = h.state.session_id
        show = h.gate.supervision.case_images
        await h.until(lambda: h.gate.executor.case_images(session))
        assert [each.kind for each in show(session, "officer-17")] == [CaseImageKind.LIVE_FRAME]
        assert show("another", "officer-17") is None
        assert show("", "officer-17") is None
        assert h.gate.supervision.order(OfficerOrder.RESET, "officer-17")
        await h.until_state(m.Idle)
        assert show(session, "officer-17") is None
        assert seen.images.all() == ()
    assert views(log.getvalue()) == [
        (str(session), "shown", 1), ("another", "refused", 0), ("", "refused", 0),
        (str(session), "refused", 0),
    ]  # fmt: skip


async def test_pictures_of_an_admitted_traveller_go_when_they_have_passed(tmp_path: Path) -> None:
    seen = _Seen()
    async with hall(tmp_path, ways=(Procedure(), lambda _: seen)) as h:
        await h.walk_up()
        await h.present()
        await h.until_state(m.Passing)
        assert h.gate.supervision.case_images(h.state.session.id, "officer-17") is None
        await h.walk_through()
        await h.until_state(m.Idle)
        assert seen.images.all() == ()


def views(log: str) -> list[tuple[str, str, int]]:
    """Return what the log says of pictures; nothing else is in those lines."""
    lines = [json.loads(line) for line in log.splitlines()]
    about = [line for line in lines if line["event"] == "case images"]
    assert {line["officer_id"] for line in about} == {"officer-17"}
    known = {"event", "level", "timestamp", "crossing_id", "officer_id", "outcome", "count"}
    assert all(line.keys() == known for line in about)
    return [(line["crossing_id"], line["outcome"], line["count"]) for line in about]
