"""Numbers in, numbers out; knows no word of the domain."""
