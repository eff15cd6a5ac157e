"""Visas and travel permits of the simulator, with seals of a simulated PKI, and who trusts it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from egate.cli.main import main
from egate.emrtd.mrz.parse import parse
from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.optical.page_geometry import PageGeometry
from egate.ports.devices import PageScan
from egate.trust.store import TrustStore, signers_of
from hardware_mocks.page_scanner.rendering import Wanted, rendered
from hardware_mocks.page_scanner.seals.signer import SealSigner
from hardware_mocks.pki.command import load_or_make, now_utc
from tests.optical_pages import Reading

TODAY = now_utc().date()


@dataclass(frozen=True)
class SealedPage:
    """A rendered page, and the truth about it."""

    scan: PageScan = field(repr=False)
    reading: Reading
    truth: dict[str, Any] = field(repr=False)

    def white(self, file: Path) -> Path:
        """Write the page under white light to ``file``."""
        cv2.imwrite(str(file), self.scan.white)
        return file

    def covered(self, part: float, colour: int | None = None) -> "SealedPage":
        """Return the page with the upper ``part`` of its seal covered, in every light.

        Args:
            part: 0 to 1.
            colour: grey; None for that of the paper beside it.

        """
        left, top, width, height = self.truth["regions"]["seal"]
        corners = [(left - 0.8, top - 0.8), (left + width + 0.8, top + (height + 0.8) * part)]
        low, high = self.reading.geometry.pixels(corners).round().astype(int).tolist()

        def cover(picture: np.ndarray) -> np.ndarray:
            paint = picture[low[1] - 5, low[0]].tolist() if colour is None else (colour,) * 3
            return np.asarray(cv2.rectangle(picture.copy(), low, high, paint, -1))

        lights = (self.scan.white, self.scan.infrared, self.scan.ultraviolet)
        return replace(self, scan=PageScan(*(cover(each) for each in lights if each is not None)))


@dataclass(frozen=True)
class Trust:
    """What a trust store knows of seals."""

    anchors: TrustAnchors
    folder: Path | None = None

    def signers_of(self, state: str) -> Sequence[Certificate]:
        return () if self.folder is None else signers_of(self.folder, state)


@dataclass(frozen=True)
class SealingState:
    """Bangladesh as the simulator has it: a PKI, and the documents that its signer seals."""

    folder: Path
    _pages: dict[tuple[str, str, int], SealedPage] = field(default_factory=dict)

    @cached_property
    def signer(self) -> SealSigner:
        return SealSigner.of(load_or_make(self.folder))

    @cached_property
    def store(self) -> Path:
        """The folder of a trust store of this PKI, its seal signer included."""
        store = self.store_without_signers(self.folder / "trust")
        self.import_signer(store)
        return store

    def store_without_signers(self, store: Path) -> Path:
        """Make the trust store of a gate that nobody gave the seal signer to."""
        index = self._index
        self._import(store, index["master_list"], index["states"]["BGD"]["crl"])
        return store

    def import_signer(self, store: Path) -> None:
        """Let the gate of ``store`` know the seal signer."""
        self._import(store, self._index["states"]["BGD"]["seals"]["certificate"])

    @property
    def _index(self) -> dict[str, Any]:
        load_or_make(self.folder)
        index: dict[str, Any] = json.loads((self.folder / "pki.json").read_text())
        return index

    def _import(self, store: Path, *parts: str) -> None:
        anchor = str(self.folder / self._index["anchor"])
        files = [str(self.folder / part) for part in parts]
        assert main(["trust", "import", "--store", str(store), "--anchor", anchor, *files]) == 0

    @cached_property
    def trust(self) -> Trust:
        return Trust(TrustStore.open(self.store), self.store)

    def page(self, document: str, forgery: str = "", damage: int = 0) -> SealedPage:
        """Return the page of one bearer; it is rendered once."""
        key = (document, forgery, damage)
        if key not in self._pages:
            wanted = Wanted(document, forgery, damage, seals=self.signer)
            self._pages[key] = _page(wanted)
        return self._pages[key]


def _page(wanted: Wanted) -> SealedPage:
    page = rendered(wanted, (777_201, 0))
    lights = page.scan.images()
    scan = PageScan(lights["white"], lights["infrared"], lights["ultraviolet"])
    lines = tuple(map(str, page.truth["mrz"]))
    to_pixels = np.array(page.truth["page_to_pixels"])
    geometry = PageGeometry(to_pixels, (scan.white.shape[1], scan.white.shape[0]))
    return SealedPage(scan, Reading(parse(lines, TODAY), lines, geometry), page.truth)
