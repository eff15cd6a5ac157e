"""The generated code is fresh, and the wire format only ever grows."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from google.protobuf import descriptor_pb2

from egate.wire.v1 import crossing_pb2, gate_pb2, service_report_pb2, token_pb2

ROOT = Path(__file__).resolve().parents[2]


def test_the_generated_code_is_fresh(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "proto/generate.py", tmp_path], check=True, timeout=25)
    fresh = {file.name: file.read_bytes() for file in (tmp_path / "egate/wire/v1").iterdir()}
    committed = {
        file.name: file.read_bytes()
        for file in (ROOT / "egate/wire/v1").iterdir()
        if file.is_file()
    }
    assert committed == fresh, "run `make proto`"


def test_nothing_of_the_published_format_changed() -> None:
    """proto/published.txt: lines are added with a release, never taken away or changed."""
    published = set((ROOT / "proto/published.txt").read_text("utf-8").splitlines())
    now = set(described())
    assert not published - now, "old gates would no longer be understood"
    assert not now - published, "new: add these lines to proto/published.txt"


def described() -> Iterator[str]:
    for module in (crossing_pb2, gate_pb2, token_pb2, service_report_pb2):
        file = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        for enum in file.enum_type:
            for value in enum.value:
                yield f"{file.package}.{enum.name} {value.number} {value.name}"
        for message in file.message_type:
            yield f"{file.package}.{message.name}"
            for field in message.field:
                yield (
                    f"{file.package}.{message.name} {field.number} {field.name}"
                    f" {_LABELS[field.label]} {_TYPES[field.type]}{field.type_name}"
                    f"{' presence' if field.proto3_optional else ''}"
                )
        for service in file.service:
            for method in service.method:
                stream = " stream" if method.server_streaming else ""
                yield (
                    f"{file.package}.{service.name}/{method.name}"
                    f" {method.input_type} ->{stream} {method.output_type}"
                )


_LABELS = {
    value: name.removeprefix("LABEL_").lower()
    for name, value in descriptor_pb2.FieldDescriptorProto.Label.items()
}
_TYPES = {
    value: name.removeprefix("TYPE_").lower()
    for name, value in descriptor_pb2.FieldDescriptorProto.Type.items()
}
