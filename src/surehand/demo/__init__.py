"""The made-up company: its books, and generators of the invoices and receipts that it gets."""
