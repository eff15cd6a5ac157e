"""9303-11 Appendix I: PACE with the chip authentication mapping, byte for byte."""

from egate.emrtd.access.card_access import CardAccess, PaceMapping
from egate.emrtd.access.pace import open_with_pace
from egate.emrtd.access.password import password_secret
from egate.emrtd.access.protocol import AccessProtocol
from egate.emrtd.crypto.kdf import SmAlgorithm, kdf_pi
from egate.emrtd.crypto.key_agreement import key_agreement_of_spki
from egate.emrtd.crypto.sm_cipher import AesSmCipher
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.lds.security_infos import SecurityInfos
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.secure_messaging import SecureMessaging
from tests.pace_transcript import drawn_from, replay

MRZ = MrzKey("C11T002JM", "960812", "231031")
CARD_ACCESS = bytes.fromhex("3114 3012060A04007F0007020204060202010202010D")
MAPPING_KEY = "5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC"
AGREEMENT_KEY = "76ECFDAA9841C323A3F5FC5E88B88DB3EFF7E35EBF57A7E6946CB630006C2120"
CHIP_MAPPING_PUBLIC = (
    "04A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3"
    "04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E23"
)
CHIP_EPHEMERAL_PUBLIC = (
    "0402AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA9933331"
    "11C3B9B4C2287789BD137E7F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E1"
)
EXCHANGES = (
    ("0022C1A40F800A04007F00070202040602830101", "9000"),
    ("10860000027C0000", "7C128010CB60E8E0D85B76A9BD304747C2AD42E29000"),
    (
        (
            "10860000457C438141047F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE"
            "1AB889104A27DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C100"
        ),
        f"7C438241{CHIP_MAPPING_PUBLIC}9000",
    ),
    (
        (
            "10860000457C43834104446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F95"
            "5483400BFF60BF0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC00"
        ),
        f"7C438441{CHIP_EPHEMERAL_PUBLIC}9000",
    ),
    (
        "008600000C7C0A8508E86BD06018A1CD3B00",
        (
            "7C3C86088596CF055C67C1A38A301EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F"
            "5B7A54BD10CBA372B42BE0B9B5F28AA8DE2F4F929000"
        ),
    ),
)
CHIP_AUTHENTICATION_DATA = "85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3"
# ChipAuthenticationPublicKeyInfo of EF.CardSecurity
CHIP_KEY_INFO = (
    "3062060904007F0007020201023052300C060704007F0007010202010D034200041872709494399E"
    "7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC884D256A40E35EFCB59BF6753D3A489"
    "D28C7A4D973C2DA138A6E7A4A08F68E16F02010D"
)


def test_the_key_of_the_nonce() -> None:
    k = password_secret(MRZ)
    assert k.hex().upper() == "894D03F148C6265E89845B218856EA34D00EF8E8"
    assert kdf_pi(k, SmAlgorithm.AES_128).hex().upper() == "4E6F6FBF7BE748B932C7B74161BBA9DF"


def test_the_conversation() -> None:
    (offer,) = CardAccess.parse(CARD_ACCESS).offers
    assert offer.mapping is PaceMapping.CHIP_AUTHENTICATION
    assert offer.protocol is AccessProtocol.PACE_CAM
    opening = replay(open_with_pace(offer, MRZ, drawn_from(MAPPING_KEY, AGREEMENT_KEY)), EXCHANGES)
    assert opening.chip_mapping_public.hex().upper() == CHIP_MAPPING_PUBLIC
    assert opening.chip_ephemeral_public.hex().upper() == CHIP_EPHEMERAL_PUBLIC
    assert opening.chip_authentication_data is not None
    assert opening.chip_authentication_data.hex().upper() == CHIP_AUTHENTICATION_DATA
    ks_enc, ks_mac = "0A9DA4DB03BDDE39FC5202BC44B2E89E", "4B1C06491ED5140CA2B537D344C6C0B1"
    expected = SecureMessaging(AesSmCipher(bytes.fromhex(ks_enc), bytes.fromhex(ks_mac)), ssc=0)
    read = CommandApdu(0x00, 0xB0, 0x9E, 0x00, le=8)
    assert opening.channel.protect(read) == expected.protect(read)


def test_the_static_key_proves_the_chip() -> None:
    """KA(CA_IC, PK_IC) is the x-coordinate of PK_Map,IC (§4.4.3.5.2)."""
    infos = SecurityInfos.parse(bytes.fromhex("3164" + CHIP_KEY_INFO))
    (key,) = infos.chip_authentication_public_keys()
    assert key.key_id == 13
    domain, public = key_agreement_of_spki(key.spki)
    assert domain.name == "brainpoolP256r1"
    shared = domain.shared_secret(int(CHIP_AUTHENTICATION_DATA, 16), public)
    assert shared == bytes.fromhex(CHIP_MAPPING_PUBLIC)[1:33]
