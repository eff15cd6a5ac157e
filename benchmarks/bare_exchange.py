"""The least that a program can do over PC/SC: send given commands, one after the other.

``python -m benchmarks.bare_exchange READER`` takes commands as lines of hexadecimal digits
and prints how long they took. It computes nothing, so its time is the chain's.
"""

import json
import sys
import time

from drivers.chip_reader.pcsc_session import PcscSession


def main() -> None:
    commands = [bytes.fromhex(line) for line in sys.stdin]
    session = PcscSession(sys.argv[1])
    session.open()
    while not session.try_connect():
        pass
    began = time.perf_counter()
    for command in commands:
        session.transmit(command)
    seconds = time.perf_counter() - began
    session.close()
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main()
