"""Who detects presentation attacks in a lane: the gate's own cues, or a product."""

from drivers import catalogue
from egate.ports.presentation_attack import ExternalDetection
from egate.settings import OWN_CUES, Pad


def external_detection(pad: Pad) -> ExternalDetection | None:
    """Return the product that the settings name, not yet started; None for the own cues.

    Raises:
        DriverOptionError: there is no such driver, or it refuses its address or an option.

    """
    if pad.driver == OWN_CUES:
        return None
    return catalogue.find(catalogue.ATTACK_DETECTIONS, pad.driver)(pad.address, pad.options)
