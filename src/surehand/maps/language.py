"""Language models, as maps write them: which keys they take, what they are told, and what they need."""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from surehand.core.process import Model, Prices, Process
from surehand.core.steps import Decide, DecisionPoint
from surehand.discretion import names_a_secret
from surehand.maps.faults import Faults, listed, nearest
from surehand.maps.functions import Known
from surehand.maps.source import DataPath

#: Model -> (key, what is missing on this machine and how to get it), for each thing that is missing.
Lacking = Callable[[Model], Iterable[tuple[str, str]]]

#: Type words of facts that it can be told.
KINDS = ("text", "texts", "number", "integer", "yes_no", "money", "date", "timestamp")

#: Keys that only a language model has.
_OWN = (
    "model", "base_url", "key", "instructions", "temperature", "timeout", "within", "retries", "samples",
    "at_once", "budget", "prices", "logprobs", "masking",
)  # fmt: skip
#: Keys that only other models have.
_OTHERS = ("examples", "vectors", "out_of_scope", "cluster", "day_first")

#: Kinds of model that are asked in the language of OpenAI; with `base_url` all are.
_TELL_LOGPROBS = ("openai", "openai-chat", "openai-responses")
_LIKELY = "token_probability"


def refuse_keys(name: str, model: Model, faults: Faults) -> None:
    """A model that is no language model has none of its keys."""
    for key in _OWN:
        if getattr(model, key) is not None:
            faults.add(("models", name, key), f"A {model.provider} model has no '{key}': it asks nobody.")


def check_keys(
    name: str, model: Model, faults: Faults, lacking: Lacking, *, currency: str, installed: bool
) -> None:
    """The keys of a language model.

    currency   the process's
    installed  what it needs must be on this machine
    """
    path: DataPath = ("models", name)
    for key in _OTHERS:
        if getattr(model, key) is not None:
            faults.add((*path, key), f"A {model.provider} model has no '{key}': it learns from no examples.")
    if model.model is None:
        faults.add(
            path, "Which model is asked is missing: write model: KIND:NAME, such as openai:NAME of the model."
        )
    elif model.base_url is None and model.key is None and model.model.startswith("openai"):
        faults.add(
            path, "Name the environment variable that holds the key: key: OPENAI_API_KEY. The key itself "
            "never stands in a map.",
        )  # fmt: skip
    if model.key is not None and not names_a_secret(model.key):
        faults.add(
            (*path, "key"),
            f"Values of a variable called '{model.key}' are not kept out of messages: give it a name with "
            "API_KEY, TOKEN or SECRET in it.",
        )
    if model.base_url is not None and not _kept_private(model.base_url):
        faults.add(
            (*path, "base_url"),
            "Cases and the key would be sent in the clear: write https://, or the address of a server in the "
            "house.",
        )
    if model.timeout is not None and model.within is not None and model.timeout > model.within:
        faults.add(
            (*path, "within"), "One call may take longer ('timeout') than the whole answer ('within')."
        )
    if model.logprobs and model.base_url is None and str(model.model).partition(":")[0] not in _TELL_LOGPROBS:
        faults.add(
            (*path, "logprobs"), "Log-probabilities are asked for in the language of OpenAI: write base_url "
            "for a server that speaks it, or leave 'logprobs' out.",
        )  # fmt: skip
    _money(path, model, model.prices, faults, currency)
    if installed:
        for key, message in lacking(model):
            faults.add((*path, key) if getattr(model, key) is not None else path, message)


def _money(path: DataPath, model: Model, prices: Prices | None, faults: Faults, currency: str) -> None:
    """A budget of money has prices to count with, in the one currency of the process."""
    limited = model.budget is not None and model.budget.money is not None
    if prices is None:
        if limited:
            faults.add(
                (*path, "budget", "money"), "What is spent cannot be told without prices: write prices: "
                f"{{currency: {currency}, sent: ..., received: ...}}, for a million tokens.",
            )  # fmt: skip
        return
    if not limited:
        faults.add(
            (*path, "budget", "money"), "Nothing is counted with the prices: write budget: {money: ...}, or "
            "leave 'prices' out.",
        )  # fmt: skip
    if prices.currency != currency:
        faults.add(
            (*path, "prices", "currency"), f"The process counts in {currency}, and no rate is taken for a "
            f"budget: write the prices in {currency}.",
        )  # fmt: skip
    if not prices.sent and not prices.received:
        faults.add(
            (*path, "prices"), "At these prices no money is ever spent: limit 'calls' or 'tokens' in the "
            "budget.",
        )  # fmt: skip


def check_signals(step: DecisionPoint, model: Model | None, path: DataPath, faults: Faults) -> None:
    """How likely its words were to a model is read where its server is asked, and never without its claim.

    model  the language model that is asked at the decision point, if one is
    """
    if step.signals is None:
        return
    named, asked = _LIKELY in step.signals, model is not None and bool(model.logprobs)
    if named and "model_probability" not in step.signals:
        faults.add(
            (*path, "signals", step.signals.index(_LIKELY)), f"'{_LIKELY}' tells how likely the words were, "
            "and not that they are right: name 'model_probability' as well.",
        )  # fmt: skip
    if named and model is not None and not asked:
        faults.add(
            (*path, "signals", step.signals.index(_LIKELY)), f"'{_LIKELY}' would always be missing, and "
            f"nothing be sure: write logprobs: true at the model '{step.model}'.",
        )  # fmt: skip
    if asked and not named:
        faults.add(
            (*path, "signals"), f"The model '{step.model}' is asked for log-probabilities, and nothing reads "
            f"them: name '{_LIKELY}' here, or leave 'logprobs' out.",
        )  # fmt: skip


def _kept_private(url: str) -> bool:
    """It is encrypted, or stays in the house: an address of a private network, or a name without a dot."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "https":
            return True
        host = parts.hostname or ""
        return ip_address(host).is_private if ":" in host or host[-1:].isdigit() else "." not in host
    except ValueError:
        return False


def reads_of(
    step: DecisionPoint, model: Model, known: Known, fields: Sequence[str], faults: Faults, path: DataPath,
    *, blind: bool,
) -> dict[str, str]:  # fmt: skip
    """Fact -> type word, of what the model is told at a decision point.

    fields  names of the input fields
    blind   some facts are not known, so names cannot be judged
    """
    if isinstance(step, Decide) and step.picks:
        faults.add(
            (*path, "model"),
            f"'{step.name}' is answered by a list, and a {model.provider} model gives one answer.",
        )
    if (model.samples or 1) > 1 and not isinstance(step, Decide):
        faults.add(
            ("models", str(step.model), "samples"), f"'{step.name}' is a text: no two would agree. Ask once."
        )
    if model.logprobs and not isinstance(step, Decide):
        faults.add(
            ("models", str(step.model), "logprobs"), f"'{step.name}' is a text: that just these words come "
            "is never likely, however right they are. Leave 'logprobs' out.",
        )  # fmt: skip
    for number, fact in enumerate(model.masking.fields if model.masking is not None else ()):
        if fact not in known.facts and not blind:
            faults.unknown(
                ("models", str(step.model), "masking", "fields", number), "The fact", fact, known.facts
            )
    if model.reads is None:
        found = {name: known.facts[name].word for name in fields if known.facts[name].word in KINDS}
        if not found:
            faults.add(
                (*path, "model"),
                f"A {model.provider} model finds no input field to read: name facts in its 'reads'.",
            )
        return found
    return _named(str(step.model), model, known, faults, blind=blind)


def _named(name: str, model: Model, known: Known, faults: Faults, *, blind: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, fact in enumerate(model.reads or ()):
        where: DataPath = ("models", name, "reads", number)
        kind = known.facts.get(fact)
        if kind is None:
            if not blind:
                faults.unknown(where, "The fact", fact, known.facts)
        elif kind.word not in (*KINDS, "object", "list"):
            can = [one for one, own in known.facts.items() if own.word in KINDS]
            faults.add(
                where, f"'{fact}' is {kind.word.replace('_', ' ')}, and a {model.provider} model is told "
                f"{listed(KINDS, last='and')}.", nearest(fact, can),
            )  # fmt: skip
        else:
            found[fact] = kind.word
    return found


def lacks(process: Process, lacking: Lacking, languages: Iterable[str]) -> list[str]:
    """What the language models of a process need and this machine has not, in words."""
    return [
        f"{process.process}: model '{name}': {message}"
        for name, model in process.models.items() if model.provider in languages
        for _, message in lacking(model)
    ]  # fmt: skip
