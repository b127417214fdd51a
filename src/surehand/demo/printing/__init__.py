"""The paper of the made-up company: layouts, letterheads, tables, till rolls, and scans of them."""
