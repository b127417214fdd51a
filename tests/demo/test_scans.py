"""Scans: the recognised boxes lie on the ink of the picture, and faint ones are harder to read."""

from io import BytesIO
from random import Random
from typing import Any

import numpy as np
import pytest
from PIL import Image

from surehand.core.documents import Document
from surehand.demo import post
from surehand.demo.invoices import invoices
from surehand.demo.printing.layouts import printed
from surehand.demo.printing.scans import Pose, scanned
from surehand.demo.receipts import receipts

MADE = [one for one in invoices(120, 21) if one.form == "scan"]


def pixels(picture: bytes) -> Any:
    return np.asarray(Image.open(BytesIO(picture)).convert("L"), dtype=float)


def test_the_same_draws_give_the_same_picture() -> None:
    content = printed(MADE[0])
    assert scanned(content, Random(1)) == scanned(content, Random(1))
    assert scanned(content, Random(2)) != scanned(content, Random(1))


@pytest.mark.parametrize("faint", [False, True])
def test_ink_lies_inside_the_boxes_and_not_beside_the_sheet(faint: bool) -> None:
    for seed, one in enumerate(MADE[:12]):
        picture, found = scanned(printed(one), Random(seed), faint=faint)
        grey = pixels(picture)
        page = Document.model_validate(found).pages[0]
        assert (page.height, page.width) == grey.shape
        for line in page.lines:
            inside = grey[int(line.box.y0) : int(line.box.y1) + 1, int(line.box.x0) : int(line.box.x1) + 1]
            assert inside.max() - inside.min() > 30, line.text
        assert np.median(grey) > 215  # paper is paper


def test_boxes_hold_the_ink_of_their_line() -> None:
    """The buyer's town has nothing beside it: ink in its box, and hardly any right of it."""
    held = 0
    for seed, one in enumerate(MADE[:12]):
        picture, found = scanned(printed(one), Random(seed))
        grey = pixels(picture)
        lines = Document.model_validate(found).pages[0].lines
        for line in lines:
            if line.text == "Cork T99 ZZ99":
                rows = slice(int(line.box.y0), int(line.box.y1) + 1)
                right = int(line.box.x1)
                dark_inside = (grey[rows, int(line.box.x0) : right] < 130).sum()
                dark_right = (grey[rows, right + 5 : right + 25] < 130).sum()
                assert dark_inside > 40
                held += dark_right < dark_inside / 4
    assert held >= 10


def test_a_clear_scan_reads_what_is_printed_and_a_faint_one_does_not() -> None:
    lost = mixed = 0
    for seed, one in enumerate(MADE[:12]):
        content = printed(one)
        clear = [line["text"] for line in scanned(content, Random(seed))[1]["pages"][0]["lines"]]
        faint = scanned(content, Random(seed), faint=True)[1]["pages"][0]["lines"]
        assert any(one.bill.number in text for text in clear)
        lost += len(clear) - len(faint)
        mixed += sum(line["text"] not in clear for line in faint)
        assert all(line["confidence"] <= 0.9 for line in faint)
    assert lost > 12
    assert mixed > 60


def test_a_turn_goes_around_the_middle() -> None:
    pose = Pose(scale=2, turn=1.0, width=200, height=400)
    assert pose.pixel(50, 100) == pytest.approx((100, 200))
    left, right = pose.pixel(0, 100), pose.pixel(100, 100)
    assert left[1] > right[1]  # anticlockwise: the right end rises


def test_the_post_brings_pdfs_and_scans() -> None:
    for one in invoices(40, 22):
        arrival = post.invoice(one)
        assert arrival == post.invoice(one)
        if one.form == "pdf":
            assert (arrival.media, arrival.document) == ("application/pdf", None)
            assert arrival.content.startswith(b"%PDF")
        else:
            assert arrival.media == "image/jpeg"
            assert arrival.content.startswith(b"\xff\xd8")
            assert 80_000 < len(arrival.content) < 300_000
            Document.model_validate(arrival.document)
        assert "/" not in arrival.name


def test_receipts_arrive_as_scans() -> None:
    for one in receipts(12, seed=4):
        arrival = post.receipt(one)
        page = Document.model_validate(arrival.document).pages[0]
        height, width = pixels(arrival.content).shape
        assert (page.width, page.height) == (width, height)
        if one["kind"] != "faint":
            assert any(one["truth"]["company"] in line.text for line in page.lines)
