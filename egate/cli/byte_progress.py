"""A bar of bytes on a terminal, for long work on files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn


@contextmanager
def byte_progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Give what is to be told of every byte that was done with.

    Args:
        what: beside the bar.
        total: bytes in all; None when nobody knows.

    """
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), DownloadColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)
