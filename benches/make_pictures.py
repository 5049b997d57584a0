"""Makes the pictures that renditions are measured with: make_pictures.py FOLDER NAME WIDTH HEIGHT.

Something like a photo: soft shapes, texture at every scale, noise as of a sensor. The name's ending chooses
between JPEG and HEIC. Needs Pillow and, for HEIC, pillow-heif (scripts/setup-tests.sh installs them).
"""

import pathlib
import random
import sys

from PIL import Image, ImageChops

OCTAVES = (256, 64, 16, 4, 1)


def channel(width, height):
    """Noise at several scales, the coarse ones strongest."""
    made = Image.new("L", (width, height), 128)
    for scale in OCTAVES:
        size = (max(width // scale, 2), max(height // scale, 2))
        strength = {256: 90, 64: 45, 16: 22, 4: 10, 1: 5}[scale]
        layer = Image.effect_noise(size, strength).resize((width, height), Image.Resampling.BICUBIC)
        made = ImageChops.add(made, layer, scale=1, offset=-128)
    return made


def main():
    folder, name, width, height = sys.argv[1:]
    random.seed(name)
    size = int(width), int(height)
    picture = Image.merge("RGB", [channel(*size) for _ in range(3)])
    path = pathlib.Path(folder) / name
    partial = path.with_suffix(".partial")
    if path.suffix == ".heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
        picture.save(partial, format="HEIF", quality=60)
    else:
        picture.save(partial, format="JPEG", quality=88, subsampling="4:2:0")
    partial.rename(path)


main()
