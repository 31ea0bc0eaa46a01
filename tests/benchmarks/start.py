"""From the start of the program to the first text and to the first case; the floor is the smallest app's text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, paired
from benchmarks.ground import A_REF, SAMPLE_SIZE, Ground
from benchmarks.window import Window

AIM, AIM_OF_MANY = 1.3, 1.4
MANY = 10_000


def measure(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Start the smallest app, ours with the cases of a sample, and ours with many, in turns."""
    few, many = ground.inspection(SAMPLE_SIZE), ground.inspection(MANY)
    floor: list[float] = []
    text: list[float] = []
    case: list[float] = []
    case_of_many: list[float] = []
    for turn in range(rounds + 1):
        empty = _started(ground, ground.floor(), "ready 0")[1]
        first_text, first_case = _started(ground, ground.ours(few), A_REF)
        of_many = _started(ground, ground.ours(many), A_REF)[1]
        if turn:  # the first turn compiles and fills the caches
            floor.append(empty)
            text.append(first_text)
            case.append(first_case)
            case_of_many.append(of_many)
    yield paired(f"start to first text, {SAMPLE_SIZE} cases", text, floor, "ms", AIM)
    yield paired(f"start to first case, {SAMPLE_SIZE} cases", case, floor, "ms", AIM)
    yield paired(f"start to first case, {MANY:,} cases", case_of_many, floor, "ms", AIM_OF_MANY)


def _started(ground: Ground, argv: list[str | Path], wanted: str) -> tuple[float, float]:
    with Window(argv, ground.folder) as window:
        window.settle(0.25)
        any_text, seen, _ = window.shown(lambda text: bool(text.strip()), lambda text: wanted in text)
        return (any_text - window.started) * 1000, (seen - window.started) * 1000
