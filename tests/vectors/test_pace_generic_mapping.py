"""9303-11 Appendix G: PACE with the generic mapping, ECDH (G.1) and DH (G.2), byte for byte."""

from egate.emrtd.access.card_access import CardAccess, PaceMapping
from egate.emrtd.access.pace import open_with_pace
from egate.emrtd.access.password import password_secret
from egate.emrtd.access.protocol import AccessProtocol
from egate.emrtd.crypto.kdf import SmAlgorithm, kdf_pi
from egate.emrtd.crypto.sm_cipher import AesSmCipher
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.secure_messaging import SecureMessaging
from tests.pace_transcript import drawn_from, replay

MRZ = MrzKey("T22000129", "640812", "101031")
READ = CommandApdu(0x00, 0xB0, 0x9E, 0x00, le=8)


def same_channel(channel: SecureMessaging, ks_enc: str, ks_mac: str) -> bool:
    """Whether the channel speaks as one with these keys and a counter of zero."""
    expected = AesSmCipher(bytes.fromhex(ks_enc), bytes.fromhex(ks_mac))
    return channel.protect(READ) == SecureMessaging(expected, ssc=0).protect(READ)


def test_the_key_of_the_nonce() -> None:
    k = password_secret(MRZ)
    assert k.hex().upper() == "7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD"
    assert kdf_pi(k, SmAlgorithm.AES_128).hex().upper() == "89DED1B26624EC1E634C1989302849DD"


# --- G.1

EC_CARD_ACCESS = bytes.fromhex("3114 3012060A04007F0007020204020202010202010D")
EC_MAPPING_KEY = "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99"
EC_AGREEMENT_KEY = "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595"
EC_EXCHANGES = (
    ("0022C1A40F800A04007F00070202040202830101", "9000"),
    ("10860000027C0000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000"),
    (
        (
            "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
            "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00"
        ),
        (
            "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"
            "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C549000"
        ),
    ),
    (
        (
            "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C"
            "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200"
        ),
        (
            "7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB"
            "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F0949000"
        ),
    ),
    ("008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C089000"),
)
EC_MAPPED = (
    "048CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2"
    "8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522"
)


def test_the_offer_of_g_1() -> None:
    found = CardAccess.parse(EC_CARD_ACCESS)
    (offer,) = found.offers
    assert found.unsupported == ()
    assert offer.domain.name == "brainpoolP256r1"
    assert (offer.mapping, offer.cipher) == (PaceMapping.GENERIC, SmAlgorithm.AES_128)
    assert offer.protocol is AccessProtocol.PACE_GM
    assert not offer.needs_reference


def test_the_mapped_generator_of_g_1() -> None:
    (offer,) = CardAccess.parse(EC_CARD_ACCESS).offers
    chip_public = bytes.fromhex(EC_EXCHANGES[2][1])[4:-2]
    nonce = bytes.fromhex("3F00C4D39D153F2B2A214A078D899B22")
    mapped = offer.domain.generic_mapping(nonce, int(EC_MAPPING_KEY, 16), chip_public)
    assert mapped.hex().upper() == EC_MAPPED


def test_the_conversation_of_g_1() -> None:
    (offer,) = CardAccess.parse(EC_CARD_ACCESS).offers
    random = drawn_from(EC_MAPPING_KEY, EC_AGREEMENT_KEY)
    opening = replay(open_with_pace(offer, MRZ, random), EC_EXCHANGES)
    assert opening.chip_authentication_data is None
    assert opening.chip_mapping_public == bytes.fromhex(EC_EXCHANGES[2][1])[4:-2]
    assert opening.chip_ephemeral_public == bytes.fromhex(EC_EXCHANGES[3][1])[4:-2]
    assert same_channel(
        opening.channel, "F5F0E35C0D7161EE6724EE513A0D9A7F", "FE251C7858B356B24514B3BD5F4297D1"
    )


# --- G.2

DH_CARD_ACCESS = bytes.fromhex("3114 3012060A04007F00070202040102020102020100")
DH_MAPPING_KEY = "5265030F751F4AD18B08AC565FC7AC952E41618D"
DH_AGREEMENT_KEY = "89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA"
DH_EXCHANGES = (
    ("0022C1A40F800A04007F00070202040102830101", "9000"),
    ("10860000027C0000", "7C128010854D8DF5827FA6852D1A4FA701CDDDCA9000"),
    (
        (
            "10860000867C818381818023FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3E"
            "B71C343DB13D1DEBCE9A3666DBCFC920B49174A602CB47965CAA73DC702489A44D41DB914DE9613DC5E98C94"
            "160551C0DF86274B9359BC0490D01B03AD54022DCB4F57FAD6322497D7A1E28D46710F461AFE710FBBBC5F8B"
            "A166F4311975EC6C00"
        ),
        (
            "7C818382818078879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E623EA5738B263"
            "81E4DA19E004706FACE7B235C2DBF2F38748312F3C98C2DD4882A41947B324AA1259AC22579DB93F7085655A"
            "F30889DBB845D9E6783FE42C9F2449400306254C8AE8EE9DD812A804C0B66E8CAFC14F84D8258950A91B4412"
            "6EE69000"
        ),
    ),
    (
        (
            "10860000867C8183838180907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD911551B"
            "9AE4D04369F29A02626C86FBC6747CC7BC352645B6161A2A42D44EDA80A08FA8D61B76D3A154AD8A5A51786B"
            "0BC07147057871A922212C5F67F43173172236B7747D1671E6D692A3C7D40A0C3C5CE397545D015C175EB513"
            "0551EDBC2EE5D400"
        ),
        (
            "7C8183848180075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152BD8B3A213F538"
            "20C42ADC79AB5D0AEEC3AEFB91394DA476BD97B9B14D0A65C1FC71A0E019CB08AF55E1F729005FBA7E3FA5DC"
            "41899238A250767A6D46DB974064386CD456743585F8E5D90CC8B4004B1F6D866C79CE0584E49687FF61BC29"
            "AEA19000"
        ),
    ),
    (
        "008600000C7C0A8508B46DD9BD4D98381F00",
        # The example's answer names a certification authority without having been asked to.
        "7C1B8608917F37B5C0E6D8D1870F4445544553544356434130303030339000",
    ),
)
DH_MAPPED = (
    "7C9CBFE98F9FBDDA8D143506FA7D9306F4CB17E3C71707AFF5E1C1A12370249684D64EE37AF44B8D"
    "BD9D45BF6023919CBAA027AB97ACC771666C8E98FF483301BFA4872DEDE9034EDFACB70814166B7F"
    "360676829B826BEA57291B5AD69FBC84EF1E779032A305803F74341793E869742D401325B37EE856"
    "5FFCDEE618342DC5"
)


def test_the_mapped_generator_of_g_2() -> None:
    (offer,) = CardAccess.parse(DH_CARD_ACCESS).offers
    assert offer.domain.name == "RFC5114-1024-160"
    chip_public = bytes.fromhex(DH_EXCHANGES[2][1])[6:-2]
    nonce = bytes.fromhex("FA5B7E3E49753A0DB9178B7B9BD898C8")
    mapped = offer.domain.generic_mapping(nonce, int(DH_MAPPING_KEY, 16), chip_public)
    assert mapped.hex().upper() == DH_MAPPED


def test_the_conversation_of_g_2() -> None:
    (offer,) = CardAccess.parse(DH_CARD_ACCESS).offers
    random = drawn_from(DH_MAPPING_KEY, DH_AGREEMENT_KEY)
    opening = replay(open_with_pace(offer, MRZ, random), DH_EXCHANGES)
    assert same_channel(
        opening.channel, "2F7F46ADCC9E7E521B45D192FAFA9126", "805A1D27D45A5116F73C54469462B7D8"
    )
