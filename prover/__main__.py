"""`python -m prover` is `prover`. What the commands need is imported here, so that Ctrl-C may come even then."""

import sys


def main() -> None:
    """Run the command line, see :func:`prover.cli.main.main`."""
    try:
        from prover.cli.main import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
