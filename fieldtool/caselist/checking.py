"""Which rows of a case list are taken as cases, and why every other one is not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from fieldtool.caselist.choices import FactColumn, ValueSeen
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
    Table,
    title_of,
)
from fieldtool.caselist.dates import day_of, order_of
from fieldtool.caselist.people import Candidate, LeftOut, Placeholders, doubles, without_placeholders
from fieldtool.caselist.said import Ask, Said, ToBeSaid
from fieldtool.caselist.tables import Row
from fieldtool.caselist.words import not_ended, nothing, plain, pnc_of, why_restricted
from fieldtool.domain.method.case_list import ListedCase
from fieldtool.domain.method.framework import Framework, ListColumn
from fieldtool.domain.words import alike
from fieldtool.domain.words.alike import plain_name, spellings
from fieldtool.domain.words.days import day_as_typed
from fieldtool.domain.words.numbers import counted, listed

LONGEST_REF = 40

_NO_SLIP = 3
"""So many rows with a cell beyond the headings are no slip in a row, if they are a quarter of all."""

LONG_AGO = 5
"""Years; a case that began before them is told, as its date may be mistyped."""

Watch = Callable[[Iterable[Row]], Iterable[Row]]
"""Gives rows on while they are looked at, so that a progress bar can move."""


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
    values: tuple[ValueSeen, ...] = ()
    """Every word of a column with choices and what it is taken for, in the order of facts."""


def check(
    table: Table,
    framework: Framework,
    sample: str,
    today: date,
    there: Mapping[str, str],
    said: Said | None = None,
    watch: Watch = iter,
) -> Checked:
    """Take the cases out of a list.

    Args:
        there: why a case cannot be taken, by its reference, as when it dropped out.
        said: what somebody says of the list, beyond what `find` has made of it.

    Raises:
        ToBeSaid: a field has two columns, or none although it is needed, as to know the stratum of a case; or dates
            can only be read with the month before the day.
    """
    said = said or Said()
    _must_be_whole(table, framework, sample)
    _must_have_one_order(table, said)
    checking = _Checking(table, framework, sample, today, there, said)
    candidates, left_out = [], []
    for row in watch(table.rows):
        taken = checking.candidate(row)
        if isinstance(taken, LeftOut):
            left_out.append(taken)
        else:
            candidates.append(taken)
    candidates, placeholders = without_placeholders(candidates)
    checking.look_at_spellings(candidates)
    candidates = [checking.respelt(each) for each in candidates]
    same = doubles(table, candidates)
    double = {(each.sheet, each.row) for each in same.left_out}
    kept = [each for each in candidates if (each.sheet, each.row) not in double]
    return Checked(
        replace(table, rows=()),
        len(table.rows),
        tuple(each.case for each in kept),
        tuple(sorted((*left_out, *same.left_out), key=lambda each: (each.sheet, each.row))),
        tuple(each.row for each in kept if each.terminated),
        (*table.remarks, *checking.remarks(placeholders, same.namesakes)),
        tuple(checking.values()),
    )


def _must_be_whole(table: Table, framework: Framework, sample: str) -> None:
    """See to it that the columns are there that are needed; all that are missing are said at once."""
    needed = [CRN, *(column.fact for column in framework.list_columns if column.required)]
    deciding = [fact for fact in framework.deciding_facts(sample) if fact not in needed]
    missing = [field for field in (*needed, *deciding) if field not in table.places]
    if not missing:
        return
    what = f"{table.name} has no column for {listed([title_of(framework, field) for field in missing])}"
    options = listed([f'--map "COLUMN={field}"' for field in missing])
    how = f"name {'it' if len(missing) == 1 else 'them'} with {options}"
    if missing[-1] not in deciding:
        raise ToBeSaid(what, f"{how}.")
    raise ToBeSaid(
        f"{what}, by which the strata of the sample are told apart",
        f"{how}, or add one to the list, blank where nobody knows.",
    )


def _must_have_one_order(table: Table, said: Said) -> None:
    """See to it that dates are not read with day and month swapped."""
    if said.before.month_first is not None:
        return
    for field in (START, RELEASE, ENDED, BIRTH):
        day_first, month_first = order_of(table.cell(row, field) for row in table.rows)
        if month_first and not day_first:
            dates = f"{counted(month_first, 'date')} can" if month_first > 1 else "one date can"
            raise ToBeSaid(
                f'{table.name}, "{table.heading(field)}": {dates} only be read with the month before the day, and none '
                "only with the day before the month",
                "say --dates month-first, or --dates day-first if those are mistakes.",
                Ask.DATES,
            )


class _Checking:
    """One pass over a list, and what it has met on the way."""

    def __init__(
        self,
        table: Table,
        framework: Framework,
        sample: str,
        today: date,
        there: Mapping[str, str],
        said: Said,
    ) -> None:
        self._table, self._today, self._there, self._said = table, today, there, said
        self._officer = framework.draw_facts.officer
        own = {column.fact: column for column in framework.list_columns}
        self._facts = [
            FactColumn(
                fact,
                own.get(fact.id, ListColumn(fact=fact.id, headings=())),
                said.before.values.get(fact.id, {}),
            )
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
        self._shown: dict[str, Mapping[str, tuple[str, Sequence[str]]]] = {}
        self._unnamed = self._unnamed_columns()

    def values(self) -> Iterator[ValueSeen]:
        """Every word that was read as a choice."""
        for column in self._facts:
            for text, number in sorted(column.seen.items(), key=lambda each: (-each[1], each[0])):
                yield ValueSeen(column.fact.id, text, column.read(text)[0] or "", number)

    def _unnamed_columns(self) -> int:
        """How many columns on the right have no heading, though many rows have something there."""
        width = len(self._table.headings)
        wide = [len(row.cells) - width for row in self._table.rows if len(row.cells) > width]
        return max(wide) if len(wide) >= _NO_SLIP and 4 * len(wide) > len(self._table.rows) else 0

    def remarks(self, placeholders: Placeholders, namesakes: Sequence[tuple[int, int]]) -> Iterator[str]:
        """What there is to know of the list beside the rows that are left out."""
        yield from self._missing
        yield from self._about_people(placeholders, namesakes)
        if self._unnamed:
            yield f"{counted(self._unnamed, 'column')} on the right without a heading: not used."
        yield from filter(None, map(self._about_spellings, self._shown))
        for what, rows in self._met.items():
            more = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
            yield f"{what} (row {rows[0]}{more})."

    def _about_people(
        self, placeholders: Placeholders, namesakes: Sequence[tuple[int, int]]
    ) -> Iterator[str]:
        if placeholders.numbers:
            one = placeholders.numbers == 1
            numbers = "One number stands" if one else f"{placeholders.numbers} numbers stand"
            yield (
                f'"{self._table.heading(PNC)}": {numbers} behind many different names, in {placeholders.rows} rows: '
                "not used to find duplicates."
            )
        for row, other in namesakes:
            yield (
                f'"{self._table.heading(BIRTH)}": row {row} has the names and date of birth of row {other}, but '
                "another PNC and CRN: both are kept."
            )
        if not any(name in self._table.places for name in NAMES):
            yield "There is no column for names: restricted cases and duplicates by name cannot be found."

    def _about_spellings(self, fact: str) -> str:
        heading, ways = self._table.heading(fact), self._shown[fact]
        if not ways:
            return f'"{heading}": every cell is blank.'
        several = [" = ".join(f'"{way}"' for way in known) for _, known in ways.values() if len(known) > 1]
        more = f"; {len(several) - 3} more" if len(several) > 3 else ""
        named = "; ".join(several[:3])
        return f'"{heading}": written in several ways, taken as one: {named}{more}.' if several else ""

    def candidate(self, row: Row) -> Candidate | LeftOut:
        """The case of a row, or why it is none."""
        ref = _ref(self._text(row, CRN))
        start = self._start(row)
        if start is not None and start.year < self._today.year - LONG_AGO:
            self._met[f"began before {self._today.year - LONG_AGO}"].append(row.number)
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
        case = ListedCase(ref, facts)
        return Candidate(row.number, row.sheet, start, case, self._keys(row, ref), self._ended(row))

    def _text(self, row: Row, name: str) -> str:
        """What stands in a column; nothing, where a word there says that there is nothing."""
        text = self._words(row, name)
        return "" if nothing(text) else text

    def _words(self, row: Row, name: str) -> str:
        cell = self._table.cell(row, name)
        return day_as_typed(cell) if isinstance(cell, date) else cell or ""

    def _day(self, row: Row, name: str) -> date | None:
        return day_of(self._table.cell(row, name), month_first=bool(self._said.before.month_first))

    def _left_out(self, row: Row, name: str, reason: str) -> LeftOut:
        return LeftOut(row.number, self._table.heading(name), reason, row.sheet)

    def _torn(self, row: Row) -> LeftOut | None:
        width = len(self._table.headings) + self._unnamed
        if all(cell is None for cell in row.cells[width:]):
            return None
        return LeftOut(row.number, f"column {width + 1}", "more cells than there are headings", row.sheet)

    def _no_ref(self, row: Row, ref: str) -> LeftOut | None:
        if not ref:
            return self._left_out(row, CRN, "no CRN")
        if len(ref) > LONGEST_REF or not re.fullmatch(r"[A-Z0-9][A-Z0-9./_-]*", ref):
            return self._left_out(row, CRN, "not a valid CRN")
        return self._left_out(row, CRN, self._there[ref]) if ref in self._there else None

    def _restricted(self, row: Row) -> LeftOut | None:
        names = {name: self._words(row, name) for name in NAMES if name in self._table.places}
        why = why_restricted(*names.values())
        telling = (name for name, text in names.items() if text and why_restricted(text))
        return self._left_out(row, next(telling, next(iter(names), NAME)), why) if why else None

    def _start(self, row: Row) -> date | None:
        return self._day(row, RELEASE) or self._day(row, START)

    def _not_begun(self, row: Row, start: date | None) -> LeftOut | None:
        name = RELEASE if self._text(row, RELEASE) else START
        if start is None:
            wrong = self._text(row, name)
            return self._left_out(row, name, "not a valid date: write it as 31/01/2020") if wrong else None
        if start > self._today:
            return self._left_out(row, name, f"starts in the future, on {day_as_typed(start)}")
        since, until = self._said.since, self._said.until
        if since is not None and start < since:
            return self._left_out(row, name, f"began on {day_as_typed(start)}, before {day_as_typed(since)}")
        if until is not None and start > until:
            return self._left_out(row, name, f"began on {day_as_typed(start)}, after {day_as_typed(until)}")
        return None

    def _read_facts(self, row: Row, facts: dict[str, str]) -> LeftOut | None:
        for column in self._facts:
            text = self._words(row, column.fact.id)
            value, remark = column.read(text)
            if column.fact.kind == "choice":
                column.seen[text] += 1
            if value is not None:
                facts[column.fact.id] = value
            elif column.fact.id in self._named:
                title = column.fact.title
                missing = nothing(text)
                reason = f"{title.lower()} missing" if missing else f'"{text}" is not a known {title.lower()}'
                return self._left_out(row, column.fact.id, reason)
            if remark:
                self._met[f'"{self._table.heading(column.fact.id)}": {remark}'].append(row.number)
        return None

    def _ended(self, row: Row) -> bool:
        day = self._day(row, ENDED)
        return day <= self._today if day is not None else not not_ended(self._words(row, ENDED))

    def _keys(self, row: Row, ref: str) -> dict[str, tuple[str, ...]]:
        keys: dict[str, tuple[str, ...]] = {CRN: (ref,)}
        pnc = pnc_of(self._text(row, PNC))
        if pnc:
            keys[PNC] = (pnc,)
        family, first = (plain(self._text(row, name)) for name in (FAMILY, FIRST))
        words = f"{family} {first}" if family and first else plain(self._text(row, NAME))
        born = self._day(row, BIRTH)
        if born is None and self._text(row, BIRTH):
            self._met[f'"{self._table.heading(BIRTH)}" is not a valid date'].append(row.number)
        if born is not None and len(words.split()) > 1:
            keys[BIRTH] = (*sorted(words.split()), born.isoformat())
        return keys

    def look_at_spellings(self, candidates: Sequence[Candidate]) -> None:
        """See in how many ways the texts of each fact are written."""
        for column in self._facts:
            if column.fact.kind == "text":
                form = plain_name if column.fact.id == self._officer else alike.plain
                texts = (each.case.facts.get(column.fact.id, "") for each in candidates)
                self._shown[column.fact.id] = spellings(texts, form)

    def respelt(self, each: Candidate) -> Candidate:
        """The same case, with each text written as most are who mean the same."""
        facts = dict(each.case.facts)
        for fact, ways in self._shown.items():
            if fact in facts:
                form = plain_name if fact == self._officer else alike.plain
                facts[fact] = ways[form(facts[fact])][0]
        return replace(each, case=ListedCase(each.case.ref, facts))


def _ref(text: str) -> str:
    return "".join(text.split()).upper()
