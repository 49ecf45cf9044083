"""The command line: `wrt derive`, `wrt check`, `wrt doctor`, `wrt functions`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from wrt.errors import WrtError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0, 1 for a check that says no or a finding of the doctor, 2 for bad input."""
    from wrt.cli.app import app
    from wrt.cli.arguments import shield
    from wrt.cli.terminal import adapt

    adapt(sys.stdout)
    adapt(sys.stderr)
    try:
        app(shield(sys.argv[1:] if arguments is None else arguments), prog_name="wrt")
    except WrtError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except (RecursionError, MemoryError):
        print("error: that is larger than this machine can hold", file=sys.stderr)
        sys.exit(2)
