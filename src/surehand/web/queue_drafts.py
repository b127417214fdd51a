"""Changes of queues and of rows of authority."""

import json
from collections.abc import Callable, Mapping
from typing import get_args

from surehand.core import edits, rosters
from surehand.core.edits import Edit
from surehand.core.grants import ANYTHING, Grant
from surehand.core.money import Money
from surehand.core.people import Needed, People, Queue, Strategy
from surehand.core.phrases import words
from surehand.core.policy import Grade
from surehand.core.roles import DECIDERS
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from surehand.flow import personnel
from surehand.flow.context import Context
from surehand.web.forms import Form
from surehand.web.people_drafts import humans
from surehand.web.roster_forms import Draft, checked, choice, choices, lines, name_of, optional, pairs
from surehand.web.views.people import InputView

_FIELDS = ("owner", "backup", "members", "teams", "strategy", "skills", "due", "calendar")

#: A second person from a sum on, in the select of the form.
_FROM = "from"


# Queues


def added(context: Context, by: str) -> Draft:
    """A new queue. Raises Forbidden."""
    people = context.people
    if not rosters.may(people, by, "queues", "", "owner"):
        raise Forbidden(f"{by} may not add queues: an administrator does")
    called = InputView(name="called", label="Name", about="Such as accounts-payable.", required=True)

    def edit(form: Form) -> Edit:
        name = name_of(form, "called", "accounts-payable")
        return edits.queue_added(name, checked(Queue, _queue(form, _FIELDS)))

    return Draft(
        title="A new queue", sentence="A queue is a kind of work with a named owner; maps name it.",
        action="/roster/queue", then="/queues", submit="Add", edit=edit,
        inputs=(called, *_queue_inputs(people, None, _FIELDS)),
    )  # fmt: skip


def changed(context: Context, by: str, name: str) -> Draft:
    """A queue. Shows the fields that the reader may change. Raises NotFound or Forbidden."""
    people = context.people
    queue = people.queues.get(name)
    if queue is None:
        raise NotFound(f"There is no queue {name} here")
    fields = tuple(one for one in _FIELDS if rosters.may(people, by, "queues", name, one))
    if not fields:
        raise Forbidden(f"{by} may not change the queue {name}: its owner or an administrator does")

    def edit(form: Form) -> Edit:
        wanted = checked(Queue, {"owner": queue.owner, **_queue(form, fields)})
        return edits.queue_changed(name, {one: getattr(wanted, one) for one in fields})

    return Draft(
        title=f"Change the queue {name}", sentence="Cases that wait stay with who has them.",
        action=f"/queues/{name}/edit", then="/queues", submit="Save", edit=edit,
        inputs=_queue_inputs(people, queue, fields),
    )  # fmt: skip


def _queue(form: Form, fields: tuple[str, ...]) -> dict[str, object]:
    read: dict[str, Callable[[], object]] = {
        "owner": lambda: form.one("owner"),
        "backup": lambda: optional(form, "backup"),
        "members": lambda: lines(form, "members"),
        "teams": lambda: list(form.all("teams")),
        "strategy": lambda: form.one("strategy"),
        "skills": lambda: {
            skill: {"level": level, **({"relax": rest[0]} if rest else {})}
            for skill, (level, *rest) in pairs(form, "skills", "'vat 3' or 'vat 3 PT4H'").items()
        },
        "due": lambda: optional(form, "due"),
        "calendar": lambda: optional(form, "calendar"),
    }
    return {one: read[one]() for one in fields}


def _queue_inputs(people: People, queue: Queue | None, fields: tuple[str, ...]) -> tuple[InputView, ...]:
    able = humans(people)
    had = queue.model_dump(mode="json") if queue is not None else {}
    skills = queue.skills if queue is not None else {}
    every = {
        "owner": InputView(
            name="owner", label="Owner", kind="select", value=had.get("owner", ""), options=choices(able),
            about="Answers for it, and gets what nobody else may decide.",
        ),
        "backup": InputView(
            name="backup", label="Backup", kind="select", value=had.get("backup") or "",
            options=choices(able, none="none"),
        ),
        "members": InputView(
            name="members", label="Members", kind="lines", value="\n".join(had.get("members", ())),
            about="Who decides day to day, a name on each line.",
        ),
        "teams": InputView(
            name="teams", label="Teams", kind="checks", chosen=tuple(had.get("teams", ())),
            options=choices(people.teams), about="All of their people are members.",
        ),
        "strategy": InputView(
            name="strategy", label="Goes to", kind="select", value=had.get("strategy", "least-loaded"),
            options=tuple(choice(one, words(one)) for one in get_args(Strategy)),
            about="Named: the first of the members who is here.",
        ),
        "skills": InputView(
            name="skills", label="Skills", kind="lines",
            value="\n".join(_skill_line(skill, needed) for skill, needed in skills.items()),
            about="A skill and its least level, such as 'vat 3'; 'vat 3 PT4H' asks for less after so long.",
        ),
        "due": InputView(
            name="due", label="Due in", value=had.get("due") or "",
            about="Such as PT24H; where a step sets none.",
        ),
        "calendar": InputView(
            name="calendar", label="Open by", kind="select", value=had.get("calendar") or "",
            options=choices(people.calendars, none="at any time"),
        ),
    }  # fmt: skip
    lacking = {name for name, there in (("teams", people.teams), ("calendar", people.calendars)) if not there}
    return tuple(every[one] for one in fields if one not in lacking)


def _skill_line(skill: str, needed: Needed) -> str:
    relax = needed.model_dump(mode="json")["relax"]
    return f"{skill} {needed.level}" + (f" {relax}" if relax else "")


# Authority


def row(context: Context, by: str, row_id: str) -> Draft:
    """A row of authority: a new one where no id is given. Raises Forbidden or Conflict."""
    people = context.people
    found = _row(people, by, row_id) if row_id else None
    if found is None and not rosters.may(people, by, "authority", row={"person": ""}):
        raise Forbidden(f"{by} gives no authority: an administrator does")

    def edit(form: Form) -> Edit:
        grant = checked(Grant, _grant(form))
        return edits.granted(grant) if found is None else edits.regranted(row_id, grant)

    return Draft(
        title="Give authority" if found is None else "Change a row of authority",
        sentence="Where rows speak of a decision, whom none of them fits may not decide it.",
        action="/authority/row", then="/authority", submit="Give" if found is None else "Save", edit=edit,
        row=row_id, inputs=_grant_inputs(context, found),
    )  # fmt: skip


def removed(context: Context, by: str, row_id: str) -> Draft:
    """A row of authority is taken out. Raises Forbidden or Conflict."""
    found = _row(context.people, by, row_id)
    who = found.person or (f"team {found.team}" if found.team else f"every {found.role}")
    kinds = "everything" if ANYTHING in found.decides else ", ".join(words(one) for one in found.decides)
    return Draft(
        title=f"Take authority from {who}", sentence=f"For {kinds} of {found.process or 'all processes'}.",
        told=(
            "Where other rows speak of it, they decide it no more.",
            "Where none does, it is open to its queue again.",
        ),
        action="/authority/remove", then="/authority", submit="Take it out", row=row_id, inputs=(),
        edit=lambda _: edits.regranted(row_id, None), danger=True,
    )  # fmt: skip


def _row(people: People, by: str, row_id: str) -> Grant:
    found = next((one for one in personnel.rows_seen(people, by) if edits.row_id(one) == row_id), None)
    if found is None:
        raise Conflict("This row of authority is not there any more as you saw it", state="changed")
    written = found.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if not rosters.may(people, by, "authority", row=written):
        raise Forbidden(f"{by} may not change this row: an administrator whom it is not about does")
    return found


def _grant(form: Form) -> dict[str, object]:
    kind, _, who = form.one("for").partition(":")
    second = form.one("second")
    split = [optional(form, name) for name in ("split_limit", "split_within")]
    if any(split) and not all(split):
        raise InvalidInput([Fault("split_limit", "write both the sum and the time, or none of them")])
    return {
        **({kind: who} if kind in ("person", "team", "role") else {}),
        "process": optional(form, "process"),
        "decides": list(form.all("decides")),
        "limit": optional(form, "limit"),
        "split": {"limit": split[0], "within": split[1]} if all(split) else None,
        "consequence": optional(form, "consequence"),
        "only": _only(form),
        "above": optional(form, "above"),
        "second": form.one("second_from").strip() if second == _FROM else second or "never",
        "write": list(form.all("write")),
        "delegate": optional(form, "delegate"),
    }


def _only(form: Form) -> dict[str, list[str]]:
    """Lines of `fact = value`; a value that could be misread stands in quotes, as JSON."""
    found: dict[str, list[str]] = {}
    for line in lines(form, "only"):
        fact, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not fact:
            raise InvalidInput([Fault("only", f"'{line[:80]}': write such as country = DE")])
        found.setdefault(fact, []).append(_unquoted(value))
    return found


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        text = json.loads(value)
    except ValueError:
        raise InvalidInput([Fault("only", f"{value[:80]}: the quotes do not close")]) from None
    return str(text)


def only_lines(only: Mapping[str, tuple[str, ...]]) -> str:
    """The lines that `only` is written as."""
    return "\n".join(f"{fact} = {_quoted(value)}" for fact, values in only.items() for value in values)


def _quoted(value: str) -> str:
    plain = value == value.strip() and value.isprintable() and not value.startswith('"') and value
    return value if plain else json.dumps(value)


def _grant_inputs(context: Context, grant: Grant | None) -> tuple[InputView, ...]:
    people = context.people
    had = grant.model_dump(mode="json", by_alias=True) if grant is not None else {}
    who = next((f"{kind}:{had[kind]}" for kind in ("person", "team", "role") if had.get(kind)), "")
    whom = (
        *(choice(f"person:{name}", name) for name in humans(people)),
        *(choice(f"team:{name}", f"team {name}") for name in people.teams),
        *(choice(f"role:{role}", f"every {role}") for role in DECIDERS),
    )
    if grant is not None and who not in {one.value for one in whom}:
        whom = (*whom, choice(who, who.partition(":")[2]))
    points = sorted(
        {point for process in context.processes.current.values() for point, _ in process.map.places}
        | set(had.get("decides", ())) - {ANYTHING}
    )
    second = grant.second if grant is not None else "never"
    split = grant.split if grant is not None else None
    return (
        InputView(name="for", label="Who", kind="select", value=who, options=whom, required=True),
        InputView(
            name="process", label="Process", kind="select", value=had.get("process") or "",
            options=choices(sorted(context.processes.current), none="all"),
        ),
        InputView(
            name="decides", label="Decisions", kind="checks", chosen=tuple(had.get("decides", ())),
            options=(choice(ANYTHING, "all"), *(choice(point, words(point)) for point in points)),
        ),
        InputView(
            name="limit", label="Alone, up to", value=_sum(grant.limit if grant else None),
            about="Such as 10000 EUR. Empty: no limit by this row.",
        ),
        InputView(
            name="split_limit", label="All cases of one subject, up to",
            value=_sum(split.limit if split else None),
            about="Such as 25000 EUR, so that nobody splits what is too large.",
        ),
        InputView(
            name="split_within", label="Within", value=(had.get("split") or {}).get("within", ""),
            about="Such as P7D.",
        ),
        InputView(
            name="consequence", label="Highest consequence", kind="select",
            value=had.get("consequence") or "", options=choices(Grade, none="all"),
        ),
        InputView(
            name="only", label="Only where", kind="lines", value=only_lines(grant.only) if grant else "",
            about="A fact and a value on each line, such as country = DE.",
        ),
        InputView(
            name="above", label="What goes beyond goes to", kind="select", value=had.get("above") or "",
            options=choices(humans(people), none="whoever may decide it"),
        ),
        InputView(
            name="second", label="Second person", kind="select",
            value=_FROM if isinstance(second, Money) else second,
            options=(choice("never"), choice("always"), choice(_FROM, "from a sum on")),
        ),
        InputView(
            name="second_from", label="From", value=_sum(second if isinstance(second, Money) else None),
            about="Such as 5000 EUR, where a second person has to agree from a sum on.",
        ),
        InputView(
            name="write", label="Has to write down", kind="checks", chosen=tuple(had.get("write", ())),
            options=(choice("reason"), choice("note")),
        ),
        InputView(
            name="delegate", label="May be lent for", value=had.get("delegate") or "",
            about="Such as P14D. Empty: not at all.",
        ),
    )  # fmt: skip


def _sum(money: Money | None) -> str:
    return "" if money is None else f"{money.amount:f} {money.currency}"
