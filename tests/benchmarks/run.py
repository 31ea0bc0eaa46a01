"""Measures fieldtool against floors in the same run: `python tests/benchmarks/run.py [NAME …] [--json]`."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from benchmarks.command import main  # noqa: E402  # found only now

if __name__ == "__main__":
    main()
