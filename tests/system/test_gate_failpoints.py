"""A gate killed at a journal write, at a command or at any moment loses and doubles nothing."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.gate_samples import ROOT

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


def killed(*words: str) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.gate_kills", *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.stdout, ran.stderr
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def test_no_kill_loses_or_doubles_a_record_or_opens_the_barrier() -> None:
    result = killed()
    assert result["faults"] == {}
    assert result["kills"] >= 140


def test_no_kill_at_a_random_moment_does() -> None:
    result = killed("--random", "150")
    assert result["faults"] == {}
    assert result["kills"] == 150
