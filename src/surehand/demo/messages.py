"""Made-up messages to the support of a shop, each with what it is about, for a pilot of `examples/triage`.

    python -m surehand.demo.messages --count 3000 > messages.jsonl

Some are about two things, or about none that the shop has a team for: nobody is right about all of them.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence

_GREETINGS = ("", "", "", "hello, ", "hi there, ", "dear team, ", "good morning, ", "to whom it concerns, ")
_ENDINGS = (
    "", "", "", " thanks", " please advise", " i wait for your answer", " this is urgent", " best regards",
    " it is the second time that i write", " order {number}", " my number is {number}",
)  # fmt: skip

_THINGS = ("kettle", "lamp", "desk", "jacket", "chair", "radio", "carpet", "camera", "backpack", "mirror")
_PLACES = ("in the hall", "at the neighbours", "in the rain", "at the wrong door", "in another town")
_DAYS = ("monday", "tuesday", "two weeks", "the weekend", "five days", "last month")

#: What it is about -> the heart of messages about it.
_TOPICS: dict[str, Sequence[str]] = {
    "delivery": (
        "where is my {thing}, it should have come on {day}", "the parcel with the {thing} was left {place}",
        "tracking has said out for delivery for {day}", "the courier never rang and took the {thing} back",
        "my order has not arrived, i have waited since {day}",
    ),
    "refund": (
        "i sent the {thing} back and have not got my money", "when do you pay me back for the {thing}",
        "the refund for my {thing} is missing since {day}", "please return what i paid for the {thing}",
        "only half of the price of the {thing} was paid back",
    ),
    "invoice": (
        "i need an invoice for the {thing} with our company address", "the vat on my bill is wrong",
        "please send the invoice of {day} again as a pdf", "our tax number is missing on the invoice",
        "the bill shows two {thing}s and i bought one",
    ),
    "damaged": (
        "the {thing} arrived broken", "there is a crack in the {thing} that came on {day}",
        "the box was crushed and the {thing} has scratches", "the {thing} does not switch on, it is faulty",
        "a part of the {thing} is missing and another is bent",
    ),
    "account": (
        "i cannot sign in, the password is not accepted", "please change the email address of my account",
        "my account is locked since {day}", "the code for signing in never comes",
        "delete my account and all my data",
    ),
    "cancel": (
        "please cancel the order for the {thing}", "i ordered the {thing} twice, stop one of them",
        "do not send the {thing}, i have changed my mind", "can i still cancel what i bought on {day}",
        "cancel my order before it is shipped",
    ),
    "advice": (
        "does the {thing} come in green", "how large is the {thing} when it is folded",
        "which {thing} would you recommend for a small room", "is the {thing} in stock again before {day}",
        "does the {thing} fit the old model",
    ),
    "payment": (
        "my card was charged twice for the {thing}", "i cannot pay, the page stops at the card number",
        "do you take payment in instalments for the {thing}", "the voucher is not accepted at the checkout",
        "my transfer of {day} still shows as open",
    ),
}  # fmt: skip

#: Messages that belong to no team.
_OTHERS = (
    "we offer search engine services at a fair price", "are you hiring for the summer",
    "a poem for you: the rain falls on the sea", "wrong number, sorry", "please sponsor our football club",
    "your competitor is much nicer", "is there parking near your office", "happy holidays to all of you",
)  # fmt: skip

#: Shares of messages about nothing that there is a team for, and about two things.
_NONE, _TWO = 0.04, 0.03


def messages(count: int, *, seed: int = 1) -> Iterator[tuple[str, str | None]]:
    """Texts with what each is about; None: nothing that there is a team for."""
    drawn = random.Random(seed)
    topics = list(_TOPICS)
    for _ in range(count):
        kind = drawn.random()
        if kind < _NONE:
            yield _whole(drawn, drawn.choice(_OTHERS)), None
            continue
        topic = drawn.choice(topics)
        heart = drawn.choice(_TOPICS[topic])
        if kind < _NONE + _TWO:
            # whoever reads it takes the first for the reason to write
            heart = f"{heart} and {drawn.choice(_TOPICS[drawn.choice(topics)])}"
        yield _whole(drawn, heart), topic


def _whole(drawn: random.Random, heart: str) -> str:
    text = drawn.choice(_GREETINGS) + heart + drawn.choice(_ENDINGS)
    return text.format(
        thing=drawn.choice(_THINGS), place=drawn.choice(_PLACES), day=drawn.choice(_DAYS),
        number=drawn.randint(10_000, 99_999),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Write messages as lines of a pilot."""
    parser = argparse.ArgumentParser(
        prog="python -m surehand.demo.messages", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--count", type=int, default=3_000, help="how many; 3000 by default")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same messages")
    given = parser.parse_args(arguments)
    for text, topic in messages(given.count, seed=given.seed):
        line = {"input": {"text": text}, "truth": {"category": topic}}
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
