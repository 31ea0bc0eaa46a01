"""From the key that opens a case to its text on the screen; the floor pushes a screen with one Static."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figures import Figure, paired
from benchmarks.ground import SAMPLE_SIZE, Ground
from benchmarks.window import Window

CASES_OF_A_WINDOW = 6


def measure(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Open the first case after a start, then more of them, in several windows."""
    first: list[tuple[float, float]] = []
    later: list[tuple[float, float]] = []
    path = ground.inspection(SAMPLE_SIZE)
    for _ in range(max(2, rounds // 3)):
        with (
            Window(ground.ours(path), ground.folder) as ours,
            Window(ground.floor(), ground.folder) as theirs,
        ):
            for window in (ours, theirs):
                window.settle(1)
                window.shown()
            for number in range(CASES_OF_A_WINDOW):
                mine = ours.timed("\r", lambda text: "across the sample" in text)[0]
                floor = theirs.timed("\r", lambda text: "other" in text)[0]
                (later if number else first).append((mine, floor))
                for window in (ours, theirs):
                    window.press("\x1b")
                    window.settle(0.3)
                    window.shown()
                ours.press("\x1b[B")
                ours.settle()
                ours.shown()
    for what, pairs in (("first case opened after a start", first), ("case opened", later)):
        yield paired(what, [mine for mine, _ in pairs], [floor for _, floor in pairs], "ms")
