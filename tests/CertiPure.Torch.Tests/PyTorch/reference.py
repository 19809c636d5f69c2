"""Loads what `certipure convert --to pytorch` writes into networks of its own, in plain PyTorch, and computes with them.

Usage: reference.py WEIGHTS INPUTS OUTPUT. INPUTS holds `x` [N,C,H,W], in network space with levels `t` [N] for a denoiser and normalised
for a classifier. OUTPUT gets `y` as raw float32. The networks are written from the papers (Karras et al. 2022, table 7; He et al. 2016);
their parameters have the names of the published code, and load_state_dict is strict.
"""
import json
import math
import struct
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    types = {"F32": np.float32, "I64": np.int64}
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        array = np.frombuffer(data[first:last], types[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(array.copy())
    return tensors, metadata


class Convolution(nn.Module):
    """A convolution behind a change of resolution by 2; kernel 0 changes the resolution alone."""

    def __init__(self, inputs, outputs, kernel, change=None, taps=(1, 1)):
        super().__init__()
        self.change, self.kernel = change, kernel
        self.weight = nn.Parameter(torch.zeros(outputs, inputs, kernel, kernel)) if kernel else None
        self.bias = nn.Parameter(torch.zeros(outputs)) if kernel else None
        row = torch.tensor(taps, dtype=torch.float32)
        filters = torch.outer(row, row)[None, None] / row.sum() ** 2
        self.register_buffer("resample_filter", filters if change else None)

    def forward(self, x):
        if self.change:
            channels, width = x.shape[1], self.resample_filter.shape[-1]
            kernel, padding = self.resample_filter.tile(channels, 1, 1, 1), (width - 1) // 2
            if self.change == "down":
                x = F.conv2d(x, kernel, stride=2, padding=padding, groups=channels)
            else:
                x = F.conv_transpose2d(x, 4 * kernel, stride=2, padding=padding, groups=channels)
        return x if self.weight is None else F.conv2d(x, self.weight, self.bias, padding=self.kernel // 2)


def normalisation(channels):
    return nn.GroupNorm(max(1, min(32, channels // 4)), channels, eps=1e-6)


class Block(nn.Module):
    def __init__(self, inputs, outputs, embedding, change=None, attention=False):
        super().__init__()
        self.norm0, self.conv0 = normalisation(inputs), Convolution(inputs, outputs, 3, change)
        self.affine = nn.Linear(embedding, outputs)
        self.norm1, self.conv1 = normalisation(outputs), Convolution(outputs, outputs, 3)
        self.skip = Convolution(inputs, outputs, 1, change) if inputs != outputs or change else None
        self.attention = attention
        if attention:
            self.norm2 = normalisation(outputs)
            self.qkv, self.proj = Convolution(outputs, 3 * outputs, 1), Convolution(outputs, outputs, 1)

    def forward(self, x, embedding):
        h = self.conv0(F.silu(self.norm0(x))) + self.affine(embedding)[:, :, None, None]
        h = self.conv1(F.silu(self.norm1(h)))
        h = (h + (x if self.skip is None else self.skip(x))) / math.sqrt(2)
        if self.attention:
            count, channels = h.shape[:2]
            q, k, v = self.qkv(self.norm2(h)).reshape(count, channels, 3, -1).unbind(2)
            weights = torch.softmax(q.transpose(1, 2) @ k / math.sqrt(channels), dim=-1)
            h = (self.proj((v @ weights.transpose(1, 2)).reshape(h.shape)) + h) / math.sqrt(2)
        return h


class SongUNet(nn.Module):
    """DDPM++; `patch` folds pixels into channels before the network and unfolds them behind it."""

    def __init__(self, img_resolution, img_channels, model_channels, channel_mult, num_blocks, attn_resolutions, patch=1, **_):
        super().__init__()
        self.channels, self.patch = model_channels, patch
        embedding, size = 4 * model_channels, img_resolution // patch
        self.map_layer0, self.map_layer1 = nn.Linear(model_channels, embedding), nn.Linear(embedding, embedding)
        self.enc, self.dec = nn.ModuleDict(), nn.ModuleDict()
        pixels, width = img_channels * patch**2, model_channels
        self.enc[f"{size}x{size}_conv"] = Convolution(pixels, width, 3)
        skips = [width]
        for level, multiple in enumerate(channel_mult):
            side = size >> level
            if level:
                self.enc[f"{side}x{side}_down"] = Block(width, width, embedding, "down")
                skips.append(width)
            for i in range(num_blocks):
                self.enc[f"{side}x{side}_block{i}"] = Block(width, multiple * model_channels, embedding, None, side in attn_resolutions)
                width = multiple * model_channels
                skips.append(width)
        for level in reversed(range(len(channel_mult))):
            side = size >> level
            if level == len(channel_mult) - 1:
                self.dec[f"{side}x{side}_in0"] = Block(width, width, embedding, None, True)
                self.dec[f"{side}x{side}_in1"] = Block(width, width, embedding)
            else:
                self.dec[f"{side}x{side}_up"] = Block(width, width, embedding, "up")
            for i in range(num_blocks + 1):
                attends = i == num_blocks and side in attn_resolutions
                outputs = channel_mult[level] * model_channels
                self.dec[f"{side}x{side}_block{i}"] = Block(width + skips.pop(), outputs, embedding, None, attends)
                width = outputs
        self.dec[f"{size}x{size}_aux_norm"] = normalisation(width)
        self.dec[f"{size}x{size}_aux_conv"] = Convolution(width, pixels, 3)

    def forward(self, x, noise):
        half = self.channels // 2
        frequencies = (1 / 10000) ** (torch.arange(half) / (half - 1))
        angles = noise[:, None] * frequencies
        embedding = torch.cat([angles.sin(), angles.cos()], dim=1)
        embedding = F.silu(self.map_layer1(F.silu(self.map_layer0(embedding))))
        x, skips = F.pixel_unshuffle(x, self.patch), []
        for layer in self.enc.values():
            x = layer(x, embedding) if isinstance(layer, Block) else layer(x)
            skips.append(x)
        for name, layer in self.dec.items():
            if isinstance(layer, Block):
                x = layer(torch.cat([x, skips.pop()], dim=1) if "_block" in name else x, embedding)
            else:
                x = F.silu(layer(x)) if "norm" in name else layer(x)
        return F.pixel_shuffle(x, self.patch)


class Preconditioned(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, y, t):
        t = t.reshape(-1, 1, 1, 1)
        variance = t**2 + 0.25
        output = self.model(y / variance.sqrt(), t.flatten().log() / 4)
        return 0.25 / variance * y + t * 0.5 / variance.sqrt() * output


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.added = outputs - inputs

    def forward(self, x):
        h = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.added:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.added // 2, self.added - self.added // 2))
        return F.relu(h + x)


class CifarResNet(nn.Module):
    def __init__(self, depth, width=16, num_classes=10, img_channels=3, patch=1):
        super().__init__()
        blocks, self.patch = (depth - 2) // 6, patch
        self.conv1, self.bn1 = nn.Conv2d(img_channels * patch**2, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        for stage in range(3):
            outputs = width << stage
            first = BasicBlock(outputs if stage == 0 else outputs // 2, outputs, 1 if stage == 0 else 2)
            setattr(self, f"layer{stage + 1}", nn.Sequential(first, *[BasicBlock(outputs, outputs, 1) for _ in range(blocks - 1)]))
        self.linear = nn.Linear(4 * width, num_classes)

    def forward(self, x):
        h = F.relu(self.bn1(self.conv1(F.pixel_unshuffle(x, self.patch))))
        return self.linear(self.layer3(self.layer2(self.layer1(h))).mean(dim=(2, 3)))


def main(weights_path, inputs_path, output_path):
    weights, metadata = read(weights_path)
    inputs, _ = read(inputs_path)
    arguments = json.loads(metadata["arguments"])
    if metadata["architecture"] == "SongUNet":
        assert metadata["preconditioning"] == "edm"
        network, values = Preconditioned(SongUNet(**arguments)), (inputs["x"], inputs["t"])
    else:
        network, values = CifarResNet(**arguments), (inputs["x"],)
    network.load_state_dict(weights, strict=True)
    with torch.no_grad():
        network.eval()(*values).numpy().astype("<f4").tofile(output_path)


main(*sys.argv[1:])
