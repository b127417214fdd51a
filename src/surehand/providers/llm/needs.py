"""What a language model needs of this machine: packages of extras, and its key."""

import os
from collections.abc import Iterator
from importlib.util import find_spec

from surehand.core.process import Model

_EXTRA = "pip install 'surehand[llm]'"


def lacking(model: Model) -> Iterator[tuple[str, str]]:
    """See `Languages`."""
    if find_spec("pydantic_ai") is None or find_spec("openai") is None:
        yield "provider", f"An llm model needs more than is installed: {_EXTRA}."
    elif model.model is not None:
        if model.base_url is None:
            yield from _kind(model.model)
        if model.logprobs and _thinks(model.model):
            yield (
                "logprobs",
                f"'{model.model}' thinks before it answers and gives no log-probabilities: ask another "
                "one, or leave 'logprobs' out.",
            )
    if masked(model) and find_spec("presidio_analyzer") is None:
        yield (
            "masking",
            "What leaves for a language model is masked first, and what finds mail addresses, accounts and "
            "telephone numbers is not installed: pip install 'surehand[pii]', or say why nothing is masked: "
            "masking: {off_because: ...}.",
        )
    if model.key is not None and not os.environ.get(model.key):
        yield (
            "key",
            f"The environment variable {model.key} is not set here: set it to the key of {model.model}.",
        )


def masked(model: Model) -> bool:
    """What leaves is masked."""
    return model.masking is None or model.masking.off_because is None


def _thinks(name: str) -> bool:
    """As far as the library knows it is a model that it asks for no log-probabilities."""
    from pydantic_ai.profiles.openai import openai_model_profile

    profile = openai_model_profile(name.partition(":")[2])
    if not profile.get("openai_supports_reasoning", False):
        return False
    can_rest = profile.get("openai_supports_reasoning_effort_none", False)
    return not can_rest or bool(profile.get("thinking_enabled_by_default", False))


def _kind(name: str) -> Iterator[tuple[str, str]]:
    """The kind of a model, before the colon, is one that the library knows and can import."""
    from pydantic_ai.providers import infer_provider_class

    kind = name.partition(":")[0]
    try:
        infer_provider_class(kind)
    except ImportError:
        yield "model", f"Models of '{kind}' need another package: pip install 'pydantic-ai-slim[{kind}]'."
    except ValueError:
        yield (
            "model",
            f"'{kind}' is no kind of model: write openai:NAME, and base_url for a server that speaks its "
            "language.",
        )
