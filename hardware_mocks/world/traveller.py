"""Who comes to the lane, and what is odd about them or their document."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from hardware_mocks.camera.scene import Attack, Pose, Subject


class Kind(Enum):
    GENUINE = "genuine"
    OTHER_PERSONS_PASSPORT = "other_persons_passport"
    EXPIRED = "expired"
    TAMPERED_DG = "tampered_dg"
    UNKNOWN_SIGNER = "unknown_signer"
    CHIP_LEAVES_TWICE = "chip_leaves_twice"
    CLONED_CHIP = "cloned_chip"
    TAILGATING = "tailgating"
    ABANDONS = "abandons"
    PRESENTATION_ATTACK = "presentation_attack"


_PLACEMENTS_THAT_FAIL: Final = 2


@dataclass(frozen=True, slots=True)
class Traveller:
    """One traveller of a scenario; every name is made up.

    Args:
        name: ``SURNAME, GIVEN NAMES``.
        kind: what they do.
        person: whose portrait is in the chip: a folder of ``hardware_mocks/photographs``.
        face: whose face the camera sees; the same person unless said otherwise.
        state: issuing State and nationality, three letters.
        sex: F, M or X.
        born: YYMMDD.
        expires_in_days: when the document expires, counted from today.
        active_authentication: ``rsa``, ``ecdsa`` or ``none``.
        access: what opens the chip: ``bac``, or beside it ``pace`` or ``pace-cam``.
        chip_authentication: ``ecdh``, ``dh`` or ``none``.
        apdus: ``extended`` or ``short``, what the chip takes.
        dg2_bytes: how long DG2 is made at least.
        attack: how an impostor presents that face; None for its owner.
        document_number: of the passport; one by their turn if "".
        printed: whose portrait the data page shows; ``person`` if "".
        forgery: how the data page is forged, a species of the page scanner's; genuine if "".
        damage: how worn the data page is, 0 to 3.

    """

    name: str = field(repr=False)
    kind: Kind
    person: str
    face: str
    state: str
    sex: str
    born: str = field(repr=False)
    expires_in_days: int
    active_authentication: str = "rsa"
    access: str = "bac"
    chip_authentication: str = "none"
    apdus: str = "extended"
    dg2_bytes: int = 0
    attack: Attack | None = None

    def seen(self, pose: Pose = Pose.FACING, seed: int = 0) -> Subject:
        """Return what the camera sees of them, on the visit of ``seed``."""
        return Subject(self.face, pose, self.attack, seed)

    printed: str = ""
    forgery: str = ""
    damage: int = 0
    document_number: str = field(default="", repr=False)

    @property
    def failing_placements(self) -> int:
        """On how many first placements the chip leaves the field."""
        return _PLACEMENTS_THAT_FAIL if self.kind is Kind.CHIP_LEAVES_TWICE else 0
