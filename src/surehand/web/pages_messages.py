"""The pages of messages: what a person was told, how they are reached, how channels are doing."""

from fastapi import APIRouter, Request, Response

from surehand.core.reach import Reach
from surehand.errors import Fault, InvalidInput
from surehand.flow import manners, reaching
from surehand.store.access import Session
from surehand.store.readers import Preference
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
    """How the reader is reached, and how they read."""
    return _me(request, session.signed_in(request))


@router.post("/me")
def change_me(request: Request, form: Sent) -> Response:
    """Say how to be reached."""
    signed_in = session.checked(request, form)
    try:
        reaching.change(context_of(request), signed_in.person, _reach(form))
    except InvalidInput as error:
        return _me(request, signed_in, refused=error)
    return session.sent_on(request, "/me", notice="reach")


@router.post("/me/reading")
def change_reading(request: Request, form: Sent) -> Response:
    """Say how numbers, dates and times are written."""
    signed_in = session.checked(request, form)
    locale, zone = form.one("locale").strip()[:80], form.one("timezone").strip()[:80]
    try:
        manners.choose(context_of(request), signed_in.person, locale=locale, zone=zone)
    except InvalidInput as error:
        return _me(request, signed_in, reading=Preference(locale, zone), refused=error)
    return session.sent_on(request, "/me", notice="reading")


def _me(
    request: Request, signed_in: Session, *, reading: Preference | None = None,
    refused: InvalidInput | None = None,
) -> Response:  # fmt: skip
    context, shell = context_of(request), session.shell(request, "me")
    who = context.people.people[signed_in.person]
    faults = refused.faults if refused else ()
    problems = tuple(f"{fault.where.capitalize()} {fault.message}." for fault in faults)
    view = me_view(context, shell, who, who.reach, reading=reading or signed_in.prefers, problems=problems)
    return session.page(request, view, 422 if refused else 200)


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
