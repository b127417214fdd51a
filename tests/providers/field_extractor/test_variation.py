"""Copies with another layout still show what was labelled."""

import numpy as np

from surehand.providers.field_extractor import spans
from surehand.providers.field_extractor.rows import sheet_of
from surehand.providers.field_extractor.variation import varied
from tests.providers.field_extractor.paper import invoice


def test_the_labelled_text_is_in_every_copy_and_is_wrapped_in_many() -> None:
    draw = np.random.default_rng(1)
    made = wrapped = 0
    for seed in range(30):
        sheet = sheet_of(invoice(seed, seed).document)
        name = next(
            at for at, unit in enumerate(sheet.units) if unit.text == invoice(seed, seed).values["supplier"]
        )
        document = varied(sheet, [name], ["POSTED", "31705509"], draw)
        if document is None:
            continue
        made += 1
        copy = sheet_of(document)
        cut = spans.spans_of(copy, range(len(copy.units)), longest=2, trims=(0,))
        lengths = [len(span.units) for span in cut if span.key == spans.plain(sheet.units[name].text)]
        assert lengths
        wrapped += min(lengths) == 2
    assert made >= 20
    assert 10 <= wrapped < made
