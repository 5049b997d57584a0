"""Makes the pictures that renditions are measured with: make_pictures.py FOLDER NAME WIDTH HEIGHT.

Something like a photo: soft shapes, texture at every scale, noise as of a sensor. The name's ending chooses
between JPEG and HEIC. Needs Pillow and, for HEIC, pillow-heif (scripts/setup-tests.sh installs them).
"""

import pathlib
import sys

from PIL import Image, ImageChops

# How strong the noise is whose grains have so many pixels.
COARSE = {256: 90, 64: 45, 16: 22}
FINE = {4: 10, 1: 5}


def noise(width, height, strengths):
    """Noise at several scales, one upon the other."""
    made = Image.new("L", (width, height), 128)
    for grain, strength in strengths.items():
        size = (max(width // grain, 2), max(height // grain, 2))
        layer = Image.effect_noise(size, strength).resize((width, height), Image.Resampling.BICUBIC)
        made = ImageChops.add(made, layer, scale=1, offset=-128)
    return made


def channel(width, height, fine):
    """Soft shapes of its own, made small, and the texture that all channels share."""
    strengths = {grain // 16: strength for grain, strength in COARSE.items()}
    shapes = noise(width // 16, height // 16, strengths).resize((width, height), Image.Resampling.BICUBIC)
    return ImageChops.add(shapes, fine, scale=1, offset=-128)


def main():
    folder, name, width, height = sys.argv[1:]
    size = int(width), int(height)
    fine = noise(*size, FINE)
    picture = Image.merge("RGB", [channel(*size, fine) for _ in range(3)])
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
