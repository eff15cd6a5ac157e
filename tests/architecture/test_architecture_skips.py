"""No skip gets past EGATE_REQUIRE_ALL=1, whoever writes it and in whatever way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SKIPS = {
    "by a mark": "@pytest.mark.skipif(True, reason='r')\ndef test_it(): pass",
    "by a call": "def test_it(): pytest.skip('r')",
    "as expected to fail": "@pytest.mark.xfail\ndef test_it(): assert False",
}


@pytest.mark.parametrize("way", SKIPS)
@pytest.mark.parametrize(("demanded", "workers", "code"), [("0", 0, 0), ("1", 0, 1), ("1", 1, 1)])
def test_a_skip_is_a_failure_where_all_is_required(
    tmp_path: Path, way: str, demanded: str, workers: int, code: int
) -> None:
    file = tmp_path / "test_skipping.py"
    file.write_text(f"import pytest\n{SKIPS[way]}\n")
    words = ("-q", "-n", str(workers), "-p", "tests.conftest")
    ended = subprocess.run(
        (sys.executable, "-m", "pytest", *words, str(file)),
        cwd=ROOT,
        env={**os.environ, "EGATE_REQUIRE_ALL": demanded},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == code, ended.stdout
