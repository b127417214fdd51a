"""The pages of messages: what a person was told, how they are reached, how channels are doing."""

from fastapi import APIRouter, Request, Response

from surehand.core.reach import Reach
from surehand.errors import Fault, InvalidInput
from surehand.flow import reaching
from surehand.web import session
from surehand.web.faults import PageRoute
from surehand.web.forms import Form, Sent
from surehand.web.identity import context_of
from surehand.web.message_views import channels_view, me_view, messages_view

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/messages")
def messages_page(request: Request) -> Response:
    """What a person was told."""
    person, context = session.signed_in(request).person, context_of(request)
    before = _number(request.query_params.get("cursor", ""))
    lines, cursor = reaching.told(context, person, before=before)
    shell = session.shell(request, "messages")
    return session.page(
        request, messages_view(context, shell, lines, cursor=cursor, later=before is not None)
    )


@router.post("/messages/read")
def read_messages(request: Request, form: Sent) -> Response:
    """They were read, up to the newest that the page showed."""
    person = session.checked(request, form).person
    up_to = _number(form.one("up_to"))
    if up_to is None:
        raise InvalidInput([Fault("up_to", "must be the number of a message")])
    reaching.read(context_of(request), person, up_to=up_to)
    return session.sent_on(request, "/messages")


@router.get("/me")
def me_page(request: Request) -> Response:
    """How the reader is reached."""
    person, context = session.signed_in(request).person, context_of(request)
    who = context.people.people[person]
    return session.page(request, me_view(context, session.shell(request, "me"), who, who.reach))


@router.post("/me")
def change_me(request: Request, form: Sent) -> Response:
    """Say how to be reached."""
    person = session.checked(request, form).person
    context = context_of(request)
    who = context.people.people[person]
    try:
        wanted = _reach(form)
        reaching.change(context, person, wanted)
    except InvalidInput as error:
        problems = tuple(f"{fault.where.capitalize()} {fault.message}." for fault in error.faults)
        view = me_view(context, session.shell(request, "me"), who, who.reach, problems=problems)
        return session.page(request, view, 422)
    return session.sent_on(request, "/me", notice="reach")


@router.post("/me/test")
def test_me(request: Request, form: Sent) -> Response:
    """Send the reader a message."""
    person = session.checked(request, form).person
    reaching.test(context_of(request), person)
    return session.sent_on(request, "/messages", notice="test")


@router.get("/channels")
def channels_page(request: Request) -> Response:
    """How channels and webhooks are doing."""
    person, context = session.signed_in(request).person, context_of(request)
    found = reaching.channels_now(context, person)
    return session.page(request, channels_view(session.shell(request, "channels"), found))


def _reach(form: Form) -> Reach:
    """What the form says. Raises InvalidInput."""
    begins, ends = form.one("quiet_from").strip()[:5], form.one("quiet_to").strip()[:5]
    if bool(begins) != bool(ends):
        raise InvalidInput([Fault("quiet hours", "need both a beginning and an end, or neither")])
    try:
        return Reach.model_validate(
            {
                "channels": tuple(form.all("channel")), "digest": form.one("digest") or "off",
                "digest_at": form.one("digest_at").strip()[:5] or "08:00",
                "quiet": f"{begins}-{ends}" if begins else None,
                "urgent": "always" if form.one("urgent") else "as_others",
            }
        )  # fmt: skip
    except ValueError:
        raise InvalidInput(
            [Fault("times", "are written as 08:00, and quiet hours do not end when they begin")]
        ) from None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
