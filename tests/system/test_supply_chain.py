"""What `make lint` says of licences and vulnerabilities, with a database of ours on loopback."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
FOUND = {
    "id": "PYSEC-0000-1",
    "summary": "a made-up one",
    "affected": [
        {
            "package": {"name": "pyserial", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0"}]}],
        }
    ],
}


@contextmanager
def database(vulnerable: str, asked: set[str]) -> Iterator[str]:
    """Answer as OSV does: one vulnerability of the package ``vulnerable``, none of others.

    Every name that is asked about is added to ``asked``.
    """

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = question["package"]["name"]
            asked.add(name)
            known = {"vulns": [FOUND]} if name == vulnerable else {}
            body = json.dumps(known).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(script: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, script],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def advisories(environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return run(REQUIREMENTS / "advisories.py", environment)


def test_a_package_with_a_known_vulnerability_is_named() -> None:
    with database("pyserial", set()) as url:
        ended = advisories({"EGATE_OSV_URL": url})
    assert ended.returncode == 1
    assert "pyserial 3.5: PYSEC-0000-1 (mended in 99.0)" in ended.stderr


def test_every_package_of_every_lock_is_asked_about() -> None:
    asked: set[str] = set()
    with database("nothing of ours", asked) as url:
        ended = advisories({"EGATE_OSV_URL": url})
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"{len(asked)} packages scanned" in ended.stdout
    assert {"cryptography", "grpcio", "matplotlib", "pyscard", "uvicorn"} <= asked


def test_no_answer_is_said_and_not_taken_for_a_good_one() -> None:
    with database("", set()) as url:
        pass  # nobody listens there any more
    ended = advisories({"EGATE_OSV_URL": url})
    assert "nothing was scanned" in ended.stdout
    assert ended.returncode == 0
    required = advisories({"EGATE_OSV_URL": url, "EGATE_REQUIRE_ADVISORIES": "1"})
    assert required.returncode == 1


def test_the_bill_of_materials_is_valid_cyclonedx() -> None:
    text = (REQUIREMENTS / "sbom.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def copied(folder: Path) -> Path:
    """Return the script in a copy of the folder, so that the copy's locks can be changed."""
    shutil.copytree(REQUIREMENTS, folder / "requirements")
    shutil.copytree(REQUIREMENTS.parent / "docs", folder / "docs")
    return folder / "requirements" / "bill_of_materials.py"


def test_a_changed_lock_is_seen(tmp_path: Path) -> None:
    script = copied(tmp_path)
    assert run(script, {}).returncode == 0
    lock = script.parent / "runtime.lock"
    lock.write_text(lock.read_text().replace("pyserial==3.5", "pyserial==3.6"))
    ended = run(script, {})
    assert ended.returncode == 1
    assert "make licences" in ended.stderr


def test_a_licence_that_is_not_for_us_is_refused(tmp_path: Path) -> None:
    script = copied(tmp_path)
    script.write_text(
        script.read_text().replace('"pyserial": "BSD-3-Clause"', '"pyserial": "GPL-3.0-only"')
    )
    ended = run(script, {})
    assert ended.returncode == 1
    assert "pyserial: GPL-3.0-only is not a licence for this product" in ended.stderr


def test_a_package_of_which_nobody_knows_the_licence_is_refused(tmp_path: Path) -> None:
    script = copied(tmp_path)
    script.write_text(script.read_text().replace('    "anyascii": "ISC",\n', ""))
    ended = run(script, {})
    assert ended.returncode == 1
    assert "anyascii" in ended.stderr
