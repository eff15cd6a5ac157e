"""``egate mrz read``: the machine readable zone in an image of a data page."""

import argparse
from pathlib import Path
from typing import Any

from egate.biometrics.models import ModelInvalid
from egate.cli.input_file import read_file
from egate.cli.json_output import print_json
from egate.cli.mrz import as_json, print_table, today_utc
from egate.cli.outcome import BadInput, Unavailable
from egate.optical.mrz_image.reading import MrzImageReading, read_mrz_image
from egate.optical.page_image import (
    MAX_BYTES,
    PageImage,
    PageImageInvalid,
    decode_page_image,
    grey_of,
)


def run(arguments: argparse.Namespace) -> int:
    """Read the MRZ in an image; 0 when it is right, 1 when it is wrong or cannot be read.

    Raises:
        BadInput: a file is no image that can be used, or the two differ in size.
        Unavailable: the readers' weights are not the pinned ones.

    """
    white = _image(arguments.image)
    infrared = None if arguments.infrared is None else grey_of(_image(arguments.infrared))
    if infrared is not None and infrared.shape != white.shape[:2]:
        raise BadInput(f"{arguments.infrared}: not of the size of {arguments.image}")
    try:
        read = read_mrz_image(white, today_utc(), infrared=infrared)
    except ModelInvalid as error:
        raise Unavailable(f"MRZ reading: {error}") from error
    if not isinstance(read, MrzImageReading):
        if arguments.json:
            print_json({"ok": False, "valid": False, "reason": read.reason})
        else:
            print(f"not read: {read.reason}")
        return 1
    document = as_json(read.mrz)
    if arguments.json:
        print_json(document | _how_read(read))
    else:
        _print(read, document)
    return 0 if read.mrz.is_valid else 1


def _image(file: Path) -> PageImage:
    try:
        return decode_page_image(read_file(file, MAX_BYTES))
    except PageImageInvalid as error:
        raise BadInput(f"{file}: {error}") from error


def _how_read(read: MrzImageReading) -> dict[str, Any]:
    return {
        "lines": list(read.lines),
        "confidence": [[round(each, 3) for each in line] for line in read.confidence],
        "repaired": [
            {
                "line": repair.line,
                "column": repair.column,
                "from": repair.read,
                "to": repair.taken,
                "proof": str(repair.proof),
            }
            for repair in read.repaired
        ],
    }


def _print(read: MrzImageReading, document: dict[str, Any]) -> None:
    for line in read.lines:
        print(line)
    print_table(document)
    least = min(min(line) for line in read.confidence)
    print(f"{'least confidence':<21} {least:.2f}")
    for repair in read.repaired:
        place = f"line {repair.line}, column {repair.column}"
        print(f"{'repaired':<21} {place}: {repair.read} is {repair.taken}, by {repair.proof}")
