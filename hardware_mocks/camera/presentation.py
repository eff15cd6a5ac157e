"""From what a subject is said to be to what is painted."""

import numpy as np

from hardware_mocks.camera.attack import Attack
from hardware_mocks.camera.bona_fide import Face, Presentation
from hardware_mocks.camera.mask import Mask
from hardware_mocks.camera.optics import Lens
from hardware_mocks.camera.screen_attacks import FramedScreen, Replay, ShownPhotograph
from hardware_mocks.camera.sheet import HeldPrint


def present(person: str, attack: Attack | None, lens: Lens, seed: int) -> Presentation:
    """Return ``person`` live, or an impostor who presents ``person`` in some way.

    Args:
        person: a folder of ``hardware_mocks/photographs``.
        attack: the species; None for the person themselves.
        lens: of the camera.
        seed: of everything that differs between two visits.

    """
    rng = np.random.default_rng((seed, 0 if attack is None else 1 + list(Attack).index(attack)))
    match attack:
        case None:
            return Face(person, lens, rng)
        case Attack.PRINT | Attack.CUT_PRINT:
            return HeldPrint(person, lens, rng, cut=attack is Attack.CUT_PRINT)
        case Attack.SCREEN:
            return ShownPhotograph(person, lens, rng)
        case Attack.FRAMED_SCREEN:
            return FramedScreen(person, lens, rng)
        case Attack.REPLAY:
            return Replay(person, lens, rng)
        case Attack.MASK:
            return Mask(person, lens, rng)
