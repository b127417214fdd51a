"""Who recommends: a file per kind of AI, each behind the same protocol."""

from surehand.providers.protocol import Provider

__all__ = ["BUILT_IN", "Provider"]

#: The providers that come with the product; a file of that name each.
BUILT_IN = ("function", "rules", "external")
