"""``egate face quality``: every measure of a face picture, for those who set up a camera."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from egate.biometrics.face_image import FaceImage
from egate.biometrics.quality import (
    MEASURED_LIMITS,
    REFERENCE_LIMITS,
    AssessmentFailed,
    FaceQuality,
    Measure,
    Ofiq,
    QualityLimits,
    bits_per_pixel,
    faults,
    measures,
    reference_faults,
)
from egate.cli.face_input import FORMATS, read_face, verifier
from egate.cli.json_output import answer_lines, print_json
from egate.cli.outcome import BadInput, Unavailable
from egate.domain.policy.parse import PolicyInvalid
from egate.gate.policy_file import load_policy

DESCRIPTION: Final = (
    "Print every quality measure of the largest face with its unit, its limit and a verdict."
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", nargs="?", type=Path, metavar="IMAGE", help=FORMATS)
    parser.add_argument(
        "--portrait", action="store_true",
        help="judge it as the portrait of a chip, as an EF.DG2 file always is",
    )  # fmt: skip
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="F",
        help="with limits (default: the measured ones)",
    )
    parser.add_argument(
        "--profile", default="standard", metavar="NAME", help="of the policy (default: %(default)s)"
    )
    parser.add_argument("--ofiq", type=Path, metavar="PROGRAM", help="ask BSI's OFIQSampleApp, too")
    parser.add_argument("--ofiq-config", type=Path, metavar="F", help="its ofiq_config.jaxn")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON document")
    output.add_argument("--jsonl", action="store_true", help="answer requests of standard input")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if (arguments.ofiq is None) is not (arguments.ofiq_config is None):
        raise BadInput("--ofiq and --ofiq-config need each other")
    limits = _limits(arguments)
    if arguments.jsonl:
        if arguments.image:
            raise BadInput("--jsonl takes its files from standard input")
        return answer_lines(lambda request: _answer(request, limits, arguments))
    if arguments.image is None:
        raise BadInput("face quality needs IMAGE, or --jsonl")
    result = _judge(arguments.image, limits, arguments)
    if arguments.json:
        print_json(result)
    else:
        _print(result)
    return 0 if result["good"] else 1


def _limits(arguments: argparse.Namespace) -> QualityLimits:
    if arguments.policy is None:
        return MEASURED_LIMITS
    try:
        return load_policy(arguments.policy, arguments.profile).profile.quality
    except PolicyInvalid as error:
        raise BadInput(str(error)) from error


def _answer(
    request: Mapping[str, Any], limits: QualityLimits, arguments: argparse.Namespace
) -> Mapping[str, Any]:
    if not isinstance(request.get("image"), str):
        raise BadInput('a request is {"image": path}')
    return _judge(Path(request["image"]), limits, arguments)


def _judge(file: Path, limits: QualityLimits, arguments: argparse.Namespace) -> dict[str, Any]:
    picture = read_face(file)
    seen = verifier().observe(picture.pixels)
    if seen.template is None:
        return {"ok": True, "faces": 0, "good": False, "faults": ["no_face"]}
    bits = bits_per_pixel(picture.encoded, picture.pixels)
    as_portrait = picture.from_chip or arguments.portrait
    result = {
        "ok": True,
        "faces": len(seen.faces),
        "judged_as": "portrait" if as_portrait else "live",
        **_verdict(seen.template.quality, bits, None if as_portrait else limits),
    }
    if arguments.ofiq is not None:
        result["ofiq"] = _ofiq(picture.pixels, arguments)
    return result


def _verdict(quality: FaceQuality, bits: float, limits: QualityLimits | None) -> dict[str, Any]:
    """Judge against ``limits``; None stands for those of a portrait."""
    found = reference_faults(quality, bits) if limits is None else faults(quality, limits)
    rows = [_row(measure) for measure in measures(quality, limits or REFERENCE_LIMITS)]
    least = REFERENCE_LIMITS.min_bits_per_pixel if limits is None else None
    rows.append(_row(Measure("bits_per_pixel", bits, "bits", least, None)))
    return {
        "good": not found,
        "faults": [fault.value for fault in found],
        "score": round(quality.score, 1),
        "measures": rows,
    }


def _row(measure: Measure) -> dict[str, Any]:
    return asdict(measure) | {"value": round(measure.value, 3), "good": measure.is_good}


def _ofiq(image: FaceImage, arguments: argparse.Namespace) -> dict[str, Any]:
    try:
        components = Ofiq(arguments.ofiq, arguments.ofiq_config).assess(image)
    except AssessmentFailed as error:
        raise Unavailable(str(error)) from error
    return {name: asdict(component) for name, component in components.items()}


def _print(result: Mapping[str, Any]) -> None:
    if not result["faces"]:
        print("no face")
        return
    verdict = "good" if result["good"] else ", ".join(result["faults"])
    print(
        f"{verdict}: judged as {result['judged_as']}, {result['faces']} face(s),"
        f" score {result['score']:.0f} of 100"
    )
    for row in result["measures"]:
        mark = {True: "good", False: "BAD", None: ""}[row["good"]]
        value = f"{row['name']:<21}{row['value']:>9.2f} {row['unit']:<24}"
        print(f"  {value}{_bounds(row):<18}{mark}".rstrip())
    for name, component in result.get("ofiq", {}).items():
        value = "not assessed" if component["value"] is None else f"{component['value']:.0f} of 100"
        print(f"  OFIQ {name}: {component['native']:g}, {value}")


def _bounds(row: Mapping[str, Any]) -> str:
    least, most = row["minimum"], row["maximum"]
    if least is None:
        return "" if most is None else f"at most {most:g}"
    return f"at least {least:g}" if most is None else f"{least:g} to {most:g}"
