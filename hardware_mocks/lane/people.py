"""Travellers for whom no scenario has to be written. Every name is made up."""

from typing import Final

from hardware_mocks.lane.scenario import parse_traveller
from hardware_mocks.world.traveller import Traveller

_TABLES: Final = (
    {"name": "RAHMAN, FARZANA", "kind": "genuine", "person": "P001", "sex": "F"},
    {
        "name": "CHOWDHURY, NASRIN",
        "kind": "genuine",
        "person": "P002",
        "sex": "F",
        "active_authentication": "ecdsa",
    },
    {
        "name": "KARIM, ABDUL",
        "kind": "genuine",
        "person": "P005",
        "sex": "M",
        "access": "pace-cam",
        "active_authentication": "none",
    },
    {
        "name": "ERIKSEN, ASTRID",
        "kind": "genuine",
        "person": "P003",
        "state": "UTO",
        "sex": "F",
        "access": "pace",
        "chip_authentication": "ecdh",
        "active_authentication": "none",
    },
    {
        "name": "HOSSAIN, TANVIR",
        "kind": "other_persons_passport",
        "person": "P007",
        "face": "P008",
        "sex": "M",
    },
    {"name": "BEGUM, SHIRIN", "kind": "expired", "person": "P003", "sex": "F"},
    {"name": "ALAM, MONIRUL", "kind": "tampered_dg", "person": "P008", "sex": "M"},
    {
        "name": "LINDQVIST, MAJA",
        "kind": "unknown_signer",
        "person": "P003",
        "state": "UTO",
        "sex": "F",
    },
    {"name": "KHATUN, RUMANA", "kind": "cloned_chip", "person": "P001", "sex": "F"},
    {"name": "SARKER, JAHID", "kind": "chip_leaves_twice", "person": "P007", "sex": "M"},
    {
        "name": "BISWAS, RAKIB",
        "kind": "presentation_attack",
        "person": "P007",
        "attack": "print",
        "sex": "M",
    },
)


def people() -> tuple[Traveller, ...]:
    """Return them all, one of each kind at least that shows in a passport or a face."""
    return tuple(parse_traveller(table) for table in _TABLES)
