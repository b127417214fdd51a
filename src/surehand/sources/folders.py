"""Documents as items: a folder of them, or one alone."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from surehand.core.process import Process
from surehand.errors import Fault, InvalidInput
from surehand.sources.files import LARGEST_DOCUMENT, Item, Source

#: Endings of files that are taken from a folder; what they are is told from their bytes later.
ENDINGS = (".pdf", ".png", ".jpg", ".jpeg", ".json")

_LARGEST_JSON = 16 * 1024 * 1024


def holds_documents(path: Path) -> bool:
    """A folder, or a file that is a document itself."""
    return path.is_dir() or path.suffix.lower() in ENDINGS


def opened(path: Path, process: Process) -> Source:
    """Look at a folder or a document. Raises InvalidInput with what is wrong and what to do."""
    if not process.input.document:
        raise InvalidInput([Fault(str(path), f"{process.process} takes no documents: see input in its map")])
    if not path.exists():
        raise InvalidInput([Fault(str(path), "is neither a file nor a folder")])
    inside = sorted(path.iterdir()) if path.is_dir() else [path]
    documents = [
        one for one in inside
        if one.is_file() and one.suffix.lower() in ENDINGS and not one.name.startswith(".")
    ]  # fmt: skip
    if not documents:
        raise InvalidInput([Fault(str(path), f"holds no document ({', '.join(ENDINGS)})")])
    return Source(path, len(documents), partial(_items, documents, path))


def _items(documents: Sequence[Path], path: Path) -> Iterator[Item]:
    for number, document in enumerate(documents, start=1):
        if path.is_dir() and not document.resolve().is_relative_to(path.resolve()):
            # whoever may put files there must not choose among all that the sender can read
            yield Item(number, None, None, {}, f"{document.name} is a link that leads out of the folder")
        elif document.stat().st_size > LARGEST_DOCUMENT:
            yield Item(number, None, None, {}, f"{document.name} is larger than 64 MiB")
        elif document.suffix.lower() == ".json":
            yield _recognised(number, document)
        else:
            yield Item(number, key_of(document), {}, {}, file=document)


def key_of(document: Path) -> str:
    """The same file is the same case; another file of the same name is another one."""
    with document.open("rb") as body:
        digest = hashlib.file_digest(body, "sha256").hexdigest()
    return f"{document.name[-120:]}:{digest[:16]}"


def _recognised(number: int, document: Path) -> Item:
    """Recognised lines that somebody's OCR has written: `{"pages": [...]}`."""
    key = key_of(document)
    if document.stat().st_size > _LARGEST_JSON:
        return Item(number, key, None, {}, f"{document.name} is larger than 16 MiB")
    try:
        value = json.loads(document.read_bytes())
    except (ValueError, RecursionError) as error:
        return Item(number, key, None, {}, f"{document.name} is not JSON: {error}"[:200])
    return Item(number, key, {"document": value}, {})
