"""What a person has written in a brief: out of a form, into a draft, and back onto the page."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from surehand.errors import SurehandError
from surehand.flow import drafting
from surehand.flow.context import Context
from surehand.flow.standing import Standing, looked_at
from surehand.store.drafts import Kept
from surehand.web.fields import Typed, corrections
from surehand.web.forms import Form
from surehand.web.verdict_views import Written, entered_by, recommended_of

#: Fields of the form that people write in, beside those of the case.
_THEIRS = ("value", "checked", "reason", "note", "question", "answer", "tag", "lacks", "lacks.words")

#: Before the names of fields that the sign-in form carries.
CARRIED = "kept."


def put_back(
    standing: Standing, form: Form, faults: Mapping[str, str] | None = None, *,
    kept_at: datetime | None = None,
) -> tuple[Written, Typed]:  # fmt: skip
    """Onto the page again.

    faults   field -> why it was refused
    kept_at  when it was kept, of a draft
    """
    sent = form.below("field.")
    edited = not entered_by(standing) and bool(corrections(standing.case, standing.process, sent))
    written = Written(
        form.one("value"), tuple(form.all("value")), form.one("reason"), form.one("note"),
        form.one("question"), edited, kept_at, tags=tuple(form.all("tag")), lacks=form.one("lacks"),
        lacks_words=form.one("lacks.words"),
    )  # fmt: skip
    return written, Typed(sent, frozenset(form.all("checked")), faults or {})


def answered(draft: Kept | None) -> tuple[str, datetime | None]:
    """The answer to a question that was kept as a draft, and when it was."""
    return ("", None) if draft is None else (Form(draft.body).one("answer"), draft.at)


def kept_of(standing: Standing, form: Form) -> dict[str, Sequence[str]]:
    """What is worth keeping of a form: what is not as the page had shown it."""
    found = {name: [one for one in form.all(name) if one] for name in _THEIRS}
    if found["value"] == [str(recommended_of(standing))]:
        found["value"] = []  # a draft that nobody has touched
    sent = form.below("field.")
    if not entered_by(standing):
        sent = corrections(standing.case, standing.process, sent)
    found |= {f"field.{name}": [raw] for name, raw in sent.items() if raw or not entered_by(standing)}
    return {name: values for name, values in found.items() if values}


def keep_draft(context: Context, person: str, case_id: str, form: Form) -> bool:
    """Keep what a form holds; whether it could be: it is theirs, and of a brief that they may look at."""
    if written_by_another(form, person):
        return False
    try:
        standing, _ = looked_at(context, person, case_id, of=of_form(form))
        drafting.keep(context, person, standing, kept_of(standing, form))
    except SurehandError:
        return False
    return True


def written_by_another(form: Form, person: str) -> bool:
    """Somebody else was signed in where it was written."""
    return form.one("by") not in ("", person)


def of_form(form: Form) -> str | None:
    """The assignment that the form's page showed, which its digest names."""
    return form.one("digest").partition("@")[2] or None


def carried(form: Form) -> tuple[tuple[str, str], ...]:
    """The fields that a sign-in form carries for who was signed out while they wrote."""
    names = [n for n in form.values if n in (*_THEIRS, "digest", "by") or n.startswith("field.")]
    return tuple((f"{CARRIED}{name}", one) for name in names for one in form.all(name) if one)


def brought(form: Form) -> Form:
    """What a sign-in form carried, as the form that it was."""
    return Form({n.removeprefix(CARRIED): v for n, v in form.values.items() if n.startswith(CARRIED)})
