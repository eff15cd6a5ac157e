"""Imports into a store of a test."""

from collections.abc import Sequence
from pathlib import Path

from egate.emrtd.passive_authentication.certificate import Certificate
from egate.trust.audit import Occasion
from egate.trust.importing import TrustImport
from egate.trust.report import ImportReport
from egate.trust.store import update
from tests.trust_forge import NOW, Forge, key

BD, IN = Forge(), Forge(country="IN", csca_key=key("indian"))
CSCA = BD.csca()
TODAY = Occasion(NOW)


def take(
    store: Path,
    *files: bytes,
    anchors: Sequence[Certificate] = (CSCA,),
    accept_unanchored: bool = False,
    occasion: Occasion = TODAY,
) -> ImportReport:
    with update(store) as change:
        importing = TrustImport(
            change,
            occasion=occasion,
            anchors=anchors,
            accept_unanchored=accept_unanchored,
        )
        report = importing.add_files([(str(i), file) for i, file in enumerate(files)])
        change.commit()
    return report


def reasons(report: ImportReport) -> list[str]:
    return [each.reason for each in report.rejected]
