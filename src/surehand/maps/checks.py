"""What can be wrong with a map without looking at its functions: people, deadlines, levels, bands, names."""

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from surehand.core import bands as presets
from surehand.core.oversight import Level
from surehand.core.people import People
from surehand.core.policy import Band, Grade
from surehand.core.process import ExceptionPath, FieldType, Model, Process
from surehand.core.roles import DECIDERS
from surehand.core.steps import Act, Decide, DecisionPoint, Draft, Verify
from surehand.core.terms import Sla
from surehand.errors import Fault
from surehand.maps import language
from surehand.maps.deadlines import check_deadline, check_point
from surehand.maps.faults import Faults, listed, nearest
from surehand.maps.functions import RESERVED, Known
from surehand.maps.learners import BUILT_IN as LEARNERS
from surehand.maps.learners import Learner, check_keys, check_use
from surehand.maps.oversight import overseen
from surehand.maps.roster import person_fault
from surehand.maps.source import DataPath, Places
from surehand.maps.types import FactType
from surehand.maps.verifying import named_in, too_early
from surehand.signals import BUILT_IN


@dataclass(frozen=True, slots=True)
class Names:
    """Names that maps may use for what is installed."""

    signals: Collection[str] = BUILT_IN
    providers: Collection[str] = ("function", "rules", "external")
    extractors: Collection[str] = ("field-extractor",)
    classifiers: Mapping[str, Learner] = dataclasses.field(default_factory=lambda: LEARNERS)
    #: What is missing for a language model; by default nobody looks.
    languages: Mapping[str, language.Lacking] = dataclasses.field(
        default_factory=lambda: {"llm": lambda _model: ()}
    )


def check_map(
    process: Process,
    people: People,
    faults: Faults,
    names: Names,
    *,
    queues: bool = True,
    pinned: bool = False,
) -> None:
    """Everything about the map itself.

    queues  also that those who hold its queues are active people
    pinned  nothing about people: they may have left since this version was published
    """
    if not pinned:
        _people(process, people, faults, queues=queues)
    _duplicates(process, faults)
    _input(process, faults)
    for name, model in process.models.items():
        _model(name, model, names, faults, currency=process.currency, installed=not pinned)
    check_use(process, names.classifiers, faults)
    for number, step in enumerate(process.steps):
        path: DataPath = ("steps", number)
        model_name = getattr(step, "model", None)
        if model_name is not None and model_name not in process.models:
            faults.unknown((*path, "model"), "The model", model_name, process.models)
        if isinstance(step, DecisionPoint):
            _routing(step, path, faults, names, process)
            overseen(process, number, faults)
    _actions(process, faults)


def _model(name: str, model: Model, names: Names, faults: Faults, *, currency: str, installed: bool) -> None:
    """A model has a provider, and the keys of that provider."""
    known = (*names.providers, *names.extractors, *names.classifiers, *names.languages)
    if model.provider not in known:
        faults.unknown(("models", name, "provider"), "The provider", model.provider, known)
    elif model.provider in names.languages:
        lacking = names.languages[model.provider]
        language.check_keys(name, model, faults, lacking, currency=currency, installed=installed)
    else:
        check_keys(name, model, names.classifiers, faults, installed=installed)
        language.refuse_keys(name, model, faults)


def _people(process: Process, people: People, faults: Faults, *, queues: bool) -> None:
    """Everybody named is there, and every place where a case waits has an owner and a deadline."""
    for number, step in enumerate(process.steps):
        if isinstance(step, DecisionPoint):
            _four_eyes(step, ("steps", number), people, faults)
    for part, places in (("steps", process.steps), ("exceptions", process.exceptions)):
        for number, one in enumerate(places):
            if isinstance(one, DecisionPoint | ExceptionPath):
                _waiting(one.queue, one.sla, (part, number), people, faults, process, queues=queues)
            if isinstance(one, DecisionPoint):
                check_point(process, number, people, faults)
                for row, other in enumerate(one.queues):
                    place = (part, number, "queues", row)
                    _waiting(other.queue, one.sla, place, people, faults, process, queues=queues)
    person_fault(faults, ("owner",), process.owner, people, "The owner")
    builder = process.builder
    if builder not in people.people:
        faults.add(
            ("builder",), f"The builder, '{builder}', is not in people.yaml.", nearest(builder, people.people)
        )
    if process.owner == builder:
        faults.add(
            ("builder",), f"'{builder}' is both owner and builder: who builds it does not answer for it."
        )


def people_faults(process: Process, people: People, places: Places) -> list[Fault]:
    """What is wrong between a map that runs and people who are about to change."""
    faults = Faults(places)
    _people(process, people, faults, queues=True)
    return faults.found


def _duplicates(process: Process, faults: Faults) -> None:
    for part, named in (("steps", process.steps), ("exceptions", process.exceptions)):
        counts = Counter(one.name for one in named)
        seen: set[str] = set()
        for number, one in enumerate(named):
            if counts[one.name] > 1 and one.name in seen:
                kind = "step" if part == "steps" else "exception"
                faults.add((part, number), f"There is another {kind} called '{one.name}'.")
            seen.add(one.name)


def _input(process: Process, faults: Faults) -> None:
    for name, declared in process.input.fields.items():
        if name in RESERVED:
            faults.add(("input", "fields", name), f"'{name}' has a meaning of its own: choose another name.")
        if declared.choices is not None and declared.type is not FieldType.TEXT:
            faults.add(("input", "fields", name, "choices"), "Only a text can have choices.")


def _waiting(
    queue: str, sla: Sla, path: DataPath, people: People, faults: Faults, process: Process, *, queues: bool
) -> None:
    """A case that waits here has an owner and a deadline."""
    due = sla.due
    found = people.queues.get(queue)
    if found is None:
        faults.unknown((*path, "queue"), "The queue", queue, people.queues)
    else:
        due = due or found.due
        for person in people.everybody(queue) if queues else ():
            person_fault(faults, (*path, "queue"), person, people, f"In queue '{queue}'")
        if found.owner == process.builder and process.owner != process.builder:
            faults.add(
                (*path, "queue"),
                f"The queue '{queue}' belongs to the builder, '{found.owner}', who may not own the review.",
            )
        if due is None:
            faults.add(
                path, f"A case here has no deadline: write sla: {{due: PT24H}}, or due in queue '{queue}'."
            )
    if sla.escalate_to is not None:
        person_fault(faults, (*path, "sla", "escalate_to"), sla.escalate_to, people, "Who it is escalated to")
    check_deadline(sla, found, (*path, "sla"), people, faults, name=queue)


def _routing(step: DecisionPoint, path: DataPath, faults: Faults, names: Names, process: Process) -> None:
    for number, signal in enumerate(step.signals or ()):
        if signal not in names.signals:
            faults.unknown((*path, "signals", number), "The signal", signal, names.signals)
    model = process.models.get(step.model or "")
    asks = model is not None and model.provider in names.languages
    language.check_signals(step, model if asks else None, path, faults)
    if step.level is not None:
        _level(step.level, (*path, "level"), faults)
    if step.bands is not None:
        _bands(step, (*path, "bands"), faults)
    for number, passage in enumerate(step.policy):
        if passage not in process.policies:
            faults.unknown((*path, "policy", number), "The policy", passage, process.policies)
    for number, rule in enumerate(step.rules):
        _level(rule.route, (*path, "rules", number, "route"), faults)
        if rule.policy is not None and rule.policy not in process.policies:
            faults.unknown((*path, "rules", number, "policy"), "The policy", rule.policy, process.policies)
    for number, limit in enumerate(step.limits):
        if limit.policy is not None and limit.policy not in process.policies:
            faults.unknown((*path, "limits", number, "policy"), "The policy", limit.policy, process.policies)


def _four_eyes(step: DecisionPoint, path: DataPath, people: People, faults: Faults) -> None:
    """There are as many people as have to agree."""
    able = {queue: _who_decide(people, queue) for queue in step.all_queues if queue in people.queues}
    for number, row in enumerate(step.four_eyes):
        place = (*path, "four_eyes", number)
        if row.above is not None and step.consequence.money is None:
            faults.add(
                (*place, "above"), "'above' needs consequence: {money: ...}, the fact that holds the sum."
            )
        for queue, count in able.items():
            if row.people > count:
                there = f"{count} who decide" if count != 1 else "1 who decides"
                faults.add(
                    place, f"{row.people} people have to agree, and queue '{queue}' has {there}.",
                    kind=f"{row.people} of '{queue}'",
                )  # fmt: skip


def _who_decide(people: People, queue: str) -> int:
    names = people.everybody(queue)
    return sum(people.active(name) and people.people[name].has(*DECIDERS) for name in names)


def _level(level: str, path: DataPath, faults: Faults) -> None:
    if level not in {str(one) for one in Level}:
        faults.unknown(path, "The level", level, [str(one) for one in Level])


def _bands(step: DecisionPoint, path: DataPath, faults: Faults) -> None:
    try:
        rows = presets.resolve(step.bands or ())
    except KeyError:
        faults.unknown(path, "The preset of bands", step.bands, presets.PRESETS)
        return
    own = not isinstance(step.bands, str)
    for number, band in enumerate(rows):
        if own:
            _level(band.route, (*path, number, "route"), faults)
        if band.under is not None and step.consequence.money is None:
            place = (*path, number) if own else path
            faults.add(
                place, "Bands with 'under' need consequence: {money: ...}, the fact that holds the sum."
            )
    for grade in Grade:
        if own and not _descends(rows, grade, path, faults):
            return


def _descends(rows: tuple[Band, ...], grade: Grade, path: DataPath, faults: Faults) -> bool:
    """The rows of one grade go down to 0, and no step down means fewer people."""
    before: Band | None = None
    covered = False
    for number, band in enumerate(rows):
        if grade not in band.consequence or band.under is not None:
            continue
        if before is not None and (covered or _starts(band) >= _starts(before)):
            faults.add(
                (*path, number), f"This row is never reached at {grade} consequence: the rows must descend."
            )
            return False
        if before is not None and band.route.rank < before.route.rank:
            faults.add(
                (*path, number),
                f"At {grade} consequence, lower confidence leads to fewer people "
                f"({before.route.words}, then {band.route.words}).",
            )
            return False
        before, covered = band, band.at_least == 0
    if not covered:
        faults.add(
            path, f"The bands do not descend to 0 at {grade} consequence: end with {{from: 0, route: ...}}."
        )
    return covered


def _starts(band: Band) -> tuple[float, bool]:
    return band.edge, band.above is not None


def _actions(process: Process, faults: Faults) -> None:
    point: DecisionPoint | None = None
    for number, step in enumerate(process.steps):
        if isinstance(step, DecisionPoint):
            point = step
        elif isinstance(step, Act):
            _after(step, point, ("steps", number), process, faults)


def _after(step: Act, point: DecisionPoint | None, path: DataPath, process: Process, faults: Faults) -> None:
    if point is None:
        later = next((one for one in process.steps if isinstance(one, DecisionPoint)), None)
        hint = f": move it after '{later.name}'" if later else ""
        faults.add(path, f"'{step.act}' would run before anything is decided{hint}.")
        return
    if step.after is None:
        return
    place = (*path, "after")
    if isinstance(point, Draft):
        faults.add(place, f"'{point.name}' gives a text, which 'after' cannot name: leave it out.")
    elif isinstance(point, Verify):
        faults.add(place, f"'{point.name}' says what was read, which 'after' cannot name: leave it out.")
    elif not isinstance(point, Decide):
        return
    elif point.yes_no and not isinstance(step.after, bool):
        near = "true" if step.after.lower() in ("yes", "y") else "false"
        faults.add(
            place, f"'{point.name}' is answered by yes or no: write after: true or after: false.", near
        )
    elif point.ranking is not None:
        faults.add(place, f"'{point.name}' gives a list of names, which 'after' cannot name: leave it out.")
    elif point.number is not None:
        faults.add(place, f"'{point.name}' gives a number, which 'after' cannot name: leave it out.")
    elif point.open_choices:
        faults.add(
            place, f"'{point.name}' is answered from an open list, which 'after' cannot name: leave it out."
        )
    elif point.choices is not None and step.after not in point.choices:
        faults.add(
            place,
            f"'{step.act}' can never run: '{point.name}' gives {listed(point.choices)}, not '{step.after}'.",
            nearest(step.after, point.choices),
        )


def check_names(process: Process, number: int, known: Known, faults: Faults) -> None:
    """The facts that a decision point names are known there."""
    step = process.steps[number]
    assert isinstance(step, DecisionPoint)
    path: DataPath = ("steps", number)

    def expect(name: str, place: DataPath, what: str) -> bool:
        if name in known.facts:
            return True
        if early := too_early(name, known):
            faults.add(place, f"{early}.")
        else:
            faults.unknown(place, what, name, known.facts)
        return False

    for index, name in enumerate(step.facts):
        expect(name, (*path, "facts", index), "The fact")
    if step.subject is not None:
        expect(step.subject, (*path, "subject"), "The fact")
    for index, name in enumerate(step.identified_by):
        place = (*path, "identified_by", index)
        if expect(name, place, "The fact") and known.facts[name].word not in ("text", "integer"):
            word = known.facts[name].word.replace("_", " ")
            faults.add(place, f"'{name}' is {word}, and must be a text or a whole number.")
    if step.identified_by and step.subject is None:
        faults.add((*path, "identified_by"), "'identified_by' tells cases of one 'subject' apart: name it.")
    for index, name in enumerate(step.interested):
        expect(name, (*path, "interested", index), "The fact")
    for index, name in enumerate(step.slices):
        expect(name, (*path, "slices", index), "The fact")
    if step.guarantee is not None and step.guarantee.cluster is not None:
        expect(step.guarantee.cluster, (*path, "guarantee", "cluster"), "The fact")
    money = step.consequence.money
    place = (*path, "consequence", "money")
    if isinstance(money, str) and expect(money, place, "The fact"):
        word = known.facts[money].word
        if word not in ("money", "number", "integer"):
            faults.add(place, f"'{money}' is {word.replace('_', ' ')}, and must be money or a number.")
    if isinstance(step, Decide) and step.ranking is not None:
        place = (*path, "ranking", "of")
        if expect(step.ranking.of, place, "The fact") and not _names(known.facts[step.ranking.of]):
            word = known.facts[step.ranking.of].word.replace("_", " ")
            faults.add(place, f"'{step.ranking.of}' is {word}, and must be a list of texts to pick from.")
    _question(step.question, (*path, "question"), known, faults)


def _names(kind: FactType) -> bool:
    return kind.word == "texts" or (
        kind.word == "list" and kind.item is not None and kind.item.word == "text"
    )


def _question(question: str | None, path: DataPath, known: Known, faults: Faults) -> None:
    fields = named_in(question)
    if fields is None:
        faults.add(path, "The braces do not match: write {name} for a fact.")
        return
    for field in fields:
        if field not in known.facts and (early := too_early(field, known)):
            faults.add(path, f"{early}.")
        elif field not in known.facts:
            faults.unknown(path, "The fact", field, known.facts)
