"""Every measure of a face, from one picture of it."""

import numpy as np

from egate.biometrics.detection import DetectedFace
from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2
from egate.biometrics.quality.covers import measure_covers
from egate.biometrics.quality.face_quality import FaceQuality
from egate.biometrics.quality.light import measure_light
from egate.biometrics.quality.pose import head_angles
from egate.biometrics.quality.sharpness import measure_sharpness
from egate.biometrics.quality.surroundings import background_deviation, blockiness


def judge(
    image: FaceImage, face: DetectedFace, aligned: FaceImage, embedding_norm: float
) -> FaceQuality:
    """Measure a face.

    Args:
        image: height x width x 3, BGR.
        face: where in ``image``.
        aligned: the face upright, 112 x 112 x 3, BGR.
        embedding_norm: length of its raw embedding.

    """
    grey = np.asarray(cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY), np.uint8)
    height, width = image.shape[:2]
    box = face.box
    aside = abs(2 * (box.x + box.width / 2) / width - 1)
    above = abs(2 * (box.y + box.height / 2) / height - 1)
    yaw, pitch, roll = head_angles(face.landmarks)
    light, covers = measure_light(grey), measure_covers(aligned)
    return FaceQuality(
        eye_distance_px=float(np.hypot(*(face.landmarks[1] - face.landmarks[0]))),
        face_height_px=box.height,
        face_share=box.height / height,
        off_centre=max(aside, above),
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        sharpness=measure_sharpness(image, face.landmarks, aligned),
        brightness=light.brightness,
        under_exposed=light.under_exposed,
        over_exposed=light.over_exposed,
        dynamic_range=light.dynamic_range,
        light_evenness=light.evenness,
        eyes_covered=covers.eyes,
        mouth_covered=covers.mouth,
        forehead_covered=covers.forehead,
        background_deviation=background_deviation(image, box),
        blockiness=blockiness(image, box),
        embedding_norm=embedding_norm,
    )
