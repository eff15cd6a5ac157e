"""OPTICAL.SEAL on rendered visas and permits: whose the seal is, and what stands in its place."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from egate.domain.optical_finding import Light, OpticalFinding
from egate.emrtd.checks import CheckId, Outcome
from egate.optical.page_geometry import PageGeometry
from egate.optical.seals.check import check_seal
from egate.ports.devices import PageScan
from egate.trust.collection import Collection
from tests.optical_pages import own_models
from tests.seal_pages import page as page_with
from tests.seal_pages import qr_code
from tests.sealed_documents import TODAY, SealedPage, SealingState, Trust

DOCUMENTS = ("bd_visa", "bd_travel_permit")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> SealingState:
    return SealingState(tmp_path_factory.mktemp("pki"))


def found_on(page: SealedPage, trust: Trust, at: date = TODAY) -> OpticalFinding:
    models = own_models().of(page.reading.mrz)
    return check_seal(page.scan, page.reading, models, trust, at)


@pytest.mark.parametrize("damage", [0, 1])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_seal_of_a_genuine_page(state: SealingState, document: str, damage: int) -> None:
    page = state.page(document, damage=damage)
    found = found_on(page, state.trust)
    assert found.check_id is CheckId.OPTICAL_SEAL
    assert (found.outcome, found.detail) == (
        Outcome.SUCCESSFUL,
        "seal: of a trusted signer, and as the MRZ",
    )
    expected = page.reading.geometry.region(*page.truth["regions"]["seal"])  # type: ignore[index]
    assert found.region is not None
    for name in ("left", "top", "width", "height"):
        assert getattr(found.region, name) == pytest.approx(getattr(expected, name), abs=0.01)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_white_light_alone_shows_a_seal(state: SealingState, document: str) -> None:
    page = state.page(document)
    found = found_on(replace(page, scan=PageScan(page.scan.white)), state.trust)
    assert (found.outcome, found.light) == (Outcome.SUCCESSFUL, Light.WHITE)


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize(
    ("forgery", "detail"),
    [
        ("seal_of_another", "seal: the printed MRZ is not the one in the seal"),
        ("seal_altered", "seal: the signature is wrong"),
    ],
)
def test_a_seal_that_is_not_the_pages(
    state: SealingState, document: str, forgery: str, detail: str
) -> None:
    found = found_on(state.page(document, forgery), state.trust)
    assert (found.outcome, found.detail) == (Outcome.FAILED, detail)
    assert found.region is not None


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_blank_place_where_the_model_has_a_seal(state: SealingState, document: str) -> None:
    found = found_on(state.page(document).covered(1.0), state.trust)
    assert (found.outcome, found.detail) == (Outcome.FAILED, "seal: its place is blank")
    assert found.region is not None


def test_a_seal_that_nobody_can_read_proves_nothing(state: SealingState) -> None:
    stained = state.page("bd_travel_permit").covered(0.6, colour=60)
    found = found_on(stained, state.trust)
    assert (found.outcome, found.detail) == (Outcome.UNDETERMINED, "seal: it cannot be read")
    assert found.region is not None


def test_a_signer_that_nobody_knows(state: SealingState) -> None:
    page = state.page("bd_visa")
    found = found_on(page, Trust(state.trust.anchors))
    assert (found.outcome, found.detail) == (
        Outcome.UNDETERMINED,
        "seal: no certificate of the seal's signer",
    )
    found = found_on(page, Trust(Collection(), state.store))
    assert found.outcome is Outcome.UNDETERMINED
    assert found.detail == "seal: no trusted CSCA for the signer"


def test_a_signer_whose_time_is_over(state: SealingState) -> None:
    page = state.page("bd_visa")
    found = found_on(page, state.trust, at=TODAY.replace(year=TODAY.year + 12))
    assert (found.outcome, found.detail) == (Outcome.FAILED, "seal: the signer is no longer valid")


def test_a_page_that_was_misread_is_not_held_against_its_seal(state: SealingState) -> None:
    page = state.page("bd_visa")
    digits = dict.fromkeys(page.reading.mrz.check_digits, False)
    misread = replace(page.reading.mrz, check_digits=digits)
    found = found_on(replace(page, reading=replace(page.reading, mrz=misread)), state.trust)
    assert found.outcome is Outcome.UNDETERMINED
    assert "not read with certainty" in found.detail


def test_a_document_without_a_seal(state: SealingState) -> None:
    found = found_on(state.page("bd_e_passport"), state.trust)
    assert (found.outcome, found.region) == (Outcome.NOT_SUPPORTED, None)


def test_bar_codes_that_are_no_seal_are_passed_over(state: SealingState) -> None:
    passport = state.page("bd_e_passport")
    scan = PageScan(page_with(qr_code(b"https://example.org/0042")))
    found = found_on(replace(passport, scan=scan), state.trust)
    assert found.outcome is Outcome.NOT_SUPPORTED


def test_several_seals_and_none_in_its_place(state: SealingState) -> None:
    passport = state.page("bd_e_passport")
    visa = state.page("bd_visa")
    permit = state.page("bd_travel_permit")
    codes = [qr_code(bytes.fromhex(str(each.truth["seal"]))) for each in (visa, permit)]
    both = replace(passport, scan=PageScan(page_with(*codes, module=4)))
    found = found_on(both, state.trust)
    assert (found.outcome, found.detail) == (Outcome.UNDETERMINED, "seal: there are several")


@pytest.mark.parametrize("cell", [np.nan, np.inf])
def test_a_place_that_nobody_knows(state: SealingState, cell: float) -> None:
    page = state.page("bd_visa")
    nowhere = PageGeometry(np.full((3, 3), cell), page.reading.geometry.image_size)
    lost = replace(page, reading=replace(page.reading, geometry=nowhere))
    found = found_on(lost, state.trust)
    assert (found.outcome, found.region) == (Outcome.UNDETERMINED, None)
