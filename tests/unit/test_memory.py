"""Memory that many threads take and free, in a process with few heaps and in one with many."""

import subprocess
import sys

THREADS = 12
PROGRAM = f"""
import ctypes, sys, threading
from egate.cli.memory import keep_heaps_few
if sys.argv[1] == "few":
    keep_heaps_few()
all_there = threading.Barrier({THREADS})
def take():
    all_there.wait()
    return [bytes(2000) for _ in range(50)]
threads = [threading.Thread(target=take) for _ in range({THREADS})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
ctypes.CDLL(None).malloc_stats()
"""


def heaps(which: str) -> int:
    ended = subprocess.run(
        (sys.executable, "-c", PROGRAM, which), capture_output=True, text=True, check=True
    )
    return ended.stderr.count("Arena ")


def test_threads_share_two_heaps() -> None:
    assert heaps("many") > heaps("few")
    assert heaps("few") <= 2


LOOKED_AT = """
import gc, sys
from egate.cli.memory import collect_rarely
if sys.argv[1] == "rarely":
    collect_rarely()
before = sum(each["collections"] for each in gc.get_stats())
kept = [[] for _ in range(20_000)]
print(sum(each["collections"] for each in gc.get_stats()) - before)
"""


def collections(how: str) -> int:
    command = (sys.executable, "-c", LOOKED_AT, how)
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_new_objects_are_rarely_looked_through() -> None:
    assert collections("often") > 10
    assert collections("rarely") == 0
