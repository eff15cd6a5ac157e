"""The pictures of a referred traveller: there for the officer, gone with the case."""

import asyncio
from pathlib import Path

import numpy as np

from egate.domain.evidence import FaceEvidence
from egate.domain.session import model as m
from egate.gate.case_images import CaseImages
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
    seen = _Seen()
    seen.evidence = face(similarity=0.1)
    async with hall(tmp_path, ways=(Procedure(), lambda _: seen)) as h:
        await h.walk_up()
        await h.present()
        await h.until_state(m.AwaitingOfficer)
        session = h.state.session_id
        await h.until(lambda: h.gate.executor.case_images(session))
        assert h.gate.executor.case_images(m.SessionId("another")) == ()
        assert h.gate.supervision.order(OfficerOrder.RESET, "officer-17")
        await h.until_state(m.Idle)
        assert not h.gate.executor.case_images(session)
        assert seen.images.all() == ()


async def test_pictures_of_an_admitted_traveller_go_when_they_have_passed(tmp_path: Path) -> None:
    seen = _Seen()
    async with hall(tmp_path, ways=(Procedure(), lambda _: seen)) as h:
        await h.walk_up()
        await h.present()
        await h.until_state(m.Passing)
        await h.walk_through()
        await h.until_state(m.Idle)
        assert seen.images.all() == ()
