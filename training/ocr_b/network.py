"""The first reader: a small network, learned with PyTorch, written as ONNX for OpenCV."""

from typing import Final

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from egate.optical.ocr_b.alphabet import CELL_HEIGHT, CELL_WIDTH, Cells
from training.ocr_b.cells import Classes
from training.ocr_b.lettering import BLANK

_CLASSES: Final = BLANK + 1
_BATCH: Final = 256


def new_network() -> nn.Sequential:
    """Return the network: 32 x 24 -> 16 x 12 -> 8 x 6 -> 4 x 3 -> 38."""
    return nn.Sequential(
        nn.Conv2d(1, 24, 5, stride=2, padding=2),
        nn.BatchNorm2d(24),
        nn.ReLU(),
        nn.Conv2d(24, 32, 3, stride=2, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.Conv2d(64, 96, 3, stride=2, padding=1),
        nn.BatchNorm2d(96),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(96 * 4 * 3, _CLASSES),
    )


def learn(cells: Cells, classes: Classes, seed: int, epochs: int) -> nn.Sequential:
    """Return a network that learned ``cells``; the same on the same machine for the same seed."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    network = new_network()
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-2)
    steps = epochs * (len(cells) // _BATCH)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=6e-3, total_steps=steps)
    loss_of = nn.CrossEntropyLoss()
    rng = np.random.default_rng(seed)
    network.train()
    for epoch in range(epochs):
        order = rng.permutation(len(cells))
        total = 0.0
        for start in range(0, len(cells) - _BATCH + 1, _BATCH):
            chosen = order[start : start + _BATCH]
            shifted = np.roll(cells[chosen], tuple(rng.integers(-1, 2, 2)), axis=(1, 2))
            loss = loss_of(network(_tensor(shifted)), torch.from_numpy(classes[chosen]))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            rates.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1} of {epochs}: loss {total / (len(cells) // _BATCH):.4f}")
    return network.eval()


def logits(network: nn.Sequential, cells: Cells) -> npt.NDArray[np.float64]:
    """Return what the network says of ``cells`` before any softmax; n x 38."""
    with torch.no_grad():
        parts = [network(_tensor(cells[at : at + 4096])) for at in range(0, len(cells), 4096)]
    return np.asarray(torch.cat(parts).double().numpy(), np.float64)


def _tensor(cells: Cells) -> Tensor:
    return torch.from_numpy(cells[:, None].astype(np.float32) / 255)


def as_onnx(network: nn.Sequential, temperature: float) -> bytes:
    """Return the network as ONNX: normalisation folded in, its outputs over ``temperature``."""
    nodes: list[onnx.NodeProto] = []
    weights: list[onnx.TensorProto] = []
    name = "cells"
    layers = list(network)
    for number, layer in enumerate(layers):
        made = f"after_{number}"
        match layer:
            case nn.Conv2d():
                kernel, bias = _folded(layer, layers[number + 1])
                names = _kept(weights, f"kernel_{number}", kernel, f"bias_{number}", bias)
                pads = [layer.padding[0]] * 4
                nodes.append(
                    helper.make_node(
                        "Conv", [name, *names], [made], strides=layer.stride, pads=pads
                    )
                )
            case nn.ReLU():
                nodes.append(helper.make_node("Relu", [name], [made]))
            case nn.Flatten():
                nodes.append(helper.make_node("Flatten", [name], [made], axis=1))
            case nn.Linear():
                matrix, bias = _array(layer.weight) / temperature, _array(layer.bias) / temperature
                names = _kept(weights, f"matrix_{number}", matrix, f"bias_{number}", bias)
                made = "logits"
                nodes.append(helper.make_node("Gemm", [name, *names], [made], transB=1))
            case _:
                continue
        name = made
    taken = helper.make_tensor_value_info(
        "cells", TensorProto.FLOAT, ["n", 1, CELL_HEIGHT, CELL_WIDTH]
    )
    given = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", _CLASSES])
    graph = helper.make_graph(nodes, "ocr_b", [taken], [given], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _folded(
    layer: nn.Conv2d, normalisation: nn.BatchNorm2d
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return kernel and bias of a convolution and of the normalisation after it."""
    spread = np.sqrt(_array(normalisation.running_var) + normalisation.eps)
    gain = _array(normalisation.weight) / spread
    shift = _array(normalisation.bias) - _array(normalisation.running_mean) * gain
    return _array(layer.weight) * gain[:, None, None, None], _array(layer.bias) * gain + shift


def _array(tensor: Tensor) -> npt.NDArray[np.float64]:
    return np.asarray(tensor.detach().double().numpy(), np.float64)


def _kept(
    weights: list[onnx.TensorProto], *named: str | npt.NDArray[np.float64]
) -> tuple[str, ...]:
    names, arrays = named[::2], named[1::2]
    for name, array in zip(names, arrays, strict=True):
        weights.append(numpy_helper.from_array(np.asarray(array, np.float32), str(name)))
    return tuple(map(str, names))
