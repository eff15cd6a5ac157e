"""Padding method 2 of ISO/IEC 9797-1: one bit, then zeros, always at least one byte."""


class PaddingWrong(ValueError):
    """Decrypted bytes do not end in the padding."""


def pad(plain: bytes, block_size: int) -> bytes:
    return plain + b"\x80" + bytes(-(len(plain) + 1) % block_size)


def unpad(padded: bytes) -> bytes:
    """Return what stands before the padding.

    Raises:
        PaddingWrong: there is no padding.

    """
    plain = padded.rstrip(b"\x00")
    if not plain.endswith(b"\x80"):
        raise PaddingWrong
    return plain[:-1]
