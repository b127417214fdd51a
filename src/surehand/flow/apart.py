"""Training in a process of its own, so that the server goes on answering: `python -m surehand.flow.apart`.

The child gets what to learn from as JSON on standard input, tells its progress as lines on standard error,
and gives the model's bytes back on standard output. It has no database and no secret.
"""

import atexit
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from surehand.core.classification import Taught
from surehand.core.documents import Document
from surehand.core.extraction import Labelled
from surehand.errors import NotEnoughEvidence, SettingsInvalid, Stopped, SurehandError
from surehand.providers.protocol import Classifiers, Extractors, HeldOut

Progress = Callable[[str, float], None]


class GivenUp(Stopped):
    """It took too long, and would again."""


#: Seconds after which training is given up.
_LONGEST = 3_600

_ERRORS = {error.__name__: error for error in (NotEnoughEvidence, SettingsInvalid)}

#: What the child needs of the environment: where Python and its packages are, and nothing secret.
_KEPT = ("PATH", "PYTHONPATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be learned; see `train` of `providers.protocol.Extractors` and `Classifiers`.

    kinds  field -> type word, of what is to be read from documents, or of what is read to decide
    """

    provider: str
    kinds: Mapping[str, str]
    day_first: bool | None = None
    default_currency: str = ""
    vectors: str | None = None
    out_of_scope: float | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """A new model.

    version  hash of its bytes
    report   how it did on what it had not seen. Of a reader: `fields`, field -> share that was read right on
             documents whose group it had not seen; of a model that decides: see `classifier.training.Trained`
    """

    version: str
    report: Mapping[str, Any]
    body: bytes


def learned(
    task: Task, examples: Sequence[Labelled] | Sequence[Taught], progress: Progress | None = None
) -> Learned:
    """A model of these documents or cases. Raises what training raises, and Stopped if the child ended."""
    body = {"task": asdict(task), "examples": [_plain(example) for example in examples]}
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    child = subprocess.Popen(
        [sys.executable, "-m", "surehand.flow.apart"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment, start_new_session=True,
    )  # fmt: skip
    # a server that ends does not wait for it, and nobody would have the model
    atexit.register(child.kill)
    said: list[str] = []
    # its standard error is read by the listener alone
    errors, child.stderr = child.stderr, None
    listener = threading.Thread(target=_listen, args=(errors, progress, said), daemon=True)
    listener.start()
    try:
        answer, _ = child.communicate(json.dumps(body).encode(), timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        raise GivenUp(f"Training took longer than {_LONGEST // 60} minutes and was given up") from None
    finally:
        atexit.unregister(child.kill)
        child.kill()
        child.wait()
        listener.join(timeout=5)
    return _unpacked(answer, said)


def _listen(lines: Any, progress: Progress | None, said: list[str]) -> None:
    with lines:
        for raw in lines:
            line = raw.decode("utf-8", "replace").rstrip()
            name, _, share = line.rpartition("\t")
            if line.startswith("progress\t") and progress is not None:
                progress(name.removeprefix("progress\t"), float(share))
            else:
                said.append(line)


def _unpacked(answer: bytes, said: Sequence[str]) -> Learned:
    try:
        (size,) = struct.unpack("!I", answer[:4])
        head = json.loads(answer[4 : 4 + size])
        if "error" in head:
            kind: type[SurehandError] = _ERRORS.get(head["kind"], Stopped)
            raise kind(head["error"])
        return Learned(head["version"], head["report"], answer[4 + size :])
    except (struct.error, ValueError, KeyError) as error:
        # it was killed, at the latest while it answered; a body that is cut off has another hash
        last = next((line for line in reversed(said) if line.strip()), "it said nothing")
        raise Stopped(f"Training ended without a model: {last[:300]}") from error


def _plain(example: Labelled | Taught) -> dict[str, Any]:
    if isinstance(example, Taught):
        return {"values": dict(example.values), "answer": example.answer}
    return {
        "document": example.document.model_dump(mode="json"),
        "values": dict(example.values),
        "group": example.group,
    }


# In the child


def main() -> None:
    """Learn what standard input says, and write the model."""
    from surehand import plugins

    sent = json.loads(sys.stdin.buffer.read())
    task = Task(**sent["task"])
    installed = plugins.load()
    try:
        if task.provider in installed.classifiers:
            _decider(installed.classifiers[task.provider], task, sent["examples"])
        else:
            _reader(installed.extractors[task.provider], task, sent["examples"])
    except (NotEnoughEvidence, SettingsInvalid) as error:
        _answer({"error": error.detail, "kind": type(error).__name__})


def _decider(kind: Classifiers, task: Task, sent: Sequence[Mapping[str, Any]]) -> None:
    made = kind.train(
        [Taught(**one) for one in sent], reads=task.kinds, vectors=task.vectors,
        out_of_scope=task.out_of_scope, progress=_tell,
    )  # fmt: skip
    _answer({"version": made.model.version, "report": dict(made.report)}, kind.dumped(made.model))


def _reader(kind: Extractors, task: Task, sent: Sequence[Mapping[str, Any]]) -> None:
    examples = [
        Labelled(Document.model_validate(one["document"]), one["values"], one["group"]) for one in sent
    ]
    made = kind.train(
        examples, kinds=task.kinds, day_first=task.day_first, default_currency=task.default_currency,
        progress=_tell,
    )  # fmt: skip
    report = {"fields": _right(made.held_out)}
    _answer({"version": made.model.version, "report": report}, kind.dumped(made.model))


def _right(held_out: Sequence[HeldOut]) -> dict[str, float]:
    """Field -> share of the documents left out on which it was read right."""
    marks: dict[str, list[bool]] = {}
    for one in held_out:
        for name, right in one.right.items():
            marks.setdefault(name, []).append(right)
    return {name: round(sum(found) / len(found), 4) for name, found in marks.items()}


def _tell(what: str, share: float) -> None:
    sys.stderr.write(f"progress\t{what}\t{share:.4f}\n")
    sys.stderr.flush()


def _answer(head: Mapping[str, Any], body: bytes = b"") -> None:
    packed = json.dumps(head).encode()
    sys.stdout.buffer.write(struct.pack("!I", len(packed)) + packed + body)


if __name__ == "__main__":
    main()
