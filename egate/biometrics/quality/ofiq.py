"""OFIQ, BSI's open implementation of ISO/IEC 29794-5, as a program beside this one.

Its sample application takes the path of an image and writes a line of names and a line
of values, both separated by semicolons: the file's name, the native measure of every
component, then the quality value of every component (``NAME.scalar``, 0 to 100, or -1
when it could not be assessed) and, in newer versions, the time it took.
"""

import math
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2
from egate.biometrics.quality.assessment import AssessmentFailed, ComponentQuality

_SCALAR: Final = ".scalar"
_TIME: Final = "assessment_time_in_ms"
_MAX_TABLE_BYTES: Final = 1 << 16
_MAX_COMPONENTS: Final = 200
# A program of others does not get to see what the environment of this one names.
_ENVIRONMENT: Final = ("PATH", "LD_LIBRARY_PATH", "LANG", "TZ")


class Ofiq:
    """Asks the sample application, which loads its networks anew for every picture: seconds.

    The picture lies in a folder that only this user can read, for as long as it takes.

    Args:
        executable: ``OFIQSampleApp``.
        configuration: its ``ofiq_config.jaxn``.
        seconds: until it must have answered.
        scratch: where the folder is made, best in memory; None is the system's place.

    """

    def __init__(
        self, executable: Path, configuration: Path, seconds: float = 30.0,
        scratch: Path | None = None,
    ) -> None:  # fmt: skip
        self._executable = executable
        self._configuration = configuration
        self._seconds = seconds
        self._scratch = scratch

    def assess(self, image: FaceImage) -> Mapping[str, ComponentQuality]:
        """Return every component by its name; see ``QualityAssessment``."""
        try:
            with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
                picture, table = Path(folder, "face.png"), Path(folder, "table.csv")
                cv2.imwrite(str(picture), image)
                self._run("-c", str(self._configuration), "-i", str(picture), "-o", str(table))
                with table.open("rb") as file:
                    content = file.read(_MAX_TABLE_BYTES + 1)
        except OSError as error:
            raise AssessmentFailed(f"OFIQ: {error.strerror}") from error
        return read_table(content)

    def _run(self, *arguments: str) -> None:
        running = subprocess.Popen(  # noqa: S603 - the technician's own program, no shell
            (str(self._executable), *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )
        try:
            status = running.wait(self._seconds)
        except subprocess.TimeoutExpired:
            raise AssessmentFailed(f"OFIQ: no answer within {self._seconds:g} s") from None
        finally:
            with suppress(ProcessLookupError, PermissionError):  # it has ended by itself
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        if status:
            raise AssessmentFailed(f"OFIQ: ended with status {status}")


def read_table(content: bytes) -> Mapping[str, ComponentQuality]:
    """Read what OFIQ wrote about one picture.

    Raises:
        AssessmentFailed: it is not such a table, or OFIQ found nothing to assess.

    """
    lines = content.decode("utf-8", "replace").splitlines()
    if len(content) > _MAX_TABLE_BYTES or len(lines) < 2:  # noqa: PLR2004 - names and values
        raise AssessmentFailed("OFIQ: not a table of one picture")
    names, values = (line.removesuffix(";").split(";")[1:] for line in lines[:2])
    if not len(names) == len(values) <= _MAX_COMPONENTS:
        raise AssessmentFailed("OFIQ: as many names as values are expected")
    row = dict(zip(names, values, strict=True))
    components = {
        name: ComponentQuality(_number(name, value), _value(name, row.get(name + _SCALAR, "")))
        for name, value in row.items()
        if name != _TIME and not name.endswith(_SCALAR)
    }
    if not components:
        raise AssessmentFailed("OFIQ: could not assess the picture")
    return components


def _value(name: str, text: str) -> float | None:
    value = _number(name + _SCALAR, text)
    if value == -1:
        return None
    if not 0 <= value <= 100:  # noqa: PLR2004 - the standard's range
        raise AssessmentFailed(f"OFIQ: {name}{_SCALAR} is not from 0 to 100")
    return value


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise AssessmentFailed(f"OFIQ: {name} is not a number")
    return value
