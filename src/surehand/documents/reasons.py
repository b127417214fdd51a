"""Why a document cannot be read, in sentences that a person can act on."""

from typing import Any

from surehand.errors import Unreadable

#: By key: the reason as the API names it, and the sentence. A key is a reason, or a kind of one.
_SENTENCES = {
    "empty": ("empty", "It is empty: the file has no content. Ask the sender to send it again."),
    "no_pages": ("empty", "It is a PDF without any page. Ask the sender to send it again."),
    "broken": (
        "broken",
        "It is damaged: it cannot be opened as {kind}. Ask the sender to send it again, or to print it to a "
        "new PDF.",
    ),
    "broken_page": (
        "broken",
        "It is damaged: page {page} cannot be opened. Ask the sender to send it again, or to print it to a "
        "new PDF.",
    ),
    "cut_off": (
        "broken",
        "It is damaged or cut off: the picture does not decode to its end. Ask the sender to send it again.",
    ),
    "encrypted": (
        "encrypted",
        "It is protected by a password. Ask the sender for an unprotected copy.",
    ),
    "too_large": (
        "too_large",
        "It has {size} MB; at most {limit} MB are read. Ask for a smaller file, or split it.",
    ),
    "too_much_text": (
        "too_large",
        "Page {page} holds more than {limit} {unit}, far more than a page of paper. Ask for another copy.",
    ),
    "too_much_answer": (
        "too_large",
        "It holds more text than can be taken in at once. Split it into smaller documents.",
    ),
    "too_many_pages": (
        "too_many_pages",
        "It has {pages} pages; at most {limit} are read. Split it, and send the pages that matter.",
    ),
    "too_many_scans": (
        "too_many_pages",
        "It has {pages} pages that are pictures; text is recognised on at most {limit}. "
        "Split it, or send the pages that matter.",
    ),
    "too_many_pixels": (
        "too_many_pixels",
        "It is a picture of {pixels} megapixels; at most {limit} are read. Scan it at a lower resolution.",
    ),
    "page_too_big": (
        "too_many_pixels",
        "Page {page} measures {wide} by {high} metres. Ask the sender for pages of an ordinary size.",
    ),
    "too_slow": (
        "too_slow",
        "It took longer than {limit} seconds to read, and was given up. Print it to a new PDF, or read it by "
        "eye.",
    ),
    "crashed": (
        "crashed",
        "It stopped the program that reads documents. It may be damaged, or made to do harm: look at it with "
        "care, or ask for another copy.",
    ),
    "crashed_memory": (
        "crashed",
        "Reading it needs more memory than a document may take. It may be damaged, or made to do harm: look "
        "at it with care, or ask for another copy.",
    ),
    "no_text_no_ocr": (
        "no_text",
        "It is a picture without text, and text recognition (surehand[ocr]) is not installed here. "
        "Type the fields in by hand, or ask whoever runs this server to install it.",
    ),
    "no_text_found": (
        "no_text",
        "No text was found on it. Look at the page, and type the fields in by hand.",
    ),
    "ocr_failed": (
        "ocr_failed",
        "Text recognition failed on page {page}. Scan it again at 300 dpi, or type the fields in by hand.",
    ),
}


def refused(key: str, **values: Any) -> Unreadable:
    """The error for one key of the table above, with its numbers in the sentence."""
    reason, sentence = _SENTENCES[key]
    return Unreadable(reason, sentence.format(**values))
