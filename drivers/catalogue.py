"""The drivers by the names of the settings: tables by hand; importing registers nothing.

A factory takes the address and the options of one device and does no I/O: the
device is opened by its first use or by ``check``.

Raises:
    DriverOptionError: from a factory, for an address or an option it cannot use.

"""

import time
from collections.abc import Mapping
from typing import Final

from drivers.barriers import BARRIERS, Factory, Port, find
from drivers.camera.opencv import open_opencv
from drivers.chip_reader.pcsc import open_pcsc
from drivers.chip_reader.vpcd import open_vpcd
from drivers.emergency_input.modbus import open_modbus_input
from drivers.key_token.pkcs11 import open_pkcs11
from drivers.mrz_reader.serial_readers import (
    open_elyctis,
    open_line_push,
    open_rte_native,
    open_syn_imager,
)
from drivers.page_scanner.folder import open_folder
from drivers.page_scanner.socket import open_socket
from drivers.presentation_attack.process import open_process
from drivers.signal_lights.modbus import open_modbus_lights
from egate.ports.devices import (
    Camera,
    ChipReader,
    EmergencyInput,
    MrzReader,
    PageScanner,
    SignalLights,
)
from egate.ports.presentation_attack import ExternalDetection
from egate.ports.signing import KeyToken

__all__ = [
    "ATTACK_DETECTIONS",
    "BARRIERS",
    "CAMERAS",
    "CHIP_READERS",
    "EMERGENCY_INPUTS",
    "KEY_TOKENS",
    "MRZ_READERS",
    "PAGE_SCANNERS",
    "SIGNAL_LIGHTS",
    "Factory",
    "Port",
    "find",
]

MRZ_READERS: Final[Mapping[str, Factory[MrzReader]]] = {
    "elyctis": lambda address, options: open_elyctis(address, options, time.monotonic),
    "line_push": lambda address, options: open_line_push(address, options, time.monotonic),
    "rte_native": lambda address, options: open_rte_native(address, options, time.monotonic),
    "syn_imager": lambda address, options: open_syn_imager(address, options, time.monotonic),
}
CHIP_READERS: Final[Mapping[str, Factory[ChipReader]]] = {
    "pcsc": open_pcsc,
    "vpcd": open_vpcd,
}
CAMERAS: Final[Mapping[str, Factory[Camera]]] = {
    "opencv": lambda address, options: open_opencv(address, options, time.monotonic),
}
PAGE_SCANNERS: Final[Mapping[str, Factory[PageScanner]]] = {
    "folder": open_folder,
    "socket": open_socket,
}
EMERGENCY_INPUTS: Final[Mapping[str, Factory[EmergencyInput]]] = {
    "modbus": open_modbus_input,
}
SIGNAL_LIGHTS: Final[Mapping[str, Factory[SignalLights]]] = {
    "modbus": open_modbus_lights,
}
KEY_TOKENS: Final[Mapping[str, Factory[KeyToken]]] = {
    "pkcs11": open_pkcs11,
}
ATTACK_DETECTIONS: Final[Mapping[str, Factory[ExternalDetection]]] = {
    "process": lambda address, options: open_process(address, options, time.monotonic),
}
