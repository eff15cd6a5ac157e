"""Tables of settings as the demo writes them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def tls_table(files: Mapping[str, Path]) -> str:
    """Return ``[tls]`` with these files."""
    return "[tls]\n" + "".join(f'{name} = "{path}"\n' for name, path in files.items())


def device_table(name: str, device: Mapping[str, Any]) -> str:
    """Return the table of one device, as the simulated lane names it."""
    lines = [f"[devices.{name}]", f'driver = "{device["driver"]}"']
    lines.append(f'address = "{device["address"]}"')
    if options := device.get("options"):
        lines.append(f"[devices.{name}.options]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in options.items()]
    return "\n".join(lines) + "\n"
