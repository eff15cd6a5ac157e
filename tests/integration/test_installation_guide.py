"""What the installer brings is there; `make installation-trial` follows docs/installation.md."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALLER = ROOT / "installation" / "install.sh"


@pytest.mark.parametrize("script", sorted(INSTALLER.parent.glob("*.sh")), ids=lambda one: one.name)
def test_a_script_is_sound(script: Path) -> None:
    subprocess.run(["/bin/bash", "-n", script], check=True)


@pytest.mark.parametrize("role", ["gate", "central", "console"])
def test_what_is_installed_for_a_role_is_there(role: str) -> None:
    text = INSTALLER.read_text("utf-8")
    part = re.search(rf"^{role}\(\) \{{\n(.*?)^\}}", text, re.MULTILINE | re.DOTALL)
    assert part
    (named,) = re.findall(r"^ *settings (.*)$", part[1], re.MULTILINE)
    assert [each for each in named.split() if not (ROOT / "config" / each).is_file()] == []
    assert (ROOT / "config" / "systemd" / f"egate-{role}.service").is_file()


def test_a_wrong_word_is_answered_with_the_right_ones() -> None:
    ended = subprocess.run([INSTALLER, "gat"], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "./install.sh update" in ended.stderr


def test_a_release_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "install.sh"
    script.write_bytes(INSTALLER.read_bytes())
    script.chmod(0o755)
    ended = subprocess.run([script, "update"], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "is no release" in ended.stderr
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  install.sh\n")
    ended = subprocess.run([script, "update"], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "not whole" in ended.stderr
