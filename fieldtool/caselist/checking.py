"""Which rows of a case list are taken as cases, and why every other one is not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from fieldtool.caselist.columns import (
    BIRTH,
    CRN,
    ENDED,
    FAMILY,
    FIRST,
    NAME,
    NAMES,
    PNC,
    RELEASE,
    START,
    ColumnError,
    Table,
    plain,
    title_of,
)
from fieldtool.caselist.reading import Row, day_of
from fieldtool.domain.method.case_list import ListedCase
from fieldtool.domain.method.framework import Fact, Framework, ListColumn
from fieldtool.domain.words.days import day_as_typed

_NOT_ENDED = frozenset(["", "n", "no", "false", "n a", "none", "active", "current"])
"""What stands in the column of an end that has not come; noughts are Excel's empty date."""

LONGEST_REF, LONGEST_TEXT = 40, 200

Watch = Callable[[Iterable[Row]], Iterable[Row]]
"""Gives rows on while they are looked at, so that a progress bar can move."""


class LeftOut(NamedTuple):
    """A row that is not taken."""

    row: int
    column: str
    """The heading of the column that decides it."""
    reason: str


class Checked(NamedTuple):
    """What a case list comes to."""

    table: Table
    """What its columns are, without the rows: names are kept no longer."""
    rows: int
    taken: tuple[ListedCase, ...]
    left_out: tuple[LeftOut, ...]
    """Every row that is not taken, in their order."""
    terminated: tuple[int, ...]
    """The rows of cases that are taken, and have ended."""
    remarks: tuple[str, ...]
    """What else to know: words that were not understood, columns that are not there."""


@dataclass(frozen=True)
class _Candidate:
    """A row that is a case, unless it is one that another row is about as well; names are kept no longer."""

    row: int
    start: date | None
    case: ListedCase
    keys: Mapping[str, tuple[str, ...]] = field(repr=False)
    """By what it is known whether another row is about the same person, by the column to name."""
    terminated: bool = False

    @property
    def order(self) -> tuple[date, int]:
        """The earliest is kept; where two began on one day, the first on the list."""
        return self.start or date.max, self.row


def check(
    table: Table,
    framework: Framework,
    sample: str,
    today: date,
    there: Mapping[str, str],
    watch: Watch = iter,
) -> Checked:
    """Take the cases out of a list.

    Args:
        there: why a case cannot be taken, by its reference, as when it is in another sample already.

    Raises:
        ColumnError: a field has two columns, or none although it is needed, as to know the stratum of a case.
    """
    _must_be_whole(table, framework, sample)
    checking = _Checking(table, framework, sample, today, there)
    candidates, left_out = [], []
    for row in watch(table.rows):
        taken = checking.candidate(row)
        if isinstance(taken, LeftOut):
            left_out.append(taken)
        else:
            candidates.append(taken)
    double = {each.row: each for each in _doubles(table, candidates)}
    kept = [each for each in candidates if each.row not in double]
    return Checked(
        replace(table, rows=()),
        len(table.rows),
        tuple(each.case for each in kept),
        tuple(sorted((*left_out, *double.values()))),
        tuple(each.row for each in kept if each.terminated),
        tuple(checking.remarks()),
    )


def _must_be_whole(table: Table, framework: Framework, sample: str) -> None:
    """See to it that the columns are there that are needed."""
    needed = [CRN, *(column.fact for column in framework.list_columns if column.required)]
    missing = next((field for field in needed if field not in table.places), None)
    if missing is not None:
        raise ColumnError(
            f"{table.name} has no column for {title_of(framework, missing)}",
            f'name it with --map "COLUMN={missing}".',
        )
    deciding = framework.deciding_facts(sample)
    missing = next((fact for fact in deciding if fact not in table.places), None)
    if missing is not None:
        raise ColumnError(
            f"{table.name} has no column for {title_of(framework, missing)}, by which the strata of the sample are "
            "told apart",
            f'name it with --map "COLUMN={missing}", or add one to the list, blank where nobody knows.',
        )


class _Checking:
    """One pass over a list, and what it has met on the way."""

    def __init__(
        self, table: Table, framework: Framework, sample: str, today: date, there: Mapping[str, str]
    ) -> None:
        self._table, self._today, self._there = table, today, there
        own = {column.fact: column for column in framework.list_columns}
        self._facts = [
            _FactColumn(fact, own.get(fact.id, ListColumn(fact=fact.id, headings=())))
            for fact in framework.facts_for(sample)
            if fact.id in table.places
        ]
        self._named = {column.fact for column in framework.list_columns if column.required}
        self._missing = [
            f"There is no column for {fact.title}: it is not recorded."
            for fact in framework.facts_for(sample)
            if fact.id in own and fact.id not in table.places
        ]
        self._met: dict[str, list[int]] = defaultdict(list)

    def remarks(self) -> Iterator[str]:
        """What there is to know of the list beside the rows that are left out."""
        yield from self._missing
        if not any(name in self._table.places for name in NAMES):
            yield "There is no column for names: restricted cases and duplicates by name cannot be found."
        for what, rows in self._met.items():
            more = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
            yield f"{what} (row {rows[0]}{more})."

    def candidate(self, row: Row) -> _Candidate | LeftOut:
        """The case of a row, or why it is none."""
        ref = _ref(self._text(row, CRN))
        start = self._start(row)
        reasons = (
            self._torn(row),
            self._no_ref(row, ref),
            self._restricted(row),
            self._not_begun(row, start),
        )
        facts: dict[str, str] = {}
        left_out = next(filter(None, reasons), None) or self._read_facts(row, facts)
        if left_out:
            return left_out
        return _Candidate(row.number, start, ListedCase(ref, facts), self._keys(row, ref), self._ended(row))

    def _text(self, row: Row, name: str) -> str:
        cell = self._table.cell(row, name)
        return day_as_typed(cell) if isinstance(cell, date) else cell or ""

    def _left_out(self, row: Row, name: str, reason: str) -> LeftOut:
        return LeftOut(row.number, self._table.heading(name), reason)

    def _torn(self, row: Row) -> LeftOut | None:
        width = len(self._table.headings)
        if all(cell is None for cell in row.cells[width:]):
            return None
        return LeftOut(row.number, f"column {width + 1}", "more cells than there are headings")

    def _no_ref(self, row: Row, ref: str) -> LeftOut | None:
        if not ref:
            return self._left_out(row, CRN, "no CRN")
        if len(ref) > LONGEST_REF or not re.fullmatch(r"[A-Z0-9][A-Z0-9./_-]*", ref):
            return self._left_out(row, CRN, "not a valid CRN")
        return self._left_out(row, CRN, self._there[ref]) if ref in self._there else None

    def _restricted(self, row: Row) -> LeftOut | None:
        for name in NAMES:
            text = self._text(row, name)
            if "*" in text:
                return self._left_out(row, name, "restricted: asterisks in the name")
            if "restricted" in plain(text).split():
                return self._left_out(row, name, "restricted")
        return None

    def _start(self, row: Row) -> date | None:
        return day_of(self._table.cell(row, RELEASE)) or day_of(self._table.cell(row, START))

    def _not_begun(self, row: Row, start: date | None) -> LeftOut | None:
        name = RELEASE if self._table.cell(row, RELEASE) is not None else START
        if start is None and self._table.cell(row, name) is not None:
            return self._left_out(row, name, "not a valid date: write it as 31/01/2020")
        if start is not None and start > self._today:
            return self._left_out(row, name, f"starts in the future, on {day_as_typed(start)}")
        return None

    def _read_facts(self, row: Row, facts: dict[str, str]) -> LeftOut | None:
        for column in self._facts:
            text = self._text(row, column.fact.id)
            value, remark = column.read(text)
            if value is not None:
                facts[column.fact.id] = value
            elif column.fact.id in self._named:
                title = column.fact.title
                reason = f'"{text}" is not a known {title.lower()}' if text else f"{title.lower()} missing"
                return self._left_out(row, column.fact.id, reason)
            if remark:
                self._met[f'"{self._table.heading(column.fact.id)}": {remark}'].append(row.number)
        return None

    def _ended(self, row: Row) -> bool:
        cell = self._table.cell(row, ENDED)
        day = day_of(cell)
        if day is not None:
            return day <= self._today
        return isinstance(cell, str) and plain(cell).strip("0 ") not in _NOT_ENDED

    def _keys(self, row: Row, ref: str) -> dict[str, tuple[str, ...]]:
        keys: dict[str, tuple[str, ...]] = {CRN: (ref,)}
        pnc = _pnc(self._text(row, PNC))
        if pnc:
            keys[PNC] = (pnc,)
        family, first = (plain(self._text(row, name)) for name in (FAMILY, FIRST))
        words = f"{family} {first}" if family and first else plain(self._text(row, NAME))
        born = day_of(self._table.cell(row, BIRTH))
        if born is None and self._table.cell(row, BIRTH) is not None:
            self._met[f'"{self._table.heading(BIRTH)}" is not a valid date'].append(row.number)
        if born is not None and len(words.split()) > 1:
            keys[BIRTH] = (*sorted(words.split()), born.isoformat())
        return keys


class _FactColumn:
    """How a fact is read from its column."""

    def __init__(self, fact: Fact, column: ListColumn) -> None:
        self.fact = fact
        self._column = column
        self._known: dict[str, tuple[str | None, str]] = {}

    def read(self, text: str) -> tuple[str | None, str]:
        """The value that a cell gives the fact, and a remark where that is not plain; services use few words."""
        if self.fact.kind == "text":
            return text[:LONGEST_TEXT] or None, ""
        if text not in self._known:
            self._known[text] = self._choice(text)
        return self._known[text]

    @cached_property
    def _words(self) -> dict[str, str]:
        words = {plain(name): choice.id for choice in self.fact.choices for name in (choice.title, choice.id)}
        for choice, meaning in self._column.values.items():
            words |= {plain(word): choice for word in meaning}
        return words

    def _choice(self, text: str) -> tuple[str | None, str]:
        words = plain(text)
        if words in self._words:
            return self._words[words], ""
        within = [word for word in self._words if len(word) > 2 and f" {word} " in f" {words} "]
        longest = max(within, key=len, default="")
        alike = all(word in longest or self._words[word] == self._words[longest] for word in within)
        if longest and alike:
            value = self._words[longest]
            return value, f'"{text}" is taken as {self.fact.label(value)}'
        blank = self._words.get("")
        as_what = f"taken as {self.fact.label(blank)}" if blank else "not recorded"
        return blank, f'"{text}" is not known, and {as_what}' if words else ""


def _ref(text: str) -> str:
    return "".join(text.split()).upper()


def _pnc(text: str) -> str:
    """A PNC number without what is written in different ways; empty if it is none."""
    pnc = re.search(r"(?:19|20)?(\d\d)/?0*(\d{1,7})([A-Z])", "".join(text.split()).upper())
    return "/".join(pnc.groups()) if pnc else ""


def _doubles(table: Table, candidates: list[_Candidate]) -> Iterator[LeftOut]:
    """The rows about people whom another row is about, which began earlier."""
    group = list(range(len(candidates)))

    def root(place: int) -> int:
        while group[place] != place:
            group[place] = group[group[place]]
            place = group[place]
        return place

    holders: dict[tuple[str, tuple[str, ...]], int] = {}
    for place, each in enumerate(candidates):
        for key in each.keys.items():
            first = holders.setdefault(key, place)
            if first != place:
                group[root(place)] = root(first)
    members: dict[int, list[_Candidate]] = defaultdict(list)
    for place, each in enumerate(candidates):
        members[root(place)].append(each)
    for same in members.values():
        kept = min(same, key=lambda each: each.order)
        yield from (_double(table, each, kept, same) for each in same if each is not kept)


def _double(table: Table, each: _Candidate, kept: _Candidate, same: list[_Candidate]) -> LeftOut:
    others = [kept, *(other for other in same if other is not each)]
    other, name = next(
        (other, name) for other in others for name, key in each.keys.items() if other.keys.get(name) == key
    )
    what = {CRN: "the same CRN", PNC: "the same PNC"}.get(name, "the same names and date of birth")
    whose = f"row {other.row}"
    chain = "" if other is kept else f", and that person is in row {kept.row}"
    earlier = (
        ", which began earlier" if kept.start and (each.start is None or kept.start < each.start) else ""
    )
    return LeftOut(each.row, table.heading(name), f"duplicate: {what} as {whose}{chain}{earlier}")
