"""Chip authentication from the reader's side, against published values.

Four whole conversations of States' documents, published with gmrtd (github.com/gmrtd/gmrtd,
chipauth/chip_auth_test.go), and the keys of BSI's worked example for EAC.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from egate.emrtd.chip_authentication import ca_agreement
from egate.emrtd.chip_authentication.ca import ChipAuthentication, authenticate_chip
from egate.emrtd.chip_authentication.ca_offers import ChipAuthenticationOffers
from egate.emrtd.crypto.domain_parameters import standardised
from egate.emrtd.crypto.kdf import SmAlgorithm, kdf_enc, kdf_mac
from egate.emrtd.crypto.sm_cipher import AesSmCipher, TdesSmCipher
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.lds.security_infos import SecurityInfos
from egate.emrtd.secure_messaging import SecureMessaging, over
from tests.eac_worked_example import DH, ECDH, WorkedExample
from tests.emrtd_passport import carry


@dataclass(frozen=True)
class Recorded:
    """One conversation: the channel before, our key, what went over the wire, the keys after."""

    dg14: str
    ks_enc: str
    ks_mac: str
    ssc: int
    private: str
    exchanges: tuple[tuple[str, str], ...]
    new_keys: tuple[str, str]


AUSTRIA = Recorded(
    dg14=(
        "6E82017E3182017A300D060804007F0007020202020101300F060A04007F0007020203020202010130"
        "12060A04007F0007020204020202010202010D30820142060904007F000702020102308201333081EC"
        "06072A8648CE3D02013081E0020101302C06072A8648CE3D0101022100A9FB57DBA1EEA9BC3E660A90"
        "9D838D726E3BF623D52620282013481D1F6E5377304404207D5A0975FC2C3057EEF67530417AFFE7FB"
        "8055C126DC5C6CE94A4B44F330B5D9042026DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE"
        "6BCCDC18FF8C07B60441048BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE"
        "3262547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997022100A9FB57DB"
        "A1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7020101034200041983917269AC"
        "877C0B61544C2C022000D2A5ABA723E2D80141E648B40911DC3459761F27480E4B57181A53D8FE1190"
        "EA86C939AC14363178CAFFC621F0F905C3"
    ),
    ks_enc="524170DE3419B7AF2F23E45AD6EF9595",
    ks_mac="97893F5FDC29A5C13A924FE7D8ED44FD",
    ssc=0xF0,
    private="80EBAFC8A51BECD4D90BB640EE38C9FD5C12748D28AAA37096B98C4533C4F5F5",
    exchanges=(
        (
            ("0C2241A41D8711015D8F69B1EA365CCE4304970DB12421F38E085340D338128085E700"),
            "990290008E083F5136E82A6C34779000",
        ),
        (
            (
                "0C860000608751019E18F1BA79D805379752BB560EB70AAC3CE3BC5AFE2FDD4AEB325CA8B5"
                "78B4A93B9F66A5DF40005F8E878535251D33DD974AAF77FB858773E5799FA9DC1034E89B11"
                "50EC7F0BB3DB4BF37A1B9EA4458A9701008E089D204D950C0B95DB00"
            ),
            "8711010B0A5DFFC7432DE4DEB604291377A05B990290008E08B3384A1F5D1579739000",
        ),
        (
            ("0CA4020C1D8711011B2EE500E84960DF7F37AFE7ADFF53838E084500F3B43E192A5700"),
            "990290008E0803C4B125B4218CEF9000",
        ),
    ),
    new_keys=("C8E27260EFD3F318D18C080CBF11C7E6", "A942190365204A21409EB28B52BF9160"),
)
GERMANY = Recorded(
    dg14=(
        "6E82019A31820196300D060804007F00070202020201013012060A04007F0007020204020202010202"
        "010D3012060A04007F0007020204060202010202010D3013060A04007F000702020302020201010202"
        "00C330820146060904007F000702020102308201333081EC06072A8648CE3D02013081E0020101302C"
        "06072A8648CE3D0101022100A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F"
        "6E5377304404207D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D90420"
        "26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B60441048BD2AEB9CB7E"
        "57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262547EF835C3DAC4FD97F8461A14611D"
        "C9C27745132DED8E545C1D54C72F046997022100A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B5"
        "61A6F7901E0E82974856A7020101034200047036BC5D0BCF31913B59103BB6F2C0C98C99EF4C19B951"
        "7340B76BFE4EE2194C76C3F3314E021D4B092DB5A32AB7D6E297F2FBEAE45AA28DEFC4DA750FEAD54E"
        "020200C3"
    ),
    ks_enc="CC86415F2ED7E8FD663B754265695AE1",
    ks_mac="581E84B8EE06C4D3EEE30461498D7FB3",
    ssc=0xBA,
    private="84A5145885678EE9307C28C52736896267511203B7B8009C5FE27ABCBAECDCAA",
    exchanges=(
        (
            ("0C2241A41D871101980953D37F67558690045D78A853B18A8E08929767A2CEF172E200"),
            "990290008E08FC873EBB62219C8A9000",
        ),
        (
            (
                "0C8600006087510161912C367A6322D24AA1D4522DC47A7345369257672DF1D1163D506EB6"
                "489395D8083FAD393A394297CE8703C42F22C864C1F4C8E70EE1CF9B497ACF6579190D90F3"
                "6CF9E16FE2149FF57247285D9E1E9701008E08A1D7A16EFBFD932C00"
            ),
            "87110123E7159AC9B0EF92CE1F6755B89697E3990290008E088972F1595E1508C29000",
        ),
        (
            ("0CA4020C1D871101FAD37EADBCDE7E6A0833035A9FFF5B708E0836560BBCE1FECD5F00"),
            "990290008E0829D0E1EBBB61BE7A9000",
        ),
    ),
    new_keys=("AF0EEDB52E87B945FC5503B1C6875C1C", "CEB85BEDCECFF1DD1E25DFB672C4A5BF"),
)
MALAYSIA = Recorded(
    dg14=(
        "6E82016A3182016630820142060904007F000702020102308201333081EC06072A8648CE3D02013081"
        "E0020101302C06072A8648CE3D0101022100A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620"
        "282013481D1F6E5377304404207D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44"
        "F330B5D9042026DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6044104"
        "8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262547EF835C3DAC4FD97"
        "F8461A14611DC9C27745132DED8E545C1D54C72F046997022100A9FB57DBA1EEA9BC3E660A909D838D"
        "718C397AA3B561A6F7901E0E82974856A702010103420004A04F85AFDFC316FB5E9F33F94CA45837D2"
        "0D9D91AD5002307C3F124B6EF5B92565D018A6B7F69DB73976BFBB4278757405C64E96104D161649E8"
        "A94078EAEFCE300F060A04007F00070202030201020101300D060804007F0007020202020101"
    ),
    ks_enc="896DE34A942C7076FEC207207ACB79C2",
    ks_mac="D6C47FF4677AC8AE91CB49F4CE673432",
    ssc=0x9646C154BFB7BE79,
    private="3A31F4E18418312FCB40F3EFBE719182C046A9719E1ED8C376197AA9E8ED7465",
    exchanges=(
        (
            ("0C2241A41D8711019D1E70C6F5EE06A7CA1E98FBF5C945C98E087AC379DC78702E6300"),
            "990290008E08643C2C3AC66585E49000",
        ),
        (
            (
                "0C86000058874901A9C6BF370C62AA43CA1EC9B97071727654822361DEB8BA4E5719AA05D8"
                "E86AA36164DFA5E506DBF60DC7418858179FD25DAC5E9E49393DDE37E29652444941B56214"
                "2AB5F19AEA919701008E085083316637060C4D00"
            ),
            "87090108166157B375BC1E990290008E08FF8A254C50179F519000",
        ),
        (
            ("0CA4020C1587090106904D37288D69488E08A13B74E87B87E44600"),
            "990290008E08C2BF01FDDD1D599D9000",
        ),
    ),
    new_keys=("75B95468910849CDF1A1A2AE5452CE9B", "CD0BEF85D5A82A7AE0FBC12368A41FEF"),
)
FRANCE = Recorded(
    dg14=(
        "6E82015E3182015A30820142060904007F000702020102308201333081EC06072A8648CE3D02013081"
        "E0020101302C06072A8648CE3D0101022100FFFFFFFF00000001000000000000000000000000FFFFFF"
        "FFFFFFFFFFFFFFFFFF30440420FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFF"
        "FFFFFFFC04205AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B044104"
        "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B8E"
        "E7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5022100FFFFFFFF00000000FFFFFFFFFFFFFF"
        "FFBCE6FAADA7179E84F3B9CAC2FC632551020101034200048367FC170D90AD53A28C6526A9C7EC4F5C"
        "59C4F7F5D992583F951A1654B4D1D6332163A33D82CBF245154887A8812ED9A55C15AD9D5C5C463851"
        "875BBA9AEABD3012060A04007F0007020204020402010202010C"
    ),
    ks_enc="17DA5D46E356F5B31C3D65B1369EF531CA811EFFC76967D2B62335E1AD9FE5CB",
    ks_mac="5CB99A25E6081581FAC80C8DA621087939B6BDE273F2F7C65693B3A0EA3051ED",
    ssc=0xC6,
    private="D9C3B06A4DCB735351429403FCB56DB520DC882512D775971F724D6112F96586",
    exchanges=(
        (
            (
                "0C2241A65D8751013AE386873DF68BD7E9F8D7AB2E696CED29EEB8DA78D502645B5E97D566"
                "361341E2EAA56318F6D84BF0BC44F7808AFAF14798D16048AAB03545F017F557D2CCE9DEE7"
                "24F099E3D643ABD0FB03E567D9B18E08F2D238DEDE5ABBF100"
            ),
            "990290008E089666AC14D11E8C2C9000",
        ),
        (
            ("0CA4020C15870901DB66E918FE3525F98E08D870008CEA2BA80000"),
            "990290008E08420DEA0A913418AE9000",
        ),
    ),
    new_keys=("8AE910A12991FBFE5E37C2C726A2DF29", "1ADAC8970843D9BF8570737A04A8D50D"),
)


def replayed(recorded: Recorded) -> Callable[[CommandApdu], ResponseApdu]:
    """A chip that answers the recorded commands, and nothing else."""
    left = list(recorded.exchanges)

    def transmit(command: CommandApdu) -> ResponseApdu:
        expected, answer = left.pop(0)
        assert command.encode().hex().upper() == expected
        return ResponseApdu.decode(bytes.fromhex(answer))

    return transmit


def channel(recorded: Recorded) -> SecureMessaging:
    ks_enc, ks_mac = bytes.fromhex(recorded.ks_enc), bytes.fromhex(recorded.ks_mac)
    cipher = TdesSmCipher if recorded is MALAYSIA else AesSmCipher
    return SecureMessaging(cipher(ks_enc, ks_mac), ssc=recorded.ssc)


@pytest.mark.parametrize(
    ("recorded", "detail"),
    [
        (AUSTRIA, "ECDH, brainpoolP256r1, AES-128"),
        (GERMANY, "ECDH, brainpoolP256r1, AES-128, key 195"),
        (FRANCE, "ECDH, P-256, 3DES; 3DES assumed, EF.DG14 names no cipher"),
    ],
    ids=["AT", "DE", "FR"],
)
def test_a_recorded_conversation(recorded: Recorded, detail: str) -> None:
    private = bytes.fromhex(recorded.private)
    conversation = authenticate_chip(
        channel(recorded), bytes.fromhex(recorded.dg14), lambda _: private
    )
    result = carry(conversation, replayed(recorded))
    assert isinstance(result, ChipAuthentication)
    assert result.detail == detail


@pytest.mark.parametrize("recorded", [AUSTRIA, GERMANY, MALAYSIA, FRANCE])
def test_the_keys_of_a_recorded_conversation(recorded: Recorded) -> None:
    infos = SecurityInfos.of_dg14(bytes.fromhex(recorded.dg14))
    (offer,) = ChipAuthenticationOffers.of(infos).offers
    secret = offer.domain.shared_secret(int(recorded.private, 16), offer.public)
    keys = kdf_enc(secret, offer.cipher), kdf_mac(secret, offer.cipher)
    assert tuple(key.hex().upper() for key in keys) == recorded.new_keys


def test_3des_with_the_commands_of_aes() -> None:
    """The document of Malaysia was asked so; asked the other way it could not be replayed."""
    infos = SecurityInfos.of_dg14(bytes.fromhex(MALAYSIA.dg14))
    (offer,) = ChipAuthenticationOffers.of(infos).offers
    public = offer.domain.public_key(int(MALAYSIA.private, 16))
    way = ca_agreement._with_authentication(offer, public, None, 223)
    answer, _ = carry(over(channel(MALAYSIA), way), replayed(MALAYSIA))
    assert answer.value == 0x9000


@pytest.mark.parametrize("example", [ECDH, DH], ids=lambda example: example.name)
def test_the_worked_example_of_bsi(example: WorkedExample) -> None:
    """Version 2 there: the keys come from the secret and a nonce; the secret is that of 1."""
    domain = standardised(13 if example is ECDH else 0)
    assert domain.public_key(example.chip_private) == example.chip_public
    assert domain.public_key(example.terminal_private) == example.terminal_public
    for private, public in (
        (example.terminal_private, example.chip_public),
        (example.chip_private, example.terminal_public),
    ):
        assert domain.shared_secret(private, public) == example.shared_secret
    source = example.shared_secret + example.nonce
    assert kdf_enc(source, SmAlgorithm.AES_128) == example.ks_enc
    assert kdf_mac(source, SmAlgorithm.AES_128) == example.ks_mac
