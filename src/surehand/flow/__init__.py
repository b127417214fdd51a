"""Verbs. Each write is one transaction; a wait is a row."""
