"""What one optical check found, and where on the page: `egate.domain.optical_finding`."""

from egate.domain.optical_finding import Light, OpticalFinding, PageRegion

__all__ = ["Light", "OpticalFinding", "PageRegion"]
