"""What PACE costs the host: its processor time, and the arithmetic that it consists of.

The conversation runs against the simulated chip in this process, and only the steps of the
reader are timed: the chip's are left out. A scalar multiplication is timed on a point that
nothing was prepared for, as PACE needs it with the mapped generator. The fallback is what
remains on a machine whose libcrypto cannot be called.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from functools import partial

from egate.emrtd.access.card_access import CardAccess, PaceOffer
from egate.emrtd.access.pace import open_with_pace
from egate.emrtd.access.password import CardAccessNumber
from egate.emrtd.conversation import Conversation, T
from egate.emrtd.crypto.ec_domain import STANDARD_CURVES
from egate.emrtd.crypto.ec_group import EcKeyAgreement
from egate.emrtd.crypto.libcrypto_points import LibcryptoPoints
from egate.emrtd.crypto.plain_points import PlainPoints
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.profiles import PROFILES, make_chip, make_document
from hardware_mocks.pki.command import now_utc
from hardware_mocks.pki.pki import Pki

AIM_MS = 20.0
RUNS = 40
MULTIPLICATIONS = 30
SLOW_MULTIPLICATIONS = 5
# ms for k*P on the named curve with EC_POINT_mul called by ctypes, as published.
PUBLISHED_MS = {
    "P-256": 0.07,
    "P-384": 0.65,
    "P-521": 0.28,
    "brainpoolP256r1": 0.28,
    "brainpoolP384r1": 0.64,
    "brainpoolP512r1": 1.06,
}


def main() -> None:
    access()
    for curve in STANDARD_CURVES:
        agreement = EcKeyAgreement(curve)
        point = agreement.public_key(agreement.private_key(os.urandom))
        scalar = agreement.private_key(os.urandom)
        fast = milliseconds(
            partial(LibcryptoPoints(curve).multiply, scalar, point), MULTIPLICATIONS
        )
        slow = milliseconds(
            partial(PlainPoints(curve).multiply, scalar, point), SLOW_MULTIPLICATIONS
        )
        published = PUBLISHED_MS.get(curve.name)
        show(
            f"k*P on {curve.name}",
            fast,
            **(
                {}
                if published is None
                else {
                    "reference": f"EC_POINT_mul as published {published} ms",
                    "ratio": fast / published,
                }
            ),
            note=f"without libcrypto {slow:.3g} ms",
        )


def access() -> None:
    """Processor time of PACE-GM on P-256, the chip's left out."""
    now = now_utc()
    profile = PROFILES["standard-short"]
    document = make_document(profile, Pki.make(now), now)
    chip = make_chip(profile, document)
    offer = offer_of(chip)
    number = CardAccessNumber(document.can)
    taken = []
    for _ in range(RUNS):
        chip.enter_field()
        taken.append(reader_seconds(open_with_pace(offer, number, os.urandom), chip))
    middle = 1e3 * statistics.median(taken)
    show(
        f"PACE-GM on {offer.domain.name}: host's processor time",
        middle,
        reference=f"aim {AIM_MS:g} ms",
        ratio=middle / AIM_MS,
        note=f"the conversation without the chip, median of {RUNS}",
    )


def offer_of(chip: Chip) -> PaceOffer:
    """The strongest offer of EF.CardAccess, read by its short file identifier."""
    answer = ResponseApdu.decode(chip.transmit(bytes.fromhex("00B09C0000")) or b"")
    return CardAccess.parse(answer.data).offers[0]


def reader_seconds(conversation: Conversation[T], chip: Chip) -> float:
    """Carry the conversation and return the processor time of the reader's steps."""
    taken = 0.0
    answer: ResponseApdu | None = None
    while True:
        began = time.thread_time()
        try:
            command: CommandApdu = (
                next(conversation) if answer is None else conversation.send(answer)
            )
        except StopIteration:
            return taken + time.thread_time() - began
        raw = command.encode()
        taken += time.thread_time() - began
        answer = ResponseApdu.decode(chip.transmit(raw) or b"")


def milliseconds(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.thread_time()
        work()
        taken.append(time.thread_time() - began)
    return 1e3 * statistics.median(taken)


def show(name: str, value: float, **more: object) -> None:
    print(json.dumps({"name": name, "value": value, "unit": "ms", **more}))


if __name__ == "__main__":
    main()
