"""The demo as a person sees it: a live table; programs see one JSON document instead."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from egate.cli.demo.officers import DemoOfficer
from egate.cli.demo.story import Session, Story
from egate.cli.demo.words import KINDS, MESSAGES, finding_in_words


class Screen(Protocol):
    """What the running demo tells its audience."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def starting(self, what: str) -> None: ...
    def arrived(self, index: int) -> None: ...
    def gate_says(self, message: str) -> None: ...
    def changed(self) -> None: ...
    def open_to(self, url: str, officers: Sequence[DemoOfficer]) -> None: ...
    def finished(self, seconds: float, urls: Mapping[str, str], *, stays: bool) -> None: ...


class JsonScreen:
    """Says nothing; the document is printed at the end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None: ...
    def starting(self, what: str) -> None: ...
    def arrived(self, index: int) -> None: ...
    def gate_says(self, message: str) -> None: ...
    def changed(self) -> None: ...
    def open_to(self, url: str, officers: Sequence[DemoOfficer]) -> None: ...
    def finished(self, seconds: float, urls: Mapping[str, str], *, stays: bool) -> None: ...


class TableScreen:
    """A row for each traveller: who comes, what the gate does, how it ends and why."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._present = -1
        self._message = ""
        self._starting = ""
        self._closing: Text | None = None
        self._log_ins: Text | None = None
        self._console = Console()
        self._live = Live(console=self._console, refresh_per_second=8, get_renderable=self._render)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *ended: object) -> None:
        self._live.stop()

    def starting(self, what: str) -> None:
        self._starting = what
        self._live.refresh()

    def arrived(self, index: int) -> None:
        self._present = index
        self._message = ""

    def gate_says(self, message: str) -> None:
        self._message = message

    def changed(self) -> None:
        self._live.refresh()

    def open_to(self, url: str, officers: Sequence[DemoOfficer]) -> None:
        lines = (f"Log in at {url} (each code once):", *map(str, officers))
        self._log_ins = Text("\n".join(lines), style="cyan")
        self.changed()

    def finished(self, seconds: float, urls: Mapping[str, str], *, stays: bool) -> None:
        self._closing = _closing(self._story, seconds, urls)
        if stays:
            self._closing.append("\nThe pages stay until Ctrl-C.")
        self._present = -1
        if self._console.is_terminal:
            self._live.refresh()
        else:  # a file or a pipe gets the table once
            self._console.print(self._render())

    def _render(self) -> RenderableType:
        if self._present < 0 and not self._story.sessions:
            return Text(f"starting: {self._starting} ...", style="dim")
        table = Table(title="Gate lane, Dhaka (simulated devices on real wires)", expand=True)
        for heading in ("#", "traveller", "verdict", "why", "steps (s)", "gate's own", "expected"):
            right = heading in ("#", "gate's own")
            table.add_column(heading, justify="right" if right else "left")
        for index in range(max(len(self._story.sessions), self._present + 1)):
            table.add_row(*self._row(index))
        below = [each for each in (self._closing, self._log_ins) if each is not None]
        return Group(table, *below)

    def _row(self, index: int) -> tuple[RenderableType, ...]:
        expected = (
            self._story.expectations[index] if index < len(self._story.expectations) else None
        )
        who = KINDS.get(expected.kind, expected.kind) if expected else "?"
        if index >= len(self._story.sessions):
            doing = MESSAGES.get(self._message, self._message)
            return (
                str(index + 1),
                who,
                Text("...", style="yellow"),
                Text(doing, "dim"),
                "",
                "",
                "",
            )
        session = self._story.sessions[index]
        right = self._story.as_expected(index)
        return (
            str(index + 1),
            who,
            _verdict(session),
            "; ".join(finding_in_words(finding) for finding in session.findings) or session.status,
            "  ".join(f"{step.name} {step.seconds:.2f}" for step in session.steps),
            f"{session.gate_seconds:.2f} s",
            Text("as expected", "green") if right else Text("NOT as expected", "bold red"),
        )


def _verdict(session: Session) -> Text:
    style = {"admit": "bold green", "refer": "bold yellow"}.get(session.verdict, "dim")
    return Text(session.verdict, style=style)


def _closing(story: Story, seconds: float, urls: Mapping[str, str]) -> Text:
    count = len(story.expectations)
    right = sum(story.as_expected(index) for index in range(len(story.sessions)))
    genuine = [each.gate_seconds for each in story.sessions if each.verdict == "admit"]
    slowest = f", the gate's own time at most {max(genuine):.2f} s" if genuine else ""
    summary = (
        f"{right} of {count} sessions as expected; {story.records_at_centre} records at the centre"
        f" for {len(story.sessions)} sessions;"
        f" {seconds:.1f} s, of them {story.start_seconds:.1f} s to start{slowest}."
    )
    lines = [
        summary,
        *(f"{name:>8}: {url}" for name, url in urls.items()),
    ]
    return Text("\n".join(lines), style="green" if story.all_as_expected else "bold red")
