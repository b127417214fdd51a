"""What the desk shows of a case's file: its pages as pictures, and the file itself."""

from fastapi import APIRouter, Request, Response

from surehand.errors import NotFound
from surehand.flow import filing
from surehand.web import session
from surehand.web.api_files import download
from surehand.web.faults import PageRoute
from surehand.web.identity import context_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)

#: Pixels across; enough to read small print on a screen with two pixels a point.
_WIDTH = 1_240

_MOST_PAGES = 300


@router.get("/cases/{case_id}/pages/{number}.png")
def page_picture(request: Request, case_id: str, number: str) -> Response:
    """A page of the case's file, from 1."""
    person = session.signed_in(request).person
    context, name = context_of(request), session.case_id_of(case_id)
    if not (number.isascii() and number.isdigit() and len(number) < 4 and 1 <= int(number) <= _MOST_PAGES):
        raise NotFound("There is no such page")
    tag, drawn = filing.picture(context, person, name, int(number) - 1, width=_WIDTH)
    # the address never shows anything else; who signs in next in the same browser has another cookie
    headers = {"ETag": tag, "Cache-Control": "private, max-age=600", "Vary": "Cookie"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(drawn, media_type="image/png", headers=headers)


@router.get("/cases/{case_id}/file")
def file_itself(request: Request, case_id: str) -> Response:
    """The file as it came, to be saved."""
    person = session.signed_in(request).person
    return download(filing.original(context_of(request), person, session.case_id_of(case_id)))
