"""Ask the open database of vulnerabilities (OSV) about every package that the product is made of.

    python requirements/advisories.py

Exit code 1 when one of them has a known vulnerability. Where no database answers, a line says
that nothing was scanned; with EGATE_REQUIRE_ADVISORIES=1, as for a release, that is 1 as well.
EGATE_OSV_URL names another database than the public one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
LOCKS: Final = ("runtime", "pcsc", "pkcs11", "evaluation")
TIMEOUT_SECONDS: Final = 15
MOST_SECONDS: Final = 300


def main() -> int:
    packages = scanned()
    if packages is None:
        print("advisories: no database answers, so nothing was scanned for vulnerabilities")
        return int(os.environ.get("EGATE_REQUIRE_ADVISORIES") == "1")
    found = sorted({line for package in packages for line in vulnerabilities(package)})
    for line in found:
        print(f"advisories: {line}", file=sys.stderr)
    print(f"advisories: {len(packages)} packages scanned, {len(found)} known vulnerabilities")
    return int(bool(found))


def scanned() -> list[dict[str, Any]] | None:
    """Return what is known of each package, None where nobody answers."""
    options = [
        *(f"--requirement={HERE / lock}.lock" for lock in LOCKS),
        "--disable-pip",
        "--progress-spinner=off",
        "--format=json",
        "--vulnerability-service=osv",
        f"--timeout={TIMEOUT_SECONDS}",
    ]
    if url := os.environ.get("EGATE_OSV_URL"):
        options.append(f"--osv-url={url}")
    ended = subprocess.run(  # noqa: S603  nothing in it comes from outside
        [sys.executable, "-m", "pip_audit", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=MOST_SECONDS,
        check=False,
    )
    if not ended.stdout:
        return None
    packages: list[dict[str, Any]] = json.loads(ended.stdout)["dependencies"]
    return None if any("skip_reason" in package for package in packages) else packages


def vulnerabilities(package: dict[str, Any]) -> list[str]:
    return [
        f"{package['name']} {package['version']}: {each['id']}"
        f" (mended in {', '.join(each['fix_versions']) or 'no version yet'})"
        for each in package["vulns"]
    ]


if __name__ == "__main__":
    sys.exit(main())
