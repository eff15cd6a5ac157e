"""Who detects presentation attacks, as the settings name it."""

import shlex
import sys

import pytest

from egate.cli.attack_detection import external_detection
from egate.ports.devices import DriverOptionError
from egate.settings import Pad


def test_the_gates_own_cues_are_no_product() -> None:
    assert external_detection(Pad()) is None


def test_a_product_is_opened_and_not_yet_started() -> None:
    product = external_detection(Pad(driver="process", address=shlex.quote(sys.executable)))
    assert product is not None
    product.close()


@pytest.mark.parametrize(
    ("pad", "fault"),
    [
        (Pad(driver="guess"), "driver guess: unknown"),
        (Pad(driver="process"), "no such program"),
        (Pad(driver="process", address="true", options={"seconds": 1}), "option seconds"),
    ],
)
def test_a_mistake_is_found_before_the_first_traveller(pad: Pad, fault: str) -> None:
    with pytest.raises(DriverOptionError, match=fault):
        external_detection(pad)
