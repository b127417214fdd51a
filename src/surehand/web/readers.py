"""Who reads a brief, and what stands on each of them: the bar on top, and the earlier cases."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from surehand.core.case import BESIDE
from surehand.core.showing import brief_path, subject_of
from surehand.flow.context import Context
from surehand.flow.desk import bearings
from surehand.flow.standing import Standing
from surehand.store.neighbours import Neighbours
from surehand.web import fields, session
from surehand.web.desk_views import point_words
from surehand.web.fields import Typed
from surehand.web.handling_views import handling_view
from surehand.web.identity import context_of
from surehand.web.verdict_views import NOT_WRITTEN, Written
from surehand.web.views import CaseHead, ShellView


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a brief, and what they had written before a verdict was refused.

    refused   why they may not decide this; '' when they may
    problems  why the last verdict was refused
    page      of a long document: the first that is shown, from 1
    part      of long texts: the same
    near      where this stands in the reader's work; None where it is none of it
    compare   the case whose document is compared with this one's; '' for none
    compare_page  of that document: the first that is shown, from 1
    """

    shell: ShellView
    refused: str = ""
    written: Written = NOT_WRITTEN
    typed: Typed = fields.NOTHING
    problems: tuple[str, ...] = ()
    near: Neighbours | None = None
    page: int = 1
    part: int = 1
    compare: str = ""
    compare_page: int = 1

    @property
    def name(self) -> str:
        """The reader's name."""
        return self.shell.person or ""


def reader_of(request: Request, standing: Standing, refused: str = "", **more: Any) -> Reader:
    """Who reads this brief in this browser; `more`: other fields of a `Reader`."""
    person = session.signed_in(request).person
    at = bearings(context_of(request), person, standing.assignment)
    return Reader(session.shell(request, "inbox", bearings=at), refused, near=at.near, **more)


def case_head(context: Context, standing: Standing, reader: Reader) -> CaseHead:
    """The bar on top. `digest` is what a verdict is bound to: what would run, and this very assignment."""
    case, given = standing.case, standing.assignment
    mine = reader.name in given.holders
    others = [name for name in given.holders if name != reader.name]
    near = reader.near
    return CaseHead(
        case_id=case.id, title=_about(standing), process=case.process, point=point_words(given),
        since=given.opened_at, due=given.due_at, rev=case.rev, digest=bound_to(standing),
        round=given.round if given.kind in BESIDE else case.round,
        owner=reader.name if mine else given.person,
        claimable=not reader.refused and not mine and given.pending is None,
        also=" or ".join(name for name in others if name != given.person or mine),
        position=(near.place, near.count) if near else None,
        previous=brief_path(near.previous) if near and near.previous else None,
        following=brief_path(near.following) if near and near.following else None,
        of=given.id if given.kind in BESIDE else "",
        handling=handling_view(context, standing, reader.name, reader.refused, reader.shell.manner),
    )  # fmt: skip


def _about(standing: Standing) -> str:
    """What the case is, beside the question: 'Expense receipts · Hana Sato'."""
    title = standing.process.map.title or standing.process.name.replace("-", " ").capitalize()
    return " · ".join(part for part in (title, subject_of(standing.case, standing.process)) if part)


def bound_to(standing: Standing) -> str:
    """What a form names, so that a verdict counts only for what its page showed."""
    shown_digest = standing.judgement.shown if standing.judgement else ""
    return f"{shown_digest}@{standing.assignment.id}"
