"""Paper for tests, made byte by byte: PDF files of any shape, and pictures."""

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

Box = tuple[float, float, float, float]
A4: Box = (0, 0, 595, 842)


@dataclass
class Sheet:
    """One page: its content stream, boxes, and the forms and pictures that it names."""

    content: str | bytes = ""
    media: Box = A4
    crop: Box | None = None
    rotate: int = 0
    xobjects: dict[str, int] = field(default_factory=dict)
    annotations: str = ""


def pdf(*sheets: Sheet, objects: Sequence[bytes] = (), catalog: bytes = b"") -> bytes:
    """A PDF. Objects 1 to 3 are catalog, pages and Helvetica; `objects` are numbered from 4."""
    bodies: list[bytes] = [b"", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", *objects]
    kids = []
    for sheet in sheets:
        content = sheet.content.encode("latin-1") if isinstance(sheet.content, str) else sheet.content
        bodies.append(content if content.startswith(b"<<") else stream(content))
        at = len(bodies)
        names = "".join(f"/{name} {number} 0 R" for name, number in sheet.xobjects.items())
        crop = f"/CropBox[{' '.join(map(str, sheet.crop))}]" if sheet.crop else ""
        media = " ".join(map(str, sheet.media))
        bodies.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[{media}]{crop}/Rotate {sheet.rotate}/Contents {at} 0 R"
            f"/Annots[{sheet.annotations}]"
            f"/Resources<</Font<</F 3 0 R>>/XObject<<{names}>>>>>>".encode()
        )
        kids.append(f"{len(bodies)} 0 R")
    bodies[0] = b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>"
    bodies[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode()
    return assembled(bodies)


def assembled(bodies: Sequence[bytes]) -> bytes:
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, 2)
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start))
    return out.getvalue()


def stream(content: bytes, entries: str = "", *, packed: bool = False) -> bytes:
    if packed:
        content, entries = zlib.compress(content, 9), entries + "/Filter/FlateDecode"
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries.encode(), len(content), content)


def picture_object(image: Image.Image) -> bytes:
    entries = (
        f"/Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}/ColorSpace/DeviceRGB"
        "/BitsPerComponent 8"
    )
    return stream(image.convert("RGB").tobytes(), entries, packed=True)


def form_object(content: str, names: str = "", media: Box = A4) -> bytes:
    box = " ".join(map(str, media))
    entries = f"/Type/XObject/Subtype/Form/BBox[{box}]/Resources<</Font<</F 3 0 R>>/XObject<<{names}>>>>"
    return stream(content.encode(), entries)


def shown(text: str, x: float, y: float, size: float = 12, before: str = "") -> str:
    """A piece of content that shows text with its baseline at x, y from the bottom left."""
    return f"BT {before} /F {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n"


def printed(text: str = "INVOICE 4711", size: tuple[int, int] = (600, 200)) -> Image.Image:
    """A white picture with large black text on it."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text((40, 60), text, fill="black", font_size=48)
    return image


def png(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def jpeg(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()
