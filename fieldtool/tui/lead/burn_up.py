"""What is done by each day of fieldwork, drawn as columns against the line of what is needed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from textual.strip import Strip

from fieldtool.domain.method.pace import Point
from fieldtool.domain.words.days import short_day, weekday
from fieldtool.tui.parts.paint import DIM, HEADING, MARK, STRONG, Painted, Pieces, fitted

BAR, NEEDED, NEEDED_IN_BAR = "█", "━", "▓"
_EIGHTHS = " ▁▂▃▄▅▆▇"
_WIDEST, _NAMED = 9, 7
"""So many cells a day takes at most, and at least if it is named and not only numbered."""

_APART = 3
"""So many lines are from one number at the side to the next, at least."""

_STEPS = tuple(first * 10**zeros for zeros in range(7) for first in (1, 2, 5))
"""What the numbers at the side go up by: one of these."""


class BurnUp(Painted):
    """The burn-up, in whatever room it has."""

    def __init__(self) -> None:
        super().__init__(id="burn-up")
        self._points: Sequence[Point] = ()
        self._due = 0
        self._today = date.min
        self._lines: list[Pieces] | None = None

    def show(self, points: Sequence[Point], due: int, today: date) -> None:
        """Show these days.

        Args:
            due: how many cases there are.
        """
        self._points, self._due, self._today = points, due, today
        self._lines = None
        self.refresh()

    def on_resize(self) -> None:
        """Draw it anew for another size."""
        self._lines = None

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        if self._lines is None:
            self._lines = drawn(self._points, self._due, self._today, *self.size)
        return self.painted(self._lines[y] if y < len(self._lines) else [], self.size.width)


def drawn(points: Sequence[Point], due: int, today: date, width: int, height: int) -> list[Pieces]:
    """The lines of a burn-up in so many cells: what its signs mean, the columns, the days below them."""
    side = len(f"{due:,}") + 1
    rows, room = height - 2, width - side - 2
    if not points or not due or rows < 2 or room < 2:
        why = "" if not due else "  No day of fieldwork is known yet, and no case is complete."
        return [[(fitted(why, width), DIM)]]
    shown = _fitting(points, room)
    cell = max(1, min(_WIDEST, room // len(shown)))
    head: Pieces = [(" " * (side + 1), ""), ("Cases done", HEADING), ("  █ so far", MARK)]
    if any(point.needed is not None for point in shown):
        head.append(("  ━ needed", STRONG))
    lines, numbers = [head], _numbers(due, rows)
    for row in reversed(range(rows)):
        number = f"{numbers[row]:,}" if row in numbers else ""
        line: Pieces = [(f"{number:>{side}}", DIM), ("┤" if number else "│", DIM)]
        for point in shown:
            line += _cells(point, due, row, rows, cell)
        lines.append(line)
    lines.append([(f"{0:>{side}}", DIM), ("└", DIM), (_days(shown, cell, today), DIM)])
    return lines


def _numbers(due: int, rows: int) -> dict[int, int]:
    """The numbers at the side by their lines, the lowest being 0: round ones, and on top how many are due."""
    step = next((step for step in _STEPS if step * rows >= _APART * due), due)
    numbers = {-(-number * rows // due) - 1: number for number in range(step, due, step)}
    near_the_top = range(rows - _APART + 1, rows)
    return {row: number for row, number in numbers.items() if row not in near_the_top} | {rows - 1: due}


def _fitting(points: Sequence[Point], room: int) -> Sequence[Point]:
    """As many days as there are cells; of more, the last of every so many, with what was done by then or by today."""
    if len(points) <= room:
        return points
    ends = [place * len(points) // room for place in range(room + 1)]
    shown = []
    for start, end in pairwise(ends):
        done = [point.done for point in points[start:end] if point.done is not None]
        shown.append(points[end - 1]._replace(done=done[-1] if done else None))
    return shown


def _cells(point: Point, due: int, row: int, rows: int, cell: int) -> Pieces:
    """What one day has in one line, the lowest being 0: a part of its column, the line that is needed, or both."""
    eighths = 0 if point.done is None else min(point.done, due) * rows * 8 // due
    if point.done and not eighths:
        eighths = 1  # one of very many is more than none
    full = max(0, min(8, eighths - 8 * row))
    sign = BAR if full == 8 else _EIGHTHS[full]
    needed = bool(point.needed) and -(-(point.needed or 0) * rows // due) - 1 == row
    gap = int(cell > 1)
    if not needed:
        return [(sign * (cell - gap), MARK), (" " * gap, "")]
    if not full:
        return [(NEEDED * cell, STRONG)]
    # The line is seen beside the column, which hides it; where there is nothing beside it, in the column itself.
    return [(sign * (cell - gap), MARK), (NEEDED * gap, STRONG)] if gap else [(NEEDED_IN_BAR, MARK)]


def _days(points: Sequence[Point], cell: int, today: date) -> str:
    """The days below their columns: by name where there is room, else as many of their numbers as fit."""
    months = len({(point.day.year, point.day.month) for point in points}) > 1
    if cell >= _NAMED:
        names = [
            "today" if point.day == today else f"{weekday(point.day)} {point.day.day}" for point in points
        ]
    else:
        names = [short_day(point.day) if months else str(point.day.day) for point in points]
    text, at, end = "", 0, len(points) * cell
    for place, name in enumerate(names):
        if at <= place * cell <= max(end - len(name), 0):
            text = text.ljust(place * cell, "─") + name
            at = len(text) + 1
    return text.ljust(end, "─")
