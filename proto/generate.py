"""Generates ``egate/wire/v1`` from the .proto files: ``python proto/generate.py [FOLDER]``.

The files are compiled under the path of the Python package, so that the generated
modules import one another as ``egate.wire.v1...``; the protobuf package, and with it
everything on the wire, stays ``dip.egate.v1``.
"""

import sys
from importlib.resources import files
from pathlib import Path
from typing import Final

from grpc_tools import protoc

HERE: Final = Path(__file__).resolve().parent
PACKAGE_PATH: Final = "egate/wire/v1"
SOURCES: Final = HERE / "dip/egate/v1"


def generate(folder: Path) -> None:
    """Write ``egate/wire/v1/*`` below ``folder``.

    Raises:
        SystemExit: the compiler refuses a file; it has said why on standard error.

    """
    programs = Path(sys.executable).parent
    names = sorted(source.name for source in SOURCES.glob("*.proto"))
    code = protoc.main(
        [
            "protoc",
            f"-I{PACKAGE_PATH}={SOURCES}",
            f"-I{files('grpc_tools') / '_proto'}",
            *(
                f"--plugin={name}={programs / name}"
                for name in ("protoc-gen-mypy", "protoc-gen-mypy_grpc")
            ),
            f"--python_out={folder}",
            f"--grpc_python_out={folder}",
            f"--mypy_out=quiet:{folder}",
            f"--mypy_grpc_out=quiet:{folder}",
            *(f"{PACKAGE_PATH}/{name}" for name in names),
        ]
    )
    if code:
        sys.exit(code)
    package = folder / PACKAGE_PATH / "__init__.py"
    package.write_text('"""Generated from proto/ by `make proto`; never edited."""\n', "utf-8")


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent)
