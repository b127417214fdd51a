"""Changes of people: who somebody is, when they are away, what they lend, and that they leave."""

from collections.abc import Callable

from surehand.core import edits, rosters
from surehand.core.edits import Edit
from surehand.core.grants import ANYTHING, Delegation
from surehand.core.people import Absence, People, Person
from surehand.core.phrases import words
from surehand.core.roles import DECIDERS, Role
from surehand.errors import Conflict, Forbidden
from surehand.flow import personnel
from surehand.flow.context import Context
from surehand.web.forms import Form
from surehand.web.roster_forms import Draft, checked, choice, choices, lines, name_of, optional, pairs
from surehand.web.views.people import InputView

#: The fields of a person that a form has, in its order.
_FIELDS = (
    "name", "email", "slack", "aliases", "roles", "team", "skills", "capacity", "limit", "zone", "calendar"
)  # fmt: skip


def humans(people: People, *, but: str = "") -> tuple[str, ...]:
    """Active people, services left out."""
    return tuple(
        name
        for name, person in sorted(people.people.items())
        if person.active and name != but and not person.has(Role.SERVICE)
    )


def added(context: Context, by: str) -> Draft:
    """Somebody new. Raises Forbidden."""
    people = context.people
    if not rosters.may(people, by, "people", "", "name"):
        raise Forbidden(f"{by} may not add people: an administrator does")
    called = InputView(
        name="called", label="Name here", about="Such as ap.clerk; it never changes.", required=True
    )

    def edit(form: Form) -> Edit:
        name = name_of(form, "called", "ap.clerk")
        return edits.person_added(name, checked(Person, _values(form, _FIELDS)))

    return Draft(
        title="Somebody new", sentence="They can sign in once 'surehand passwd' gave them a password.",
        action="/roster/person", then="/people", submit="Add", edit=edit,
        inputs=(called, *_inputs(people, Person(), _FIELDS)),
    )  # fmt: skip


def changed(context: Context, by: str, name: str) -> Draft:
    """Who somebody is. Shows the fields that the reader may change. Raises NotFound or Forbidden."""
    people = context.people
    personnel.known(context, name)
    fields = tuple(one for one in _FIELDS if rosters.may(people, by, "people", name, one))
    if not fields:
        raise Forbidden(f"{by} may not change {name}: an administrator does")

    def edit(form: Form) -> Edit:
        person = checked(Person, _values(form, fields))
        return edits.person_changed(name, {one: getattr(person, one) for one in fields})

    return Draft(
        title=f"Change {name}", sentence="What is changed here counts from the next decision on.",
        action=f"/people/{name}/edit", then=f"/people/{name}", submit="Save", edit=edit,
        inputs=_inputs(people, people.people[name], fields),
    )  # fmt: skip


def _values(form: Form, fields: tuple[str, ...]) -> dict[str, object]:
    """What the form says of a person, as people.yaml would."""
    read: dict[str, Callable[[], object]] = {
        "name": lambda: form.one("name").strip(),
        "email": lambda: optional(form, "email"),
        "slack": lambda: optional(form, "slack"),
        "calendar": lambda: optional(form, "calendar"),
        "aliases": lambda: lines(form, "aliases"),
        "roles": lambda: list(form.all("roles")),
        "team": lambda: optional(form, "team"),
        "skills": lambda: {skill: level for skill, (level, *_) in pairs(form, "skills", "'vat 3'").items()},
        "capacity": lambda: optional(form, "capacity") or 1.0,
        "limit": lambda: optional(form, "limit"),
        "zone": lambda: optional(form, "zone") or "UTC",
    }
    return {one: read[one]() for one in fields}


def _inputs(people: People, person: Person, fields: tuple[str, ...]) -> tuple[InputView, ...]:
    every = {
        "name": InputView(name="name", label="Name, as people read it", value=person.name),
        "email": InputView(name="email", label="E-mail", value=person.email or ""),
        "slack": InputView(
            name="slack", label="Slack", value=person.slack or "",
            about="Their member id there: whoever presses a button under it decides as them.",
        ),
        "calendar": InputView(
            name="calendar", label="Works by", kind="select", value=person.calendar or "",
            options=choices(people.calendars, none="at any time"),
        ),
        "aliases": InputView(
            name="aliases", label="Also known as", kind="lines", value="\n".join(person.aliases),
            about="Other names of the same human elsewhere, one on a line: they count as theirs.",
        ),
        "roles": InputView(
            name="roles", label="Roles", kind="checks", chosen=tuple(person.roles), options=choices(Role)
        ),
        "team": InputView(
            name="team", label="Team", kind="select", value=person.team or "",
            options=choices(people.teams, none="none"),
        ),
        "skills": InputView(
            name="skills", label="Skills", kind="lines",
            value="\n".join(f"{skill} {level}" for skill, level in person.skills.items()),
            about="A skill and its level from 1 to 5 on each line, such as 'vat 3'.",
        ),
        "capacity": InputView(
            name="capacity", label="Takes", value=f"{person.capacity:g}",
            about="How much of a queue, next to others: 0.5 is half as much.",
        ),
        "limit": InputView(
            name="limit", label="Limit", value="" if person.limit is None else str(person.limit),
            about="The largest stake that they decide alone, in the process's currency. Empty: no limit.",
        ),
        "zone": InputView(
            name="zone", label="Time zone", value=person.zone, about="Such as Europe/Berlin."
        ),
    }  # fmt: skip
    return tuple(every[one] for one in fields if one != "calendar" or people.calendars)


def away(context: Context, by: str, name: str) -> Draft:
    """Somebody is away on some days. Raises NotFound or Forbidden."""
    people = context.people
    personnel.known(context, name)
    if not rosters.may(people, by, "people", name, "absences"):
        raise Forbidden(f"{by} may not enter absences of {name}: they do, or who owns their queue")

    def edit(form: Form) -> Edit:
        days = {"from": form.one("from"), "until": form.one("until") or form.one("from")}
        absence = checked(Absence, {**days, "stand_in": optional(form, "stand_in")})
        return edits.absence_entered(name, absence)

    return Draft(
        title=f"{name} is away", sentence="Cases that would be theirs go to others on these days.",
        action=f"/people/{name}/absence", then=f"/people/{name}", submit="Enter absence", edit=edit,
        inputs=(
            InputView(name="from", label="First day", kind="date", required=True),
            InputView(name="until", label="Last day", kind="date", about="Empty: one day."),
            InputView(
                name="stand_in", label="Who stands in", kind="select",
                options=choices(humans(people, but=name), none="the queue decides"),
                about="Gets what would be theirs, as far as they may decide it.",
            ),
        ),
    )  # fmt: skip


def back(context: Context, by: str, name: str, row: str) -> Draft:
    """Somebody is not away after all, or is back. Raises NotFound, Forbidden or Conflict."""
    people = context.people
    personnel.known(context, name)
    if not rosters.may(people, by, "people", name, "absences"):
        raise Forbidden(f"{by} may not end absences of {name}: they do, or who owns their queue")
    found = next((one for one in people.people[name].absences if edits.row_id(one) == row), None)
    if found is None:
        raise Conflict("This absence is not there any more as you saw it", state="changed")
    today = people.people[name].day(context.clock())
    began = found.start < today
    return Draft(
        title=f"{name} is back" if began else f"{name} is not away",
        sentence=f"{found.start} to {found.until}. {'It ends yesterday.' if began else 'It is taken out.'}",
        action=f"/people/{name}/absence/end", then=f"/people/{name}", submit="End absence", row=row,
        inputs=(), edit=lambda _: edits.absence_ended(name, row, today=today),
    )  # fmt: skip


def lends(context: Context, by: str, name: str) -> Draft:
    """Somebody lends what they may decide. Raises NotFound or Forbidden."""
    people = context.people
    personnel.known(context, name)
    if by != name:
        raise Forbidden(f"Only {name} lends what {name} may decide")
    kinds = sorted({one.point for one in personnel.decided_by(context, name)})
    if not kinds:
        raise Forbidden(f"{name} decides nothing that could be lent")

    def edit(form: Form) -> Edit:
        values = {
            "by": name, "to": form.one("to"), "decides": list(form.all("decides")) or [ANYTHING],
            "from": form.one("from"), "until": form.one("until") or form.one("from"),
            "because": form.one("because")[:500],
        }  # fmt: skip
        return edits.lent(checked(Delegation, values))

    able = [one for one in humans(people, but=name) if people.people[one].has(*DECIDERS)]
    listed = tuple(choice(kind, words(kind)) for kind in kinds)
    return Draft(
        title="Lend what you may decide",
        sentence="Only as far as they may decide alone as well: lending never widens, and is not passed on.",
        action=f"/people/{name}/delegate", then=f"/people/{name}", submit="Lend", edit=edit,
        inputs=(
            InputView(name="to", label="To", kind="select", options=choices(able), required=True),
            InputView(
                name="decides", label="Decisions", kind="checks", options=listed, about="None: all of them."
            ),
            InputView(name="from", label="First day", kind="date", required=True),
            InputView(name="until", label="Last day", kind="date", about="Empty: one day."),
        ),
    )  # fmt: skip


def takes_back(context: Context, by: str, row: str) -> Draft:
    """What is lent is taken back. Raises Forbidden or Conflict."""
    people = context.people
    found = next((one for one in people.delegations if edits.row_id(one) == row), None)
    if found is None or not (by in (found.by, found.to) or rosters.sees_everyone(people, by)):
        raise Conflict("This delegation is not there any more as you saw it", state="changed")
    if not rosters.may(people, by, "delegations", row=found.model_dump(mode="json", by_alias=True)):
        raise Forbidden(f"{found.by} takes back what {found.by} lent, or an administrator does")
    today = people.people[found.by].day(context.clock())
    return Draft(
        title=f"End what {found.by} lends {found.to}", sentence=f"{found.start} to {found.until}.",
        action="/delegations/end", then=f"/people/{found.by}", submit="End it now", row=row, inputs=(),
        edit=lambda _: edits.taken_back(row, today=today),
    )  # fmt: skip


def leaves(context: Context, by: str, name: str) -> Draft:
    """Somebody has left; the page says what goes to whom. Raises NotFound or Forbidden."""
    people = context.people
    personnel.known(context, name)
    if not rosters.may(people, by, "people", name, "active"):
        raise Forbidden(f"{by} may not disable {name}: an administrator does")
    found = personnel.if_disabled(context, name)
    told: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    if isinstance(found, str):
        problems = (found,)
    else:
        held = tuple(
            f"{'1 case goes' if n == 1 else f'{n} cases go'} to {to}" for to, n in found.most_common()
        )
        told = held or ("They hold nothing.",)
        undone = personnel.left_undone(context, name)
        told += tuple(f"To be put right then, at {one.where}: {one.message}" for one in undone)
    owned = [queue for queue, one in people.queues.items() if one.owner == name]
    told += tuple(f"The queue {queue} goes to another owner." for queue in owned)
    told += ("They are signed out, and their API keys stop.", "What was lent by them or to them ends.")
    return Draft(
        title=f"Disable {name}", sentence="In one step: nothing waits unowned. The name stays taken.",
        action=f"/people/{name}/disable", then=f"/people/{name}", submit=f"Disable {name}", inputs=(),
        edit=lambda _: lambda roster: rosters.without(roster, name), told=told, problems=problems,
        danger=True, leaves=True,
    )  # fmt: skip


def returns(context: Context, by: str, name: str) -> Draft:
    """Somebody is here again. Raises NotFound or Forbidden."""
    personnel.known(context, name)
    if not rosters.may(context.people, by, "people", name, "active"):
        raise Forbidden(f"{by} may not enable {name}: an administrator does")
    return Draft(
        title=f"Enable {name} again",
        sentence="Without queues, keys and authority of their own: give them anew.",
        action=f"/people/{name}/enable", then=f"/people/{name}", submit=f"Enable {name}", inputs=(),
        edit=lambda _: edits.person_changed(name, {"active": True}),
    )  # fmt: skip
