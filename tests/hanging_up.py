"""How a server of asyncio goes away while somebody is just connecting to it."""

import asyncio


def stop_listening(server: asyncio.Server) -> None:
    """Let ``server`` accept nobody from now on, and close it in the loop's next round.

    Closed at once, Python 3.11 forgets the connections that it accepted in this same round: their
    transports fail on the closed server and stay open until they are collected.
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    loop.call_soon(server.close)
