"""The second reader: a kernel machine over gradient features, learned with PyTorch."""

import io
import math
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from egate.optical.ocr_b.alphabet import Cells
from egate.optical.ocr_b.gradient_features import Features, gradient_features
from egate.optical.ocr_b.kernel_reader import KernelMachine
from training.ocr_b.cells import Classes
from training.ocr_b.lettering import BLANK

_DIRECTIONS: Final = 160
_WAVES: Final = 1536
_WIDTH: Final = 0.9  # of the kernel, in mean lengths of a projected vector, inverse
_SCALE: Final = 8 * math.sqrt(2 / _WAVES)  # of the cosines while learning: vectors of a few units
_EPOCHS: Final = 8
_FASTEST: Final = 1e-2  # of the weights; waves move slower, or they would be noise again
_FASTEST_OF_WAVES: Final = 2e-3
_LEFT_OUT: Final = 0.2  # of the cosines at each step
_BATCH: Final = 512
_PORTION: Final = 4096


def learn(cells: Cells, classes: Classes, seed: int) -> KernelMachine:
    """Return a machine that learned ``cells``; the same on the same machine for the same seed."""
    machine = _as_loaded(_unlearned(cells, seed))
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    vectors = torch.from_numpy(_in_portions(machine.vectors, cells))
    truth = torch.from_numpy(classes)
    waves = nn.Parameter(torch.from_numpy(machine.waves.copy()))
    phases = nn.Parameter(torch.from_numpy(machine.phases.copy()))
    layer = nn.Linear(_WAVES, BLANK + 1)
    optimiser = torch.optim.AdamW(
        [
            {"params": layer.parameters(), "weight_decay": 1e-3},
            {"params": [waves, phases], "weight_decay": 0.0},
        ]
    )
    steps = _EPOCHS * (len(cells) // _BATCH)
    rates = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=[_FASTEST, _FASTEST_OF_WAVES], total_steps=steps
    )
    loss_of = nn.CrossEntropyLoss()
    for _ in range(_EPOCHS):
        order = torch.randperm(len(cells))
        for start in range(0, len(cells) - _BATCH + 1, _BATCH):
            chosen = order[start : start + _BATCH]
            cosines = torch.cos(vectors[chosen] @ waves + phases)
            some = nn.functional.dropout(cosines, _LEFT_OUT)
            loss = loss_of(layer(some * _SCALE), truth[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            rates.step()
    return _as_loaded(
        replace(
            machine,
            waves=waves.detach().numpy(),
            phases=phases.detach().numpy(),
            weights=layer.weight.detach().numpy().T * _SCALE,
            offsets=layer.bias.detach().numpy(),
        )
    )


def _unlearned(cells: Cells, seed: int) -> KernelMachine:
    features = _in_portions(gradient_features, cells)
    mean = features.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(features.T))
    main = slice(None, -_DIRECTIONS - 1, -1)
    # Half of the way to equal variances: what tells characters apart is often small.
    projection = directions[:, main] * variances[main] ** -0.25
    lengths = np.linalg.norm((features - mean) @ projection, axis=1)
    projection /= np.sqrt((lengths**2).mean())
    rng = np.random.default_rng(seed)
    return KernelMachine(
        mean,
        projection.astype(np.float32),
        rng.normal(0, _WIDTH, (_DIRECTIONS, _WAVES)).astype(np.float32),
        rng.uniform(0, 2 * np.pi, _WAVES).astype(np.float32),
        np.zeros((_WAVES, BLANK + 1), np.float32),
        np.zeros(BLANK + 1, np.float32),
    )


def at_temperature(machine: KernelMachine, temperature: float) -> KernelMachine:
    """Return ``machine`` with its scores over ``temperature``."""
    eased = machine.weights / temperature, machine.offsets / temperature
    return _as_loaded(replace(machine, weights=eased[0], offsets=eased[1]))


def as_npz(machine: KernelMachine) -> bytes:
    """Return the file that the second reader loads, in half precision."""
    arrays: dict[str, npt.NDArray[np.float16]] = {
        field.name: getattr(machine, field.name).astype(np.float16) for field in fields(machine)
    }
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def _as_loaded(machine: KernelMachine) -> KernelMachine:
    return KernelMachine.load(np.frombuffer(as_npz(machine), np.uint8))


def scores(machine: KernelMachine, cells: Cells) -> Features:
    """Return the second reader's scores of many cells."""
    return _in_portions(machine.scores, cells)


def _in_portions(function: Callable[[Cells], Features], cells: Cells) -> Features:
    parts = [function(cells[at : at + _PORTION]) for at in range(0, len(cells), _PORTION)]
    return np.concatenate(parts)
