"""docs/soak.md: what the soaks last measured, a section for each of them."""

from pathlib import Path
from typing import Any, Final

_HEAD: Final = """# Soak

Does a gate grow that serves all day, and all week? Each section is written by the command that
it names. Samples are taken evenly over the sessions, after a full collection of garbage where
the process is the soak's own. The first 30 % of the sessions are a warm-up. Of the rest the
trend is the median of the slopes between all pairs of samples (Theil and Sen), so that single
wild samples do not count. A measure **grows** when it has risen along its trend by more than its
limit, and the median of its last quarter lies above that of its first by more than half of it;
the command fails then, and when a traveller was not served as their kind should be.
"""


def write_section(page: Path, title: str, told: str, result: dict[str, Any]) -> None:
    """Put the section ``title`` into ``page``, in place of the one it had.

    Args:
        page: the file; it need not be there yet.
        title: of the section.
        told: what was simulated and how.
        result: of the soak.

    """
    sections = _sections(page.read_text("utf-8") if page.exists() else "")
    sections[title] = f"{told}\n\n{_figures(result)}"
    text = "".join(f"\n## {name}\n\n{body.strip()}\n" for name, body in sorted(sections.items()))
    page.write_text(_HEAD + text, "utf-8")


def _sections(text: str) -> dict[str, str]:
    parts = text.split("\n## ")[1:]
    return {name: body for name, _, body in (part.partition("\n") for part in parts)}


def _figures(result: dict[str, Any]) -> str:
    ended = ", ".join(f"{count} {name}" for name, count in sorted(result["verdicts"].items()))
    rows = "".join(
        f"| {each['name']} | {_number(each['begin'], each)} | {_number(each['end'], each)}"
        f" | {_number(each['most'], each)} | {each['rise']:+,.1f} | {each['limit']:,.1f} |\n"
        for each in result["trends"]
    )
    grown = ", ".join(result["growing"]) or "nothing"
    return (
        f"{result['sessions']:,} sessions in {result['seconds'] / 60:.0f} minutes, seed"
        f" {result['seed']}: {ended}; served otherwise than their kind should be:"
        f" {len(result['wrong'])}. What grew: {grown}.\n\n"
        "| measure | first quarter | last quarter | most | rise along the trend | limit |\n"
        "|---|---|---|---|---|---|\n" + rows
    )


def _number(value: float, trend: dict[str, Any]) -> str:
    return f"{value:,.0f} {trend['unit']}".strip()
