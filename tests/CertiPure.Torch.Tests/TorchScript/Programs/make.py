"""Writes the small TorchScript programs beside this file. Each takes [N,1,2,2] and scores three classes by a linear layer."""
import os
from collections import namedtuple
from typing import Any, Dict, List, Tuple

import torch
from torch import Tensor, nn

FOLDER = os.path.dirname(os.path.abspath(__file__))


class Linear(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 3)
        with torch.no_grad():
            self.linear.weight.copy_(torch.arange(12).view(3, 4) / 8 - 0.5)
            self.linear.bias.copy_(torch.tensor([0.0, 0.25, -0.5]))

    def scores(self, x: Tensor) -> Tensor:
        return self.linear(x.flatten(1))


class Plain(Linear):
    def forward(self, x: Tensor) -> Tensor:
        return self.scores(x)


class Dictionary(Linear):
    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        return {"features": x.flatten(1), "logits": self.scores(x)}


class Stranger(Linear):
    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        return {"a": self.scores(x), "b": -self.scores(x)}


class Pair(Linear):
    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return self.scores(x), x


class Two(Linear):
    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return self.scores(x), 2 * self.scores(x)


class Listed(Linear):
    def forward(self, x: Tensor) -> List[Tensor]:
        return [x, self.scores(x)]


class Nothing(Linear):
    def forward(self, x: Tensor) -> None:
        return None


class Labels(Linear):
    def forward(self, x: Tensor) -> Tensor:
        return self.scores(x).argmax(1)


class Sparse(Linear):
    def forward(self, x: Tensor) -> Tensor:
        return self.scores(x).to_sparse()


class FirstRow(Linear):
    def forward(self, x: Tensor) -> Tensor:
        return self.scores(x)[:1]


class Raises(Linear):
    def forward(self, x: Tensor) -> Tensor:
        if x.shape[0] != 1:
            raise Exception("one at a time")
        return self.scores(x)


class Word(Linear):
    def forward(self, x: Tensor) -> str:
        return "cat"


class Noise(Linear):
    def forward(self, x: Tensor) -> Tensor:
        return self.scores(x + 0.1 * torch.randn_like(x))


class BatchMean(Linear):
    def forward(self, x: Tensor) -> Tensor:
        return self.scores(x - x.mean(0, keepdim=True))


PROGRAMS = {
    "plain": Plain(), "dictionary": Dictionary(), "two-keys": Stranger(), "pair": Pair(), "two": Two(), "list": Listed(),
    "nothing": Nothing(), "labels": Labels(), "sparse": Sparse(), "first-row": FirstRow(), "raises": Raises(), "word": Word(),
    "noise": Noise(), "batch-mean": BatchMean(), "half": Plain().half(),
}
for name, module in PROGRAMS.items():
    torch.jit.script(module.eval()).save(os.path.join(FOLDER, name + ".pt"))


class Bars(nn.Module):
    """Takes [N,1,8,8] and scores two classes: for training through it."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.linear = nn.Linear(64, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x.flatten(1))


bars = torch.jit.script(Bars().eval())
bars.save(os.path.join(FOLDER, "bars.pt"))
torch.jit.freeze(bars).save(os.path.join(FOLDER, "bars-frozen.pt"))
