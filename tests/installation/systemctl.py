#!/usr/bin/python3
"""What of systemctl the guide needs, in a bare Debian that was not booted: Type=notify units."""

import os
import pwd
import re
import signal
import socket
import sys
import time
from pathlib import Path

UNITS = Path("/etc/systemd/system")
RUNNING = Path("/run/units")
START_SECONDS = 90


def setting(name: str, key: str) -> str:
    found = re.search(rf"^{key}=(.*)$", (UNITS / f"{name}.service").read_text(), re.MULTILINE)
    return found[1] if found else ""


def pid_of(name: str) -> int | None:
    try:
        pid = int((RUNNING / name).read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid if Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" else None


def start(name: str) -> int:
    if pid_of(name):
        return 0
    address = RUNNING / f"{name}.notify"
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(str(address))
        address.chmod(0o666)
        pid = spawned(name, address)
        (RUNNING / name).write_text(str(pid))
        wire.settimeout(0.2)
        for _ in range(5 * START_SECONDS):
            try:
                if b"READY=1" in wire.recv(4096):
                    return 0
            except TimeoutError:
                if os.waitpid(pid, os.WNOHANG)[0]:
                    break
    print(f"Job for {name}.service failed.", file=sys.stderr)
    return 1


def spawned(name: str, address: Path) -> int:
    account = pwd.getpwnam(setting(name, "User"))
    if pid := os.fork():
        return pid
    os.setsid()
    log = os.open(f"/var/log/{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.initgroups(account.pw_name, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.chdir("/")
    program, *arguments = setting(name, "ExecStart").split()
    os.execve(
        program, [program, *arguments], {"PATH": os.environ["PATH"], "NOTIFY_SOCKET": str(address)}
    )


def stop(name: str) -> int:
    if pid := pid_of(name):
        os.kill(pid, signal.SIGTERM)
        for _ in range(300):
            if not pid_of(name):
                break
            time.sleep(0.1)
    return 0


def main(action: str, *names: str) -> int:
    RUNNING.mkdir(exist_ok=True)
    names = tuple(name for name in names if not name.endswith(".timer"))  # for another day
    match action:
        case "start":
            return max(map(start, names), default=0)
        case "stop":
            return max(map(stop, names), default=0)
        case "restart":
            return max((stop(name) or start(name) for name in names), default=0)
        case "is-active":
            return 0 if all(pid_of(name) for name in names) else 3
        case "is-enabled" | "enable" | "daemon-reload":
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *[each for each in sys.argv[2:] if not each.startswith("-")]))
