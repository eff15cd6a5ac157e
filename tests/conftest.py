"""What every test has: shared data, the rule about skipping, and no left-over threads."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci",
    derandomize=True,
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("quick", derandomize=True, max_examples=60, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots", metavar="FOLDER", help="keep pictures of the traveller's display there"
    )


def absent(what: str) -> None:
    """Skip the test because ``what`` is not there; a failure under EGATE_REQUIRE_ALL=1."""
    if os.environ.get("EGATE_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is absent, and EGATE_REQUIRE_ALL=1 allows no skip")
    pytest.skip(f"{what} is absent")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a worker write what it measured: one that ends slowly is killed, and its measure lost."""
    coverage = sys.modules.get("coverage")
    measured = coverage.Coverage.current() if coverage else None
    if measured and hasattr(session.config, "workerinput"):
        measured.save()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail what is skipped, by whatever means, under EGATE_REQUIRE_ALL=1."""
    report = yield
    if report.skipped and os.environ.get("EGATE_REQUIRE_ALL") == "1":
        report.outcome = "failed"
        vars(report).pop("wasxfail", None)  # by which pytest would count it as well
        report.longrepr = f"{item.nodeid}: skipped, and EGATE_REQUIRE_ALL=1 allows no skip"
    return report


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real certificates, lists, SODs and MRZ vectors beside the repository."""
    folder = Path(os.environ.get("EGATE_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        absent("the shared test data (../shared/data)")
    return folder


@pytest.fixture
def require() -> Callable[[object, str], None]:
    """``require(condition, what)``: skip, or fail under EGATE_REQUIRE_ALL=1."""

    def check(condition: object, what: str) -> None:
        if not condition:
            absent(what)

    return check


@pytest.fixture(autouse=True)
def log_of_its_own() -> None:
    """No test writes to where another one let the log go, ours or the libraries'."""
    structlog.reset_defaults()
    root = logging.getLogger()
    for handler in [each for each in root.handlers if type(each).__module__.startswith("egate.")]:
        root.removeHandler(handler)


@pytest.fixture(autouse=True)
def no_left_over_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    # Those of asyncio's pool wait for work as long as a loop of the whole session lives.
    now = [t for t in threading.enumerate() if not t.name.startswith("asyncio_")]
    left = [t for t in now if t not in before and not t.daemon and t.is_alive()]
    for thread in left:
        thread.join(timeout=2)
    assert not [t for t in left if t.is_alive()], f"left-over threads: {left}"
