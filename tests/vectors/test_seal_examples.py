"""The worked examples of ICAO, byte for byte, and published specimens of other makers."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.crypto.public_key import load_public_key
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.visible_digital_seal import c40
from egate.emrtd.visible_digital_seal.document_type import (
    SealedDocumentType,
    document_type_of,
    features_of,
)
from egate.emrtd.visible_digital_seal.feature import DurationOfStay, FeatureName, StayRule
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal
from egate.emrtd.visible_digital_seal.signer import check_signature, find_signer
from egate.emrtd.visible_digital_seal.verify import verify
from tests.trust_data import Anchors, read_certificate
from tests.trust_forge import Forge

# 9303-7 appendix E: the figure's bytes, the signature as it is printed below it, and the
# public half of the key printed above it.
VISA = bytes.fromhex("""
    DC03D9C5D9CAC8A73A995D91345DDF54 5D01022CDD52134A74DA1347C6FED95C
    B89F9FCE133C133C133C133C20383373 4AAF47F0C32F1A1E20EB264D393AFE34
    04035A0000050659E932F926C7030102 FF40
    21C6785B027EC4A5BFA6DDE537E8ADFA91BEB1197BED97ADF2FF89E0A344512B
    7B0136C44050F117E507BC2A782FFE15F68DDD6818AF5A7BAF21CA7CFC7E83BE
""")
# 9303-8 appendix B: made with the same key.
EMERGENCY = bytes.fromhex("""
    DC03D9C5D9CAC8A73A995D913A7D9C57 5E030230BAB3D2B3C549CD1DA93C5BD4
    58135C6F57FC133C133C133C6B38208A 4D0D4A32B0C11AE6268427153F7C453C
    133C1345FF40
    39034E85DA183C1CC0D3AC16732D7EE2C20D7AEF7B381C0AE509F10A97890D51
    1C3C47B94807A4D0F67CE9083A7F206F04FB35AFDB8AB9658A93327A4E0EE6ED
""")
KEY = bytes.fromhex(
    "305A301406072A8648CE3D020106092B2403030208010107034200"
    "0408132A7243B3CCC29C271097081C96A729EEFB8EB93630E536498E9B7CE1CED2"
    "5D68A789D93BEF39C04715C5AD3915D281C0754ECC08508BF66687EFC630DF88"
)

OTHER_NAMES = {
    ("AZR", FeatureName.AZR_NUMBER),
    ("AGS", FeatureName.MUNICIPALITY_KEY),
    ("MRZ_MRVA", FeatureName.MRZ),
    ("MRZ_MRVB", FeatureName.MRZ),
    ("ADDITIONAL_FEATURES", FeatureName.ADDITIONAL_FEATURE),
}


@pytest.mark.parametrize("raw", [VISA, EMERGENCY])
def test_the_signature_of_icaos_examples(raw: bytes) -> None:
    signer = replace(Forge().csca(), spki=KEY)
    seal = VisibleDigitalSeal.parse(raw)
    assert load_public_key(KEY) == signer.public_key()
    assert check_signature(seal, signer) == (Outcome.SUCCESSFUL, "")
    other = replace(seal, signed=seal.signed[:-1] + bytes((seal.signed[-1] ^ 1,)))
    assert check_signature(other, signer)[0] is Outcome.FAILED


def test_icaos_visa() -> None:
    seal = VisibleDigitalSeal.parse(VISA)
    header = seal.header
    assert (header.version, header.issuing_country) == (4, "UTO")
    assert (header.signer_identifier, header.certificate_reference) == ("UTTS", "5B")
    assert (header.issued_on, header.signed_on) == (date(2020, 6, 13), date(2020, 6, 15))
    assert {each.name: each.value for each in features_of(seal)} == {
        FeatureName.MRZ: (
            "VCD<<DENT<<ARTHUR<PHILIP<<<<<<<<<<<<",
            "1234567XY7GBR5203116M2105253",
        ),
        FeatureName.DURATION_OF_STAY: DurationOfStay(StayRule.DURATION, 90, 0, 0),
        FeatureName.PASSPORT_NUMBER: "ABC424242",
        FeatureName.NUMBER_OF_ENTRIES: 2,
    }


def test_icaos_emergency_travel_document() -> None:
    seal = VisibleDigitalSeal.parse(EMERGENCY)
    assert seal.header.issued_on == date(2026, 6, 13)
    (feature,) = features_of(seal)
    assert feature.value == (
        "PUUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<",
        "D231458907UTO7408122F2606277<<<<<<<8",
    )
    kind = document_type_of(seal.header)
    assert kind is not None
    assert kind.name == "emergency travel document"


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        ("EB0466A9", "XK CD"),  # 9303-13 §C.1
        ("EB11FE45", "XKCD"),  # §C.2
        ("DE515826", "VISA01"),  # §2.3.1
    ],
)
def test_icaos_c40(encoded: str, text: str) -> None:
    assert c40.decode(bytes.fromhex(encoded)) == text
    assert c40.encoded_bytes(len(text)) == 4


def specimens(shared_data: Path) -> dict[str, bytes]:
    text = (shared_data / "trust/vds/li0ard_test_seals.txt").read_text("utf-8")
    seals, _, _ = text.partition("===== IDB")
    return {name: bytes.fromhex(raw) for name, raw in re.findall(r"- (.*):\n([0-9a-f]+)", seals)}


@pytest.fixture(scope="module")
def signers(shared_data: Path) -> list[Certificate]:
    folder = shared_data / "trust/vds"
    names = ("li0ard_test_cert.pem", "tsenger_sealgen_DETS32.crt", "tsenger_sealgen_UTTS5B.crt")
    return [read_certificate(folder / name) for name in names]


def test_specimens_are_by_the_signer_they_refer_to(
    shared_data: Path, signers: list[Certificate]
) -> None:
    seals = specimens(shared_data)
    assert len(seals) == 9
    for name, raw in seals.items():
        seal = VisibleDigitalSeal.parse(raw)
        finding, signer = find_signer(seal, signers)
        assert finding == (Outcome.SUCCESSFUL, ""), name
        assert signer is signers[2]
        assert not [each for each in features_of(seal) if each.fault or each.value is None], name


def test_the_kinds_of_the_specimens(shared_data: Path) -> None:
    kinds = {
        name: document_type_of(VisibleDigitalSeal.parse(raw).header)
        for name, raw in specimens(shared_data).items()
    }
    assert {name: kind.name for name, kind in kinds.items() if kind} == {
        "Residence Permit": "residence permit",
        "Arrival attestation": "arrival attestation",
        "Arrival attestation (v3)": "arrival attestation",
        "Social insurance card": "social insurance card",
        "Supplement sheet": "supplementary sheet of a residence permit",
        "Visa document": "visa",
        "Emergency travel document": "emergency travel document",
        "PA address sticker": "address sticker of an identity card",
        "Passport residence sticker": "residence sticker of a passport",
    }


def test_a_specimen_without_its_authority_is_never_successful(
    shared_data: Path, signers: list[Certificate]
) -> None:
    at = date(2026, 1, 1)
    for raw in specimens(shared_data).values():
        answer = verify(VisibleDigitalSeal.parse(raw), signers, Anchors(), at, clock=lambda: 0.0)
        found = {check.check_id: check.outcome for check in answer.checks}
        assert found[CheckId.SEAL_SIGNATURE] is Outcome.SUCCESSFUL
        assert found[CheckId.SEAL_CERTIFICATE_PATH] is Outcome.UNDETERMINED
        assert answer.outcome is not Outcome.SUCCESSFUL


def rows(kind: SealedDocumentType) -> set[tuple[int, int, int]]:
    return {(each.tag, *each.lengths) for each in kind.features}


def test_the_features_of_each_kind_are_those_that_others_published(shared_data: Path) -> None:
    """Tags and lengths of every kind; what is required only where 9303 says nothing."""
    table = json.loads((shared_data / "trust/vds/tsenger_VdsDocumentTypes.json").read_text())
    template = VisibleDigitalSeal.parse(VISA).header
    compared = 0
    for published in table:
        definition, category = bytes.fromhex(published["documentRef"])
        header = replace(template, feature_definition=definition, document_category=category)
        kind = document_type_of(header)
        if kind is None:
            assert published["documentType"].startswith("ADMINISTRATIVE_DOCUMENTS")
            continue
        messages = published["messages"]
        assert rows(kind) == {(m["tag"], m["minBytes"], m["maxBytes"]) for m in messages}
        names = {each.tag: each.name for each in kind.features}
        if (definition, category) != (0x5D, 0x01):
            required = {names[m["tag"]] for m in messages if m["required"]}
            assert kind.required == required
        for message in messages:
            same_name = message["name"].lower() == names[message["tag"]].value
            assert same_name or (message["name"], names[message["tag"]]) in OTHER_NAMES
        compared += 1
    assert compared == 13


def test_the_required_features_of_a_visa() -> None:
    kind = document_type_of(VisibleDigitalSeal.parse(VISA).header)
    assert kind is not None
    assert kind.required == {
        FeatureName.MRZ,
        FeatureName.DURATION_OF_STAY,
        FeatureName.PASSPORT_NUMBER,
    }
