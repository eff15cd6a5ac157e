"""The measures of a face that nothing is wrong with."""

from egate.biometrics.quality import FaceQuality


def quality(**others: float) -> FaceQuality:
    usual = {
        "eye_distance_px": 120.0,
        "face_height_px": 300.0,
        "face_share": 0.4,
        "off_centre": 0.1,
        "yaw": 0.0,
        "pitch": 0.0,
        "roll": 0.0,
        "sharpness": 200.0,
        "brightness": 120.0,
        "under_exposed": 0.05,
        "over_exposed": 0.0,
        "dynamic_range": 7.0,
        "light_evenness": 0.8,
        "eyes_covered": 0.0,
        "mouth_covered": 0.0,
        "forehead_covered": 0.0,
        "background_deviation": 8.0,
        "blockiness": 1.0,
        "embedding_norm": 12.0,
    }
    return FaceQuality(**(usual | others))
