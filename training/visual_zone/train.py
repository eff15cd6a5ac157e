"""Train the reader of printed letters: ``python -m training.visual_zone.train --fonts DIR``.

Needs torch and Pillow besides the project's own requirements. Fonts whose name has one of the
held-out words are never trained on; the figures at the end are of lines in them.
"""

import argparse
import multiprocessing
import random
import time
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import nn

from egate.optical.visual_zone.letters import LETTERS
from training.visual_zone.rendering import BLANK, OR_BLANK, STEP, Line, draw_line, fonts_in

_HELD_OUT: Final = ("Roboto-", "Caladea", "Cousine", "NimbusSans-", "URWGothic")
_PART: Final = 500  # lines that one process draws at a time
_CHANNELS: Final = (8, 20, 36, 52, 72, 72)
_OUTPUTS: Final = len(LETTERS) + 1
_WEIGHTS: Final = Path("egate/optical/visual_zone/letters.npz")


class Net(nn.Module):  # type: ignore[misc]  # torch is there only where it trains
    """Four layers that halve the height, one that takes what is left of it, and one along."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d, e, f = _CHANNELS
        self.layers = nn.ModuleList(
            [
                nn.Conv2d(1, a, 3, padding=1),
                nn.Conv2d(a, b, 3, padding=1),
                nn.Conv2d(b, c, 3, padding=1),
                nn.Conv2d(c, d, 3, padding=1),
                nn.Conv2d(d, e, (2, 3), padding=(0, 1)),
                nn.Conv2d(e, f, (1, 5), padding=(0, 2)),
                nn.Conv2d(f, _OUTPUTS, 1),
            ]
        )
        self.norms = nn.ModuleList([nn.BatchNorm2d(each) for each in _CHANNELS])
        self.drop = nn.Dropout(0.1)

    def forward(self, lines: torch.Tensor) -> torch.Tensor:
        """Return the scores of each class in each column: lines x classes x columns."""
        layer = lines
        for number, norm in enumerate(self.norms):
            layer = torch.relu(norm(self.layers[number](layer)))
            if number < 4:
                layer = nn.functional.max_pool2d(layer, (2, 2) if number == 0 else (2, 1))
        scores: torch.Tensor = self.layers[6](self.drop(layer))[:, :, 0]
        return scores

    def folded(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return kernels and biases with the normalisation taken in."""
        parts = []
        for number, layer in enumerate(self.layers):
            kernel, bias = layer.weight.detach(), layer.bias.detach()
            if number < len(self.norms):
                norm = self.norms[number]
                gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                kernel = kernel * gain[:, None, None, None]
                bias = (bias - norm.running_mean) * gain + norm.bias
            parts.append((kernel.detach().numpy(), bias.detach().numpy()))
        return parts


def _part(order: tuple[int, list[Path], list[Path]]) -> tuple[np.ndarray, np.ndarray]:
    seed, fonts, bangla = order
    chance = random.Random(seed)  # noqa: S311 - to be drawn again, not secret
    lines: list[Line] = [draw_line(chance, fonts, bangla) for _ in range(_PART)]
    return np.stack([each.image for each in lines]), np.stack([each.letters for each in lines])


def _drawn(
    count: int, seed: int, fonts: list[Path], bangla: list[Path]
) -> tuple[torch.Tensor, ...]:
    orders = [(seed + at, fonts, bangla) for at in range(count // _PART)]
    with multiprocessing.Pool(2) as pool:
        parts = pool.map(_part, orders, chunksize=1)
    images, letters = (np.concatenate(each) for each in zip(*parts, strict=True))
    return torch.from_numpy(images), torch.from_numpy(letters)


def _as_lines(images: torch.Tensor) -> torch.Tensor:
    lines = images[:, None].float() / 255 * 1.4 - 0.2
    return lines.contiguous(memory_format=torch.channels_last)


def _train(net: Net, images: torch.Tensor, letters: torch.Tensor, seconds: float) -> None:
    """Train for about ``seconds``; the rate of learning falls from the first to the last."""
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-4)
    began, step = time.monotonic(), 0
    while (spent := (time.monotonic() - began) / seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * min(1, step / 100 + 0.01) * (1 - spent) + 2e-5
        chosen = torch.randint(len(images), (48,))
        optimiser.zero_grad()
        loss = _loss(net(_as_lines(images[chosen])), letters[chosen])
        loss.backward()
        optimiser.step()
        step += 1
        if step % 100 == 0:
            print(f"step {step}, {spent:.0%}, loss {loss.item():.4f}", flush=True)


def _loss(scores: torch.Tensor, letters: torch.Tensor) -> torch.Tensor:
    """Return the mean of what each column misses; a letter's middle counts twice."""
    shares = torch.log_softmax(scores, 1)
    blank = shares[:, BLANK]
    letter = shares.gather(1, (letters % OR_BLANK)[:, None])[:, 0]
    at_an_edge = letters >= OR_BLANK
    share = torch.where(at_an_edge, torch.logaddexp(letter, blank), letter)
    weight = torch.where(at_an_edge | (letters == BLANK), 0.5, 1.0)
    return -(share * weight).mean()


def _accuracy(net: Net, images: torch.Tensor, letters: torch.Tensor) -> float:
    with torch.no_grad():
        found = torch.cat([net(_as_lines(part)).argmax(1) for part in images.split(500)])
    shown = letters < BLANK
    return float((found == letters)[shown].float().mean())


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path, required=True, help="folder of TrueType fonts")
    parser.add_argument("--lines", type=int, default=40_000)
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--begin", type=Path, help="a network that was saved, to go on with")
    parser.add_argument("--save", type=Path, help="where to save the network to go on with")
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    fonts = fonts_in(arguments.fonts)
    held_out = [each for each in fonts if any(word in each.name for word in _HELD_OUT)]
    trained = [each for each in fonts if each not in held_out]
    bangla = [each for each in arguments.fonts.rglob("*Bengali*.ttf") if "-Regular" in each.name]
    print(f"{len(trained)} fonts, {len(held_out)} held out", flush=True)
    net = Net().to(memory_format=torch.channels_last)
    if arguments.begin:
        net.load_state_dict(torch.load(arguments.begin))
    images, letters = _drawn(arguments.lines, 1, trained, bangla)
    print(f"{len(images)} lines of {images.shape[2] // STEP} columns", flush=True)
    net.train()
    _train(net, images, letters, arguments.seconds)
    net.eval()
    if arguments.save:
        torch.save(net.state_dict(), arguments.save)
    print(
        f"columns of held-out fonts: {_accuracy(net, *_drawn(1000, 900_000, held_out, bangla)):.4f}"
    )
    stored = {}
    for number, (kernel, bias) in enumerate(net.folded()):
        stored[f"kernel_{number}"] = kernel.astype(np.float16)
        stored[f"bias_{number}"] = bias.astype(np.float16)
    np.savez_compressed(_WEIGHTS, **stored)
    print(f"{_WEIGHTS}: {_WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    _main()
