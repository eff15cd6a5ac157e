"""Chip Authentication from the chip's side, against published values.

BSI's "Worked Example for Extended Access Control (EAC)", version 1.02, shows version 2 of the
protocol: its keys and its shared secret are those of version 1, its session keys come from the
secret and a nonce. The whole conversations of version 1 are of four States' documents, published
with the tests of gmrtd (github.com/gmrtd/gmrtd, chipauth/chip_auth_test.go, MIT licence).
"""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.chip_authentication import ChipAuthentication
from hardware_mocks.chip.chip_key import ChipKey, ChipKeyOrder, chip_authentication_infos
from hardware_mocks.chip.chip_key import public_key_info as chip_public_key_info
from hardware_mocks.chip.ciphers import SUITES, AesSession, SessionCipher, TripleDesSession
from hardware_mocks.chip.data_groups import dg14
from hardware_mocks.chip.des import Keys
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.domain_parameters import GROUPS
from hardware_mocks.chip.elliptic import Curve
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.secure_messaging import ProtectedChannel
from hardware_mocks.chip.security_infos import pace_info
from hardware_mocks.chip.session import EMRTD_APPLICATION, Session
from hardware_mocks.pki import der
from hardware_mocks.tlv import elements, encode
from tests.chip_conversation import replay

LINES = ("P<UTO".ljust(44, "<"), "T220001293UTO6408125F1010318".ljust(44, "<"))


@dataclass(frozen=True)
class Example:
    sk_picc: str
    pk_picc: str
    sk_pcd: str
    pk_pcd: str
    shared: str
    nonce: str
    ks_enc: str
    ks_mac: str


@dataclass(frozen=True)
class Recorded:
    dg14: str
    before: tuple[str, str, int]
    terminal_private: str
    terminal_public: str
    after: tuple[str, str]
    conversation: str


ECDH = Example(
    sk_picc="7984674CF3B3A524BF929CE8A67FCF22173DA0BAD595EED6DEB72D22C542FA9D",
    pk_picc=(
        "04A44EBE5451DF7AADB01E459B8C928A87746A57927C8C28A6775C97A7E1FE8D9A46FF4A1CC7E4D1"
        "389AEA19758E4F75C28C598FD734AEBEB135337CF95BE12E94"
    ),
    sk_pcd="00A6A4D255C5BF7A77EC3D0553DB74F693CF044E18C98364D4977A296108AF19BD",
    pk_pcd=(
        "045A7A377FC9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799A34EE57EC55268"
        "CF8B1C3EC489F8BF4CF4C68D3FD9670E89C0D5D3FFF1AAF89F"
    ),
    shared="791DA04273CCFE862E52DF60347E2557192E1F8D7517822CE3D306056C1CDEB4",
    nonce="4287B3072A3EDC60",
    ks_enc="94ABCD271AB7D9A5590BA52CB518B831",
    ks_mac="78B5709E7ABEDB185B424D0EE3A82499",
)

DH = Example(
    sk_picc="00D0E5A95ECA541DEF4FE92B9FF9920D49A454C297",
    pk_picc=(
        "1B3345F8DC04341BF8B2C97F652FA680E5D4FA4C146AE4B839431A644A79BC368C4822C89CD018A5"
        "7F953644BEDA679C5B532902320E83E13B80DEEF8C18AF3E7D493AE3F88196101B9F78EAFE4B3025"
        "EF8BFF916B2FC02D762D0838DEA29C09B485591C2F47F87C71F530BB358F56AF6459D86DBF85EAF9"
        "EDBD962CD364F7B8"
    ),
    sk_pcd=(
        "00A2CFFD06C34AFD622EEE0FC31F093FDFDA609C67121CACF0A8F52291DE6853BB5C93CF76705775"
        "ECF408A74302613BEECB381447D36494C9E18951EC17252DD2A807AAE09FA4DC30183339013D9C91"
        "91303CACEE3C91E926A36D014A5CFA94950CADB37B534F32A9BF76B37980979304C5663871BD746E"
        "B9E95A47CA471B4EDE"
    ),
    pk_pcd=(
        "A2830947A6FCAACDE2FCB88B29AB38E07C3453ABC4BCB466087E11C79F32A19E6EF22BE108F8DD18"
        "FE8249C960951511200DC985AA3EC0CCAD59A5F9BBCC33EE5F1577E20330B4DD10EB06B740277C97"
        "A189180EDE52BEE9D429F10FB77F180F05D6A99C499CB5E1ECEEB8E92284F66EA98479674CE73F53"
        "C567A03B0D297833"
    ),
    shared=(
        "2A4FC2D11490DF4773DDFA6FF705557C51F4AD4533E8D8A66A3001BFDD271DB87BE3C1CAC22A05E8"
        "AF1A066DD0298E75DB928AAFDF00EB4BFB1BD12F372313C1CA649056517305638515D5A4FBE0AC59"
        "BDC80E8C5A5F46254D231916EA77F80AC58E6B63A26198EE4387F10981E8E46FFBA23790C81E6793"
        "63C589587D30BBB3"
    ),
    nonce="1A1AC1AB04D96965",
    ks_enc="E813D09DF69FFCC63763C537F828985C",
    ks_mac="066721F3EBEA787B4F1C6DCA431EC229",
)

AT = Recorded(
    dg14=(
        "6E82017E3182017A300D060804007F0007020202020101300F060A04007F00070202030202020101"
        "3012060A04007F0007020204020202010202010D30820142060904007F0007020201023082013330"
        "81EC06072A8648CE3D02013081E0020101302C06072A8648CE3D0101022100A9FB57DBA1EEA9BC3E"
        "660A909D838D726E3BF623D52620282013481D1F6E5377304404207D5A0975FC2C3057EEF6753041"
        "7AFFE7FB8055C126DC5C6CE94A4B44F330B5D9042026DC5C6CE94A4B44F330B5D9BBD77CBF958416"
        "295CF7E1CE6BCCDC18FF8C07B60441048BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C2"
        "3A4453BD9ACE3262547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997"
        "022100A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A70201010342"
        "00041983917269AC877C0B61544C2C022000D2A5ABA723E2D80141E648B40911DC3459761F27480E"
        "4B57181A53D8FE1190EA86C939AC14363178CAFFC621F0F905C3"
    ),
    before=("524170DE3419B7AF2F23E45AD6EF9595", "97893F5FDC29A5C13A924FE7D8ED44FD", 0xF0),
    terminal_private="80EBAFC8A51BECD4D90BB640EE38C9FD5C12748D28AAA37096B98C4533C4F5F5",
    terminal_public="044827C781BE1AC7A00B351214FD783AC76D99E831A6316C8FD6DE7BD96CFA31DA"
    "06B6B57BA380789729F4A028212A768C49BF5F97D98B1DB12BEEC1A1CD324FB2",
    after=("C8E27260EFD3F318D18C080CBF11C7E6", "A942190365204A21409EB28B52BF9160"),
    conversation="""
> 0C2241A41D8711015D8F69B1EA365CCE4304970DB12421F38E085340D338128085E700
< 990290008E083F5136E82A6C34779000
> 0C860000608751019E18F1BA79D805379752BB560EB70AAC3CE3BC5AFE2FDD4AEB325CA8B578B4A9
  3B9F66A5DF40005F8E878535251D33DD974AAF77FB858773E5799FA9DC1034E89B1150EC7F0BB3DB
  4BF37A1B9EA4458A9701008E089D204D950C0B95DB00
< 8711010B0A5DFFC7432DE4DEB604291377A05B990290008E08B3384A1F5D1579739000
> 0CA4020C1D8711011B2EE500E84960DF7F37AFE7ADFF53838E084500F3B43E192A5700
< 990290008E0803C4B125B4218CEF9000
""",
)

DE = Recorded(
    dg14=(
        "6E82019A31820196300D060804007F00070202020201013012060A04007F00070202040202020102"
        "02010D3012060A04007F0007020204060202010202010D3013060A04007F00070202030202020101"
        "020200C330820146060904007F000702020102308201333081EC06072A8648CE3D02013081E00201"
        "01302C06072A8648CE3D0101022100A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D526202820"
        "13481D1F6E5377304404207D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F3"
        "30B5D9042026DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6044104"
        "8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262547EF835C3DAC4FD"
        "97F8461A14611DC9C27745132DED8E545C1D54C72F046997022100A9FB57DBA1EEA9BC3E660A909D"
        "838D718C397AA3B561A6F7901E0E82974856A7020101034200047036BC5D0BCF31913B59103BB6F2"
        "C0C98C99EF4C19B9517340B76BFE4EE2194C76C3F3314E021D4B092DB5A32AB7D6E297F2FBEAE45A"
        "A28DEFC4DA750FEAD54E020200C3"
    ),
    before=("CC86415F2ED7E8FD663B754265695AE1", "581E84B8EE06C4D3EEE30461498D7FB3", 0xBA),
    terminal_private="84A5145885678EE9307C28C52736896267511203B7B8009C5FE27ABCBAECDCAA",
    terminal_public="04897FA47C895D35949A8DB8F776A62D775BDF764A1AA1BDC2D8FC96CD5C2E80E3"
    "9F631C67E84364DCF85F5C9F8CE79A752071896819A0D510CF9701652486817C",
    after=("AF0EEDB52E87B945FC5503B1C6875C1C", "CEB85BEDCECFF1DD1E25DFB672C4A5BF"),
    conversation="""
> 0C2241A41D871101980953D37F67558690045D78A853B18A8E08929767A2CEF172E200
< 990290008E08FC873EBB62219C8A9000
> 0C8600006087510161912C367A6322D24AA1D4522DC47A7345369257672DF1D1163D506EB6489395
  D8083FAD393A394297CE8703C42F22C864C1F4C8E70EE1CF9B497ACF6579190D90F36CF9E16FE214
  9FF57247285D9E1E9701008E08A1D7A16EFBFD932C00
< 87110123E7159AC9B0EF92CE1F6755B89697E3990290008E088972F1595E1508C29000
> 0CA4020C1D871101FAD37EADBCDE7E6A0833035A9FFF5B708E0836560BBCE1FECD5F00
< 990290008E0829D0E1EBBB61BE7A9000
""",
)

MY = Recorded(
    dg14=(
        "6E82016A3182016630820142060904007F000702020102308201333081EC06072A8648CE3D020130"
        "81E0020101302C06072A8648CE3D0101022100A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D5"
        "2620282013481D1F6E5377304404207D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE9"
        "4A4B44F330B5D9042026DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07"
        "B60441048BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262547EF835"
        "C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997022100A9FB57DBA1EEA9BC3E"
        "660A909D838D718C397AA3B561A6F7901E0E82974856A702010103420004A04F85AFDFC316FB5E9F"
        "33F94CA45837D20D9D91AD5002307C3F124B6EF5B92565D018A6B7F69DB73976BFBB4278757405C6"
        "4E96104D161649E8A94078EAEFCE300F060A04007F00070202030201020101300D060804007F0007"
        "020202020101"
    ),
    before=(
        "896DE34A942C7076FEC207207ACB79C2",
        "D6C47FF4677AC8AE91CB49F4CE673432",
        0x9646C154BFB7BE79,
    ),
    terminal_private="3A31F4E18418312FCB40F3EFBE719182C046A9719E1ED8C376197AA9E8ED7465",
    terminal_public="043DA6D3B923689B96AA65D744F1BD1537FCF1F8A5DD9BC6B01D7B30FC1812645B"
    "510CB66BED899C67A802A7881313E4BCA87055CDE3CF615EFDBADBB64BC32462",
    after=("75B95468910849CDF1A1A2AE5452CE9B", "CD0BEF85D5A82A7AE0FBC12368A41FEF"),
    conversation="""
> 0C2241A41D8711019D1E70C6F5EE06A7CA1E98FBF5C945C98E087AC379DC78702E6300
< 990290008E08643C2C3AC66585E49000
> 0C86000058874901A9C6BF370C62AA43CA1EC9B97071727654822361DEB8BA4E5719AA05D8E86AA3
  6164DFA5E506DBF60DC7418858179FD25DAC5E9E49393DDE37E29652444941B562142AB5F19AEA91
  9701008E085083316637060C4D00
< 87090108166157B375BC1E990290008E08FF8A254C50179F519000
> 0CA4020C1587090106904D37288D69488E08A13B74E87B87E44600
< 990290008E08C2BF01FDDD1D599D9000
""",
)

FR = Recorded(
    dg14=(
        "6E82015E3182015A30820142060904007F000702020102308201333081EC06072A8648CE3D020130"
        "81E0020101302C06072A8648CE3D0101022100FFFFFFFF00000001000000000000000000000000FF"
        "FFFFFFFFFFFFFFFFFFFFFF30440420FFFFFFFF00000001000000000000000000000000FFFFFFFFFF"
        "FFFFFFFFFFFFFC04205AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D260"
        "4B0441046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2"
        "FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5022100FFFFFFFF00000000FF"
        "FFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551020101034200048367FC170D90AD53A28C"
        "6526A9C7EC4F5C59C4F7F5D992583F951A1654B4D1D6332163A33D82CBF245154887A8812ED9A55C"
        "15AD9D5C5C463851875BBA9AEABD3012060A04007F0007020204020402010202010C"
    ),
    before=(
        "17DA5D46E356F5B31C3D65B1369EF531CA811EFFC76967D2B62335E1AD9FE5CB",
        "5CB99A25E6081581FAC80C8DA621087939B6BDE273F2F7C65693B3A0EA3051ED",
        0xC6,
    ),
    terminal_private="D9C3B06A4DCB735351429403FCB56DB520DC882512D775971F724D6112F96586",
    terminal_public="04334F809C8842A4C9316C19E52A0D6EA0285996C40FF6DB303CEF72099198C8AD"
    "5D6B46E93482DE899533D06EAC54C289DF5AA1436A846FB9154100C5322439EA",
    after=("8AE910A12991FBFE5E37C2C726A2DF29", "1ADAC8970843D9BF8570737A04A8D50D"),
    conversation="""
> 0C2241A65D8751013AE386873DF68BD7E9F8D7AB2E696CED29EEB8DA78D502645B5E97D566361341
  E2EAA56318F6D84BF0BC44F7808AFAF14798D16048AAB03545F017F557D2CCE9DEE724F099E3D643
  ABD0FB03E567D9B18E08F2D238DEDE5ABBF100
< 990290008E089666AC14D11E8C2C9000
> 0CA4020C15870901DB66E918FE3525F98E08D870008CEA2BA80000
< 990290008E08420DEA0A913418AE9000
""",
)


EXAMPLES = pytest.mark.parametrize(
    ("example", "parameter_id"), [(ECDH, 13), (DH, 0)], ids=["ECDH", "DH"]
)


def channel_keys(cipher: SessionCipher) -> tuple[str, str]:
    keys = cipher.keys if isinstance(cipher, TripleDesSession) else cipher
    return keys.enc.hex().upper(), keys.mac.hex().upper()


@EXAMPLES
def test_the_keys_and_the_secret_of_bsi(example: Example, parameter_id: int) -> None:
    key = ChipKey(ChipKeyOrder(parameter_id), int(example.sk_picc, 16))
    assert key.public.hex().upper() == example.pk_picc
    group = GROUPS[parameter_id]
    assert group.public_key(int(example.sk_pcd, 16)).hex().upper() == example.pk_pcd
    agreed = group.multiply(key.private, bytes.fromhex(example.pk_pcd))
    secret = group.shared_secret(agreed)
    assert secret.hex().upper() == example.shared
    with_nonce = SUITES["AES-128"].session(secret + bytes.fromhex(example.nonce))
    assert channel_keys(with_nonce) == (example.ks_enc, example.ks_mac)


@EXAMPLES
def test_the_commands_agree_that_secret(example: Example, parameter_id: int) -> None:
    key = ChipKey(ChipKeyOrder(parameter_id), int(example.sk_picc, 16))
    chip = ChipAuthentication([key])
    session = Session(EMRTD_APPLICATION, channel=opened(("00" * 16, "00" * 16, 0)))
    protocol = f"04007F00070202030{2 if parameter_id else 1}02"
    choose = Command(0, 0x22, 0x41, 0xA4, encode(0x80, bytes.fromhex(protocol)))
    assert chip.answer(choose, session) == Reply(0x9000)
    public = encode(0x7C, encode(0x80, bytes.fromhex(example.pk_pcd)))
    assert chip.answer(Command(0, 0x86, 0, 0, public, 256), session) == Reply(0x9000, b"\x7c\0")
    assert isinstance(session.next_channel, ProtectedChannel)
    agreed = SUITES["AES-128"].session(bytes.fromhex(example.shared))
    assert channel_keys(session.next_channel._cipher) == channel_keys(agreed)
    assert session.next_channel._ssc == 0


def opened(keys: tuple[str, str, int]) -> ProtectedChannel:
    """The channel of a recorded conversation: two-key 3DES where the counter has its length."""
    enc, mac, ssc = bytes.fromhex(keys[0]), bytes.fromhex(keys[1]), keys[2]
    cipher = TripleDesSession(Keys(enc, mac)) if ssc >> 56 else AesSession(enc, mac)
    return ProtectedChannel(cipher, ssc)


def public_key_in(raw: str) -> bytes:
    """The point that ends the SubjectPublicKeyInfo of a DG14."""
    (file,) = elements(bytes.fromhex(raw))
    infos = [elements(each.value) for each in elements(elements(file.value)[0].value)]
    (info,) = [each[1] for each in infos if each[1].tag == 0x30 and len(each[1].value) > 100]
    return elements(info.value)[1].value[1:]


class Knowing(Curve):
    """The curve as the chip of a recorded conversation computes on it.

    Its private key is not published, that of the terminal is; their products are the same point.
    """

    def __init__(self, curve: Curve, recorded: Recorded) -> None:
        super().__init__(curve.name, curve.domain)
        self.recorded = recorded

    def multiply(self, scalar: int, public: bytes) -> bytes:
        if scalar:
            return super().multiply(scalar, public)
        assert public.hex().upper() == self.recorded.terminal_public
        private = int(self.recorded.terminal_private, 16)
        return super().multiply(private, public_key_in(self.recorded.dg14))


def recorded_key(
    recorded: Recorded, curve: int, ciphers: tuple[str, ...], key_id: int | None
) -> SimpleNamespace:
    group = GROUPS[curve]
    assert isinstance(group, Curve)
    order = SimpleNamespace(group=Knowing(group, recorded), ciphers=ciphers, key_id=key_id)
    return SimpleNamespace(order=order, private=0)


@pytest.mark.parametrize(
    ("recorded", "curve", "ciphers", "key_id"),
    [
        pytest.param(AT, 13, ("AES-128",), None, id="AT"),
        pytest.param(DE, 13, ("AES-128",), 0xC3, id="DE"),
        pytest.param(MY, 13, ("3DES", "AES-128"), None, id="MY: 3DES by MSE:Set AT"),
        pytest.param(FR, 12, (), None, id="FR: 3DES by MSE:Set KAT"),
    ],
)
def test_recorded_conversations(
    recorded: Recorded, curve: int, ciphers: tuple[str, ...], key_id: int | None
) -> None:
    """Commands and answers byte for byte, the first file selected under the new keys included."""
    key = recorded_key(recorded, curve, ciphers, key_id)
    files = {0x0100 | number: b"" for number in range(1, 31)}
    chip = Chip(Document(LINES, "123456", files, chip_keys=(key,)))
    chip._session = Session(EMRTD_APPLICATION, access_granted=True, channel=opened(recorded.before))
    replay(chip, recorded.conversation)
    channel = chip._session.channel
    assert isinstance(channel, ProtectedChannel)
    assert channel_keys(channel._cipher) == recorded.after
    assert channel._ssc == 2


def test_dg14_is_encoded_as_in_documents() -> None:
    """The DG14 of two States comes out the same from their keys and what they say of them."""
    terminal = der.sequence(der.oid("0.4.0.127.0.7.2.2.2"), der.integer(1))
    at, de = ChipKeyOrder(13, ("AES-128",)), ChipKeyOrder(13, ("AES-128",), 0xC3)
    for recorded, order, offers in (
        (AT, at, [PaceOffer(parameter_id=13)]),
        (DE, de, [PaceOffer(parameter_id=13), PaceOffer("CAM", parameter_id=13)]),
    ):
        # All but the public key: the private one of the real chip is not known.
        made = chip_authentication_infos([ChipKey(order, 1)])[:-1]
        made.append(chip_public_key_info(order, public_key_in(recorded.dg14)))
        infos = [*made, *map(pace_info, offers), terminal]
        assert dg14(infos).hex().upper() == recorded.dg14
