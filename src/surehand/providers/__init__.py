"""Who recommends: a file per kind of AI, each behind the same protocol."""

from surehand.providers.protocol import Provider

__all__ = ["BUILT_IN", "CLASSIFIERS", "EXTRACTORS", "LANGUAGE_MODELS", "Provider"]

#: The providers that come with the product; a file of that name each.
BUILT_IN = ("function", "rules", "external")

#: Kinds of model that read documents; a package of that name each.
EXTRACTORS = ("field-extractor",)

#: Kinds of model that learn to decide; a package of that name each.
CLASSIFIERS = ("text-classifier", "table-classifier")

#: Kinds of model that are asked over the network; a package of that name each.
LANGUAGE_MODELS = ("llm",)
