"""One traveller before the camera: whom to follow, what to say, which frames decide."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from egate.biometrics.capture.best_frames import BestFrames, RankedFrame
from egate.biometrics.capture.same_view import is_same_view
from egate.biometrics.capture.steady_guidance import ADVICE, SteadyGuidance
from egate.biometrics.capture.tracking import Company, FaceTrack, company
from egate.biometrics.detection import FaceBox
from egate.biometrics.quality import QualityFault, faults
from egate.biometrics.verification import FaceObservation, FaceTemplate
from egate.domain.guidance import Guidance
from egate.domain.policy.quality_limits import QualityLimits
from egate.domain.time import Instant

# Frames of one passage: the same person is hardly ever below the one, another hardly ever
# above the other.
_STRANGER: Final = 0.35
_KNOWN: Final = 0.5
PRESENT_SECONDS: Final = 0.7
"""Whoever was not seen for so long is not there any more."""
_ALONE_SECONDS: Final = 1.0  # after a second person was seen; who hides behind comes back
_GOOD_NORM: Final = 10.7  # the worst 5 % of good photographs are below
_GOOD_SECONDS: Final = 0.08  # nobody waits longer for more frames than a good one
_USABLE_SECONDS: Final = 1.0  # nor for a better one than a usable one


@dataclass(frozen=True, slots=True)
class CaptureRules:
    """What the policy says of live frames.

    Args:
        limits: of a frame that is compared.
        frames: how many are fused, at most.
        frame_seconds: age at which a frame no longer decides.
        second_face: see ``egate.biometrics.capture.tracking.company``.

    """

    limits: QualityLimits
    frames: int
    frame_seconds: float
    second_face: float


class FaceCapture:
    """Takes observations of one camera, in order; holds biometric data in memory alone.

    Args:
        rules: of the policy.
        similarity: of two templates, -1 to 1. Only frames are compared with it, and only
            to notice another person; never with a portrait.

    """

    def __init__(
        self, rules: CaptureRules, similarity: Callable[[FaceTemplate, FaceTemplate], float]
    ) -> None:
        self._rules = rules
        self._similarity = similarity
        self._steady = SteadyGuidance()
        self._track = FaceTrack()
        self._frames = BestFrames(rules.frames)
        self._poor: RankedFrame | None = None
        self._poor_fault: QualityFault | None = None
        self._usable_since: Instant | None = None
        self._good_since: Instant | None = None
        self._beside_at = Instant(float("-inf"))
        self._now = Instant(float("-inf"))
        self._only_after = self._now
        self.is_alone = False
        """Whether the newest frame shows one face to look at, and no other beside it."""
        self.person = 0
        """Counts up with every start anew: frames of another number are somebody else's."""

    @property
    def near(self) -> FaceBox | None:
        """Where to look first in the next frame; None to take the largest face."""
        return self._track.box

    @property
    def best(self) -> tuple[FaceObservation, ...]:
        """The frames that decide, the best first; one with a fault if there is no other."""
        kept = tuple(frame.seen for frame in self._frames.kept)
        return kept or ((self._poor.seen,) if self._poor else ())

    @property
    def best_at(self) -> Instant | None:
        """When the first of ``best`` was captured."""
        kept = self._frames.kept
        best = kept[0] if kept else self._poor
        return best.at if best else None

    @property
    def fault(self) -> QualityFault | None:
        """What is wrong with ``best``."""
        return None if self._frames.kept else self._poor_fault

    @property
    def several_faces_seen(self) -> bool:
        """Whether another person was as near as the traveller a moment ago."""
        return self._now - self._beside_at < _ALONE_SECONDS

    def is_present(self, at: Instant) -> bool:
        """Say whether the followed person, and nobody else, stands there at ``at``."""
        seen = self._track.box is not None and at - self._track.seen_at <= PRESENT_SECONDS
        return seen and not self.several_faces_seen

    def is_ready(self, at: Instant) -> bool:
        """Say whether the best frames are worth the one comparison at ``at``."""
        kept = self._frames.kept
        if not kept or not self.is_present(at):
            return False
        if len(kept) == self._rules.frames and kept[-1].rank >= _GOOD_NORM:
            return True
        waited = ((self._good_since, _GOOD_SECONDS), (self._usable_since, _USABLE_SECONDS))
        return any(since is not None and at - since >= most for since, most in waited)

    def speaks_for_the_best(self, template: FaceTemplate) -> bool:
        """Say whether a frame may tell if the kept ones are of a living person.

        Its look alone says that it shows the same person: whoever is followed by place may
        have been exchanged for a picture, or a picture for them.
        """
        best = next((frame.seen.template for frame in self._frames.kept), None)
        return (
            best is not None and self._likeness(template) >= _KNOWN and is_same_view(best, template)
        )

    def restart(self, at: Instant) -> None:
        """Begin another attempt: no frame until ``at`` decides; the person is the same."""
        self._only_after = at
        self._clear()

    def _clear(self) -> None:
        self._frames.clear()
        self._poor = self._poor_fault = self._usable_since = self._good_since = None

    def take(self, seen: FaceObservation, at: Instant) -> Guidance:
        """Take what a frame shows, and return what to tell the traveller.

        Args:
            seen: of the frame, its first face the followed one (see ``near``).
            at: when it was captured; a frame that is not newer than the last is ignored.

        """
        if at <= self._now:
            return self._steady.told
        self._now = at
        self._forget_old()
        return self._steady.take(self._look(seen), at)

    def _forget_old(self) -> None:
        oldest = Instant(self._now - self._rules.frame_seconds)
        self._frames.forget_before(oldest)
        if self._poor and self._poor.at < oldest:
            self._poor = self._poor_fault = None
        if not self._frames.kept:
            self._usable_since = self._good_since = None

    def _look(self, seen: FaceObservation) -> Guidance:
        template = seen.template
        self.is_alone = False
        if template is None or not seen.faces:
            return Guidance.LOOK_AT_CAMERA
        beside = company(seen.faces, self._rules.second_face)
        found = faults(template.quality, self._rules.limits)
        self.is_alone = beside is Company.ALONE
        self._follow(seen, template, by_look=not found and self.is_alone)
        if beside is Company.BESIDE:
            self._beside_at = self._now
        if beside is Company.OUTGROWN:
            self._track.lose()  # the next frame is of who is nearer
            return self._steady.told
        if self.several_faces_seen:
            return Guidance.ONE_PERSON_ONLY
        return self._rank(seen, template, found)

    def _follow(self, seen: FaceObservation, template: FaceTemplate, *, by_look: bool) -> None:
        """Notice another person; only a frame without a fault says who it is by its look.

        With no frame kept to compare with, whoever it is begins anew.
        """
        continues = self._track.follow(seen.faces[0].box, self._now)
        if by_look:
            continues = self._likeness(template) >= (_STRANGER if continues else _KNOWN)
        if not continues:
            self.person += 1
            self._clear()

    def _likeness(self, template: FaceTemplate) -> float:
        """Return the similarity to the most similar of the kept frames; -1 without any."""
        kept = (frame.seen.template for frame in self._frames.kept)
        return max((self._similarity(one, template) for one in kept if one), default=-1.0)

    def _rank(
        self, seen: FaceObservation, template: FaceTemplate, found: tuple[QualityFault, ...]
    ) -> Guidance:
        if self._now <= self._only_after:
            return Guidance.HOLD_STILL
        frame = RankedFrame(self._now, template.quality.embedding_norm, seen)
        if found:
            if self._poor is None or frame.rank > self._poor.rank:
                self._poor, self._poor_fault = frame, found[0]
            return ADVICE[found[0]]
        self._frames.add(frame)
        if self._usable_since is None:
            self._usable_since = self._now
        if self._good_since is None and frame.rank >= _GOOD_NORM:
            self._good_since = self._now
        return Guidance.DONE if self.is_ready(self._now) else Guidance.HOLD_STILL
