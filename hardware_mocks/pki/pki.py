"""The throw-away PKI of the simulated documents: made, saved to a folder, loaded back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from hardware_mocks.pki import der
from hardware_mocks.pki.authority import Authority, establish, master_list_signer
from hardware_mocks.pki.certificate import Certificate
from hardware_mocks.pki.keys import CurveForm, SigningKey, load_key
from hardware_mocks.pki.signed_data import CSCA_MASTER_LIST, Signer, signed_data
from hardware_mocks.pki.terminals import CvHolder, CvKind, TerminalAuthority

# Issuing State of the MRZ -> country of the certificates. UTO and UT are of no real State.
STATES: Final = {"BGD": "BD", "UTO": "UT"}
_ANCHOR_STATE: Final = "BGD"
_CURVE_FORMS: Final[Mapping[str, CurveForm]] = {
    "explicit": "explicit",
    "named": "named",
    "misnamed": "misnamed",
}
_INDEX: Final = "pki.json"


@dataclass(frozen=True, slots=True)
class Pki:
    """The authorities of the simulated States and the master list that names them."""

    authorities: Mapping[str, Authority]
    list_signer: Signer
    master_list: bytes
    made_at: datetime

    @classmethod
    def make(cls, now: datetime, cv_kinds: Sequence[CvKind] = ("ecdsa",)) -> Self:
        """Make every key and certificate anew, valid around ``now`` (UTC).

        ``cv_kinds`` are the algorithms of which every State has a CVCA for terminals.
        """
        moment = now.replace(microsecond=0)
        authorities = {
            state: establish(state, country, moment, cv_kinds) for state, country in STATES.items()
        }
        home = authorities[_ANCHOR_STATE]
        signer = master_list_signer(home, STATES[_ANCHOR_STATE], moment)
        certificates = [
            certificate.raw
            for each in authorities.values()
            for certificate in (each.previous.certificate, each.csca.certificate, each.link)
        ]
        content = der.sequence(der.integer(0), der.set_of(certificates))
        return cls(
            authorities,
            signer,
            signed_data(
                CSCA_MASTER_LIST,
                content,
                signer,
                moment,
                others=[home.csca.certificate],
                by_key_identifier=True,
            ),
            moment,
        )

    def signer(self, state: str, signer: str) -> Signer:
        """The document signer of a State by name; raises KeyError."""
        return self.authorities[state].signers[signer]

    def save(self, folder: Path) -> Mapping[str, Any]:
        """Write everything below ``folder`` and return the index: what is in which file."""
        folder.mkdir(parents=True, exist_ok=True)
        home = self.authorities[_ANCHOR_STATE]
        index = {
            "made_at": self.made_at.isoformat(),
            "anchor": _write(folder, "anchor.cer", home.csca.certificate.raw),
            "master_list": _write(folder, "masterlist.ml", self.master_list),
            "list_signer": _write_signer(folder, "list-signer", self.list_signer),
            "states": {
                state: _write_state(folder, each) for state, each in self.authorities.items()
            },
        }
        _write(folder, _INDEX, json.dumps(index, indent=2).encode())
        return index

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a PKI that :meth:`save` wrote; raises OSError, KeyError or ValueError."""
        index = json.loads((folder / _INDEX).read_text())
        return cls(
            {state: _read_state(folder, state, files) for state, files in index["states"].items()},
            _read_signer(folder, index["list_signer"]),
            (folder / index["master_list"]).read_bytes(),
            datetime.fromisoformat(index["made_at"]),
        )


def _write(folder: Path, name: str, content: bytes, mode: int = 0o644) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=mode)
    path.chmod(mode)
    path.write_bytes(content)
    return name


def _write_signer(folder: Path, name: str, signer: Signer) -> dict[str, str]:
    return {
        "certificate": _write(folder, f"{name}.cer", signer.certificate.raw),
        "key": _write(folder, f"{name}.p8", signer.key.pkcs8(), mode=0o600),
        "hash": signer.key.hash_name,
        "curve": signer.key.curve,
    }


def _write_state(folder: Path, authority: Authority) -> dict[str, Any]:
    state = authority.state
    return {
        "csca": _write_signer(folder, f"{state}/csca", authority.csca),
        "previous_csca": _write_signer(folder, f"{state}/csca-previous", authority.previous),
        "link": _write(folder, f"{state}/csca-link.cer", authority.link.raw),
        "unlisted_csca": _write(folder, f"{state}/csca-unlisted.cer", authority.unlisted.raw),
        "crl": _write(folder, f"{state}/revoked.crl", authority.crl),
        "seals": _write_signer(folder, f"{state}/seals", authority.seals),
        "signers": {
            name: _write_signer(folder, f"{state}/ds-{name}", signer)
            for name, signer in authority.signers.items()
        },
        "terminals": {
            kind: _write_terminals(folder, f"{state}/cv-{kind}", each)
            for kind, each in authority.terminals.items()
        },
    }


def _write_terminals(
    folder: Path, prefix: str, authority: TerminalAuthority
) -> dict[str, dict[str, str]]:
    return {
        name: {
            "reference": holder.reference.decode("latin-1"),
            "certificate": _write(folder, f"{prefix}-{name}.cvcert", holder.certificate),
            "key": _write(folder, f"{prefix}-{name}.p8", holder.key.pkcs8(), mode=0o600),
        }
        for name, holder in authority.holders().items()
    }


def _read_terminals(
    folder: Path, kind: CvKind, files: Mapping[str, Mapping[str, str]]
) -> TerminalAuthority:
    holders = {
        name: CvHolder(
            each["reference"].encode("latin-1"),
            (folder / each["certificate"]).read_bytes(),
            SigningKey(load_key((folder / each["key"]).read_bytes())),
        )
        for name, each in files.items()
    }
    try:
        return TerminalAuthority(kind, **holders)
    except TypeError:
        raise ValueError("the holders of CV certificates are incomplete") from None


def _read_certificate(folder: Path, name: str) -> Certificate:
    return Certificate.parse((folder / name).read_bytes())


def _read_signer(folder: Path, files: Mapping[str, str]) -> Signer:
    private = load_key((folder / files["key"]).read_bytes())
    key = SigningKey(private, files["hash"], curve=_CURVE_FORMS[files["curve"]])
    return Signer(key, _read_certificate(folder, files["certificate"]))


def _read_state(folder: Path, state: str, files: Mapping[str, Any]) -> Authority:
    return Authority(
        state=state,
        csca=_read_signer(folder, files["csca"]),
        previous=_read_signer(folder, files["previous_csca"]),
        link=_read_certificate(folder, files["link"]),
        unlisted=_read_certificate(folder, files["unlisted_csca"]),
        signers={name: _read_signer(folder, each) for name, each in files["signers"].items()},
        seals=_read_signer(folder, files["seals"]),
        crl=(folder / files["crl"]).read_bytes(),
        terminals={
            kind: _read_terminals(folder, kind, each)
            for kind, each in files.get("terminals", {}).items()
        },
    )
