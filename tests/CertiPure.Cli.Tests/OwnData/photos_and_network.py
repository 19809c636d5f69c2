"""Somebody's photos and network: three classes of Tiny-ImageNet's validation images, and a small network by PyTorch.

usage: photos_and_network.py TAR FOLDER
"""
import pathlib
import sys
import tarfile

import torch
import torchvision

archive, folder = sys.argv[1], pathlib.Path(sys.argv[2])
names = {"n01443537": "goldfish", "n04146614": "school bus", "n07749582": "lemon"}
with tarfile.open(archive) as tar:
    members = {pathlib.Path(member.name).name: member for member in tar}
    rows = [line.split("\t") for line in tar.extractfile(members["val_annotations.txt"]).read().decode().splitlines()]
    seen = dict.fromkeys(names, 0)
    for file, wnid in sorted((row[0], row[1]) for row in rows if row[1] in names):
        split = "test" if seen[wnid] % 5 == 0 else "train"
        seen[wnid] += 1
        target = folder / "photos" / split / names[wnid]
        target.mkdir(parents=True, exist_ok=True)
        (target / file).write_bytes(tar.extractfile(members[file]).read())
(folder / "names.txt").write_text("\n".join(sorted(names.values())))

torch.manual_seed(0)
torch.set_num_threads(1)
mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
transforms = torchvision.transforms
photos = torchvision.datasets.ImageFolder(
    folder / "photos" / "train", transforms.Compose([transforms.ToTensor(), transforms.Normalize(mean, std)]))
network = torch.nn.Sequential(
    torch.nn.Conv2d(3, 16, 5, 4, 2), torch.nn.ReLU(), torch.nn.Conv2d(16, 32, 3, 2, 1), torch.nn.ReLU(),
    torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(), torch.nn.Linear(128, 3))
optimizer = torch.optim.AdamW(network.parameters(), 3e-3)
for _ in range(20):
    for images, labels in torch.utils.data.DataLoader(photos, 24, shuffle=True):
        loss = torch.nn.functional.cross_entropy(network(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
network.eval()
example = torch.zeros(1, 3, 64, 64)
torch.jit.trace(network, example).save(str(folder / "mine.pt"))
torch.onnx.export(network, example, str(folder / "mine.onnx"), dynamic_axes={"x": {0: "n"}}, input_names=["x"], opset_version=13)
