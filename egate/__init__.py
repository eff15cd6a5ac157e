"""An automated border control gate and everything it reports to."""

from typing import Final

__version__: Final = "0.1.0"
