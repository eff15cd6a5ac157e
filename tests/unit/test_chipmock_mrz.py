"""The printed zone against the specimen of 9303-4 appendix B."""

from hardware_mocks.chip import mrz


def test_the_specimen_of_utopia() -> None:
    assert mrz.td3(
        surname="Eriksson",
        given_names="Anna Maria",
        document_number="L898902C3",
        nationality="UTO",
        issuing_state="UTO",
        date_of_birth="740812",
        sex="F",
        date_of_expiry="120415",
        personal_number="ZE184226B",
    ) == (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    )


def test_mrz_information_of_appendix_d() -> None:
    lines = ("", "L898902C<3UTO6908061F9406236<<<<<<<<<<<<<<<8")
    assert mrz.mrz_information(lines) == "L898902C<369080619406236"
