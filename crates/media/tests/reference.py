"""What other people's decoders make of pictures: upright, in sRGB, on white, made small.

Reads lines "WIDTH HEIGHT PATH" and answers a line of JSON for each: the size of the full picture as it is
seen, and WIDTH x HEIGHT pixels of RGB in base64; or why it could not be decoded. Pillow with libheif and
libjxl, each from its package on PyPI (scripts/setup-tests.sh installs them).
"""

import base64
import io
import json
import sys
import warnings

import pillow_heif
import pillow_jxl  # noqa: F401  (teaches Pillow JPEG XL)
from PIL import Image, ImageCms, ImageFile, ImageOps

pillow_heif.register_heif_opener()
ImageFile.LOAD_TRUNCATED_IMAGES = True
Image.MAX_IMAGE_PIXELS = None
warnings.simplefilter("ignore")

SRGB = ImageCms.createProfile("sRGB")


def eight_bits(picture):
    """Pillow keeps grey of 16 bits in modes of its own and would clip instead of scale."""
    if picture.mode.startswith("I;16") or picture.mode == "I":
        return picture.point(lambda sample: sample / 256).convert("L")
    return picture


def in_srgb(picture):
    profile = picture.info.get("icc_profile")
    alpha = None
    if picture.mode in ("P", "PA", "1"):
        picture = picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else "RGB")
    if picture.mode in ("RGBA", "LA"):
        alpha = picture.getchannel("A")
        picture = picture.convert("RGB" if picture.mode == "RGBA" else "L")
    if picture.mode in ("YCbCr", "LAB"):
        picture = picture.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            # What cameras and browsers mean by "as on screen": relative colorimetric or perceptual, which
            # are the same for profiles made of a matrix.
            picture = ImageCms.profileToProfile(picture, source, SRGB, outputMode="RGB")
        except ImageCms.PyCMSError:
            pass
    picture = picture.convert("RGB")
    if alpha is not None:
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=alpha)
        picture = white
    return picture


def answer(width, height, path):
    with Image.open(path) as opened:
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        for key, value in opened.info.items():
            upright.info.setdefault(key, value)
        small = in_srgb(eight_bits(upright)).resize((width, height), Image.Resampling.BOX)
        return {
            "width": upright.width,
            "height": upright.height,
            "pixels": base64.b64encode(small.tobytes()).decode(),
        }


for line in sys.stdin:
    columns, rows, name = line.rstrip("\n").split(" ", 2)
    try:
        found = answer(int(columns), int(rows), name)
    except Exception as error:  # whatever a decoder raises is its answer
        found = {"error": repr(error)}
    print(json.dumps(found), flush=True)
