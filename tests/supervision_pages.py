"""Pages of supervision in the states that matter, and the policy that their console has."""

import datetime as dt
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from egate.console.opening import SIGNING_KEYS
from egate.policy_files.sealed_keys import SealedKeys, public_pem
from egate.settings import ConsolePolicy
from tests.chromium import Screen
from tests.conftest import ROOT
from tests.console_harness import Site
from tests.policy_officers import OFFICERS, key_folder, signed_by

KEY_PASSWORD: Final = "of the signing key 26"  # noqa: S105 - of the officers of tests
FIRST, SECOND = "supervisor-1", "supervisor-2"
DHAKA: Final = dt.timezone(dt.timedelta(hours=6))
ENTRY: Final = {
    "entry_id": "SB-2026/114",
    "legal_basis": "Passport Order 1973",
    "order_reference": "case 114",
    "authority": "Special Branch",
    "court": "Dhaka CMM",
    "valid_from": "2026-11-01",
    "valid_to": "2027-11-01",
    "direction": "exit",
    "action": "REFER_SILENT",
    "instruction": "Call the duty officer.",
    "contact": "02-55501",
    "documents": "P BGD BX-0123456\nP BGD BX7654321",
    "name-0": "Md. Anisur Rahman",
    "primary_identifier-0": "RAHMAN",
    "secondary_identifier-0": "MD ANISUR",
    "aliases-0": "Anis; Rana",
    "date_of_birth-0": "1974-XX-XX",
    "nationality-0": "BGD",
    "sex-0": "M",
    "reason": "order came in",
}


def keys_made(folder: Path) -> Path:
    """Make sealed keys of two supervisors in ``folder``, with their public halves beside them."""
    keys = SealedKeys(folder / SIGNING_KEYS)
    (folder / "public").mkdir()
    for officer in (FIRST, SECOND):
        public = keys.make(officer, KEY_PASSWORD)
        (folder / "public" / f"{officer}.pem").write_bytes(public_pem(public))
    return folder


def office(folder: Path, made: Path) -> ConsolePolicy:
    """A policy that two officers signed, and the supervisors' keys among the public ones.

    ``folder``: of the console's site. ``made``: by ``keys_made``.
    """
    (folder / "office").mkdir()
    keys = key_folder(folder)
    file = Path(shutil.copy(ROOT / "config" / "policy.toml", folder / "office"))
    signed_by(file, *list(OFFICERS)[:2])
    for public in (made / "public").iterdir():
        shutil.copy(public, keys)
    (folder / "state").mkdir(mode=0o700)
    shutil.copytree(made / SIGNING_KEYS, folder / "state" / SIGNING_KEYS)
    return ConsolePolicy(file=file, keys=keys)


def office_of(folder: Path) -> ConsolePolicy:
    """As ``office``, with keys of its own."""
    (folder / "made").mkdir()
    return office(folder, keys_made(folder / "made"))


def at(site: Site, hours: float) -> str:
    """Return a moment as the field of a form has it."""
    moment = dt.datetime.fromtimestamp(site.clock(), DHAKA) + dt.timedelta(hours=hours)
    return moment.strftime("%Y-%m-%dT%H:%M")


async def prepare_supervision(site: Site) -> None:
    """Let one change hold and one wait, and one entry be listed and one wait."""
    sign = {"password": KEY_PASSWORD, "begins": "", "ends": at(site, 72)}
    async with site.client(FIRST) as first, site.client(SECOND) as second:
        for key, value, reason in (
            ("min_similarity", "0.49", "Twins on the evening flight to Jeddah."),
            ("max_pad_score", "0.25", "A mask was found at gate 4 yesterday."),
        ):
            change = {"key": f"profiles.standard.{key}", "value": value, "reason": reason}
            await first.post("/thresholds/changes", data=sign | change)
        await second.post("/thresholds/changes/1/approve", data=sign)
        for made in (ENTRY, {**ENTRY, "entry_id": "SB-2026/115", "court": "Sylhet CJM"}):
            await first.post("/lists/new/EXIT_BAN", data=made)
        decision = {"decision": "approve", "reason": "order seen"}
        await second.post("/lists/proposals/1", data=decision)
    if site.console.delivery:
        await site.console.delivery.deliver()


async def show_found(_: Site, screen: Screen) -> None:
    await screen.go("/lists")
    await screen.fill("#words", "case 114")
    await screen.click("form[role=search] .primary")
    await screen.until("return document.getElementById('found') !== null")


async def show_decided(_: Site, screen: Screen) -> None:
    await screen.go("/lists")
    await screen.click("summary")
    await screen.until("return document.querySelector('#ended').closest('details').open")


async def show_waiting(_: Site, screen: Screen) -> None:
    await screen.go("/lists")
    await screen.click("table a")
    await screen.until("return document.getElementById('decision') !== null")


async def show_withdrawing(site: Site, screen: Screen) -> None:
    await show_waiting(site, screen)
    await screen.press("w")
    await screen.until("return document.activeElement.id === 'why-withdrawn'")


async def show_entry(site: Site, screen: Screen) -> None:
    await show_found(site, screen)
    await screen.click("#found ~ .table a")
    await screen.until("return document.getElementById('history') !== null")


async def show_form(_: Site, screen: Screen) -> None:
    await screen.go("/lists/new/OFFLOAD")
    await screen.until("return document.getElementById('order') !== null")


async def show_preview(_: Site, screen: Screen) -> None:
    columns = "entry_id,document_type,issuing_state,document_number,legal_basis,"
    rows = f"{columns}order_reference,authority,valid_from\n"
    await screen.go("/lists/import")
    await screen.fill("#rows", f"{rows}L-1,P,BGD,A1,Order,GD 12,Police,2026-11-01\nL-2,P,,,,,,\n")
    await screen.fill("#reason", "reports of the week")
    await screen.click("[value=preview]")
    await screen.until("return document.getElementById('preview') !== null")


async def show_thresholds(_: Site, screen: Screen) -> None:
    await screen.go("/thresholds")
    await screen.until("return document.getElementById('all') !== null")


Show = Callable[[Site, Screen], Awaitable[None]]
SHOWN: Final[tuple[tuple[str, str, Show], ...]] = (
    ("thresholds", SECOND, show_thresholds),
    ("lists", SECOND, show_found),
    ("list-decided", SECOND, show_decided),
    ("list-proposal", SECOND, show_waiting),
    ("list-withdrawing", FIRST, show_withdrawing),
    ("list-entry", SECOND, show_entry),
    ("list-form", SECOND, show_form),
    ("list-import", SECOND, show_preview),
)
"""Name, who looks, and how to get there."""
