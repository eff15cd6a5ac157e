"""Codestreams of subsampled components in each progression order, by another's encoder.

OpenJPEG 2.5.0 (opj_compress) made them without loss from the planes that ``plane`` computes:
40 x 48 pixels, 4:2:0, four tiles, three layers, three resolutions; two with the optional markers
in their packets, one with so many resolutions that some are empty.
"""

from base64 import b85decode
from typing import Final

import numpy as np
import numpy.typing as npt

WIDTH: Final = 40
HEIGHT: Final = 48


def plane(component: int) -> npt.NDArray[np.uint8]:
    """Return what component 0, 1 or 2 is to show."""
    step = 2 if component else 1
    across, down = ((3, 2), (1, 4), (5, 1))[component]
    y, x = np.mgrid[: HEIGHT // step, : WIDTH // step]
    return ((across * x + down * y) % 256).astype(np.uint8)


ENCODED: Final = {
    "LRCP": b85decode(
        "|4;u>051Rl0000e0000m00000000000000W0000W000000000000RdB0S5vC2Lb~BQUDA9000930s;a60smY83P3"
        "<eNKi;fQ2%5AB>(|Ka%Ew3Wn>^?c_2@4Wo}APMMofZWpZ<AZ*CwmE;TMN|BwI*000000L}mb|C8T&kP<6r45|Eki"
        "DxR9m_hf?{|MpOEvX=f4y!7$MHKRKt>*w00u{{V-"
        "=aw`?YrMMLh%pZcz_ZM(_I;&TBp_qPF$}dlV#s{h!P9a59p#g|3Gvgj8}|5n_s|ikQ^X3p@ly^rZg|WI4B<gfFc<"
        "Kf8Afe_yd4&Kq48}1Ao9IfN+3cr^hj!tSLXh5kPzb05+jLrZiu`aF7H*HldooJ*9wvfPjF2fPjF&z`*nlfWgoJ^a"
        "ud(5CEV6^Z@^m015yB0001v00IA#$HXKN_4G+a216v<&x{}uBh?7U1`#3kfPldG0ss^dfPjGfB7kbyy|F+10Dxco"
        "z<?Uxz;JLJ5Et9b9^Ak<C?5bo6b}V2pd1JUz%d{l5F#D)e^My_f4~tyd;tI#+aBG(aBu`b7u)?F-"
        "@x<$!1NA)!O#Ho2ms&!paAp$|BwI*00IC20Hy!||C7(KY!V&Sr|<v`qg=9s{Dv-"
        "9q+aN?ohKG~Qp}%6&#)i|t2~teFG`Bfup|hK1-"
        "9nFhSO2NaBvZTHk`Kugr}fzU<*NS!1w|H6@<Ve0AHtbpgsV=1B9r+a9}o`6M%q#ut0ynI4%Sgho7Jv7z;sv!vN@@"
        "e`c;j|9`*{05+eX2!I2Fz`(%t4uHYX0Q3j|-"
        "~gZi^Z@^m015yD0001h00IA#&zLwFxjoe`jd#b)2nH*|f(RynfWY_y00LitfPnk}fU|)7U_gJsaBv(D7uH_`b)b9"
        "!01J<RfPlboU>DcF!1MsX^bUZ)Iu}3y0)O-f2SNY~f518%1EK&T9KR_b|9`*{Kztzp7taHC^auhV1AqV7"
    ),
    "RLCP": b85decode(
        "|4;u>051Rl0000e0000m00000000000000W0000W000000000000RdB0S5vC2Lb~BQUDAF0RRI40s;a60smY83P3"
        "<eNKi;fQ2%5AB>(|Ka%Ew3Wn>^?c_2@4Wo}APMMofZWpZ<AZ*CwmE;TMN|BwI*000000jB@~|C9fb00aO4-"
        "+7S#k`gOt45|EkiDxR9m_hf?{|MpOEvX=f4y!7$MHKRKt>*w00u{{V-"
        "=aw`?YrMMLh%p(kpKh$0pECl|B@05(_I;&TBp_qPF$}dlV$&r00aO6-"
        "*|}sk`fEk59p#g|3Gvgj8}|5n_vHt00aO7fd7*JkpKh$1c3jN|B(O$00n^mlK+ta1ONuW|C0Za00aOB!2go}kpKh"
        "$2*Cf6|B(O$013cwkQ^ZYk~X1*KRu>2FaMDM1ON)aI4B<gfd7&r83TXaU;mK+1ON-b_yd4&K>v~=8P@}U|B(O$01"
        "SZtlK+ta1ON?y|C0Za00aOIfd7*JkpKh$5A+Uz|C0Za00aOK!O#HzlK+ta1OO5A2mt?*|B(O$0206?fN+5Sl3%CC"
        "F`cX_KmU;c1OOADJ^=v#l0Bw0U;mK+1OODkMgaekHldpTkpKh$6@dSe|B(O$02aUz0RNIUq5qKp1OOM{z!3odlD|"
        "Er|B(O$02uHP0RNKzkpKh$8K40FlK+ta1OOWJ0RNKzkN^q*0RR92TmS+8lmC$b1ONbl|C0Za00aO5&J6#O5hK<Ak"
        "pKh$0)YRL|B(O$00V&klK+ta1ONnp|C0Za00aO9fd7*JkpKh$2FKJK|B?~)^hreqLnPa3*}btp|B(O$00;d*K>v~"
        "mU;mK+1ON!f)C&KS5h3*&-"
        "~W*S1ON$u|C0Za00aOEfd7*JkpKh$3xNNU|B(O$01SZtlK+ta1ON?y|C0Za00aOIfd7*JkpKh$55RmOz<eP9|B@H"
        "m%pTnTkpKh$5WqSV50DW5k`xaGFaMDM1OO4h`2j#W2>+545d{B{00aOMfd7*JkpKh$6M+Ac|B(O$02F}#lK+ta1O"
        "OF)|C0Za00aOQfd7*JkpKh$7l8kg|B(O$02shJBm<%V|B@md^nX$)|9}6H00aOTz!5-"
        "vAprl97uz1)|B(O$02;u2A;1v;|B@Hm{T|={kN^q*0ssI3e*gjhlmC$b1ONcej{lMp9o47s01f|<00aO5&Jh2S2d"
        "g}l|B(O$00PWF|B?ud1-"
        "Ac@00aO7{RII3lA~O*gZzdrSEOF(wVfvxc~Z=uNB@xk1ONp6Aprl9053|4|B(O$00sR(p#PHQ!G_aO|B(O$00zMS"
        "lK+ta1ONxX|C0Za00aOC!2go}kpKh$34s5S|B(O$01ANrlK+ta1ON+w|C0Za00aOGz;JLJApep!oVNpnr+@#E00a"
        "OHz&I!$0D%9J6^9E!Z=e5>00aOI!1w}yaA5zE6@&{xfB%sH1ON~84uJoX|B(O$01&~@0RNKzkpKh$5%dTE|C0Za0"
        "0aOMfd7*JkpKh$6M+Ac|B(O$02F}#lK+ta1OOGlF(4fj|B_#)bAM*8L;rvOkpKh$7Qhied;x&}k~W_MgsA_K00aO"
        "Rz;JK`K>w09o)ZIu|B(O$02tr^|C0Za00aOTpaB1p|B(O$02=fF|C0ZZ015yD0003{00IA#|B(O$004mhlK+ta1O"
        "Nem|C0Za00aO6fd7*JkpKh$1AzaM|B(O$00e;llK+ta1ONqq|C0Za00aOA&$J-"
        "_k{P)@)h>;9v;UC*1ONxe)CB*M1}p!O00aOC!{-"
        "M7k_aY$|B(O$011HqlK+ta1ON(v|C0Za00aOFfd7*JkpKh$41oWV|B(O$01bfulK+ta1ON_z|C0Za00aOJz<eRVd"
        "?5h;k{8xr19ktA00aOKz&aEUkP!cp0)GpS|B(O$01?3X0YEws|B?b<3xEHS00aOMfd7*JkpKh$6M+Ac|B(O$02F}"
        "#lK+ta1OOF)|C0Za00aOQfd7*JkpKh$7l8kg|B(O$02shJ90Q^N|B@mczbPR9fB%sH1OOSp5kPz)0RNH~&jWY=kp"
        "Kh$8o+!Zz!3odk{8#%1AqV7"
    ),
    "RPCL": b85decode(
        "|4;u>051Rl0000e0000m00000000000000W0000W000000000000RdB0S5vC2Lb~BQUDA90ssR50s;a60smY83P3"
        "<eNKi;fQ2%5AB>(|Ka%Ew3Wn>^?c_2@4Wo}APMMofZWpZ<AZ*CwmE;TMN|BwI*000000L}mb|C8T&kP<6r45|Eki"
        "DxR9m_hf?{|MpOEvX=f4y!7$MHKRKt>*w00u{{V-"
        "=aw`?YrMMLh%oPz~6X)5)0E^8KPRJ)&@>ouOgFWfWY5)h!P9a59p#g|3Gvgj8}|5n_qyyz;KWpAU2_eKRu>2FM#w"
        "8fWSB?9{_+N83TXaUx2~T0KoVIfN($}8P@}Ufb<9ez$AchfM2J_F`cX_KY;KM0KgGId;$PAp*^NFUx1(hz;KWRKs"
        "KS8zdfaZ^Z@^m015yB0001v00IA#$HXKN_4G+a216v<{33vA*}btpz|V{z5hK+I`~ZMo^Z>^O5h3;bz<?Uxz<|JT"
        "a2ya9+sq!^^bUZ4z&I!$06-KE1uwzS0KoVH02C3R90&yT2mpY<F(4ffA|3R9QYim_-~fQY5kPza02kXH-Jk$~z;J"
        "K`Ko{Hn9^do;|BwI*00IC20Hy!||C7(KY!V&Sr|<v`qg=9s{Dv-"
        "9q+aN?ohKG~Qp}%6fWXhNAP1{Fl>jeFih#h+up|hK1-"
        "9nFhSO1iz`$^D5r8(Fw*!Qyut0zG4uGI=U<*NSz&I`h6^Ea}&;Y>r0ss|+pd1(rL4WiJ0Kg*vU#D}!0O+89X0Aj3"
        "f8YS1J^;W2gs8v~05+eX0KjlyHl7op2!I2F^Z@^m015yD0001h00IA#&zLwFxjoe`jd%P2fV05I%m@Z6fb;;vf(R"
        "!3U_gJsfWUBY91s`QUjudY4uF85d;tIpkH9(?KmY=N!1w|H0$+gi2nRv{3x9xsz&acQq5vWszbPR9e}I6%5kPz)0"
        "2j{#cYwffU>DcF^auhV1AqV7"
    ),
    "PCRL": b85decode(
        "|4;u>051Rl0000e0000m00000000000000W0000W000000000000RdB0S5vC2Lb~BQUDA90{{a60s;a60smY83P3"
        "<eNKi;fQ2%5AB>(|Ka%Ew3Wn>^?c_2@4Wo}APMMofZWpZ<AZ*CwmE;TMN|BwI*000000L}mb|C8T&kP<6r45|Eki"
        "DxR9m_hf?{|MpOEvX=f4y!7$MHKRKt>*w00u{{V-"
        "=aw`?YrMMLh%oPz`$^j93VEKg+D!}G%tYk4uHTUfN+3cr^hj!tSLW$@DKpscz_ZM(_I;&TBp_qPF$}dlVyOwz&I!"
        "$0DvMH1ApCLfWgoJz!5-"
        "v0suClJ*G5YfS>^1c!&}U(+}vPI{!d)AdFXxKbv2Gz`*zefN($}8P@}Ufb<9ez;KWRKsKS8zdfaZ^Z@^m015yB00"
        "01v00IA#$HXKN_4G+a216v<{33vA*}btpz<|JTa2ya9+sq!^^bUZ4z%d{l5F#D)e^My_f8YSmj35ys)d>6mfM4_g"
        "fWSB?9{@lU4+Ss5&;WqI5kPza02kXH-Jk%+1`#3k{J?-3-"
        "@w550ss^dpd1JU^aucez;JK`Ko{Hn9^do;|BwI*00IC20Hy!||C7(KY!V&Sr|<v`qg=9s{Dv-"
        "9q+aN?ohKG~Qp}%6fWW|Ta1nquoVNpnr?5bO^bUZ)BLH8gbHf1WpnqnrL;ru^0MD=>2dg}l053|4fWV+|U<*NSz&"
        "I`h6^Ea}&;X!50Kfx;sK5~bHlLsX&#)v2j0Lvl!G_aOfWW}`0ss|+pd1(rL4WiJ0KjlyHl7op2!I2F^Z@^m015yD"
        "0001h00IA#&zLwFxjoe`jd%P2fV04Wz;JLJ5Es^819kKcfPjF&IvfL{03sZ}DIouU$IJ)@D}eL>fS`N<01J=6Iu}"
        "3y0)K#jz!5-vApjT819!uM2qyesK!3o%_yPa|Ux4%o2SNY~e}KSnU>DcF^auhV1AqV7"
    ),
    "CPRL": b85decode(
        "|4;u>051Rl0000e0000m00000000000000W0000W000000000000RdB0S5vC2Lb~BQUDAF1ONj70s;a60smY83P3"
        "<eNKi;fQ2%5AB>(|Ka%Ew3Wn>^?c_2@4Wo}APMMofZWpZ<AZ*CwmE;TMN|BwI*000000jB@~|C9fb00aO4-"
        "+7S#k`gOt45|EkiDxR9m_hf?{|MpOEvX=f4y!7$MHKRKt>*w00u{{V-"
        "=aw`?YrMMLh%p(kpKh$0f7IK|B(O$00O}OlK+ta1ONlTaF84z|B^PLg+D!}G%x>=00aO8fd7*JkpKh$1@sPp|C0Z"
        "a00aOAz$Achfd7(Tr^hj!tSLYLkpKh$2Y~;Q|B(O$00{690RNKzkpKh$3Ey~t|B@05(_I;&TBp_qPF$}dlV$&r00"
        "aOEfd7*JkpKh$3&8)9|B(O$01Uu5C?5cT|B@mZ1ApCL|B(O$01bfulK+ta1ON`f&;b9E|B(O$01u!(0RaD!J*G5Y"
        "|B(O$01&_t0RNIUq5qKp1OO4B0RNKzkpKh$65n`;|B@05(+}vPI{!d)AdFXxKbv3wkpKh$6M+Ac|B(O$02ILglK+"
        "ta1OOGl_yd4&K>v~=8P@}U|B(O$02YA%lK+ta1OONG2mt?*|B(O$02shV0RNIUp_>1Z00aOT;J^_8|B}BwrT>ut1"
        "OOWJ0RNKzkN^q*0RR92TmS+8lmC$b1ONbl|C0Za00aO5fd7*JkpKh$0>{)G|B?~)^hreqLnPa3*}btp|B(O$00V&"
        "klK+ta1ONnp|C0Za00aO9z<eRVd?5h;k{8>|9^C(t00aOAfd7*JkpKh$2Y~;Q|B(O$00_W3Bm<%V|B@md^nX$)|9"
        "}6H00aOD&J6#O5hK<AkpKh$3V{ET|B(O$01N#<K>v~mU;mK+1ON<x|C0Za00aOHfd7*JkpKh$4!}AT50DW5k`xaG"
        "FaMDM1ON|!|C0Za00aOKfd7*JkpKh$5x@~Zd?5h;k{8<^-"
        "T#pQ1OO6%|C0Za00aONfd7*JkpKh$6vxyG|B?|Q^%~#*kpKh$6@dSe|B(O$02YA%lK+ta1OOMn`2j#W2>+545d{B"
        "{00aOSfd7*JkpKh$8G!$i|B(O$02;u2A;1v;|B@Hm{T|={kN^q*0ssI3e*gjhlmC$b1ONcej{lMp9o47s01f|<00"
        "aO5{RII3lA~O*gZzdrSEOF(wVfvxc~Z=uNB@xk1ONiS|C0Za00aO7fd7*JkpKh$1i)}`93cOaHk`Kugr|T1kpKh$"
        "1@sPp|C0Za00aOAfd7*JkpKh$2f#5P9TfkPU#D|_X0Aj3fB%sH1ON!&0RNKzkpKh$3C<Azk_W3imH&|d1ON*CApr"
        "l9053|4|B(O$01LqXlK+ta1ON<x|C0Za00aOHz&I!$0D%9J6^9E!Z=e5>00aOI!O#HzlK+ta1ON|!|C0Za00aOKz"
        "!5-v0f7IKHlG88sQ-"
        "}w1OO4B0RNKzkpKh$63jsVk_e0iw*Qd;1OOBLK%oDU=D~*3QU8$u1OODk|C0Za00aOPfd7*JkpKh$7QpxdfN)^{k"
        "`;stL4W^|00aOR^aud|lK+ta1OOO-"
        "|C0Za00aOTz;JK`K>w09o)ZIu|B(O$02=fF|C0ZZ015yD0003{00IA#|B(O$004mhlK+ta1ONem|C0Za00aO6&$J"
        "-_k{P)@)h>;9v;UC*1ONko|C0Za00aO8fd7*JkpKh$1;BhEz<eP9|B@HhUjudjkpKh$27v#P|B(O$00)5olK+ta1"
        "ON!YIvfL{0RNIA9KR_b|9}6H00aODfd7*JkpKh$3V{ET|B(O$01L;|1pkr-EB}!I1ON<x|C0Za00aOHfd7*JkpKh"
        "$4!}AT50DW5k^+AVkN=SX1ON|!|C0Za00aOKfd7*JkpKh$5x@~Zd?5h;k{8bdcmI(91OO6%|C0Za00aONfd7*Jkp"
        "Kh$6vO8R|B?tMfB%sH1OOF)|C0Za00aOQfd7*JkpKh$7r^-eKspfrk^)}~fB%sH1OOO-"
        "|C0Za00aOTfd7*JkpKh$8o+!Zz!3odk{8#%1AqV7"
    ),
    "RPCL, empty resolutions": b85decode(
        "|4;u>051Rl0000e0000m00000000000000W0000W000000000000RdB0S5vC2Lb~BQUDA90ssL31q1{D0smY86F@"
        "*nNKi;fP)JBnNJvmfNKpS|03`qcLvm$dbY)~9VtF7>aAj^vP(?=|c4cyNX>V>IGA=bPF#nJM3IG5A006!K0soWFv"
        "<L-%&$I{#U(d7%2#>?+0*BND0e=KPfPlgCgM;S=4EFa6J%_;g0YmBn00ch-Kf~$*f${<X13v^m!1)3|`2qkU7<az"
        "|f8Afed?CT}g8&Twe+xZ_!SjNE_(A{;01G_8d?G-6A^<j_g+D!}G%vt96c3OfA{hgJ-Cw}@0l+#CA{o~Mf518<1E"
        "K(5r^hj!tSLXh5kPz*05+jLrZiu`d?G**05+kTzdfb@kN^q*0RR91iU0xslfd{v2*c_E1V7Kf2nFHC+5`sY!SjL("
        "k;Cc&1V6y}0RRL)!1)2d`2heE{38V~!SjL(k-"
        "&T*01IEhd?CPmApjTK%pTmpIus9(5EKsuFTnW$KspE%5d^?GBm<%VA|3R9QYim_z!5-"
        "vApjTK9^JrvA;1v;7u)?F-~W&R3IGBC005-"
        "`0soW3=L85J!|DP7f5+Mc2#?Re2nD~v^MZrt1PcoSWWf0W00ck7>H-"
        "5l!1)2d`2qkHes>E&Z=b+?Awlzk01ICNWWn=-"
        "fcQcH3vU8nz<eRVd?ElgoVNpnr+>gY6c3Of6^9E!Z=b;V0YEw!6@&{xf518<1EPRmr*nU1u0#KSz!5-"
        "vA%HfY1B9r+d?COQ05+Zz1B3sN015yD0001d00IA#$J7D=fXCnj2Ft_k0tMs2^MV9FfPldH0l@hI00EhQ3y;C`f&"
        "@Rnd?0`Wz<eRVd?5fA)?Wj4z&aEUkPrfY3y;A00YEws0$&S%z&acQq5vWszbPR9f4~tyd?5fA&jWYBd?COQ02kN4"
        "1AqV7"
    ),
}
