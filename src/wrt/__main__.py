"""`python -m wrt` is the command line."""

from wrt.cli import main

main()
