"""The figures of another inspection or of a group of services, out of a CSV or XLSX file: all, or none and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from fieldtool.caselist.columns import DEEPEST, Table
from fieldtool.caselist.reading import read
from fieldtool.caselist.said import ToBeSaid
from fieldtool.caselist.tables import Cell, ListError, Row, Sheet
from fieldtool.caselist.words import plain
from fieldtool.domain.method.figures import Figure, Whose
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.tally import whole_percent
from fieldtool.domain.words.days import day_as_typed
from fieldtool.domain.words.nearest import nearest

ID, PERCENT, N, OF = "id", "per cent", "n", "N"
"""What a column may be."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    ID: (
        "id", "item id", "item", "prompt id", "prompt number", "prompt no", "prompt",
        "key question id", "key question number", "key question no", "key question",
        "question id", "question number", "question no", "question", "kq", "number", "ref", "reference",
    ),
    PERCENT: ("per cent", "per cent yes", "yes per cent", "share", "figure"),
    N: ("n", "n yes", "yes", "number yes", "judged yes", "answered yes", "numerator", "count"),
    OF: ("of", "out of", "n yes and no", "yes and no", "n total", "total n", "total", "base", "denominator"),
}  # fmt: skip
"""What it is called, the surest first."""

_SERVICES: Mapping[Whose, tuple[str, ...]] = {
    "previous": ("previous", "previous inspection", "last inspection", "last"),
    "comparison": (
        "comparison", "comparison group", "group", "all crcs", "all nps", "all providers", "all services",
        "all inspected services", "all", "average", "national", "england and wales",
    ),
}  # fmt: skip
"""What a column of per cents is called that stands beside others."""

_NOTHING = frozenset(["-", "–", "—", "n/a", "na", "none"])
"""What people put where there is no figure."""

_MOST = 20
"""So many faults are told; a file with more of them is wrong in another way."""


class FiguresRead(NamedTuple):
    """What a file has."""

    columns: Mapping[str, str]
    """The heading of each column that is used, by what it is."""
    figures: Mapping[str, Figure]
    without: tuple[str, ...]
    """The items that are named, without a figure."""
    passed_over: tuple[int, ...]
    """Rows that name no item and have no figure, as headings in between and notes below."""


def read_figures(path: Path, framework: Framework, whose: Whose) -> FiguresRead:
    """Read the figures of prompts and key questions.

    Raises:
        ListError: the file cannot be used, or with a sentence for each row that is wrong.
    """
    sheets = read(path, what="table of figures")
    names = _names_of(whose)
    tables = [
        _table(path.name, sheet, place, names)
        for sheet in sheets
        for place in range(len(sheet.rows[:DEEPEST]))
    ]
    # The first of those that have most.
    table = max(tables, key=lambda each: (ID in each.meanings.values(), len({*each.meanings.values()})))
    return _Reading(_whole(table), framework).figures()


def _table(name: str, sheet: Sheet, place: int, names: Mapping[str, Sequence[str]]) -> Table:
    """The rows below one that may be their headings."""
    headings = [cell if isinstance(cell, str) else "" for cell in sheet.rows[place].cells]
    readings = [_meaning(heading, names) for heading in headings]
    table = Table.of(name, sheet.title, headings, sheet.rows[place + 1 :], readings)
    if N not in table.meanings.values():
        spare = (place for place, heading in enumerate(headings) if heading == "N")
        table = replace(table, meanings={**dict.fromkeys(spare, N), **table.meanings})
    return table


def _meaning(heading: str, names: Mapping[str, Sequence[str]]) -> tuple[str, int]:
    """What a column may be by its heading, and how telling that is."""
    if heading == "N":  # apart from n and N, small and large letters mean the same
        return OF, len(names[OF])
    words = _words(heading)
    return next(((what, known.index(words)) for what, known in names.items() if words in known), ("", 0))


def _whole(table: Table) -> Table:
    """The table, if the columns are there that are needed; without the one that is of no use.

    Raises:
        ListError: they are not, or one is there twice.
    """
    try:
        places = table.places
    except ToBeSaid as error:
        raise ListError(f"{error.what}: leave one of them out.") from None
    if ID not in places:
        raise ListError(
            f'{table.name} has no known headings: put "id" and "per cent", or "id", "n" and "N", '
            "above the figures."
        )
    counts = [what for what in (N, OF) if what in places]
    if len(counts) == 1 and PERCENT not in places:
        (there,), (missing,) = counts, {N, OF} - {*counts}
        raise ListError(f'{table.name} has a column "{there}", but none for "{missing}": both are needed.')
    if not counts and PERCENT not in places:
        raise ListError(
            f'{table.name} has no known column of figures: call it "per cent", or call two "n" and "N".'
        )
    return table.said(places[counts[0]], "") if len(counts) == 1 else table


class _Reading:
    """One pass over a table, and the faults that it has met."""

    def __init__(self, table: Table, framework: Framework) -> None:
        self._table = table
        self._framework = framework
        self._known = {item.casefold(): item for item in _counted(framework)}
        self._shares = _are_shares(table)
        self._faults: list[str] = []
        self._met: dict[str, int] = {}

    def figures(self) -> FiguresRead:
        """Read all rows.

        Raises:
            ListError: some of them are wrong.
        """
        figures, without, passed_over = {}, [], []
        for row in self._table.rows:
            id = self._cell(row, ID)
            item = self._item(id)
            if all(self._cell(row, what) is None for what in (PERCENT, N, OF)):
                if item:
                    without.append(item)
                else:
                    passed_over.append(row.number)
                continue
            if not self._may_be(row, id, item):
                continue
            figure = self._figure(row, item)
            if figure is not None:
                figures[item] = figure
        self._tell()
        if not figures:
            raise ListError(f"{self._table.name} has no figures below its headings.")
        places = self._table.places
        used = {what: self._table.heading(what) for what in (ID, PERCENT, OF, N) if what in places}
        return FiguresRead(used, figures, tuple(without), tuple(passed_over))

    def _tell(self) -> None:
        if self._faults:
            more = len(self._faults) - _MOST
            rest = [f"{self._table.name} has {more} more like these."] if more > 0 else []
            raise ListError("\n".join([*self._faults[:_MOST], *rest]))

    def _cell(self, row: Row, what: str) -> Cell:
        cell = self._table.cell(row, what)
        return None if isinstance(cell, str) and cell.casefold() in _NOTHING else cell

    def _fault(self, row: Row, what: str, item: str, why: str) -> None:
        """Keep a sentence that names the place of a fault."""
        named = f", {item}" if item else ""
        place = f'{self._table.name}, row {row.number}, column "{self._table.heading(what)}"{named}'
        self._faults.append(f"{place}: {why}")

    def _item(self, cell: Cell) -> str:
        """The item that a cell names, alone or before its wording; empty if none."""
        if not isinstance(cell, str):
            return ""
        whole, first = cell.casefold(), cell.split()[0].casefold()
        return next(
            (self._known[id] for id in (whole, first, first.rstrip(".:)")) if id in self._known),
            "",
        )

    def _may_be(self, row: Row, id: Cell, item: str) -> bool:
        """Whether a row is of an item, and the first of it."""
        if not item:
            self._fault(row, ID, "", self._what_else(id))
        elif item in self._met:
            self._fault(row, ID, item, f"it is in row {self._met[item]} already: leave one out.")
        else:
            self._met[item] = row.number
            return True
        return False

    def _what_else(self, id: Cell) -> str:
        if id is None:
            return "a figure has no id here: say which key question or prompt it is of."
        if isinstance(id, date):
            return f"Excel has made a date of the id, {day_as_typed(id)}: format the column as text, and type it again."
        word = id.split()[0]
        if word in self._framework.standards_by_id:
            return f"{word} is a standard: figures are of key questions and prompts."
        if word in self._framework.standard_of:
            return f"{word} is judged in words for the inspection as a whole: it has no percentage."
        near = nearest(word, self._known)
        meant = f"did you mean {self._known[near]}?" if near else "see `fieldtool framework show`."
        return f'"{id}" is not a key question or prompt of this framework: {meant}'

    def _figure(self, row: Row, item: str) -> Figure | None:
        """The figure of a row; None if something is wrong with it."""
        before = len(self._faults)
        percent, n, of = (self._number(row, item, what) for what in (PERCENT, N, OF))
        if len(self._faults) > before:
            return None
        why = self._why_not(percent, n, of)
        if why is not None:
            self._fault(row, why[0], item, why[1])
            return None
        return Figure(stated=percent) if n is None else Figure(n=n, of=of)

    def _why_not(self, percent: int | None, n: int | None, of: int | None) -> tuple[str, str] | None:
        """In which column a figure is impossible, and why; None if it is not."""
        if percent is not None and percent > 100:
            return PERCENT, f"{percent} per cent is above 100."
        if n is None and of is None:
            return None
        if n is None or of is None:
            return (
                (N, "n is missing, though N is there.")
                if n is None
                else (OF, "N is missing, though n is there.")
            )
        if of == 0:
            return OF, "N is 0: where no case counted, leave n and N blank."
        if n > of:
            return N, f"n is {n} and N is {of}: n cannot be above N."
        counted = whole_percent(n, of)
        if percent is not None and percent != counted:
            return PERCENT, f"it says {percent} per cent, but {n} of {of} is {counted}: correct one of them."
        return None

    def _number(self, row: Row, item: str, what: str) -> int | None:
        cell = self._cell(row, what)
        if cell is None:
            return None
        text = cell if isinstance(cell, str) else day_as_typed(cell)
        bare = re.sub(r"(?i) *(%|per ?cent)$", "", text) if what == PERCENT else text
        if re.fullmatch(r"\d{1,3}(,\d{3})+", bare):
            bare = bare.replace(",", "")
        if not re.fullmatch(r"\d{1,9}([.,]\d+)?", bare, re.ASCII):
            self._fault(row, what, item, f'"{text}" is not a number.')
            return None
        number = Decimal(bare.replace(",", "."))
        if what == PERCENT and self._shares:
            number *= 100
        if number != int(number):
            wanted = "round it to whole per cent, or give n and N" if what == PERCENT else "give whole cases"
            self._fault(row, what, item, f'"{text}" has decimals: {wanted}.')
            return None
        return int(number)


def _counted(framework: Framework) -> Iterator[str]:
    """The items that have percentages."""
    for standard in framework.standards:
        for question in standard.counted:
            yield question.id
            yield from (prompt.id for prompt in question.prompts)


def _are_shares(table: Table) -> bool:
    """Whether the per cents of a workbook are shares of 1, as Excel keeps what it shows as 62%."""
    cells = [cell for row in table.rows if isinstance(cell := table.cell(row, PERCENT), str)]
    cells = [cell for cell in cells if cell.casefold() not in _NOTHING]
    small = all(re.fullmatch(r"[01](\.\d+)?", cell) and Decimal(cell) <= 1 for cell in cells)
    return bool(table.sheet) and small and any("." in cell for cell in cells)


def _words(heading: str) -> str:
    """A heading in plain words, with one way to say per cent."""
    words = plain(heading.replace("%", " per cent "))
    return re.sub(r"\b(percent|percentage|pct|pc)\b", "per cent", words)


def _names_of(whose: Whose) -> Mapping[str, Sequence[str]]:
    """What each column may be called, where the figures are somebody's."""
    own = tuple(_words(f"{name} per cent") for name in _SERVICES[whose])
    return {**_NAMES, PERCENT: (*_NAMES[PERCENT], *own, *_SERVICES[whose])}
