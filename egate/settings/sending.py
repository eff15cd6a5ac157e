"""Settings of what a station sends to the centre, and for how long it keeps it."""

from typing import Annotated

from pydantic import Field

from egate.ports.case_images import CaseImageKind
from egate.settings.values import Address, Table

KeepSentDays = Annotated[float, Field(ge=0, le=90)]
"""Of records that the centre has confirmed."""


class Centre(Table):
    """Where records go, and who is asked about authorisations.

    Args:
        address: of its services.
        enrolment: where it gives first certificates; only ``egate gate enrol`` needs it.
        answer_seconds: in which it has to say what it knows of a traveller.
        keep_sent_days: how long records that it confirmed are kept here, sealed, for a centre that
            is restored from a backup.

    """

    address: Address
    enrolment: Address | None = None
    answer_seconds: Annotated[float, Field(gt=0, le=10)] = 2.0
    keep_sent_days: KeepSentDays = 7.0


class Images(Table):
    """Which pictures of referred travellers go to the centre, and how long they wait for it.

    Nobody's goes whom the gate admitted.

    Args:
        kinds: none of another kind is sent; empty: none at all.
        keep_hours: after which one is forgotten, sent or not.
        most_megabytes: of all that wait; then the oldest go.

    """

    kinds: tuple[CaseImageKind, ...] = tuple(CaseImageKind)
    keep_hours: Annotated[float, Field(gt=0, le=720)] = 72.0
    most_megabytes: Annotated[int, Field(ge=1, le=10_000)] = 256
