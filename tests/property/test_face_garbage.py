"""What damage to portraits begins from: images of every form that gates decode."""

from egate.biometrics.face_image import FaceImageInvalid, decode_face_image
from tests.fuzz.face_samples import files, images
from tests.fuzz.targets import pictures


def test_every_sample_is_a_good_one_or_refused_by_name() -> None:
    """Damage to what is broken anyway would find nothing."""
    refused = []
    for kind, samples in images().items():
        for at, sample in enumerate(samples):
            try:
                decode_face_image(sample)
            except FaceImageInvalid as error:
                refused.append((kind, at, str(error)))
    assert [fault[:20] for _, _, fault in refused] == ["components of a JPEG"]
    for file in files():
        assert pictures.file(file).size
