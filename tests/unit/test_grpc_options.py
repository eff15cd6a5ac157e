"""The options of our channels and servers are such as the library knows: it passes over others."""

from pathlib import Path

from grpc._cython import cygrpc

from egate.reporting import channel


def test_the_library_knows_every_option() -> None:
    library = Path(cygrpc.__file__).read_bytes()
    named = {name for name, _ in (*channel.OF_STRANGERS.options(), *channel._CLIENT)}
    assert not {name for name in named if name.encode() not in library}
