"""``egate demo``: the whole system on this machine, as separate processes over simulated wires."""

from egate.cli.demo.command import configure

__all__ = ["configure"]
