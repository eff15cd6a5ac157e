"""Real certificates, lists and SODs for the tests of passive authentication."""

import base64
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from egate.emrtd import asn1
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.deviation_list import DeviationList
from egate.emrtd.passive_authentication.revocation import RevocationList

LISTS = ("DE_ML_2025-03-05.ml", "ICAO_ml_March2023.ml", "IT_MasterListCSCA_2023.ml")
BARE = "tananaev_DE_2021-12_bare.ml"


class Anchors:
    """Trust anchors of a test: a plain list."""

    def __init__(
        self,
        cscas: Sequence[Certificate] = (),
        crls: Sequence[RevocationList] = (),
        deviations: Mapping[str, DeviationList] | None = None,
    ) -> None:
        self._cscas = cscas
        self._crls = crls
        self._deviations = deviations or {}

    def cscas_with_key_identifier(self, ski: bytes) -> Sequence[Certificate]:
        return [csca for csca in self._cscas if csca.ski == ski]

    def cscas_of(self, country: str) -> Sequence[Certificate]:
        return [csca for csca in self._cscas if csca.country == country]

    def crls_of(self, country: str) -> Sequence[RevocationList]:
        return [crl for crl in self._crls if crl.country == country]

    def deviations_of(self, country: str) -> Sequence[DeviationList]:
        return [self._deviations[country]] if country in self._deviations else []


def read_certificate(file: Path) -> Certificate:
    content = file.read_bytes()
    pem = re.search(rb"-----BEGIN CERTIFICATE-----(.*?)-----END", content, re.DOTALL)
    return Certificate.parse(base64.b64decode(pem[1]) if pem else content)


def read_master_list(file: Path) -> list[Certificate]:
    content = file.read_bytes()
    if file.name != BARE:
        content = SignedData.parse(content).content
    _, certificates = asn1.decode(content).children()
    return [Certificate.parse(element.raw) for element in certificates.children()]


def all_cscas(trust: Path) -> list[Certificate]:
    found = {
        certificate.raw: certificate
        for name in (*LISTS, BARE)
        for certificate in read_master_list(trust / "masterlists" / name)
    }
    return list(found.values())
