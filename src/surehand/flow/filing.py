"""Files that people send: kept by the digest of their bytes, handed out to those who may see the case."""

from dataclasses import dataclass
from typing import Any

from surehand.documents.kinds import kind_of
from surehand.errors import Fault, InvalidInput, NotFound
from surehand.flow import consult
from surehand.flow.context import Context
from surehand.store import files
from surehand.store.files import Kept

#: Bytes that a file may have; what is smaller and still too large to be read is a case for a person.
LARGEST_FILE = 64 * 1024 * 1024


def keep(context: Context, body: bytes, *, by: str) -> Kept:
    """Keep a file until a case is submitted with it; the same bytes are the same file.

    What it holds is not looked at: a file that cannot be read becomes a case that a person owns.
    Raises InvalidInput for one that is too large.
    """
    if len(body) > LARGEST_FILE:
        raise InvalidInput([Fault("file", f"may have {LARGEST_FILE // 1024 // 1024} MiB")])
    kind, now = kind_of(body), context.clock()
    return context.db.write(lambda connection: files.keep(connection, body, kind, by=by, at=now))


@dataclass(frozen=True, slots=True)
class Original:
    """The file of a case as it came."""

    digest: str
    name: str
    kind: str
    body: bytes


def original(context: Context, person: str, case_id: str) -> Original:
    """The file that a case brought. Raises NotFound when there is none, or this person may not see it."""
    given = _file_of(context, person, case_id)
    with context.db.read() as connection:
        body = files.body(connection, given["file"])
    if body is None:
        raise NotFound(f"The file of {case_id} is not kept any more")
    return Original(given["file"], given["name"], given["kind"], body)


def _file_of(context: Context, person: str, case_id: str) -> Any:
    file = consult.visible(context, person, case_id).file
    if file is None:
        raise NotFound(f"{case_id} came without a file")
    return file


def picture(context: Context, person: str, case_id: str, page: int, *, width: int) -> tuple[str, bytes]:
    """A page of a case's file as PNG, with a tag that changes when it does. Raises NotFound or Unreadable."""
    given = _file_of(context, person, case_id)

    def load() -> bytes:
        return original(context, person, case_id).body

    drawn = context.pictures.of(given["file"], page, width=width, load=load)
    return f'"{given["file"][:16]}-{page}-{width}"', drawn
