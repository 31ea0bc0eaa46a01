"""From the key that opens a screen to all that is on it: with 10,000 cases, held against what it takes with 150."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, paired
from benchmarks.ground import LAST_FACTS, SAMPLE, SAMPLE_SIZE, Ground, ref_of
from benchmarks.window import Window
from fieldtool.domain.kinds.sample import ListImported
from fieldtool.domain.method.case_list import ListedCase
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.file.database import Database

AIM = 2.0
MANY = 10_000
QUIET = 0.4
"""Seconds without a byte after which a screen has all: some fill what they show in a second step."""

F2, F4, F5, ESCAPE = "\x1bOQ", "\x1bOS", "\x1b[15~", "\x1b"
SCREENS = {
    "Ratings": F2,
    "Conflicts": F4,
    "Lead's desk": F5,
    "Progress": f"{F5} 1",
    "Agenda": f"{F5} 2",
    "Set up and team": f"{F5} 3",
    "Case lists": f"{F5} 4",
    "Draw the sample": f"{F5} 5",
    "Share out": f"{F5} 6",
    "Replace a case": f"{F5} 7",
}
"""Each screen, and the keys that lead to it from the list of cases; the last of them is timed."""


def measure(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Open each screen in two windows that take turns; the first time, when its code is loaded, is left out."""
    few, many = (_listed(ground, cases) for cases in (SAMPLE_SIZE, MANY))
    with (
        Window(ground.ours(many), ground.folder, 80, 24) as ours,
        Window(ground.ours(few), ground.folder, 80, 24) as theirs,
    ):
        for window in (ours, theirs):
            window.settle(1)
            window.shown()
        for title, keys in SCREENS.items():
            times = [(_opened(ours, keys), _opened(theirs, keys)) for _ in range(max(2, rounds // 3) + 1)][1:]
            yield paired(
                f"{title}, with {MANY:,} cases : {SAMPLE_SIZE}",
                [mine for mine, _ in times],
                [other for _, other in times],
                "ms",
                AIM,
            )


def _opened(window: Window, keys: str) -> float:
    """Open a screen and go back; the milliseconds until nothing changed on it any more."""
    *before, last = keys.split()
    for key in before:
        window.press(key)
        window.settle(QUIET)
    window.shown()
    moment = window.press(last)
    window.settle(QUIET)
    (changed,) = window.shown()
    for _ in (*before, last):
        window.press(ESCAPE)
        window.settle(QUIET)
    window.shown()
    return (changed - moment) * 1000


def _listed(ground: Ground, cases: int) -> Path:
    """An inspection of so many cases with a case list of as many more."""
    path = ground.inspection(cases)
    facts = LAST_FACTS | {"gender": "male", "cluster": "South"}
    rows = [ListedCase(f"L{ref_of(number)}", facts) for number in range(cases)]
    with Database.open(path) as database:
        Log(database, new_device(database), "INS-1").record("", ListImported.of(SAMPLE, tuple(rows)))
    return path
