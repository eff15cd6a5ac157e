"""States as certificates and documents name them, brought to one code.

Certificates have two letters (ISO 3166-1), documents three (9303-3 §5), and real ones
have lower case, three letters in a certificate, ``D`` for Germany and codes of no State.
"""

from typing import Final

# Three letters, then two. 9303-3 §5: ISO 3166-1, then the codes only documents have.
_THREE_TO_TWO: Final = """
ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT
AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO
BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG
COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO
DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB
GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY
HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT
JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY
LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH
MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA
NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE
PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA
SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR
SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO
TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG
VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW
GBDGB GBNGB GBOGB GBPGB GBSGB RKSXK EUEEU UNOUN UNAUN UNKUN XOMXO UTOUT ANTAN NTZNT IAOIA
"""
_TWO_LETTERS: Final = {pair[:3]: pair[3:] for pair in _THREE_TO_TWO.split()}
_OTHER_SPELLINGS: Final = {"D": "DE", "UK": "GB", "KS": "XK"}

# The CSCA key of one is linked to a name of the other, or signs for it. ZZ is a code of no
# State, and what the first CSCA of the United Nations is called by.
_TOGETHER: Final = (
    frozenset({"GB", "BM"}),
    frozenset({"CN", "HK", "MO"}),
    frozenset({"UN", "ZZ"}),
)
_KNOWN: Final = frozenset(_TWO_LETTERS.values()).union(*_TOGETHER)


def normalise(code: str) -> str:
    """Return one code for a State however it is spelled; "" stays "".

    Args:
        code: countryName of a certificate or issuing State of a document, fillers included.

    """
    plain = code.strip("< \x00").upper()
    return _TWO_LETTERS.get(plain) or _OTHER_SPELLINGS.get(plain, plain)


def is_same_state(left: str, right: str) -> bool:
    """Return whether two spellings mean one State, or States that sign for one another."""
    pair = frozenset({normalise(left), normalise(right)})
    return len(pair) == 1 or any(pair <= group for group in _TOGETHER)


def is_known(code: str) -> bool:
    """Return whether the table has ``code``; of another nobody can say whose it is."""
    return normalise(code) in _KNOWN
