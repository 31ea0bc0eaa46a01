"""The command: which benchmarks run, how often, where their files are, and how the figures are shown."""

from __future__ import annotations

import argparse
import gc
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import central, keys, memory, merging, opening, saving, screens, start, tallies, unlocking
from benchmarks.figures import Figure, as_json, heading, line
from benchmarks.ground import Ground

BENCHMARKS: dict[str, Callable[[Ground, int], Iterator[Figure]]] = {
    "start": start.measure,
    "keys": keys.measure,
    "saving": saving.measure,
    "tallies": tallies.measure,
    "opening": opening.measure,
    "screens": screens.measure,
    "unlocking": unlocking.measure,
    "memory": memory.measure,
    "merging": merging.measure,
    "central": central.measure,
}
"""Each benchmark by its name; it is told where the inspections are and how many rounds to make."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the benchmarks asked for and show a line for each figure as it comes in."""
    asked = _parser().parse_args(argv)
    names = asked.names or list(BENCHMARKS)
    found: list[Figure] = []
    with _folder(asked.folder) as folder:
        ground = Ground(folder)
        if not asked.json:
            print(heading())
        for name in names:
            for figure in BENCHMARKS[name](ground, asked.rounds):
                found.append(figure)
                if not asked.json:
                    print(line(figure), flush=True)
            gc.collect()
    if asked.json:
        print(as_json(found))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure fieldtool against floors in the same run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; else all")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--rounds", type=int, default=15, help="how often ours and the floor take turns (15)")
    parser.add_argument("--folder", type=Path, help="keep the inspections here for the next run")
    return parser


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="fieldtool-benchmarks-") as name:
        yield Path(name)
