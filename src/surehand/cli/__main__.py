"""`python -m surehand.cli`."""

from surehand.cli import main

main()
