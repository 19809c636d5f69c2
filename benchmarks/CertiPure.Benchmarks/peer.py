"""The loop of randomized smoothing as it is usually written in PyTorch, on a bundled CifarResNet: for each line of input it counts
the votes of DRAWS noisy copies of one image, batch after batch, and prints the seconds.  peer.py FILE BATCH DRAWS SIGMA"""
import json
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F


def load(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__")
    types = {"F16": np.float16, "F32": np.float32, "I64": np.int64}
    weights = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[begin:end], types[entry["dtype"]]).reshape(entry["shape"])
        weights[name] = torch.from_numpy(values.astype(np.float32))
    return weights, json.loads(metadata["arguments"]), [int(size) for size in metadata["shape"].split("x")]


def normalise(weights, name, images):
    return F.batch_norm(images, *(weights[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")))


def block(weights, name, images, stride):
    hidden = F.relu(normalise(weights, f"{name}.bn1", F.conv2d(images, weights[f"{name}.conv1.weight"], None, stride, 1)))
    hidden = normalise(weights, f"{name}.bn2", F.conv2d(hidden, weights[f"{name}.conv2.weight"], None, 1, 1))
    if stride == 2:
        added = hidden.shape[1] - images.shape[1]
        images = F.pad(images[:, :, ::2, ::2], (0, 0, 0, 0, added // 2, added - added // 2))
    return F.relu(hidden + images)


def classify(weights, arguments, images):
    patch = arguments.get("patch", 1)
    hidden = F.pixel_unshuffle(images, patch) if patch > 1 else images
    hidden = F.relu(normalise(weights, "bn1", F.conv2d(hidden, weights["conv1.weight"], None, 1, 1)))
    for stage in (1, 2, 3):
        for i in range((arguments["depth"] - 2) // 6):
            hidden = block(weights, f"layer{stage}.{i}", hidden, 2 if stage > 1 and i == 0 else 1)
    return F.linear(hidden.mean((2, 3)), weights["linear.weight"], weights["linear.bias"])


weights, arguments, shape = load(sys.argv[1])
batch, draws, sigma = int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
image = torch.rand(shape)
print("torch", torch.__version__, torch.get_num_threads(), "threads", flush=True)
print("ready", flush=True)
for _ in sys.stdin:
    begun = time.perf_counter()
    votes = np.zeros(arguments["num_classes"], dtype=int)
    with torch.no_grad():
        for first in range(0, draws, batch):
            copies = image.repeat((min(batch, draws - first), 1, 1, 1))
            labels = classify(weights, arguments, copies + torch.randn_like(copies) * sigma).argmax(1)
            votes += np.bincount(labels.numpy(), minlength=len(votes))
    print(time.perf_counter() - begun, flush=True)
