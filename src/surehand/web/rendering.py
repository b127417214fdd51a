"""Views into HTML: the Jinja2 environment, its filters, and which template draws which view."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from surehand.core.formats import Formats
from surehand.core.outlook import in_months, rounded
from surehand.core.oversight import Level
from surehand.core.phrases import words
from surehand.store.tally import COUNTED
from surehand.web import views
from surehand.web.figures import Figure
from surehand.web.formatting import (
    ago,
    case_number,
    counted,
    due_sections,
    duration,
    hundred,
    initials,
    lower,
    money,
    number,
    percent,
    places,
    remaining,
    rows,
    short_hash,
    time_left,
    upper,
)
from surehand.web.sheets import drawing, rows_of
from surehand.web.speech import Said

STATIC = Path(__file__).parent / "static"

#: Which template draws which view. The human level has its own, so that there is nothing to hide in it.
TEMPLATES: Mapping[type, str] = {
    views.SigninView: "signin.html",
    views.HomeView: "home.html",
    views.TourView: "tour.html",
    views.InboxView: "inbox.html",
    views.BriefView: "brief.html",
    views.HumanBriefView: "human.html",
    views.ExceptionView: "exception.html",
    views.AnswerView: "answer.html",
    views.CaseView: "case.html",
    views.ConflictView: "conflict.html",
    views.ErrorView: "error.html",
    views.CasesView: "cases.html",
    views.ProcessesView: "processes.html",
    views.RemarksView: "remarks.html",
    views.GuaranteesView: "guarantees.html",
    views.GuaranteeView: "guarantee.html",
    views.CapacityView: "capacity.html",
    views.StopsView: "stop.html",
    views.StopConfirmView: "stop_confirm.html",
    views.MessagesView: "messages.html",
    views.MeView: "me.html",
    views.ChannelsView: "channels.html",
    views.PeopleView: "everyone.html",
    views.PersonPageView: "person.html",
    views.QueuesView: "queues.html",
    views.QueueNowView: "queue.html",
    views.AuthorityView: "authority.html",
    views.AbsencesView: "absences.html",
    views.RosterView: "roster.html",
    views.EditView: "edit.html",
    views.HelpView: "help.html",
    views.ChangesView: "changes.html",
    views.AboveView: "above.html",
}


#: Pieces of pages, of some hundred bytes each.
_MOST_KEPT = 8_192


def _remembering() -> Callable[[str, Macro], Callable[..., Markup]]:
    """Keeps what macros drew, by their arguments: for those that depend on nothing else.

    Arguments are kept apart by their types, too: a text that is HTML equals one that is not yet. Where one
    holds sums or times, the form in which its reader sees them is an argument as well.
    """
    kept: dict[tuple[Any, ...], Markup] = {}

    def remembered(name: str, macro: Macro) -> Callable[..., Markup]:
        def drawn(*given: Any, **named: Any) -> Markup:
            key = (name, given, *map(type, given), *named.items(), *map(type, named.values()))
            found = kept.get(key)
            if found is None:
                found = Markup(macro(*given, **named))  # noqa: S704 - a macro has escaped it
                if any(isinstance(one, Figure | Said) for one in (*given, *named.values())):
                    return found  # each reader sees it in a form of their own
                if len(kept) >= _MOST_KEPT:
                    kept.clear()
                kept[key] = found
            return found

        return drawn

    return remembered


class _SaidOnce(CodeGenerator):
    """A text that takes nothing is looked up when its template is compiled, and not for each row."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        """See Jinja: `_("Filter")` becomes its text."""
        text = _of_itself(node)
        if text is None:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        # as the call would: what is said is safe, and a sign for per cent is written twice
        translated: Callable[[str], str] = self.environment.globals["translated"]  # type: ignore[assignment]
        self.write(repr(Markup(translated(text) % {})))  # noqa: S704 - a literal of a template, or its translation


class _Template(Template):
    """A template whose macros are made once for a page, however many of its templates import them."""

    def make_module(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Any = None
    ) -> TemplateModule:  # fmt: skip
        """See Jinja: what a template imports. `modules` of the page keeps them by name."""
        kept: dict[str | None, TemplateModule] | None = None if vars is None else vars.get("modules")
        if kept is None:
            return super().make_module(vars, shared, locals)
        if self.name not in kept:
            kept[self.name] = super().make_module(vars, shared, locals)
        return kept[self.name]


class _Templates(Environment):
    code_generator_class = _SaidOnce
    template_class = _Template


def _of_itself(node: nodes.Call) -> str | None:
    """The text that a call of the catalogue has, if it takes nothing else."""
    called = isinstance(node.node, nodes.Name) and node.node.name in ("_", "gettext")
    if not called or node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) != 1:
        return None
    only = node.args[0]
    return only.value if isinstance(only, nodes.Const) and isinstance(only.value, str) else None


@cache
def english() -> Environment:
    """The templates in English, once in a process: compiling them takes longer than any page."""
    return environment()


def environment(language: NullTranslations | None = None) -> Environment:
    """The templates with their filters; compiled templates are kept in it.

    language  the catalogue of another language; English if left out
    """
    env = _Templates(
        loader=PackageLoader("surehand.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        finalize=_drawn,
        auto_reload=False,
    )
    # Newstyle: `_("%(count)s cases", count=n)` escapes n. The text itself is taken as safe: literals only.
    spoken = language or NullTranslations()
    env.install_gettext_translations(spoken, newstyle=True)  # type: ignore[attr-defined]
    env.globals["translated"] = spoken.gettext
    for name in ("_", "gettext", "ngettext"):
        env.globals[name] = _straightened(env.globals[name])
    env.filters.update(
        exact=Exact,
        money=_as_read(money),
        number=_as_read(number),
        counted=_as_read(counted),
        percent=_as_read(percent),
        places=_as_read(places),
        lower=_as_read(lower),
        upper=_as_read(upper),
        rounded=_as_read(lambda value, formats: formats.written(rounded(value).replace(",", ""))),
        in_months=in_months,
        hundred=hundred,
        duration=duration,
        initials=initials,
        short=short_hash,
        words=words,
        case_number=case_number,
        rows=rows,
        drawing=drawing,
        text_rows=rows_of,
        when=_local(Formats.moment),
        day=_local(Formats.day),
        date=_local(Formats.short_day),
        clock=_clock,
        remaining=_with_now(remaining),
        ago=_with_now(ago),
        sections=_sections,
    )
    env.globals.update(
        asset=asset, time_left=time_left, rank=lambda level: Level(level).rank, remembered=_remembering(),
        many=lambda count: count > COUNTED,
    )  # fmt: skip
    return env


def render(env: Environment, view: views.PageView) -> str:
    """The page of a view, as HTML."""
    shell = view.shell
    template = env.get_template(TEMPLATES[type(view)])
    return template.render(view=view, shell=shell, zone_name=str(shell.manner.zone), modules={})


# Letters

#: Letters that turn the direction of others, or cannot be seen: with them a name could show a sum beside it
#: backwards, or look like another name. None of them is needed to read a text.
_TRICKS = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")


class Exact(str):
    """A text that a form holds and sends back: it stays as it is, and its field keeps it apart."""

    __slots__ = ()


@pass_context
def _drawn(context: Context, value: Any) -> Any:
    """What a page shows of a value: figures as its reader sees them, and letters that play no tricks."""
    if type(value) is str:
        return value if value.isascii() else _straight(value)
    if type(value) is Figure:
        return value.form(context["shell"].manner.formats)
    if type(value) is Said:
        return _straight(value.spoken(_spoken(context)))
    return value


def _spoken(context: Context) -> Callable[[str], str]:
    """What translates a text of the catalogue, without taking it for HTML."""
    translated: Callable[[str], str] = context.environment.globals["translated"]  # type: ignore[assignment]
    return translated


def _straight(value: Any) -> Any:
    """In place of a letter that plays tricks stands a sign for one."""
    if type(value) is str and not value.isascii():
        return _TRICKS.sub("\N{REPLACEMENT CHARACTER}", value)
    return value


#: Of a text for one and one for several: both, and how many there are.
_COUNTING = 3


def _straightened(translate: Any) -> Any:
    @pass_context
    def translated(context: Context, *texts: Any, **values: Any) -> Any:
        given = {name: _drawn(context, value) for name, value in values.items()}
        if len(texts) == _COUNTING and isinstance(texts[-1], int):
            given.setdefault("num", context["shell"].manner.formats.number(texts[-1]))
        return translate(context, *texts, **given)

    return translated


# Filters that know who reads


def _with_now(function: Any) -> Any:
    @pass_context
    def filter_(context: Context, value: Any) -> Any:
        return function(value, context["shell"].now)

    return filter_


def _as_read(function: Any) -> Any:
    """A filter that writes numbers as the reader sees them."""

    @pass_context
    def filter_(context: Context, value: Any, *more: Any) -> str:
        return str(function(value, *more, formats=context["shell"].manner.formats))

    return filter_


def _local(form: Callable[[Formats, Any, datetime], str]) -> Any:
    """A filter that writes a moment by the reader's clock, or a day, in the reader's form."""

    @pass_context
    def filter_(context: Context, at: Any) -> str:
        shell = context["shell"]
        manner = shell.manner
        return form(
            manner.formats, manner.local(at) if isinstance(at, datetime) else at, manner.local(shell.now)
        )

    return filter_


@pass_context
def _clock(context: Context, at: datetime) -> str:
    manner = context["shell"].manner
    return str(manner.formats.clock(manner.local(at), seconds=True))


@pass_context
def _sections(context: Context, rows: Iterable[views.InboxRow]) -> Any:
    shell = context["shell"]
    return due_sections(rows, shell.now, shell.manner.zone)


# Files


@lru_cache
def asset(name: str) -> str:
    """The address of a static file, with a mark that changes when its content does."""
    path = STATIC / name
    if not path.is_file():
        return f"/static/{name}"
    return f"/static/{name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
