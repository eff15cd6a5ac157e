"""One search of one target, in a process of its own, for libFuzzer ends it.

``python -m tests.fuzz.guided_worker TARGET SECONDS FOLDER``; what reached new lines is in FOLDER.
"""

import sys
from pathlib import Path
from random import Random
from typing import Final

import atheris

with atheris.instrument_imports(include=["egate", "drivers"]):
    from tests.fuzz.cases import attempt
    from tests.fuzz.catalogue import group_of, targets

    targets(group_of(sys.argv[1]))

_MOST_BYTES: Final = 4000


class Found(AssertionError):
    """A case that must not end so."""


def main() -> None:
    """Search until the time is over."""
    name, seconds, folder = sys.argv[1:]
    target = targets(group_of(name))[name]
    target.prepare()
    for number, raw in enumerate(target.samples(name)):
        Path(folder, f"sample-{number}").write_bytes(raw)

    def take(raw: bytes) -> None:
        ended = attempt(target, raw)
        if ended.problem:
            raise Found(ended.problem)

    def damage(raw: bytes, most: int, seed: int) -> bytes:
        return target.damage(Random(seed), (bytes(raw),))[:most]

    options = [f"-max_total_time={seconds}", f"-max_len={_MOST_BYTES}", "-rss_limit_mb=2000"]
    atheris.Setup([sys.argv[0], *options, folder], take, custom_mutator=damage)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
