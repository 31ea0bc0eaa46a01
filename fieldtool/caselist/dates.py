"""Dates in the cells of a list: read as services and spreadsheets write them, and which order they are in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from fieldtool.caselist.tables import Cell
from fieldtool.domain.words.days import read_day

_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)
_BEGINNING = date(1899, 12, 30)
"""Day 0 of Excel."""


_NUMBERS = re.compile(r"(\d{1,2})([/.\- ])(\d{1,2})\2(\d{2,4})\b")


def day_of(cell: Cell, *, month_first: bool = False) -> date | None:
    """Read a date; None if it is none.

    Excel's way of keeping dates as numbers of days is understood as well.

    Args:
        month_first: whether the month stands before the day; it stands after it otherwise.
    """
    if not isinstance(cell, str):
        return cell
    if month_first:
        cell = _NUMBERS.sub(r"\3\2\1\2\4", cell, count=1)
    if re.fullmatch(r"\d{5}(\.\d+)?", cell):
        day = _BEGINNING + timedelta(days=int(float(cell)))
        return day if _FIRST <= day <= _LAST else None
    return read_day(cell)


def order_of(cells: Iterable[Cell]) -> tuple[int, int]:
    """How many dates of a column can only have the day first, and how many only the month."""
    day_first = month_first = 0
    for cell in cells:
        numbers = _NUMBERS.match(cell) if isinstance(cell, str) else None
        if numbers:
            day_first += int(numbers[1]) > 12 >= int(numbers[3])
            month_first += int(numbers[3]) > 12 >= int(numbers[1])
    return day_first, month_first
