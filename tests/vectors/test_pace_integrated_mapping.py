"""9303-11 Appendix H: PACE with the integrated mapping, ECDH (H.1) and DH (H.2).

The appendix prints values and no commands: the conversations here are made of them. Its
K_pi is not the one that follows from the MRZ it names, so the nonce travels encrypted
under the key of a password of ours, and that K_pi is tested by itself.
"""

import pytest

from egate.emrtd.access.card_access import CardAccess, PaceMapping
from egate.emrtd.access.pace import open_with_pace
from egate.emrtd.access.password import CardAccessNumber, password_secret
from egate.emrtd.access.protocol import AccessProtocol
from egate.emrtd.access.pseudo_random_mapping import pseudo_random
from egate.emrtd.crypto.kdf import SmAlgorithm, kdf_pi
from egate.emrtd.crypto.sm_cipher import AesCbc, AesSmCipher
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.secure_messaging import SecureMessaging
from egate.emrtd.tlv import encode
from tests.pace_transcript import drawn_from, replay

CAN = CardAccessNumber("123456")
K_PI = bytes.fromhex("591468CDA83D65219CCCB8560233600F")


def encrypted(nonce: str) -> str:
    key = kdf_pi(password_secret(CAN), SmAlgorithm.AES_128)
    return AesCbc(key).encrypt(bytes.fromhex(nonce)).hex()


def opens_the_channel(channel: SecureMessaging, ks_enc: str, ks_mac: str) -> bool:
    expected = AesSmCipher(bytes.fromhex(ks_enc), bytes.fromhex(ks_mac))
    read = CommandApdu(0x00, 0xB0, 0x9E, 0x00, le=8)
    return channel.protect(read) == SecureMessaging(expected, ssc=0).protect(read)


@pytest.mark.parametrize(
    ("nonce", "cryptogram"),
    [
        ("2923BE84E16CD6AE529049F1F1BBE9EB", "143DC40C08C8E891FBED7DEDB92B64AD"),
        ("FA5B7E3E49753A0DB9178B7B9BD898C8", "9ABB8864CA0FF1551E620D1EF4E13510"),
    ],
)
def test_the_encrypted_nonces(nonce: str, cryptogram: str) -> None:
    assert AesCbc(K_PI).decrypt(bytes.fromhex(cryptogram)).hex().upper() == nonce


# --- H.1

EC_CARD_ACCESS = bytes.fromhex("3114 3012060A04007F0007020204040202010202010D")
EC_NONCES = ("2923BE84E16CD6AE529049F1F1BBE9EB", "5DD4CBFC96F5453B130D890A1CDBAE32")
EC_R = (
    "E4447E2DFB3586BAC05DDB00156B57FBB2179A3949294C9725418980"
    "0C517BAA8DA0FF397ED8C445D3E421E4FEB57322"
)
EC_RP = "A2F8FF2DF50E52C6599F386ADCB595D229F6A167ADE2BE5F2C3296ADD5B7430E"
EC_MAPPED = (
    "048E82D31559ED0FDE92A4D0498ADD3C23BABA94FB77691E31E90AEA77FB17D427"
    "4C1AE14BD0C3DBAC0C871B7F3608169364437CA30AC243A089D3F266C1E60FAD"
)
EC_CHIP_PUBLIC = (
    "0467F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8"
    "932B69A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D22753"
)
EC_TERMINAL_KEY = "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595"
EC_TERMINAL_PUBLIC = (
    "0489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4"
    "6755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C37"
)
EC_SHARED = "4F150FDE1D4F0E38E95017B891BAE17133A0DF45B0D3E18B60BA7BEAFDC2C713"


def test_the_mapping_of_h_1() -> None:
    (offer,) = CardAccess.parse(EC_CARD_ACCESS).offers
    assert offer.mapping is PaceMapping.INTEGRATED
    assert offer.protocol is AccessProtocol.PACE_IM
    s, t = (bytes.fromhex(nonce) for nonce in EC_NONCES)
    drawn = pseudo_random(s, t, offer.cipher, offer.domain.field_bits)
    assert drawn == int(EC_R, 16)
    mapped = offer.domain.integrated_mapping(drawn)
    assert mapped == offer.domain.integrated_mapping(int(EC_RP, 16))
    assert mapped.hex().upper() == EC_MAPPED
    terminal_key = int(EC_TERMINAL_KEY, 16)
    secret = offer.domain.shared_secret(terminal_key, bytes.fromhex(EC_CHIP_PUBLIC))
    assert secret.hex().upper() == EC_SHARED


def test_the_conversation_of_h_1() -> None:
    (offer,) = CardAccess.parse(EC_CARD_ACCESS).offers
    s, t = EC_NONCES
    exchanges = (
        ("0022C1A40F800A04007F00070202040402830102", "9000"),
        ("10860000027C0000", f"7C128010{encrypted(s)}9000"),
        (f"10860000147C128110{t}00", "7C0282009000"),
        (
            f"10860000457C438341{EC_TERMINAL_PUBLIC}00",
            f"7C438441{EC_CHIP_PUBLIC}9000",
        ),
        ("008600000C7C0A8508450F02B86F6A090900", "7C0A860875D4D96E8D5B03089000"),
    )
    opening = replay(open_with_pace(offer, CAN, drawn_from(t, EC_TERMINAL_KEY)), exchanges)
    assert opening.chip_mapping_public == b""
    assert opens_the_channel(
        opening.channel, "0D3FEB33251A6370893D62AE8DAAF51B", "B01E89E3D9E8719E586B50B4A7506E0B"
    )


# --- H.2

DH_CARD_ACCESS = bytes.fromhex("3114 3012060A04007F00070202040302020102020100")
DH_NONCES = ("FA5B7E3E49753A0DB9178B7B9BD898C8", "B3A6DB3C870C3E99245E0D1C06B747DE")
DH_CHIP_KEY = (
    "020F018C7284B047FA7721A337EFB7ACB1440BB30C5252BD41C97C30C994BB78E9F0C5B32744D84017D21FFA"
    "6878396A6469CA283EF5C000DAF7D261A39AB8860ED4610AB5343390897AAB5A7787E4FAEFA0649C6A94FDF8"
    "2D991E8E3FC332F5142729E7040A3F7D5A4D3CD75CBEE1F043C1CAD2DD484FEB4ED22B597D36688E"
)
DH_CHIP_PUBLIC = (
    "928D9A0F9DBA450F13FC859C6F290D1D36E42431138A4378500BEB4E0401854CFF111F71CB6DC1D0335807A1"
    "1388CC8EAA87B07907AAD9FBA6B169AF6D8C26AF8DDDC39ADC3AD2E3FF882B84D23E9768E95A80E4746FB07A"
    "9767679FE92133B4D379935C771BD7FBED6C7BB4B1708B275EA75679524CDC9C6A91370CC662A2F3"
)
DH_TERMINAL_KEY = (
    "4BD0E54740F9A028E6A515BFDAF967848C4F5F5FFF65AA0915947FFD1A0DF2FA6981271BC905F3551457B7E0"
    "3AC3B8066DE4AA406C1171FB43DD939C4BA16175103BA3DEE16419AA248118F90CC36A3D6F4C373652E0C3CC"
    "E7F0F1D0C5425B3600F0F0D6A67F004C8BBA33F2B4733C7252445C1DFC4F1107203F71D2EFB28161"
)
DH_TERMINAL_PUBLIC = (
    "0F0CC62945A8029251FB7EF3C094E12EC68E4EF07F27CB9D9CD04C5C4250FAE0E4F8A951557E929AEB48E5C6"
    "DD47F2F5CD7C351A9BD2CD722C07EDE166770F08FFCB370262CF308DD7B07F2E0DA9CAAA1492344C85290691"
    "9538C98A4BA4187E76CE9D87832386D319CE2E043C3343AEAE6EDBA1A9894DC5094D22F7FE1351D5"
)
DH_SHARED = (
    "419410D6C0A17A4C07C54872CE1CBCEB0A2705C1A434C8A89A4CFE41F1D78124CA7EC52BDE7615E5345E48AB"
    "1ABB6E7D1D59A57F3174084D3CA4570397C1F62228BDFDB2DA191EA2239E2C060DBE3BBC23C2FCD0AF12E0F9"
    "E0B99FCF91FF1959011D5798B2FCBC1F14FCC24E441F4C8F9B08D977E9498560E63E7FFAB3134EA7"
)
DH_MAPPED = (
    "1D7D767F11E333BCD6DBAEF40E799E7A926B96973550656FF3C830726D118D61C276CDCC61D475CF03A98E0C"
    "0E79CAEBA5BE25578BD4551D0B10903236F0B0F976852FA78EEA14EA0ACA87D1E91F688FE0DFF897BBE35A47"
    "2621D343564B262F34223AE8FC59B664BFEDFA2BFE7516CA5510A6BBB633D517EC25D4E0BBAA16C2"
)
DH_RP = (
    "A0C7C50C002061A51CC87D254EF38068607417B6EE1B36473CFB800D2D2E5FA2B6980F01105D24FAB22ACD1B"
    "FA5C8A4C093ECDFAFE6D7125D42A843E338603835CF19AFAFF75EFE21DC5F6AA1F9AE46C25087E7368166FB0"
    "8C1E4627AFED7D93570417B790FF7F747E57F432B04E1236819E0DFEF5B6E77CA4999925328182D2"
)
DH_R = (
    "EAB98D13E09052952AA729907C3C946184DEA0FE74AD2B3AF506F0A83018459C38099CD1F7FF4EA0A078DB1F"
    "AC1365505E3DC85500EF95E20B4EEF2E88489233BEE0546B472F994B618D168702406791DEEF3CB4810932EC"
    "278F3533FDB860EB4835C36FA4F1BF3FA0B828A718C96BDE88FBA38A3E6C35AAA10959251EB5FC710FC18725"
    "8995944C0F926E249373F485"
)


def test_the_mapping_of_h_2() -> None:
    (offer,) = CardAccess.parse(DH_CARD_ACCESS).offers
    assert offer.mapping is PaceMapping.INTEGRATED
    s, t = (bytes.fromhex(nonce) for nonce in DH_NONCES)
    drawn = pseudo_random(s, t, offer.cipher, offer.domain.field_bits)
    assert drawn == int(DH_R, 16)
    mapped = offer.domain.integrated_mapping(drawn)
    assert mapped == offer.domain.integrated_mapping(int(DH_RP, 16))
    assert mapped.hex().upper() == DH_MAPPED
    chip_public = offer.domain.public_key(int(DH_CHIP_KEY, 16), mapped)
    assert chip_public.hex().upper() == DH_CHIP_PUBLIC
    secret = offer.domain.shared_secret(int(DH_TERMINAL_KEY, 16), chip_public)
    assert secret.hex().upper() == DH_SHARED


def test_the_conversation_of_h_2() -> None:
    (offer,) = CardAccess.parse(DH_CARD_ACCESS).offers
    s, t = DH_NONCES
    public = encode(0x7C, encode(0x83, bytes.fromhex(DH_TERMINAL_PUBLIC))).hex()
    chip_public = encode(0x7C, encode(0x84, bytes.fromhex(DH_CHIP_PUBLIC))).hex()
    exchanges = (
        ("0022C1A40F800A04007F00070202040302830102", "9000"),
        ("10860000027C0000", f"7C128010{encrypted(s)}9000"),
        (f"10860000147C128110{t}00", "7C0282009000"),
        (f"1086000086{public}00", f"{chip_public}9000"),
        ("008600000C7C0A850855D61977CBF5307E00", "7C0A8608C2F04230187E15259000"),
    )
    # The example's private keys are as long as p; in the subgroup only the rest counts.
    private = int(DH_TERMINAL_KEY, 16) % offer.domain.order
    random = drawn_from(t, private.to_bytes(20, "big").hex())
    opening = replay(open_with_pace(offer, CAN, random), exchanges)
    assert opens_the_channel(
        opening.channel, "01AFC10CF87BE36D8179E87370171F07", "23F0FBD05FD6C7B8B88F4C8309669061"
    )
