"""One call of a language model through pydantic-ai, and what its failures mean.

The words of the library's errors may repeat what was sent and what the server said: none are passed on.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from surehand.core.process import Model
from surehand.providers.llm.prompt import TOOL, Prompt
from surehand.providers.llm.replies import Broken, Reply, reply_of

#: Answers of a server after which it may be asked again.
_AGAIN = frozenset({408, 409, 425, 429})


class Again(Exception):
    """The call failed in a way that may pass.

    after  seconds that the server asks to wait, if it does
    """

    def __init__(self, words: str, after: float | None = None) -> None:
        super().__init__(words)
        self.after = after


class Refused(Exception):
    """The call failed for good."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a call gave.

    tokens  sent and received, as the server counts them; 0 where it does not say
    """

    reply: Reply | Broken
    tokens: int


@dataclass(frozen=True, slots=True)
class Line:
    """An open connection to a model, with all that is the same for every case."""

    model: Any
    parameters: Any
    settings: Any
    prompt: Prompt

    async def call(self, text: str) -> Said:
        """Ask about one case. Raises Again, Refused or Broken."""
        from pydantic_ai import exceptions
        from pydantic_ai.direct import model_request
        from pydantic_ai.messages import ModelRequest

        request = ModelRequest.user_text_prompt(text, instructions=self.prompt.system)
        try:
            response = await model_request(
                self.model, [request], model_settings=self.settings, model_request_parameters=self.parameters
            )
        except exceptions.ModelAPIError as error:
            raise self._meant(error) from None
        except Exception:  # noqa: BLE001 - whatever the library makes of what a server may send
            raise Broken("The model's server sent what cannot be read") from None
        try:
            reply: Reply | Broken = reply_of(response.parts)
        except Broken as broken:
            reply = broken
        return Said(reply, response.usage.total_tokens or 0)

    def _meant(self, error: Any) -> Again | Refused:
        from pydantic_ai import exceptions

        status = getattr(error, "status_code", None)
        said = f"the language model's server answered with status {status}"
        if isinstance(error, exceptions.ModelQuotaExceededError):
            return Refused("the account of the language model has nothing left")
        if status in (401, 403):
            return Refused(f"{said}: the key is not accepted, or may not use this model")
        if status == 404:
            return Refused(f"{said}: it does not know the model, or base_url is wrong")
        if status is not None and status < 500 and status not in _AGAIN:
            return Refused(f"{said}: it refuses the request")
        if status is not None:
            return Again(said, error.retry_after)
        if isinstance(error, exceptions.ModelRequestRejectedError):
            return Refused("the language model's server refuses the request")
        if isinstance(error, exceptions.ModelTimeoutError | exceptions.ModelRequestTimeout):
            return Again("the language model did not answer in time")
        return Again("the language model could not be reached, or broke off in its answer")


@asynccontextmanager
async def line(model: Model, prompt: Prompt, key: str | None, *, timeout: float) -> AsyncIterator[Line]:
    """A connection to the model of the map, closed at the end.

    timeout  seconds of one call
    """
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.settings import ModelSettings
    from pydantic_ai.tools import ToolDefinition

    # the SDK would try again by itself, past the budget
    settings = ModelSettings(timeout=timeout, max_retries=0)
    if model.temperature is not None:
        settings["temperature"] = model.temperature
    tool = ToolDefinition(
        name=TOOL, parameters_json_schema=prompt.schema, description="Give your answer.", kind="output"
    )
    parameters = ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)
    made = _client(model, key, timeout)
    try:
        async with made:
            yield Line(made, parameters, settings, prompt)
    finally:
        if model.base_url is not None:
            await made.client.close()  # the library closes only what it made itself


def _client(model: Model, key: str | None, timeout: float) -> Any:
    from pydantic_ai.models import infer_model
    from pydantic_ai.providers import infer_provider, infer_provider_class

    assert model.model is not None
    kind, _, name = model.model.partition(":")
    if model.base_url is None:
        return infer_model(
            model.model,
            # the classes of its providers differ in what else they take
            lambda word: infer_provider_class(word)(api_key=key) if key else infer_provider(word),  # type: ignore[call-arg]
        )
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    from surehand.providers.llm.bounded import client

    # a server in the house may have no key, and the library wants one
    provider = OpenAICompatibleProvider(
        kind, base_url=model.base_url, api_key=key or "none", http_client=client(timeout)
    )
    return OpenAIChatModel(name, provider=provider)
