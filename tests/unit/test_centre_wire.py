"""The generated code is fresh, and the wire format keeps to one style and only ever grows."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "proto").rglob("*.proto"))
SNAKE, PASCAL = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*"), re.compile(r"([A-Z][a-z0-9]*)+")
UPPER = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")


def test_the_generated_code_is_fresh(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "proto/generate.py", tmp_path], check=True, timeout=25)
    assert generated(ROOT) == generated(tmp_path), "run `make proto`"


def generated(root: Path) -> dict[Path, bytes]:
    wire = root / "egate/wire"
    return {
        file.relative_to(wire): file.read_bytes()
        for folder in wire.iterdir()
        if folder.is_dir()
        for file in folder.glob("*.py*")
    }


def test_nothing_of_the_published_format_changed() -> None:
    """proto/published.txt: lines are added with a release, never taken away or changed."""
    published = set((ROOT / "proto/published.txt").read_text("utf-8").splitlines())
    now = {line for file in descriptors() for line in described(file)}
    assert not published - now, "old gates would no longer be understood"
    assert not now - published, "new: add these lines to proto/published.txt"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_names_are_as_the_linter_s_standard_wants_them(source: Path) -> None:
    """The rules of ``buf lint``'s STANDARD, which proto/buf.yaml names, about names."""
    (file,) = (each for each in descriptors() if Path(each.name).name == source.name)
    assert source.parent == ROOT / "proto" / file.package.replace(".", "/")
    assert re.fullmatch(r"[a-z_.]+\.v[0-9]+", file.package)
    assert SNAKE.fullmatch(source.stem)
    assert not list(faults(file))


def test_what_the_linter_would_refuse_is_found() -> None:
    file = FileDescriptorProto(package="a.v1")
    message = file.message_type.add(name="wrong_name")
    message.field.add(name="wrongName")
    message.nested_type.add(name="lower")
    file.enum_type.add(name="Kind").value.add(name="KIND_NONE", number=0)
    file.enum_type.add(name="Colour").value.add(name="RED_UNSPECIFIED", number=0)
    service = file.service.add(name="Lists")
    service.method.add(name="get", input_type=".a.v1.X", output_type=".a.v1.GetResponse")
    assert list(faults(file)) == [
        "wrong_name: not PascalCase",
        "wrong_name.wrongName: not snake_case",
        "wrong_name.lower: not PascalCase",
        "Kind: its value 0 is not KIND_UNSPECIFIED",
        "Colour: its value 0 is not COLOUR_UNSPECIFIED",
        "RED_UNSPECIFIED: does not begin with COLOUR_",
        "Lists: not ...Service",
        "Lists.get: not PascalCase",
        "Lists.get: takes not getRequest or ListsgetRequest",
        "Lists.get: gives not getResponse or ListsgetResponse",
    ]


def descriptors() -> Iterator[FileDescriptorProto]:
    for code in sorted((ROOT / "egate/wire").glob("*/*_pb2.py")):
        file = FileDescriptorProto()
        import_module(f"egate.wire.{code.parent.name}.{code.stem}").DESCRIPTOR.CopyToProto(file)
        yield file


def described(file: FileDescriptorProto) -> Iterator[str]:
    """Every number and name that the other end relies on, a line each."""
    for enum in file.enum_type:
        yield from of_enum(enum, file.package)
    for message in file.message_type:
        yield from of_message(message, file.package)
    for service in file.service:
        for method in service.method:
            streams = (
                f"{' stream' * method.client_streaming} ->{' stream' * method.server_streaming}"
            )
            yield (
                f"{file.package}.{service.name}/{method.name}"
                f" {method.input_type}{streams} {method.output_type}"
            )


def of_enum(enum: EnumDescriptorProto, within: str) -> Iterator[str]:
    for value in enum.value:
        yield f"{within}.{enum.name} {value.number} {value.name}"


def of_message(message: DescriptorProto, within: str) -> Iterator[str]:
    name = f"{within}.{message.name}"
    yield name
    for field in message.field:
        yield (
            f"{name} {field.number} {field.name}"
            f" {_LABELS[field.label]} {_TYPES[field.type]}{field.type_name}"
            f"{' presence' if field.proto3_optional else ''}"
        )
    for enum in message.enum_type:
        yield from of_enum(enum, name)
    for nested in message.nested_type:
        yield from of_message(nested, name)


def faults(file: FileDescriptorProto) -> Iterator[str]:
    for message in file.message_type:
        yield from message_faults(message, "")
    for enum in file.enum_type:
        yield from enum_faults(enum)
    for service in file.service:
        yield from service_faults(service)


def message_faults(message: DescriptorProto, within: str) -> Iterator[str]:
    name = within + message.name
    if not PASCAL.fullmatch(message.name):
        yield f"{name}: not PascalCase"
    for field in message.field:
        if not SNAKE.fullmatch(field.name):
            yield f"{name}.{field.name}: not snake_case"
    for enum in message.enum_type:
        yield from enum_faults(enum)
    for nested in message.nested_type:
        yield from message_faults(nested, f"{name}.")


def enum_faults(enum: EnumDescriptorProto) -> Iterator[str]:
    if not PASCAL.fullmatch(enum.name):
        yield f"{enum.name}: not PascalCase"
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper() + "_"
    if enum.value[0].name != f"{prefix}UNSPECIFIED" or enum.value[0].number != 0:
        yield f"{enum.name}: its value 0 is not {prefix}UNSPECIFIED"
    for value in enum.value:
        if not value.name.startswith(prefix) or not UPPER.fullmatch(value.name):
            yield f"{value.name}: does not begin with {prefix}"


def service_faults(service: ServiceDescriptorProto) -> Iterator[str]:
    if not (PASCAL.fullmatch(service.name) and service.name.endswith("Service")):
        yield f"{service.name}: not ...Service"
    for method in service.method:
        name = f"{service.name}.{method.name}"
        if not PASCAL.fullmatch(method.name):
            yield f"{name}: not PascalCase"
        for verb, full, kind in (
            ("takes", method.input_type, "Request"),
            ("gives", method.output_type, "Response"),
        ):
            right = f"{method.name}{kind}", f"{service.name}{method.name}{kind}"
            if full.rpartition(".")[2] not in right:
                yield f"{name}: {verb} not {' or '.join(right)}"


_LABELS = {
    value: name.removeprefix("LABEL_").lower() for name, value in FieldDescriptorProto.Label.items()
}
_TYPES = {
    value: name.removeprefix("TYPE_").lower() for name, value in FieldDescriptorProto.Type.items()
}
