"""PNG and JPEG files by Pillow: measured by their header first, then decoded, turned upright, in RGB.

Runs in the child process only.
"""

import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING

from surehand.documents.limits import Limits
from surehand.documents.reasons import refused

if TYPE_CHECKING:
    from PIL.Image import Image

_TURNED = (5, 6, 7, 8)
_ORIENTATION = 0x0112
_FORMATS = {"png": ("PNG", "a PNG picture"), "jpeg": ("JPEG", "a JPEG picture")}


def size(data: bytes, kind: str, limits: Limits) -> tuple[int, int]:
    """Width and height of the upright picture, from its header. Raises Unreadable."""
    picture = _opened(data, kind, limits)
    turned = _orientation(picture) in _TURNED
    return (picture.height, picture.width) if turned else (picture.width, picture.height)


def upright(data: bytes, kind: str, limits: Limits, *, width: int | None = None) -> "Image":
    """The decoded picture, turned as its camera says, on white where it is transparent. Raises Unreadable.

    width  decode a JPEG no larger than needed for a picture so wide
    """
    from PIL import Image, ImageOps

    picture = _opened(data, kind, limits)
    if width is not None:
        picture.draft("RGB", (width * 2, width * 2))
    try:
        picture.load()
    except (OSError, SyntaxError, ValueError, zlib.error, struct.error) as fault:
        raise refused("cut_off") from fault
    if _orientation(picture) in range(2, 9):
        picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):  # 16 bits: the upper eight are what a screen shows
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if "A" in picture.getbands() or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.new("RGBA", layer.size, "white")
        picture.alpha_composite(layer)
    return picture.convert("RGB")


def narrowed(picture: "Image", width: int) -> "Image":
    """The picture so many pixels wide, never enlarged beyond four times."""
    from PIL import Image

    width = min(width, picture.width * 4)
    height = max(round(picture.height * width / picture.width), 1)
    return picture.resize((width, height), Image.Resampling.LANCZOS if width < 4 * picture.width else 0)


def png(picture: "Image") -> bytes:
    """The bytes of a PNG file."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _opened(data: bytes, kind: str, limits: Limits) -> "Image":
    from PIL import Image, UnidentifiedImageError

    format_, words = _FORMATS[kind]
    # the header is judged below; Pillow's own warning would come from the same figure
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=[format_])
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as fault:
        raise refused("broken", kind=words) from fault
    pixels = picture.width * picture.height
    if pixels > limits.pixels:
        raise refused("too_many_pixels", pixels=f"{pixels / 1e6:,.0f}", limit=f"{limits.pixels / 1e6:,.0f}")
    if pixels < 1:
        raise refused("broken", kind=words)
    return picture


def _orientation(picture: "Image") -> int:
    try:
        found = picture.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        return 1  # a damaged note of the camera does not make the picture unreadable
    return found if isinstance(found, int) else 1
