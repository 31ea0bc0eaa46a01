"""What a benchmark hands back: ours and its floor in one unit, their ratio, and the ratio aimed at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

WIDTHS = (52, 11, 11, 7, 6)


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    ours: float
    floor: float
    ratio: float
    unit: str
    aim: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the ratio is within the aim; None where nothing is aimed at."""
        return None if self.aim is None else self.ratio <= self.aim


def paired(
    what: str, ours: Sequence[float], floor: Sequence[float], unit: str, aim: float | None = None
) -> Figure:
    """A figure of two series whose members took turns: the ratio is the median of the ratios of the turns.

    What else the machine does then falls on both sides of each ratio.
    """
    ratios = [mine / theirs for mine, theirs in zip(ours, floor, strict=True)]
    return Figure(what, median(ours), median(floor), median(ratios), unit, aim)


def heading() -> str:
    """The names of the columns."""
    return _columns("what", "ours", "floor", "ratio", "aim") + "  reached"


def line(figure: Figure) -> str:
    """A figure as a line of the table."""
    ours, floor = (f"{value:.{_places(figure)}f} {figure.unit}" for value in (figure.ours, figure.floor))
    aim = "-" if figure.aim is None else f"{figure.aim:g}"
    reached = {True: "yes", False: "NO", None: "-"}[figure.reached]
    return f"{_columns(figure.what, ours, floor, f'{figure.ratio:.2f}', aim)}  {reached}"


def as_json(figures: Sequence[Figure]) -> str:
    """All figures, for other programs."""
    return json.dumps([asdict(figure) | {"reached": figure.reached} for figure in figures], indent=2)


def _columns(what: str, *others: str) -> str:
    return " ".join(
        [what.ljust(WIDTHS[0]), *(text.rjust(size) for text, size in zip(others, WIDTHS[1:], strict=True))]
    )


def _places(figure: Figure) -> int:
    return 0 if figure.floor >= 100 else 2 if figure.floor >= 1 else 3
