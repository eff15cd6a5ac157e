"""Each traveller's face is compared by the policy in force."""

import asyncio
from dataclasses import replace

import pytest

from egate.domain.guidance import Guidance
from egate.domain.policy.period import Period
from egate.domain.policy.policy import Policy
from egate.domain.time import UtcSeconds
from egate.gate.case_images import CaseImages
from egate.gate.clocks import Clocks
from egate.gate.face_comparison import FaceWays
from egate.gate.faces_in_force import FacesInForce
from tests.emrtd_passport import passport
from tests.face_scene import ScriptedCamera, ScriptedFaces, seen
from tests.gate_samples import POLICY

DG2 = passport("bac").files[0x0102]
STRICT = replace(POLICY, profile=replace(POLICY.profile, min_similarity=0.9))
CHANGED = replace(POLICY, variants=((Period(UtcSeconds(100.0), UtcSeconds(200.0)), STRICT),))


@pytest.mark.parametrize(("at", "in_force"), [(99.0, POLICY), (100.0, STRICT), (200.0, POLICY)])
async def test_the_threshold_is_that_of_the_moment(at: float, in_force: Policy) -> None:
    camera = ScriptedCamera(0.05)
    clocks = Clocks(camera.clocks.monotonic, lambda: at)
    portrait: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
    camera.then[20] = lambda: portrait.set_result(DG2)
    told: list[Guidance | None] = []
    faces = FacesInForce(FaceWays(camera, ScriptedFaces([seen(1)])), lambda: CHANGED, clocks)
    faces.on_guidance(told.append)
    evidence = await faces.run(portrait, CaseImages())
    assert evidence.threshold == in_force.profile.min_similarity
    assert told[-1] is None
