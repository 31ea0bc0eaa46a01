"""`python -m fieldtool`, the same as `fieldtool`."""

from fieldtool.cli.main import main

if __name__ == "__main__":
    main()
