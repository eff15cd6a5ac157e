"""Plain files that must survive a power cut: lists of a gate, a key, pictures that wait."""

import datetime as dt
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from egate.durable_files import put_file
from egate.lists.errors import ListRefused
from egate.lists.freshness import Freshness, sign_freshness
from egate.outbox.images import ImageLimits, ImageQueue
from egate.outbox.sealing import KeyFileUnusable, Seal
from egate.ports.case_images import CaseImage, CaseImageKind
from tests.disk_faults.folders import folder_watched, leave
from tests.disk_faults.power_cuts import CutFigures
from tests.disk_faults.scenes import NOW, SEAL, id_of
from tests.list_samples import KIND, SIGNER, Versions, gate, row, take
from tests.list_samples import NOW as LISTS_NOW

_KEPT: Final = ImageLimits(3600.0, 1 << 20)


class FolderScene(Protocol):
    """Deeds in a folder, and what is known of it after them."""

    deeds: Sequence[Callable[[Path], None]]

    def known(self, folder: Path) -> object:
        """Start anew with what is in ``folder``, and return what is known."""
        ...


class ListsScene:
    """A gate takes versions of a list in, and statements that nothing newer exists."""

    def __init__(self, elsewhere: Path) -> None:
        made = Versions(elsewhere)
        sources = [made.publish([row("A1", "E-1")]) / "snapshot"]
        sources.append(made.publish([row("A1", "E-1"), row("A2", "E-2")]) / "delta")
        sources.append(made.publish([row("A2", "E-2")]) / "delta")
        sources.append(made.publish([row("A3", "E-3")]) / "snapshot")
        sources.append(made.publish([row("A3", "E-3"), row("A4", "E-4")]) / "delta")
        self.deeds = [
            deed
            for number, source in enumerate(sources, 1)
            for deed in (_taking(source, number), _proving(number))
        ]

    def known(self, folder: Path) -> object:
        kept = gate(folder).open()
        with suppress(ListRefused):
            kept.close()
        version = kept.version.manifest.version if kept.version else 0
        proven = kept.freshness.as_of if kept.freshness else None
        return version, proven, kept.is_behind


def _taking(source: Path, number: int) -> Callable[[Path], None]:
    return lambda folder: take(gate(folder), source, _minute(number))


def _proving(number: int) -> Callable[[Path], None]:
    def prove(folder: Path) -> None:
        keeper = gate(folder)
        raw = sign_freshness(Freshness(KIND, number, _minute(number)), SIGNER)
        with keeper.locked():
            kept = keeper.open()
            try:
                keeper.prove(raw, kept, _minute(number))
            finally:
                kept.close()

    return prove


def _minute(number: int) -> dt.datetime:
    return LISTS_NOW + dt.timedelta(minutes=number)


class KeyScene:
    """A gate makes its key at its first start; what is sealed with a lost one is lost."""

    def __init__(self, _: Path) -> None:
        self.deeds = [lambda folder: Seal.from_file(folder / "journal.key") and None]

    def known(self, folder: Path) -> object:
        file = folder / "journal.key"
        if not file.exists():
            return None
        Seal.from_file(file)
        return file.read_bytes()


class ImagesScene:
    """Pictures of referred travellers wait; one that was sent may come back and is sent again."""

    def __init__(self, _: Path) -> None:
        self.deeds = [_adding(number) for number in range(8)]

    def known(self, folder: Path) -> object:
        queue = ImageQueue(folder, SEAL, _KEPT)
        names = []
        while waiting := queue.oldest(NOW):
            names.append((waiting.crossing_id, waiting.image.jpeg))
            queue.settle(waiting)
        return tuple(names)


def _adding(number: int) -> Callable[[Path], None]:
    picture = CaseImage(CaseImageKind.LIVE_FRAME, random.Random(number).randbytes(3000))
    return lambda folder: ImageQueue(folder, SEAL, _KEPT).add(id_of(number), number, picture, NOW)


class FileScene:
    """One file is put in the place of another: settings that are signed, certificates, keys."""

    def __init__(self, _: Path) -> None:
        self.deeds = [_putting(number) for number in range(8)]

    def known(self, folder: Path) -> object:
        file = folder / "file"
        return file.read_bytes() if file.exists() else None


def _putting(number: int) -> Callable[[Path], None]:
    return lambda folder: put_file(folder / "file", random.Random(number).randbytes(5000))


FOLDERS: Final[Mapping[str, Callable[[Path], FolderScene]]] = {
    "lists": ListsScene,
    "key": KeyScene,
    "images": ImagesScene,
    "file": FileScene,
}


def cut_folder(
    name: str, place: Path, cuts: int, seed: int, *, heeds_sync: bool = True
) -> CutFigures:
    """Cut the power ``cuts`` times while the deeds of ``name`` are done, and look after each.

    Args:
        name: of the scene.
        place: an empty folder to work in.
        cuts: how many.
        seed: of the moments, and of what is left.
        heeds_sync: False on a disk that says it has synchronised and has not.

    """
    choices = random.Random(seed)
    elsewhere, folder, after, known = (place / each for each in ("made", "at", "after", "known"))
    elsewhere.mkdir()
    folder.mkdir()
    scene = FOLDERS[name](elsewhere)

    def known_of(files: Path) -> object:
        shutil.rmtree(known, ignore_errors=True)
        shutil.copytree(files, known)  # to look may change something
        return scene.known(known)

    history = [known_of(folder)]
    with folder_watched(folder, heeds_sync=heeds_sync) as recorder:
        for deed in scene.deeds:
            deed(folder)
            recorder.acknowledge()
            history.append(known_of(folder))
    figures = CutFigures(cuts=cuts, acknowledged=len(scene.deeds))
    root = folder.lstat().st_ino
    for number in range(cuts):
        moment = choices.choice(recorder.moments)
        shutil.rmtree(after, ignore_errors=True)
        leave(moment, root, after, choices)
        try:
            found = known_of(after)
        except (OSError, ListRefused, KeyFileUnusable) as error:
            figures.corrupt.append(f"cut {number}: {error}")
            continue
        _judge(found, history, moment.acknowledged, f"cut {number}", figures)
    return figures


def _judge(
    found: object, history: list[object], acknowledged: int, at: str, figures: CutFigures
) -> None:
    if found in history[acknowledged : acknowledged + 2]:
        return
    if found in history[:acknowledged]:
        figures.lossy += 1
        figures.worst = max(figures.worst, acknowledged - history.index(found))
    else:
        figures.corrupt.append(f"{at}: after {acknowledged} deeds found {found!r:.200}")
