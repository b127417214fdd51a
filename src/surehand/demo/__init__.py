"""The made-up company: generators of its receipts."""
