"""What talks to the centre beside the lane: service, certificate, orders, pictures, proof."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from functools import partial

from egate.gate.central_orders import CentralOrders
from egate.gate.clocks import Clocks
from egate.gate.image_sending import ImageSending
from egate.gate.lane import LaneGate
from egate.gate.memory import Memory
from egate.gate.order_book import OrderBook
from egate.gate.service_reports import ServiceReporter
from egate.outbox.chain_watch import watch_chain
from egate.outbox.evidence_check import EvidenceCheck
from egate.outbox.images import ImageLimits, ImageQueue
from egate.outbox.sending_again import SendingAgain
from egate.outbox.station_evidence import in_own_thread
from egate.reporting.certificate_keeping import CertificateKeeping
from egate.reporting.client import CentreClient
from egate.reporting.command_client import CommandClient
from egate.reporting.enrolment_client import CertificateRenewal
from egate.reporting.evidence_client import EvidenceClient
from egate.reporting.image_client import ImageClient
from egate.settings import GateSettings, SettingsError

Beside = Callable[[], Coroutine[None, None, None]]
"""What runs until it is cancelled, or has come to its end."""


@asynccontextmanager
async def beside_the_lane(
    gate: LaneGate, settings: GateSettings, memory: Memory, centre: CentreClient, clocks: Clocks
) -> AsyncIterator[tuple[Beside, ...]]:
    """Give the loops, whose connections end with the block.

    Raises:
        SettingsError: a certificate, or the folder of pictures, cannot be used.

    """
    address, tls = settings.centre.address, settings.tls
    reporter = ServiceReporter(gate.supervision.status, centre, clocks)
    certificate = CertificateKeeping(CertificateRenewal(centre.link, tls), clocks.utc_now)
    commands = CommandClient(centre.link)
    # A connection of their own, so that no record waits for a picture.
    async with aclosing(ImageClient(address, tls)) as images:
        orders = CentralOrders(commands, gate.supervision, OrderBook(memory.database), clocks)
        sending = ImageSending(
            gate.supervision,
            gate.executor.case_images,
            _queue(settings, memory),
            images,
            settings.images.kinds,
            clocks,
        )
        ask = in_own_thread(gate.evidence)
        proofs = EvidenceClient(
            centre.link, tls.ca, settings.gate.journal.with_suffix(".head.json")
        )
        again = SendingAgain(
            gate.forwarder.outbox,
            centre,
            gate.forwarder.wake,
            86_400.0 * settings.centre.keep_sent_days,
        )
        loops = (reporter.run, certificate.run, orders.run, sending.keep, sending.send)
        proven = (EvidenceCheck(ask, proofs).run, partial(watch_chain, ask))
        yield (*loops, *proven, again.run)


def _queue(settings: GateSettings, memory: Memory) -> ImageQueue:
    chosen, folder = settings.images, settings.gate.journal.with_suffix(".images")
    limits = ImageLimits(3600.0 * chosen.keep_hours, chosen.most_megabytes << 20)
    try:
        return ImageQueue(folder, memory.seal, limits)
    except OSError as error:
        raise SettingsError(f"{folder}: {error.strerror}") from error
