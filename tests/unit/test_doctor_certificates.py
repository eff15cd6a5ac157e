"""What ``egate doctor`` says of the certificate of a page that browsers see."""

import datetime as dt
from pathlib import Path

import pytest

from egate.cli.clock import now_utc
from egate.cli.doctor_certificates import look_at_page_certificate
from egate.cli.doctor_check import Amiss
from egate.cli.service_identity import create_authority, issue
from egate.settings import PageTls


def page(folder: Path, *names: str, hosts: tuple[str, ...]) -> PageTls:
    """Return the files of a page that is called ``names``, of a certificate for ``hosts``."""
    create_authority(folder)
    made = issue(folder, "console", "hall-1", hosts)
    return PageTls(certificate=made.certificate, key=made.key, names=names)


@pytest.mark.parametrize(
    ("names", "hosts"),
    [
        (("console.hall-1.example",), ("console.hall-1.example",)),
        (("console.hall-1.example", "10.0.0.7"), ("*.hall-1.example", "10.0.0.7")),
    ],
)
def test_a_certificate_for_its_names_is_well(
    tmp_path: Path, names: tuple[str, ...], hosts: tuple[str, ...]
) -> None:
    assert "days left" in look_at_page_certificate(page(tmp_path, *names, hosts=hosts), now_utc())


@pytest.mark.parametrize("host", ["hall-1.example", "*.example", "console.hall-2.example"])
def test_a_name_that_it_is_not_for_is_named(tmp_path: Path, host: str) -> None:
    served = page(tmp_path, "console.hall-1.example", hosts=(host,))
    with pytest.raises(Amiss, match=r"not for console\.hall-1\.example: issue one"):
        look_at_page_certificate(served, now_utc())


def test_one_that_has_ended_or_whose_key_others_read_is_named(tmp_path: Path) -> None:
    served = page(tmp_path, "console", hosts=("console",))
    with pytest.raises(Amiss, match=r"expired .* renew it"):
        look_at_page_certificate(served, now_utc() + dt.timedelta(days=40_000))
    served.key.chmod(0o640)
    with pytest.raises(Amiss, match="others may read it"):
        look_at_page_certificate(served, now_utc())
