"""What a centre needs that publishes lists: secrets, and officers who agree."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from egate.central.lists.acts import Act, Maker, Scope
from egate.central.lists.deciding import decide
from egate.central.lists.entries import OffloadOrder, file_offload
from egate.central.lists.incoming_rows import Row
from egate.central.lists.proposing import Proposal, propose
from egate.lists.kinds import ListKind
from egate.settings import ListPublishing
from tests.centre_harness import Centre
from tests.list_gate import now_utc
from tests.list_samples import document

TODAY = now_utc().date()
ORDER = OffloadOrder(
    decision_id="d-1",
    document=document("A1"),
    port="BDDAC",
    legal_basis="Emigration Act 1982 s. 7",
    order_reference="case 12",
    authority="SB",
    officer_id="rahman",
    second_officer_id="begum",
    valid_from=TODAY,
    valid_to=TODAY + dt.timedelta(days=1),
)


def list_keys(folder: Path) -> ListPublishing:
    """Make the secrets of a centre's lists, and the public key for its gates."""
    signing = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    files = {
        "sign.key": signing.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        "list.key": bytes(range(32)),
        "signer.pem": signing.public_key().public_bytes(
            pem, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    return ListPublishing(
        folder=folder / "made", signing_key=folder / "sign.key", list_key=folder / "list.key"
    )


async def offload(centre: Centre, number: str = "A1", decision: str = "d-1") -> None:
    order = replace(ORDER, decision_id=decision, document=document(number))
    async with centre.database.acquire() as connection:
        assert (await file_offload(connection, order)).approved


async def approved(
    centre: Centre, kind: ListKind, *rows: Row, scope: Scope = Scope.NOTHING
) -> None:
    async with centre.database.acquire() as connection:
        proposal = Proposal(kind, Act.IMPORT, Maker("rahman", "file"), scope)
        made = await propose(connection, proposal, rows)
        assert made.proposal_id is not None, made.preview
        await decide(connection, made.proposal_id, Maker("begum", "seen"), approved=True)
