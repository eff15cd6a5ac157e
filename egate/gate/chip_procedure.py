"""The inspection procedure of ``egate.emrtd`` as one lane carries it out."""

import datetime as dt
from collections.abc import Callable

from egate.domain.evidence import ChipEvidence
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.conversation import Conversation
from egate.emrtd.evaluation import DocumentEvaluation, evaluate
from egate.emrtd.inspection import inspect
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.mrz.parse import Mrz
from egate.gate.chip_progress import ChipProgress
from egate.gate.chip_reading import ChipInspection, ChipProcedure, Evaluate
from egate.gate.mrz_reading import travel_document
from egate.trust.snapshot import TrustSnapshot


def chip_procedure(
    trust: Callable[[], TrustSnapshot],
    random: Callable[[int], bytes],
    clock: Callable[[], float],
    policy: InspectionPolicy,
    progress: ChipProgress,
) -> ChipProcedure:
    """Return the procedure that trusts what ``trust`` gives.

    Args:
        trust: gives what is trusted now; each inspection keeps what it began with.
        random: gives so many unpredictable bytes.
        clock: seconds, for the durations.
        policy: what the reader can do.
        progress: told how much is read.

    """

    def procedure(mrz: Mrz, memory: InspectionMemory, today: dt.date) -> Conversation[Evaluate]:
        trusted = trust()
        key = MrzKey.from_mrz(mrz)
        try:
            reading = yield from inspect(
                key, random, clock, policy=policy, memory=memory, progress=progress.take
            )
        finally:
            progress.end()

        def weigh() -> ChipInspection:
            evaluation = evaluate(mrz, reading, trusted.anchors, today, clock)
            return _inspection(reading, evaluation, trusted.version)

        return weigh

    return procedure


def _inspection(
    reading: ChipReading, evaluation: DocumentEvaluation, version: str
) -> ChipInspection:
    authentication = evaluation.passive_authentication
    signer, csca = authentication.signer, authentication.csca
    evidence = ChipEvidence(
        access=reading.access.protocol,
        # The page was checked when it was read; one result for each check.
        checks=tuple(c for c in evaluation.checks if not c.check_id.startswith("OPTICAL.")),
        document=travel_document(evaluation.dg1) if evaluation.dg1 else None,
        signer=f"{signer.country}:{signer.serial}" if signer else "",
        csca_ski=csca.ski if csca else "",
        trust_store_version=version,
        seconds=reading.seconds,
    )
    return ChipInspection(evidence, reading.files.get(LdsFile.EF_DG2))
