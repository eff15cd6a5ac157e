"""Emergency inputs: the barrier board's own, and one that is wired apart."""

from egate.domain.session import model as m
from egate.gate.health import Health
from egate.gate.inbox import Inbox
from egate.gate.until_lost import until_lost
from egate.ports.devices import DeviceName, EmergencyInput


class EmergencyInputs:
    """All inputs together: the emergency lasts until none of them is active.

    An input that is lost while it is active stays so until it says otherwise.

    Args:
        inbox: where events go.

    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._active: dict[DeviceName, bool] = {}

    def tell(self, device: DeviceName, *, active: bool) -> None:
        """Take the state of the input at ``device``; told again, it says nothing new."""
        if self._active.get(device) is active:
            return
        self._active[device] = active
        if active:
            self._inbox.post(m.EmergencyRaised(by_input=True))
        elif not any(self._active.values()):
            self._inbox.post(m.EmergencyInputEnded())


class EmergencyWatcher:
    """Watches the input that is wired apart.

    Args:
        device: the input.
        inputs: told of its state.
        health: told when it is lost.

    """

    def __init__(self, device: EmergencyInput, inputs: EmergencyInputs, health: Health) -> None:
        self._device = device
        self._inputs = inputs
        self._health = health

    async def run(self) -> None:
        """Watch until cancelled, over losses of the input."""
        while True:
            await until_lost(
                DeviceName.EMERGENCY_INPUT, self._device.states, self._take, self._health
            )

    def _take(self, active: bool) -> None:  # noqa: FBT001 - a reading
        self._inputs.tell(DeviceName.EMERGENCY_INPUT, active=active)
