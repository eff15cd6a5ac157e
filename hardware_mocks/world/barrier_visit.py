"""What a visit to a lane with barriers is made of, so that odd people can do parts of it oddly."""

from abc import ABC, abstractmethod

from hardware_mocks.world.play import Script
from hardware_mocks.world.walker import Walker


class BarrierVisit(Walker, ABC):
    """A visit in its parts; ``script`` is the whole of it."""

    @abstractmethod
    def script(self) -> Script[None]:
        """Come, be inspected, and leave by one end or the other."""

    @abstractmethod
    def approach(self) -> Script[None]:
        """Go to the reader of a lane that is ready."""

    @abstractmethod
    def retreat(self) -> Script[None]:
        """Go from the reader to where they came from."""

    def may_enter(self) -> Script[bool]:
        """Stand at the reader until it is decided; True for green and an open door."""
        raise NotImplementedError

    def walk_out(self) -> Script[None]:
        """Leave over the border."""
        raise NotImplementedError

    @abstractmethod
    def go_back(self) -> Script[None]:
        """Leave by the way they came, with the document, from where they are decided about."""

    def put_down(self) -> Script[None]:
        """Lay the document on the reader."""
        self.lay()
        yield from ()

    def take_along(self) -> None:
        """Take the document from the reader before walking on."""
        self.lift()
