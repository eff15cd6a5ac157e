"""Every kind of portrait that simulated passports have, read from the chip and then compared."""

from functools import cache

import numpy as np
import pytest

from egate.biometrics.face_image import decode_face_image
from egate.biometrics.verification import MEASURED_THRESHOLD, FaceTemplate, FaceVerifier
from egate.cli.main import main
from egate.emrtd.lds.dg2 import face_images, reference_image
from egate.emrtd.lds.facial_image import FaceImage, FacialEncoding, FacialImageType
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.image import ImageKind
from hardware_mocks.chip.data_groups import DG2
from hardware_mocks.chip.profile import PHOTOGRAPHS
from hardware_mocks.chip.profiles import PROFILES, make_chip
from tests.emrtd_passport import passport, read

PORTRAITS = sorted(name for name in PROFILES if name.startswith("dg2-"))


@cache
def verifier() -> FaceVerifier:
    return FaceVerifier.load()


@cache
def live(person: str) -> FaceTemplate:
    template = verifier().template(
        decode_face_image((PHOTOGRAPHS / person / "selfie.jpg").read_bytes())
    )
    assert template is not None
    return template


@cache
def images(profile: str) -> tuple[FaceImage, ...]:
    document = passport(profile)
    return face_images(read(document, make_chip(PROFILES[profile], document)).files[LdsFile.EF_DG2])


@pytest.mark.parametrize("profile", PORTRAITS)
def test_the_portrait_is_the_holders(profile: str) -> None:
    chosen = reference_image(images(profile))
    pixels = decode_face_image(chosen.encoded)
    assert pixels.shape == (480, 360, 3)
    assert (chosen.width, chosen.height) == (360, 480)
    template = verifier().template(pixels)
    assert template is not None
    assert verifier().similarity(template, live("P001")) > MEASURED_THRESHOLD
    assert verifier().similarity(template, live("P008")) < MEASURED_THRESHOLD


@pytest.mark.parametrize("profile", ["dg2-several", "dg2-several-templates", "dg2-39794-several"])
def test_all_images_are_found_and_the_frontal_one_of_full_size_is_chosen(profile: str) -> None:
    found = images(profile)
    new = "39794" in profile
    frontal = FacialImageType.MRTD if new else FacialImageType.FULL_FRONTAL
    assert len(found) == 3
    assert found[0].image_type is (
        FacialImageType.GENERAL_PURPOSE if new else FacialImageType.BASIC
    )
    assert {image.encoding for image in found} == {
        FacialEncoding.ISO_39794_5 if new else FacialEncoding.ISO_19794_5
    }
    chosen = reference_image(found)
    assert chosen.image_type is frontal
    assert chosen is found[2]


def test_small_and_grey_portraits_are_so() -> None:
    assert len(images("dg2-6kb")[0].encoded) <= 6000
    assert len(images("dg2-jpeg2000-3kb")[0].encoded) <= 3000
    (grey,) = images("dg2-jpeg2000-grey-codestream")
    assert grey.kind is ImageKind.JPEG_2000
    assert grey.encoded.startswith(b"\xff\x4f\xff\x51")
    pixels = decode_face_image(grey.encoded)
    assert np.array_equal(pixels[..., 0], pixels[..., 2])


def test_the_command_takes_a_file_of_the_newer_encoding(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.mktemp("dg2") / "EF.DG2.bin"
    file.write_bytes(passport("dg2-39794-several").files[DG2])
    selfie = PHOTOGRAPHS / "P001" / "selfie.jpg"
    assert main(["face", "compare", str(file), str(selfie)]) == 0
