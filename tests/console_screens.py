"""Pictures of every page of the console, to be looked at: wide and narrow, in both languages.

python -m tests.console_screens --out DIR [--only board lane]
"""

import argparse
import asyncio
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from egate.observability.logging import configure_logging
from tests.centre_harness import centre_of_its_own
from tests.chromium import screen
from tests.console_harness import site
from tests.console_page_view_pages import specimens_of
from tests.console_pages import SCENES, prepare
from tests.desk_pages import glass
from tests.records_harness import count, fill
from tests.supervision_pages import office_of

_WIDTHS = (1280, 768)
_LANGUAGES = ("en", "bn")


async def take(out: Path, only: Sequence[str], folder: Path) -> None:
    """Take the pictures of every scene whose name has one of ``only`` in it."""
    policy, specimens = office_of(folder), specimens_of(folder)
    async with (
        centre_of_its_own() as centre,
        glass(folder / "pages") as laid,
        site(folder, centre=centre, policy=policy, specimens=specimens, glass=laid) as made,
    ):
        await prepare(made)
        await fill(centre, made.clock())
        await count(centre)
        async with screen(made.url) as shown:
            for scene in (each for each in SCENES if any(one in each.name for one in only)):
                for width in _WIDTHS:
                    for language in _LANGUAGES:
                        await made.log_in(shown, scene.officer_id, language)
                        await shown.resize(width, 800 if width > 1000 else 1024)
                        await scene.show(made, shown)
                        await shown.picture(out / f"{scene.name}-{width}-{language}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the pictures")
    parser.add_argument("--only", nargs="+", default=[""], help="parts of the names of the scenes")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    configure_logging(io.StringIO())
    with tempfile.TemporaryDirectory(prefix="egate-screens-") as folder:
        asyncio.run(take(arguments.out, arguments.only, Path(folder)))


if __name__ == "__main__":
    main()
