"""The printed portrait against the chip's, beside the rest of the inspection."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from egate.biometrics.face_image import FaceImage
from egate.biometrics.printed_portrait import MIN_SIMILARITY, printed_portrait
from egate.biometrics.verification import FaceTemplate
from egate.domain.evidence import CheckResult, FaceEvidence
from egate.domain.policy.policy import Policy
from egate.emrtd.checks import CheckId, Outcome
from egate.gate.case_images import CaseImages
from egate.gate.face_reference import reference_of
from egate.gate.face_watch import Faces
from egate.gate.travellers_page import NO_PAGE, TravellersPage
from egate.ports.case_images import CaseImageKind

# A comparison that has begun takes about 0.2 s.
_COMPARING_SECONDS: Final = 1.0


class PrintedPortraitCheck:
    """Compares the portraits of one document after the other.

    Args:
        faces: finds and compares them.
        policy: gives it: whether a page is worth waiting for.

    """

    def __init__(self, faces: Faces, policy: Callable[[], Policy]) -> None:
        self._faces = faces
        self._policy = policy

    async def beside(
        self,
        comparing: Awaitable[FaceEvidence],
        own: TravellersPage,
        images: CaseImages,
    ) -> FaceEvidence:
        """Return what ``comparing`` gives, with the check of the printed portrait.

        A check without influence on the decision never waits for a page; another waits as
        long as the face may take once the chip's portrait is known.

        Args:
            comparing: the live face with the chip's portrait; its faults pass through.
            own: where the traveller's page is found.
            images: takes the printed portrait, for an officer.

        """
        try:
            async with asyncio.TaskGroup() as tasks:
                checking = tasks.create_task(self._check(own, images))
                evidence = await comparing
                if not self._policy().may_count(CheckId.PORTRAIT):
                    patience = _COMPARING_SECONDS if own.is_there else 0.0
                    await asyncio.wait([checking], timeout=patience)
                    checking.cancel()
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        check = _undetermined(NO_PAGE) if checking.cancelled() else checking.result()
        return replace(evidence, checks=(*evidence.checks, check))

    async def _check(self, own: TravellersPage, images: CaseImages) -> CheckResult:
        page = await own.found()
        if isinstance(page, str):
            return _undetermined(page)
        printed = await asyncio.to_thread(self._printed, page.scan.white, images)
        await asyncio.wait([own.portrait])  # awaited itself, it would be cancelled with this task
        outcome, detail = await asyncio.to_thread(
            self._compare, printed, own.portrait.result(), images
        )
        return CheckResult(CheckId.PORTRAIT, outcome, detail)

    def _printed(self, page: FaceImage, images: CaseImages) -> FaceTemplate | None:
        printed = printed_portrait(page, self._faces)
        if printed is not None:
            images.keep(CaseImageKind.PRINTED_PORTRAIT, page, printed.box)
        return printed

    def _compare(
        self, printed: FaceTemplate | None, dg2: bytes | None, images: CaseImages
    ) -> tuple[Outcome, str]:
        if printed is None:
            return Outcome.UNDETERMINED, "no face where the page has its portrait"
        stored = reference_of(dg2, self._faces, images)
        if isinstance(stored, CheckResult):
            return Outcome.UNDETERMINED, stored.detail
        similarity = self._faces.similarity(printed, stored.template)
        detail = f"similarity {similarity:.3f}, required {MIN_SIMILARITY:.3f}"
        return Outcome.SUCCESSFUL if similarity >= MIN_SIMILARITY else Outcome.FAILED, detail


def _undetermined(reason: str) -> CheckResult:
    return CheckResult(CheckId.PORTRAIT, Outcome.UNDETERMINED, reason)
