"""Writes the small picture sets beside this file, by other programs than the project's own: Debian's python3-pil and python3-numpy.

    python3 make.py

Every set holds the same six pictures of 8x8 pixels and three classes, picture(i) of class i mod 3, so that one test reads them all.
pictures.parquet is written by DuckDB from pictures/ (see make-parquet.sql).
"""
import gzip, io, json, os, pickle, struct, tarfile
import numpy as np
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
os.chdir(here)
NAMES = ["ant", "bee", "cat"]


def picture(i):
    y, x = np.mgrid[0:8, 0:8]
    return np.stack([(x * 30 + i * 7) % 256, (y * 30 + i * 11) % 256, (x * y * 4 + i * 13) % 256], -1).astype(np.uint8)


def grey(i):
    return picture(i)[:, :, 0]


def png(array):
    out = io.BytesIO()
    Image.fromarray(array).save(out, "PNG")
    return out.getvalue()


def add(tar, name, content):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


pictures = np.stack([picture(i) for i in range(6)])
greys = np.stack([grey(i) for i in range(6)])
labels = np.array([i % 3 for i in range(6)])

np.savez_compressed("medmnist.npz", train_images=pictures[:3], train_labels=labels[:3, None].astype(np.uint8), val_images=pictures[:0],
                    val_labels=labels[:0, None].astype(np.uint8), test_images=pictures, test_labels=labels[:, None].astype(np.uint8))
np.savez_compressed("medmnist-several.npz", test_images=greys, test_labels=np.zeros((6, 14), np.uint8))
np.savez("imagenet64.npz", data=pictures.transpose(0, 3, 1, 2).reshape(6, -1), labels=(labels + 1).astype(np.int64), mean=np.zeros(192))
np.savez("images-labels.npz", images=pictures, labels=labels)
np.savez("xy.npz", x_train=greys[:3], y_train=labels[:3], x_test=greys, y_test=labels.astype(np.uint8))
np.savez("floats.npz", images=pictures / 255.0, labels=labels)

with open("t10k-images-idx3-ubyte", "wb") as f:
    f.write(struct.pack(">IIII", 0x803, 6, 8, 8) + greys.tobytes())
with gzip.GzipFile("t10k-labels-idx1-ubyte.gz", "wb", mtime=0) as f:
    f.write(struct.pack(">II", 0x801, 6) + labels.astype(np.uint8).tobytes())

with tarfile.open("web-test-000.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
    for i in range(6):
        add(tar, f"{i:04d}.png", png(picture(i)))
        add(tar, f"{i:04d}.cls" if i % 2 else f"{i:04d}.json", str(i % 3).encode() if i % 2 else json.dumps({"label": i % 3}).encode())
    add(tar, "notes.md", b"made by make.py")


def small(i):
    # CIFAR's pictures have 32x32 pixels: each pixel of picture(i) four times in each direction.
    return picture(i).repeat(4, 0).repeat(4, 1).transpose(2, 0, 1).reshape(-1)


def batch(ids, fine):
    rows = np.stack([small(i) for i in ids])
    labels = [int(i % 3) for i in ids]
    named = {"data": rows, "filenames": [f"{NAMES[i % 3]}_{i}.png" for i in ids]}
    named.update({"fine_labels": labels, "coarse_labels": [0] * len(ids)} if fine else {"labels": labels, "batch_label": "testing batch"})
    return named


with tarfile.open("cifar-10-python.tar.gz", "w:gz", format=tarfile.USTAR_FORMAT) as tar:
    for name, ids in [("data_batch_%d" % k, [k]) for k in range(1, 6)] + [("test_batch", range(6))]:
        add(tar, "cifar-10-batches-py/" + name, pickle.dumps(batch(list(ids), False), protocol=2))
    add(tar, "cifar-10-batches-py/batches.meta", pickle.dumps({"label_names": NAMES, "num_vis": 3072}, protocol=2))
with tarfile.open("cifar-100-python.tar.gz", "w:gz", format=tarfile.USTAR_FORMAT) as tar:
    for name, ids in [("train", [1]), ("test", range(6))]:
        add(tar, "cifar-100-python/" + name, pickle.dumps(batch(list(ids), True), protocol=5))
    add(tar, "cifar-100-python/meta", pickle.dumps({"fine_label_names": NAMES, "coarse_label_names": ["animal"]}, protocol=2))
with tarfile.open("cifar-100-binary.tar.gz", "w:gz", format=tarfile.USTAR_FORMAT) as tar:
    for name, ids in [("train.bin", [1]), ("test.bin", range(6))]:
        add(tar, "cifar-100-binary/" + name, b"".join(bytes([0, i % 3]) + small(i).tobytes() for i in ids))
    add(tar, "cifar-100-binary/fine_label_names.txt", "\n".join(NAMES).encode() + b"\n")

os.makedirs("pictures", exist_ok=True)
for i in range(6):
    Image.fromarray(picture(i)).save(f"pictures/{i}.png")

os.makedirs("kinds", exist_ok=True)
Image.fromarray(picture(0)).save("kinds/colour.png")
Image.fromarray(picture(0)).save("kinds/colour.tif")
Image.fromarray(picture(0)).save("kinds/lzw.tif", compression="tiff_lzw")
Image.fromarray(grey(0)).save("kinds/grey.tif", compression="tiff_adobe_deflate")
Image.fromarray(picture(0)).save("kinds/colour.ppm")
Image.fromarray(grey(0)).save("kinds/grey.pgm")
Image.fromarray(np.dstack([picture(0), np.full((8, 8), 90, np.uint8)])).save("kinds/transparent.png")
Image.fromarray(np.dstack([picture(0), np.full((8, 8), 90, np.uint8)])).save("kinds/transparent.tif")
Image.fromarray(picture(0)).save("kinds/lossless.webp", lossless=True)
exif = Image.Exif()
exif[0x0112] = 6
Image.fromarray(picture(0)).save("kinds/rotated.png", exif=exif)
palette = Image.fromarray(picture(0)).quantize(64)
palette.save("kinds/animated.gif", save_all=True, append_images=[Image.fromarray(picture(3)).quantize(64)])
Image.fromarray(picture(0)).save("kinds/animated.webp", save_all=True, append_images=[Image.fromarray(picture(3))], lossless=True)
palette.save("kinds/palette.png")
# What Pillow makes of each, as torchvision's loader asks for it.
with open("kinds/expected.json", "w") as f:
    json.dump({name: {"mode": Image.open("kinds/" + name).mode, "rgb": np.asarray(Image.open("kinds/" + name).convert("RGB")).reshape(-1).tolist()}
               for name in sorted(os.listdir("kinds")) if not name.endswith("json")}, f)
    f.write("\n")

# Pillow's resizing: a picture of 37x23 pixels to several sizes.
os.makedirs("resize", exist_ok=True)
rng = np.random.RandomState(7)
source = Image.fromarray(rng.randint(0, 256, (23, 37, 3)).astype(np.uint8))
source.save("resize/source.png")
for name, filter in [("bilinear", Image.BILINEAR), ("bicubic", Image.BICUBIC)]:
    for width, height in [(16, 10), (64, 48), (37, 11), (5, 23)]:
        source.resize((width, height), filter).save(f"resize/{name}-{width}x{height}.png")
