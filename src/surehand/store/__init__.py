"""The only SQL: rows hold the truth, a work table holds what is due."""
