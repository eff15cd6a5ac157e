"""The settings file we ship is one that the centre takes."""

from pathlib import Path

from egate.settings import CentralSettings, load

ROOT = Path(__file__).resolve().parents[2]


def test_the_shipped_settings_are_valid_and_keep_the_page_local() -> None:
    settings = load(CentralSettings, ROOT / "config/central.toml")
    assert settings.page.listen.startswith("127.0.0.1:")
