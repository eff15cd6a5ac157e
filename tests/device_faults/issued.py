"""What is made once for every lane of the device faults."""

import io
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from egate.cli.main import main as egate
from egate.cli.service_identity import create_authority, issue
from egate.reporting.identity import Role
from egate.settings import Tls
from egate.trust.snapshot import TrustSnapshot
from egate.trust.store import TrustStore
from hardware_mocks.chip.document import Document
from hardware_mocks.lane.passports import issue_passport
from hardware_mocks.lane.scenario import parse_traveller
from hardware_mocks.pki.command import now_utc
from hardware_mocks.pki.pki import Pki
from hardware_mocks.world.traveller import Traveller

GATE_ID = "DAC-E-01"

_SOMEBODY = {"name": "SPECIMEN, FARZANA ISLAM", "person": "P001"}


@dataclass(frozen=True)
class Issued:
    """What is made once for every lane: a passport, what is trusted, certificates."""

    folder: Path
    document: Document = field(repr=False)
    snapshot: TrustSnapshot = field(repr=False)
    centre_tls: Tls
    gate_tls: Tls
    genuine: Traveller
    impostor: Traveller

    @classmethod
    def into(cls, folder: Path) -> "Issued":
        """Make everything in ``folder``."""
        now = now_utc()
        pki = Pki.make(now)
        pki.save(folder / "pki")
        store = ["--store", str(folder / "trust"), "--anchor", str(folder / "pki" / "anchor.cer")]
        crls = sorted(str(file) for file in (folder / "pki").rglob("*.crl"))
        files = [str(folder / "pki" / "masterlist.ml"), *crls]
        with redirect_stdout(io.StringIO()):
            egate(["trust", "import", *store, "--json", *files])
        genuine = parse_traveller({**_SOMEBODY, "kind": "genuine"})
        impostor = parse_traveller({**_SOMEBODY, "kind": "other_persons_passport", "face": "P008"})
        create_authority(folder / "tls")
        return cls(
            folder,
            issue_passport(genuine, 1, pki, now),
            TrustSnapshot.of(TrustStore.open(folder / "trust")),
            issue(folder / "tls", Role.CENTRE, "dhaka"),
            issue(folder / "tls", Role.GATE, GATE_ID),
            genuine,
            impostor,
        )
