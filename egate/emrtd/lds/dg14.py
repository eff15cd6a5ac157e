"""EF.DG14: which protocols the chip offers, and its keys for them (9303-10 §4.7.14)."""

from egate.emrtd.lds.security_infos import SecurityInfos

__all__ = ["SecurityInfos"]
