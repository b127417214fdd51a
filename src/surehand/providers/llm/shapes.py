"""What looks like a person's data by its shape and its check digits: recognisers of Presidio.

No model of a language is loaded and nothing is fetched: each recogniser is a pattern with a check. So names
of persons and places are not found here.
"""

import threading
from typing import Any

#: Below this a pattern alone has matched that many things have, such as any nine digits.
_SURE = 0.4
_MADE = threading.Lock()
_analyzer: Any = None


def found(text: str) -> list[tuple[int, int, str]]:
    """(start, end, what it is) in a text. Raises ImportError without Presidio."""
    if not text.strip():
        return []
    results = _made().analyze(text, language="en", score_threshold=_SURE)
    return [(one.start, one.end, one.entity_type) for one in results]


def _made() -> Any:
    """The one analyzer of this process: making it takes a second."""
    global _analyzer
    with _MADE:
        if _analyzer is None:
            _analyzer = _new()
    return _analyzer


def _new() -> Any:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer import predefined_recognizers as known
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    class Emails(known.EmailRecognizer):
        """Mail addresses; the recogniser itself asks the network which top-level domains there are."""

        def validate_result(self, pattern_text: str) -> bool:
            return True

    recognisers = [
        Emails(), known.IbanRecognizer(), known.CreditCardRecognizer(), known.CryptoRecognizer(),
        known.IpRecognizer(), known.MacAddressRecognizer(), known.UsSsnRecognizer(), known.NhsRecognizer(),
        known.PhoneRecognizer(supported_regions=_REGIONS),
    ]  # fmt: skip
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=recognisers, supported_languages=["en"]),
        nlp_engine=NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}]),
        supported_languages=["en"],
    )


#: Where telephone numbers without a country's code are taken to be from.
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "CH", "AT", "IN", "BR")
