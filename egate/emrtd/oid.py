"""Object identifiers as bytes."""


def oid_content(dotted: str) -> bytes:
    """Return the content octets of an object identifier (X.690 §8.19), without tag and length."""
    first, second, *arcs = (int(arc) for arc in dotted.split("."))
    content = bytearray()
    for arc in (40 * first + second, *arcs):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        content += bytes(reversed(groups))
    return bytes(content)
