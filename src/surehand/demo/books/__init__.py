"""The books of the made-up company: what the ledger service holds, and how names and numbers are compared."""
