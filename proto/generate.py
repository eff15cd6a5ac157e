"""Generates ``egate/wire`` from the .proto files: ``python proto/generate.py [FOLDER]``.

The files are compiled under the path of the Python package, and import one another there,
so that the generated modules do so as ``egate.wire.v1...``; the protobuf package, and with
it everything on the wire, stays ``dip.egate.v1``. Each other protobuf package has a Python
package of its own.
"""

import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Final

from grpc_tools import protoc

HERE: Final = Path(__file__).resolve().parent
PACKAGES: Final = {
    "dip/egate/v1": "egate/wire/v1",
    "dip/special_branch/v1": "egate/wire/special_branch_v1",
}


def generate(folder: Path) -> None:
    """Write ``egate/wire/*`` below ``folder``.

    Raises:
        SystemExit: the compiler refuses a file; it has said why on standard error.

    """
    for sources_path, package_path in PACKAGES.items():
        sources = sorted((HERE / sources_path).glob("*.proto"))
        with tempfile.TemporaryDirectory() as moved:
            for source in sources:
                text = source.read_text("utf-8")
                text = text.replace(f'import "{sources_path}/', f'import "{package_path}/')
                Path(moved, source.name).write_text(text, "utf-8")
            _compile(Path(moved), package_path, [source.name for source in sources], folder)
        package = folder / package_path / "__init__.py"
        package.write_text('"""Generated from proto/ by `make proto`; never edited."""\n', "utf-8")


def _compile(sources: Path, package_path: str, names: list[str], folder: Path) -> None:
    programs = Path(sys.executable).parent
    code = protoc.main(
        [
            "protoc",
            f"-I{package_path}={sources}",
            f"-I{files('grpc_tools') / '_proto'}",
            *(
                f"--plugin={name}={programs / name}"
                for name in ("protoc-gen-mypy", "protoc-gen-mypy_grpc")
            ),
            f"--python_out={folder}",
            f"--grpc_python_out={folder}",
            f"--mypy_out=quiet:{folder}",
            f"--mypy_grpc_out=quiet:{folder}",
            *(f"{package_path}/{name}" for name in names),
        ]
    )
    if code:
        sys.exit(code)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent)
