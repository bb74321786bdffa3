"""`python -m prover` is `prover`."""

from prover.cli.main import main

if __name__ == "__main__":
    main()
