"""Readings of how sure the AI may be; a file each, pure, with `read(view) -> float | None`."""

#: The signals that come with the product; a file of that name each.
BUILT_IN = (
    "model_probability", "margin", "input_similarity", "consensus", "completeness", "rule_clarity",
    "token_probability",
)  # fmt: skip
