"""Asking a language model about a chunk of cases: a few calls at a time, and again where that helps.

The library is asynchronous; its loop begins and ends inside `ask`, and everything around it is synchronous.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from surehand.core.bound import BoundStep, Facts
from surehand.core.process import Model
from surehand.core.recommendation import Recommendation
from surehand.errors import PermanentFailure, TemporaryFailure
from surehand.providers.answer import nothing
from surehand.providers.llm import calls, shapes
from surehand.providers.llm.masking import Finder, Masks, masks_of
from surehand.providers.llm.needs import lacking, masked
from surehand.providers.llm.prompt import Prompt, case_text, prompt_of, told
from surehand.providers.llm.replies import Broken, Reply, recommended
from surehand.providers.protocol import NotBegun, Purse

_TIMEOUT, _WITHIN = timedelta(seconds=30), timedelta(seconds=45)
_RETRIES, _SAMPLES, _AT_ONCE = 2, 1, 8

#: Seconds between two tries: the first wait, and the longest.
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 20.0


class _Spent(Exception):
    """The budget has no room; the message says so."""


@dataclass(frozen=True, slots=True)
class _Terms:
    """How it is asked; times in seconds."""

    timeout: float
    within: float
    retries: int
    samples: int
    at_once: int


def ask(
    step: BoundStep,
    cases: Sequence[Facts],
    *,
    purse: Purse,
    draw: Callable[[], float],
    patience: float,
) -> list[Recommendation[Any] | Exception]:
    """See `Languages`."""
    model = step.model
    if not cases:
        return []
    if model is None or model.model is None:
        return [PermanentFailure(f"'{step.step.name}' names no language model")] * len(cases)
    if missing := [message for _, message in lacking(model)]:
        # it may be there on another worker, or after the next start
        return [TemporaryFailure(" ".join(missing))] * len(cases)
    asker = _Asker(step, model, prompt_of(step, model), _terms(model), purse, draw)
    return asyncio.run(asker.chunk(cases, patience))


def _terms(model: Model) -> _Terms:
    timeout = model.timeout or min(_TIMEOUT, model.within or _TIMEOUT)
    return _Terms(
        timeout.total_seconds(),
        (model.within or max(_WITHIN, timeout)).total_seconds(),
        _RETRIES if model.retries is None else model.retries,
        model.samples or _SAMPLES,
        model.at_once or _AT_ONCE,
    )


@dataclass(frozen=True, slots=True)
class _Calling:
    """An open line, and how many calls may be under way on it."""

    line: calls.Line
    gate: asyncio.Semaphore


@dataclass(slots=True)
class _Asker:
    """One chunk of cases on its way to the model and back."""

    step: BoundStep
    model: Model
    prompt: Prompt
    terms: _Terms
    purse: Purse
    draw: Callable[[], float]

    async def chunk(self, cases: Sequence[Facts], patience: float) -> list[Recommendation[Any] | Exception]:
        """One entry per case, in order."""
        key = os.environ.get(self.model.key) if self.model.key is not None else None
        async with calls.line(self.model, self.prompt, key, timeout=self.terms.timeout) as line:
            until = asyncio.get_running_loop().time() + patience
            begun = asyncio.Semaphore(self.terms.at_once)
            calling = _Calling(line, asyncio.Semaphore(self.terms.at_once))
            ends = [self._in_turn(begun, until, number, calling, one) for number, one in enumerate(cases)]
            return await asyncio.gather(*ends)

    async def _in_turn(
        self, begun: asyncio.Semaphore, until: float, number: int, calling: _Calling, facts: Facts
    ) -> Recommendation[Any] | Exception:
        async with begun:
            if number and asyncio.get_running_loop().time() > until:
                return NotBegun()
            try:
                return await self._case(calling, facts)
            except (TemporaryFailure, PermanentFailure) as failure:
                return failure

    async def _case(self, calling: _Calling, facts: Facts) -> Recommendation[Any]:
        source = f"llm {self.model.model} prompt {self.prompt.version}"
        masks, text = self._text(facts)
        outcomes = await asyncio.gather(*(self._answer(calling, text) for _ in range(self.terms.samples)))
        for spent in (one for one in outcomes if isinstance(one, _Spent)):
            return nothing(str(spent), source=source)
        replies = [one for one in outcomes if isinstance(one, Reply)]
        if replies:
            return recommended(self.step, replies, asked=self.terms.samples, masks=masks, source=source)
        for failure in (one for one in outcomes if isinstance(one, TemporaryFailure | PermanentFailure)):
            raise failure
        again = ", also when it was asked again" if self.terms.retries else ""
        return nothing(f"{outcomes[0]}{again}", source=source)

    def _text(self, facts: Facts) -> tuple[Masks, str]:
        """The case as it leaves. What cannot be masked does not leave."""
        if not masked(self.model):
            return Masks(), case_text(told(self.step, facts))
        finder: Finder = shapes.found
        named = self.model.masking.fields if self.model.masking is not None else ()
        try:
            masks = masks_of(facts, named, finder)
            return masks, case_text(masks.masked(told(self.step, facts)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the text stays here; its words too
            raise PermanentFailure(
                f"the case could not be masked ({type(error).__name__}), and nothing of it was sent"
            ) from None

    async def _answer(
        self, calling: _Calling, text: str
    ) -> Reply | Broken | TemporaryFailure | PermanentFailure | _Spent:
        """One answer, in as many calls as are allowed; or what the last of them came to."""
        loop = asyncio.get_running_loop()
        ends: float | None = None
        last: Broken | TemporaryFailure = TemporaryFailure("the language model was not asked")
        for attempt in range(self.terms.retries + 1):
            wait, begun = 0.0, False
            try:
                async with calling.gate:
                    # the store is asked in a thread: it may wait for others, and the other calls must not
                    refusal = await asyncio.to_thread(self.purse.take)
                    if refusal is not None:
                        return _Spent(refusal)
                    ends = loop.time() + self.terms.within if ends is None else ends
                    async with asyncio.timeout_at(min(ends, loop.time() + self.terms.timeout)):
                        said = await calling.line.call(text)
            except calls.Again as again:
                last = TemporaryFailure(f"{again}; it was asked {_times(attempt + 1)}")
                wait = again.after if again.after is not None else self._wait(attempt)
                begun = again.begun
            except TimeoutError:
                last = TemporaryFailure(
                    f"the language model did not answer within {self.terms.timeout:g} s; "
                    f"it was asked {_times(attempt + 1)}"
                )
                begun = True
            except calls.Refused as refused:
                return PermanentFailure(str(refused))
            except Broken as broken:
                last, begun = broken, True
            else:
                await asyncio.to_thread(self.purse.used, said.sent, said.received)
                if isinstance(said.reply, Reply):
                    return said.reply
                last = said.reply
            if begun:
                # nobody says what it took, and it may have to be paid for
                await asyncio.to_thread(self.purse.used, calling.line.size(text), 0)
            if ends is None or loop.time() + wait >= ends:
                break
            await asyncio.sleep(wait if attempt < self.terms.retries else 0)
        return last

    def _wait(self, attempt: int) -> float:
        return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**attempt) * (0.5 + self.draw() / 2)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
