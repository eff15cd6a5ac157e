"""What a detector outside this process promises, against small programs that run."""

import fcntl
import itertools
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from drivers.catalogue import ATTACK_DETECTIONS, find
from drivers.presentation_attack.message import AnswerInvalid, assessment_of
from drivers.presentation_attack.process import DetectionProcess, ProcessOptions
from egate.domain.time import Instant
from egate.ports.devices import DriverOptionError
from egate.ports.presentation_attack import ExternalDetection, FaceSighting, PadAssessment

# What a vendor's program does, in the fewest words: it calls a frame brighter than 100 an attack.
PROGRAM = """
import json, os, sys
source, target = sys.stdin.buffer, sys.stdout.buffer
def say(answer):
    encoded = json.dumps(answer).encode()
    target.write(len(encoded).to_bytes(4, "big") + encoded)
    target.flush()
while length := source.read(4):
    header = json.loads(source.read(int.from_bytes(length, "big")))
    frames = [source.read(s["height"] * s["width"] * 3) for s in header["sightings"]]
    asked = header["request"]
    answer = {
        "request": asked, "score": float(frames[-1][0] > 100), "sufficient": len(frames) > 1,
        "cues": {"frames": len(frames) / 16, "light": header["sightings"][-1]["light"]},
        "detector": "Example 1.0",
    }
    MISBEHAVE
    say(answer)
"""


def program(folder: Path, misbehaviour: str = "pass") -> str:
    file = folder / "product.py"
    file.write_text(PROGRAM.replace("MISBEHAVE", misbehaviour), "utf-8")
    return shlex.join((sys.executable, "-S", str(file)))


def sightings(count: int, shade: int = 0, side: int = 240) -> list[FaceSighting]:
    pixels = np.full((side, side, 3), shade, np.uint8)
    box, landmarks = (8.0, 8.0, 32.0, 40.0), np.zeros((5, 2))
    return [
        FaceSighting(pixels, Instant(1000 + number / 10), box, landmarks, light=0.5)
        for number in range(count)
    ]


def lost(assessment: PadAssessment, reason: str) -> bool:
    return not assessment.sufficient and reason in assessment.reason


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., ExternalDetection]]:
    made: list[ExternalDetection] = []

    def opened_with(misbehaviour: str = "pass", **options: float) -> ExternalDetection:
        product = find(ATTACK_DETECTIONS, "process")(program(tmp_path, misbehaviour), options)
        made.append(product)
        return product

    yield opened_with
    for product in made:
        product.close()


def test_a_product_is_asked_and_believed(opened: Callable[..., ExternalDetection]) -> None:
    product = opened()
    product.start()
    attack = product.assess(sightings(16, shade=200))
    assert attack == PadAssessment(1.0, {"frames": 1.0, "light": 0.5}, True, "Example 1.0")
    live = product.assess(sightings(4))
    assert (live.score, live.sufficient, live.cues["frames"]) == (0.0, True, 0.25)
    assert lost(product.assess(sightings(1)), "too little")


def test_only_the_newest_frames_are_sent(opened: Callable[..., ExternalDetection]) -> None:
    assert opened().assess(sightings(40)).cues["frames"] == 1.0


@pytest.mark.parametrize(
    ("misbehaviour", "reason"),
    [
        ("sys.exit()", "has ended"),
        ("os.close(0); os.close(1); sys.exit()", "has ended"),
        ("answer['score'] = 1.5", "score: less_than_equal"),
        ("answer['score'] = float('nan')", "score: "),
        ("answer['score'] = True", "score: "),
        ("answer['cues'] = {'x' * 41: 0.5}", "cues: "),
        ("answer['cues'] = {f'c{n}': 0.5 for n in range(65)}", "cues: too_long"),
        ("del answer['detector']", "detector: missing"),
        ("answer['detector'] = 'a\\n'", "detector: "),
        ("answer['verdict'] = 'pass'", "verdict: extra_forbidden"),
        ("answer['request'] = asked + 1", "another request"),
        ("target.write(b'\\0\\0\\0\\2{}{}'); target.flush(); continue", "more than one answer"),
        ("answer = 'x' * 70_000", "too long"),
        ("target.write(bytes(4)); target.flush(); continue", "answer: json_invalid"),
    ],
)
def test_a_product_that_errs_is_no_pass_and_is_started_anew(
    opened: Callable[..., ExternalDetection], misbehaviour: str, reason: str, tmp_path: Path
) -> None:
    once = tmp_path / "once"
    product = opened(f"""if not os.path.exists({str(once)!r}):
        open({str(once)!r}, "w").close()
        {misbehaviour.replace(chr(10), chr(10) + "    ")}""")
    assert lost(product.assess(sightings(3)), reason)
    assert product.assess(sightings(3)).sufficient


def test_a_product_that_does_not_answer_is_ended_in_time(tmp_path: Path) -> None:
    ticks = itertools.count()  # a clock on which every look costs a second
    command = shlex.split(program(tmp_path, "sys.stdin.buffer.read()"))
    options = ProcessOptions(answer_seconds=9)
    with closing(DetectionProcess(command, options, lambda: float(next(ticks)))) as product:
        product.start()
        held = product._running
        assert held is not None
        assert lost(product.assess(sightings(16, side=700)), "no answer in time")
        assert held.returncode is not None


def test_what_a_product_started_ends_with_it(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    held = f"import fcntl; lock = open({str(file)!r}, 'w'); fcntl.flock(lock, fcntl.LOCK_EX)"
    forked = "os.fork() or __import__('time').sleep(60)"
    command = program(tmp_path, f"{held}; {forked}")
    with closing(find(ATTACK_DETECTIONS, "process")(command, {})) as product:
        assert product.assess(sightings(2)).sufficient
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # waits for ever while one of them lives


def test_a_product_sees_nothing_of_the_gates_environment(
    opened: Callable[..., ExternalDetection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/nowhere")
    answer = opened("answer['cues'] = {name.lower(): 0.5 for name in os.environ}").assess(
        sightings(2)
    )
    assert set(answer.cues) <= {"path", "lang", "tz", "lc_ctype"}


def test_a_product_that_cannot_be_started_is_no_pass(tmp_path: Path) -> None:
    missing = DetectionProcess((str(tmp_path / "none"),), ProcessOptions(), time.monotonic)
    assert lost(missing.assess(sightings(2)), "cannot be started")


def test_nothing_to_ask_about_is_no_pass(opened: Callable[..., ExternalDetection]) -> None:
    assert lost(opened().assess([]), "no frame")
    large = FaceSighting(
        np.broadcast_to(np.uint8(0), (40_000, 40_000, 3)),
        Instant(0),
        (0, 0, 9, 9),
        np.zeros((5, 2)),
    )
    assert lost(opened().assess([large]), "too large")


@pytest.mark.parametrize(
    ("address", "options"),
    [("", {}), ("'open", {}), ("/no/such/program", {}), ("true", {"answer_seconds": 0})],
)
def test_mistakes_in_the_settings_are_refused(address: str, options: dict[str, float]) -> None:
    with pytest.raises(DriverOptionError, match="driver process"):
        find(ATTACK_DETECTIONS, "process")(address, options)


def test_an_answer_is_never_repeated_in_an_error() -> None:
    with pytest.raises(AnswerInvalid) as caught:
        assessment_of(b'{"score": "secret"}', 1)
    assert "secret" not in str(caught.value)
