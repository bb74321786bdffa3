"""`python -m prover` is `prover`. What the commands need is imported in `main`, so that Ctrl-C may come even then."""

import sys

from prover.cli import ctrl_c


def main() -> None:
    """Run the command line, see :func:`prover.cli.main.main`."""
    ctrl_c.begin()
    try:
        from prover.cli.main import main as run

        run()
    except KeyboardInterrupt:
        ctrl_c.tell()
        sys.exit(ctrl_c.INTERRUPTED)
    finally:
        ctrl_c.end_at_once()


if __name__ == "__main__":
    main()
