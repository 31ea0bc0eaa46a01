"""The memory that the app holds once its first screen is there and the rest is loaded, against the smallest app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, paired
from benchmarks.ground import SAMPLE_SIZE, Ground
from benchmarks.start import MANY
from benchmarks.window import Window


def measure(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Look at each a few times."""
    times = max(2, rounds // 5)
    floor = [_resident(ground, ground.floor()) for _ in range(times)]
    for cases in (SAMPLE_SIZE, MANY):
        path = ground.inspection(cases)
        ours = [_resident(ground, ground.ours(path)) for _ in range(times)]
        yield paired(f"resident memory, {cases:,} cases", ours, floor, "MiB")


def _resident(ground: Ground, argv: list[str | Path]) -> float:
    with Window(argv, ground.folder) as window:
        window.settle(1.5)
        return window.resident
