"""Recommendations of a language model: about masked text, within a budget, checked before they count."""

from surehand.providers.llm.asking import ask
from surehand.providers.llm.needs import lacking

__all__ = ["ask", "lacking"]
