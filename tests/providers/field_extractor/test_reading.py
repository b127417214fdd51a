"""A model trained on made-up invoices: what it reads on layouts it has not seen, and what it never does."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel

from surehand.core.documents import Document
from surehand.core.extraction import Labelled
from surehand.core.money import Money
from surehand.errors import NotEnoughEvidence, SettingsInvalid
from surehand.providers.field_extractor import Trained, dumped, train
from tests.providers.field_extractor.paper import KINDS, Invoice, invoice, page, training_set


def read_right(trained: Trained, example: Labelled) -> dict[str, bool]:
    values = trained.read(example.document, Invoice).values
    return {
        "supplier": values.supplier == example.values["supplier"],
        "number": values.number == example.values["number"],
        "day": str(values.day) == example.values["day"],
        "total": values.total == Money.model_validate(example.values["total"]),
        "net": values.net == Money.model_validate(example.values["net"]),
        "tax": values.tax == Money.model_validate(example.values["tax"]),
        "iban": values.iban == example.values["iban"],
    }


def test_suppliers_never_seen_are_read(trained: Trained) -> None:
    hits = [read_right(trained, invoice(900, supplier)) for supplier in range(100, 120)]
    share = {name: sum(hit[name] for hit in hits) / len(hits) for name in hits[0]}
    assert min(share.values()) >= 0.8, share
    assert min(share["day"], share["total"]) >= 0.9, share


def test_a_reading_says_where_and_how_sure(trained: Trained) -> None:
    example = invoice(901, 3)
    reading = trained.read(example.document, Invoice)
    assert reading.evidence["number"].quote == example.values["number"]
    box = reading.evidence["number"].box
    assert box is not None
    lines = [line for line in example.document.pages[0].lines if example.values["number"] in line.text]
    assert any(line.box.y0 <= box.middle <= line.box.y1 for line in lines)
    assert all(value is not None and 0 < value < 1 for value in reading.confidence.values())
    assert reading.whole is not None
    assert reading.whole <= min(value or 0 for value in reading.confidence.values())
    assert reading.source.startswith("field-extractor ")
    assert trained.version[:12] in reading.source


def test_an_unseen_layout_is_less_like_what_was_learned(trained: Trained) -> None:
    known = [trained.read(invoice(902, number).document, Invoice).similarity or 0.0 for number in range(10)]
    other = page(["WILLKOMMEN IM CAFE", "2 Espresso|4,20", "Bar bezahlt|4,20", "Auf Wiedersehen"])
    unlike = trained.read(other, Invoice).similarity
    assert unlike is not None
    assert sum(known) / len(known) > 0.8
    assert unlike < 0.1


def test_nothing_is_invented_on_a_blank_page(trained: Trained) -> None:
    for blank in (Document.model_validate({"pages": [{}]}), page(["."]), page(["- - -"])):
        reading = trained.read(blank, Invoice)
        assert reading.values == Invoice(supplier=None, number=None, day=None, total=None, lines=None)
        assert not reading.evidence


def test_a_page_of_prose_has_no_total_and_no_date(trained: Trained) -> None:
    prose = page(
        ["Dear Sir or Madam", "we thank you for your letter", "and remain yours sincerely", "A. Smith"]
    )
    values = trained.read(prose, Invoice).values
    assert (values.number, values.day, values.total, values.iban) == (None, None, None, None)


def test_reading_and_training_are_the_same_twice(trained: Trained) -> None:
    again = train(training_set(), kinds=KINDS)
    assert again.version == trained.version
    document = invoice(903, 105).document
    assert again.read(document, Invoice) == trained.read(document, Invoice)


def test_progress_is_told_and_ends_at_one() -> None:
    told: list[float] = []
    train(training_set(4, 2), kinds={"day": "date"}, progress=lambda _sentence, share: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("examples", "kinds", "error", "because"),
    [
        (training_set(2, 2), KINDS, NotEnoughEvidence, "too few"),
        ([], KINDS, NotEnoughEvidence, "too few"),
        (training_set(3, 2), {"paid": "yes_no"}, SettingsInvalid, "cannot be read"),
    ],
)
def test_what_cannot_be_learned_is_refused(
    examples: list[Labelled], kinds: dict[str, str], error: type[Exception], because: str
) -> None:
    with pytest.raises(error, match=because):
        train(examples, kinds=kinds)


def test_a_field_that_was_never_labelled_has_no_reading(trained: Trained) -> None:
    class More(Invoice):
        contract: str | None = None

    small = train(training_set(4, 2), kinds={"number": "text", "contract": "text"})
    reading = small.read(invoice(904, 1).document, More)
    assert reading.values.contract is None
    assert "contract" not in reading.confidence


def test_a_field_that_must_have_a_value_is_refused(trained: Trained) -> None:
    class Strict(BaseModel):
        number: str

    with pytest.raises(TypeError, match="must have a value"):
        trained.read(invoice(905, 1).document, Strict)


def test_types_of_the_model_are_filled(trained: Trained) -> None:
    class Loose(BaseModel):
        day: str | None
        total: Decimal | None

    example = invoice(906, 2)
    values = trained.read(example.document, Loose).values
    assert values == Loose(day=example.values["day"], total=Decimal(example.values["total"]["amount"]))


def test_missing_fields_are_learned_as_missing() -> None:
    examples = training_set(10, 2)
    without = [
        Labelled(
            Document.model_validate(
                {
                    "pages": [
                        {
                            "lines": [
                                {"text": line.text, "box": list(line.box.model_dump().values())}
                                for line in one.document.pages[0].lines
                                if one.values["number"] not in line.text
                            ]
                        }
                    ]
                }
            ),
            {**one.values, "number": None},
            one.group,
        )
        for one in training_set(10, 3)[2::3]
    ]
    model = train([*examples, *without], kinds={"number": "text", "day": "date"})
    readings = [model.read(one.document, Invoice).values.number for one in without]
    assert sum(one is None for one in readings) >= 8


def test_an_ambiguous_date_is_less_sure(trained: Trained) -> None:
    def sure(day: str) -> float:
        reading = trained.read(page(["North Trading Ltd", f"Date:|{day}", "Number:|INV-12345"]), Invoice)
        return reading.confidence["day"] or 0.0

    assert sure("05.04.2026") < sure("25.04.2026")


def test_the_order_of_dates_is_learned_from_documents() -> None:
    def american(number: int) -> Labelled:
        day = date(2026, 1 + number % 12, 13 + number % 15)
        rows = [f"Shop {number % 4} Inc", f"Date:|{day.strftime('%m/%d/%Y')}", f"Total|{number}.50"]
        return Labelled(page(rows), {"day": day.isoformat()}, f"shop {number % 4}")

    model = train([american(number) for number in range(24)], kinds={"day": "date"})
    reading = model.read(page(["Shop 1 Inc", "Date:|03/04/2026", "Total|7.50"]), Invoice)
    assert reading.values.day == date(2026, 3, 4)


# --- hostile documents


def test_naughty_strings(trained: Trained, shared_data: Callable[[str], Path]) -> None:
    texts = json.loads((shared_data("naughty_strings") / "blns.json").read_text("utf-8"))
    lines = [text.translate({ord("|"): " ", ord("@"): " "})[:2_000] for text in texts]
    trained.read(page(lines), Invoice)
    for text in lines[::7]:
        trained.read(page(["North Trading Ltd", text, "Total|5.00"]), Invoice)


@pytest.mark.parametrize(
    "text", ["A" * 2_000, "1" * 2_000, "(" * 2_000, "0.00 " * 400, ". , : " * 300, "12/" * 600]
)
def test_long_lines_end(trained: Trained, text: str) -> None:
    trained.read(page([text] * 40), Invoice)


def test_five_thousand_lines_on_many_pages_end(trained: Trained) -> None:
    lines = [
        {"text": f"TOTAL {number}.50", "box": [10, 20 * number, 200, 20 * number + 15]}
        for number in range(5_000)
    ]
    document = Document.model_validate(
        {"pages": [{"lines": lines}, *({"lines": lines[:100]} for _ in range(99))]}
    )
    trained.read(document, Invoice)


def test_boxes_without_a_size_are_read(trained: Trained) -> None:
    lines = [{"text": text, "box": [0, 0, 0, 0]} for text in ("Total", "5.00", "Date: 17.11.2026")]
    trained.read(Document.model_validate({"pages": [{"lines": lines}]}), Invoice)


def test_without_the_extra_training_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(SettingsInvalid, match=r"surehand\[learn\]"):
        train(training_set(4, 2), kinds=KINDS)


def test_reading_needs_numpy_alone(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(dumped(trained.model))
    (tmp_path / "page.json").write_text(invoice(930, 1).document.model_dump_json())
    code = (
        "import sys, pathlib, datetime\n"
        "from pydantic import BaseModel\n"
        "sys.modules['sklearn'] = sys.modules['scipy'] = None\n"
        "from surehand.core.documents import Document\n"
        "from surehand.providers.field_extractor import loaded\n"
        "class Day(BaseModel):\n    day: datetime.date | None\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "model = loaded((folder / 'model').read_bytes(), expected=sys.argv[2])\n"
        "page = Document.model_validate_json((folder / 'page.json').read_text())\n"
        "print(model.read(page, Day).values.day)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), trained.version],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == invoice(930, 1).values["day"]
