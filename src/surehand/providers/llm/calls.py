"""One call of a language model through pydantic-ai, and what its failures mean.

The words of the library's errors may repeat what was sent and what the server said: none are passed on.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from surehand.core.process import Model
from surehand.providers.llm.prompt import TOOL, Prompt
from surehand.providers.llm.replies import Broken, Reply, reply_of

#: Answers of a server after which it may be asked again.
_AGAIN = frozenset({408, 409, 425, 429})

#: More tokens than one call can have; a server that says more of them is broken.
_MOST_TOKENS = 10**9


class Again(Exception):
    """The call failed in a way that may pass.

    after  seconds that the server asks to wait, if it does
    begun  the server may have worked on it, and may want money for that
    """

    def __init__(self, words: str, after: float | None = None, *, begun: bool = False) -> None:
        super().__init__(words)
        self.after = after
        self.begun = begun


class Refused(Exception):
    """The call failed for good."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a call gave.

    sent      tokens, as the server counts them; where it does not say, the bytes, which are not fewer
    received  the same, of what came back
    """

    reply: Reply | Broken
    sent: int
    received: int


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
            reply: Reply | Broken = reply_of(response.parts, _tokens(response))
        except Broken as broken:
            reply = broken
        usage = response.usage
        return Said(
            reply,
            _told(usage.input_tokens, self.size(text)),
            _told(usage.output_tokens, _size(response.parts)),
        )

    def size(self, text: str) -> int:
        """Bytes of what is sent about one case."""
        return len(json.dumps([self.prompt.system, self.prompt.schema, text], ensure_ascii=False).encode())

    @property
    def _unusual(self) -> str:
        """What a server may not know of a request."""
        if not self.prompt.as_text:
            return ""
        return "; it may not know log-probabilities, which 'logprobs' asks for, or a JSON schema"

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
            return Refused(f"{said}: it refuses the request{self._unusual}")
        if status is not None:
            return Again(said, error.retry_after)
        if isinstance(error, exceptions.ModelRequestRejectedError):
            return Refused(f"the language model's server refuses the request{self._unusual}")
        begun = getattr(error, "phase", None) not in ("pool", "connect")
        if isinstance(error, exceptions.ModelTimeoutError | exceptions.ModelRequestTimeout):
            return Again("the language model did not answer in time", begun=begun)
        return Again("the language model could not be reached, or broke off in its answer", begun=begun)


def _tokens(response: Any) -> Sequence[Any]:
    """What the answer was made of, each with its log-probability; none where the server does not say."""
    with_text = [part.provider_details for part in response.parts if part.part_kind == "text"]
    found = [
        details["logprobs"]
        for details in (response.provider_details, *with_text)
        if details and "logprobs" in details
    ]
    return found[0] if len(found) == 1 and isinstance(found[0], list) else ()


def _told(tokens: Any, size: int) -> int:
    """A number of tokens that can be, or the number of bytes."""
    return tokens if isinstance(tokens, int) and 0 < tokens < _MOST_TOKENS else size


def _size(parts: Sequence[Any]) -> int:
    """Bytes of what came back."""
    said = [getattr(part, "content", None) or getattr(part, "args", None) or "" for part in parts]
    return len(json.dumps(said, ensure_ascii=False, default=str).encode())


@asynccontextmanager
async def line(model: Model, prompt: Prompt, key: str | None, *, timeout: float) -> AsyncIterator[Line]:
    """A connection to the model of the map, closed at the end.

    timeout  seconds of one call
    """
    # the SDK would try again by itself, past the budget
    settings: dict[str, Any] = {"timeout": timeout, "max_retries": 0}
    if model.temperature is not None:
        settings["temperature"] = model.temperature
    if model.logprobs:
        settings["openai_logprobs"] = True
    made = _client(model, key, timeout)
    try:
        async with made:
            yield Line(made, _parameters(prompt), settings, prompt)
    finally:
        if model.base_url is not None:
            await made.client.close()  # the library closes only what it made itself


def _parameters(prompt: Prompt) -> Any:
    """How it is to answer: by a call of the one tool, or with JSON that its server holds to the schema."""
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.output import OutputObjectDefinition
    from pydantic_ai.tools import ToolDefinition

    if prompt.as_text:
        shape = OutputObjectDefinition(prompt.schema, name=TOOL, strict=True)
        return ModelRequestParameters(output_mode="native", output_object=shape, allow_text_output=True)
    tool = ToolDefinition(
        name=TOOL, parameters_json_schema=prompt.schema, description="Give your answer.", kind="output"
    )
    return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)


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
