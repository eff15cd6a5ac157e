"""A gate killed at a journal write or a command loses and doubles nothing."""

import json
import subprocess
import sys

import pytest

from tests.gate_samples import ROOT

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


def test_no_kill_loses_or_doubles_a_record_or_opens_the_barrier() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.gate_kills", "--json"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    result = json.loads(ran.stdout.splitlines()[-1])
    assert result["faults"] == {}
    assert result["kills"] >= 140
    assert ran.returncode == 0
