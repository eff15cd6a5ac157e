"""Padding method 2 of ISO/IEC 9797-1."""


def pad(message: bytes, block_bytes: int) -> bytes:
    """Add one bit and as many zeros as fill the block."""
    return message + b"\x80" + bytes(-(len(message) + 1) % block_bytes)


def unpad(padded: bytes, block_bytes: int) -> bytes:
    """Take the padding away; raises ValueError where there is none."""
    message = padded.rstrip(b"\x00")
    if not message.endswith(b"\x80") or len(padded) - len(message) >= block_bytes:
        raise ValueError("no padding of method 2")
    return message[:-1]
