"""A QR code as a drawing inside the page: no picture of a secret has an address of its own."""

import io

import segno
from markupsafe import Markup


def qr_drawing(content: str) -> Markup:
    """Return ``content`` as SVG; segno draws modules and takes over no text."""
    drawing = io.BytesIO()
    segno.make_qr(content, error="m").save(
        drawing, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, light="#fff"
    )
    return Markup(drawing.getvalue().decode("ascii"))  # noqa: S704 - made of modules
