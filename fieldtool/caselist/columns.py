"""Which column of a case list is what: matched leniently by its heading, or as somebody says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple

from fieldtool.caselist.said import Ask, Said, ToBeSaid
from fieldtool.caselist.tables import Cell, ListError, Row, Sheet
from fieldtool.caselist.words import plain
from fieldtool.domain.method.framework import Framework, ListColumn
from fieldtool.domain.words.nearest import QUOTED, did_you_mean, nearest
from fieldtool.domain.words.numbers import counted

CRN, PNC, FAMILY, FIRST, NAME, BIRTH = "crn", "pnc", "family_name", "first_names", "name", "date_of_birth"
START, RELEASE, ENDED = "start", "release", "terminated"

OWN: Mapping[str, tuple[str, ...]] = {
    CRN: (
        "crn", "crn number", "case reference number", "case reference", "case ref", "delius crn", "ndelius crn",
        "case crn",
    ),
    PNC: ("pnc", "pnc number", "pnc id", "pnc no", "pncid"),
    FAMILY: ("family name", "surname", "last name"),
    FIRST: ("first names", "first name", "forenames", "forename", "given names", "given name"),
    NAME: ("name", "full name", "service user name", "service user", "offender name", "person on probation"),
    BIRTH: ("date of birth", "dob", "birth date", "d o b"),
    START: (
        "date of sentence or release", "date of sentence release", "sentence or release date", "start date",
        "date of sentence", "sentence date", "order start date", "disposal date", "commencement date", "commencement",
        "date of sentence or release on licence",
    ),
    RELEASE: ("date of release", "release date", "licence start date"),
    ENDED: (
        "terminated", "termination date", "date terminated", "date of termination", "terminated date",
        "order or licence terminated",
    ),
}  # fmt: skip
"""What is read from every case list, beside the facts of its framework, and what services call it."""

NAMES = (FAMILY, FIRST, NAME)

DEEPEST = 30
"""Headings stand in the first rows that are not blank, at most so far down."""


@dataclass(frozen=True)
class Table:
    """A table, and what its columns are understood to be, whether or not that will do."""

    name: str
    """Of the file."""
    sheet: str
    headings: tuple[str, ...]
    """Of every column, as they stand in the file."""
    rows: tuple[Row, ...]
    """The rows below the headings."""
    meanings: Mapping[int, str]
    """The field of each column, by its place: one of OWN, or a case fact; two of them may be the same."""
    remarks: tuple[str, ...] = ()
    """How the file was read, where that is not plain."""
    joined: bool = False
    """Whether the headings fill two rows."""

    @classmethod
    def of(
        cls,
        name: str,
        sheet: str,
        headings: Iterable[str],
        rows: tuple[Row, ...],
        readings: Iterable[tuple[str, int]],
    ) -> Table:
        """A table, each column of which is the field that its heading fits best, if no other fits that one better.

        Args:
            readings: of each heading the field that it may mean, empty if none, and how well: the lower, the better.
        """
        ranked = list(enumerate(readings))
        best: dict[str, int] = {}
        for _, (field, rank) in ranked:
            best[field] = min(rank, best.get(field, rank))
        meanings = {place: field for place, (field, rank) in ranked if field and rank == best[field]}
        return cls(name, sheet, tuple(headings), rows, meanings)

    def said(self, place: int, field: str) -> Table:
        """The table with a column that somebody says the field of; with an empty one, the column is not used."""
        others = {where: what for where, what in self.meanings.items() if where != place and what != field}
        return replace(self, meanings=others | ({place: field} if field else {}))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The column of each field.

        Raises:
            ToBeSaid: a field has two columns.
        """
        places: dict[str, int] = {}
        for place, field in sorted(self.meanings.items()):
            if field in places:
                first, second = self.headings[places[field]], self.headings[place]
                raise ToBeSaid(
                    f'{self.name} has two columns that may be "{field}", "{first}" and "{second}"',
                    'give them different headings, or name the right one with --map "COLUMN=FIELD".',
                )
            places[field] = place
        return places

    def heading(self, field: str) -> str:
        """What the column of a field is called in the file; the field itself where there is none."""
        return self.headings[self.places[field]] if field in self.places else field

    def cell(self, row: Row, field: str) -> Cell:
        """What stands in a row in the column of a field; None also where there is no such column."""
        place = self.places.get(field)
        return None if place is None or place >= len(row.cells) else row.cells[place]


def value_said(said: Said, table: Table, framework: Framework, column: str, word: str, value: str) -> Said:
    """What is said of a list, and what a word of a column means.

    Args:
        column: its heading, or its fact.
        value: the id or the title of a choice; empty: it is not recorded.

    Raises:
        ListError: there is no such column with choices, or no such choice.
    """
    headings = {plain(heading): table.meanings.get(place, "") for place, heading in enumerate(table.headings)}
    fact = framework.facts_by_id.get(headings.get(plain(column)) or column.strip())
    if fact is None or fact.kind != "choice":
        known = [each for each in table.headings if headings[plain(each)] in framework.facts_by_id]
        advice = did_you_mean(column, known, mark=QUOTED)
        raise ListError(f'{table.name} has no column "{column}" with words to choose from: {advice}')
    named = {plain(name): choice.id for choice in fact.choices for name in (choice.id, choice.title)}
    if value.strip() and plain(value) not in named:
        advice = did_you_mean(value, [choice.id for choice in fact.choices], mark=QUOTED)
        raise ListError(f'{fact.title} cannot be "{value}": {advice}')
    words = {**said.before.values.get(fact.id, {}), plain(word): named.get(plain(value), "")}
    values = {**said.before.values, fact.id: words}
    return replace(said, before=said.before.model_copy(update={"values": values}))


def title_of(framework: Framework, field: str) -> str:
    """What a field is called."""
    fact = framework.facts_by_id.get(field)
    if fact is not None:
        return fact.title
    return field.upper() if field in (CRN, PNC) else OWN[field][0].capitalize()


def fields_of(framework: Framework, sample: str) -> tuple[str, ...]:
    """Every field that a column may be: the reference, the facts of the sample type, and what is only looked at."""
    facts = [fact.id for fact in framework.facts_for(sample)]
    return (CRN, *facts, *(field for field in OWN if field != CRN))


def find(sheets: Sequence[Sheet], framework: Framework, sample: str, said: Said, name: str) -> Table:
    """Find the table and its headings, which may fill two rows, and say what each column may be.

    Args:
        name: of the file, for errors.

    Raises:
        ToBeSaid: there are several tables that may be the list, or rows of it are hidden.
        ListError: there are no headings that are known, or what somebody says fits neither list nor framework.
    """
    known = _known(framework, sample)
    told = _told(said, known)
    tables = [(sheet, table) for sheet in sheets if (table := _table(sheet, known, told, name)) is not None]
    table, used = _the_list(tables, said, name)
    _must_have(table, said.columns)
    table = _without_hidden(table, {sheet.title: sheet.hidden for sheet in used}, said)
    others = ", ".join(f'"{sheet.title}"' for sheet in sheets if sheet not in used and sheet.title)
    remarks = [remark for sheet in used for remark in sheet.remarks]
    return replace(table, remarks=(*remarks, *([f"Not looked at: {others}."] if others else ())))


def _told(said: Said, known: Collection[str]) -> dict[str, str]:
    """The field of each column of which somebody says it, by its plain heading."""
    for wanted in filter(None, said.columns.values()):
        if wanted not in known:
            raise ListError(f'There is no field "{wanted}": {did_you_mean(wanted, known, mark=QUOTED)}')
    before = {heading: field for heading, field in said.before.columns.items() if not field or field in known}
    return {plain(heading): field for heading, field in {**before, **said.columns}.items()}


def _table(
    sheet: Sheet, known: Mapping[str, tuple[str, ...]], told: Mapping[str, str], name: str
) -> Table | None:
    """The table of a sheet: the headings by which most columns are known; None where no heading is."""
    tables = []
    for headings, rows in _candidates(sheet.rows, known):
        readings = [_meaning(heading, known, told) for heading in headings]
        table = Table.of(name, sheet.title, [heading.said for heading in headings], rows, readings)
        joined = any(len(heading.readings) > 1 for heading in headings)
        tables.append(replace(table, meanings=_with_second_best(table, headings, known, told), joined=joined))
    # The first of those with the most fields: one row of headings rather than two, the upper rather than the lower.
    best = max(tables, key=lambda table: (len(table.meanings), not table.joined), default=None)
    return best if best is not None and best.meanings else None


def _with_second_best(
    table: Table, headings: Sequence[_Heading], known: Mapping[str, tuple[str, ...]], told: Mapping[str, str]
) -> Mapping[int, str]:
    """Let a column whose field another fits better be a field that has none, if its heading can mean that too."""
    meanings = dict(table.meanings)
    for place, heading in enumerate(headings):
        if place in meanings or plain(heading.said) in told:
            continue
        free = {wanted: names for wanted, names in known.items() if wanted not in meanings.values()}
        found = next(filter(None, (_exactly(plain(reading), free) for reading in heading.readings)), None)
        if found:
            meanings[place] = found[0]
    return meanings


def _the_list(tables: Sequence[tuple[Sheet, Table]], said: Said, name: str) -> tuple[Table, Sequence[Sheet]]:
    """The table that is the list, with the sheets that it is made of."""
    if not tables:
        raise ListError(f"{name} has no known headings, as CRN: put them above the list.")
    chosen = _named(tables, said, name) or [each for each in tables if CRN in each[1].meanings.values()]
    if not chosen:
        chosen = [max(tables, key=lambda each: len(each[1].meanings))]
    if len(chosen) > 1 and not said.sheets:
        named = ", ".join(f"{sheet.title} ({counted(len(table.rows), 'row')})" for sheet, table in chosen)
        raise ToBeSaid(
            f"{name} has {len(chosen)} sheets that look like lists: {named}",
            'say which with --sheet "NAME", once for each; those with the same headings are joined.',
            Ask.SHEETS,
        )
    return _joined_tables(chosen, name), [sheet for sheet, _ in chosen]


def _named(tables: Sequence[tuple[Sheet, Table]], said: Said, name: str) -> list[tuple[Sheet, Table]]:
    """The sheets that somebody names."""
    by_title = {each[0].title: each for each in tables}
    for title in said.sheets:
        if title not in by_title:
            advice = did_you_mean(title, by_title, mark=QUOTED)
            raise ListError(f'{name} has no sheet "{title}" that looks like a list: {advice}')
    return [by_title[title] for title in said.sheets]


def _joined_tables(chosen: Sequence[tuple[Sheet, Table]], name: str) -> Table:
    """One table out of those of several sheets, whose rows know their sheet then."""
    first = chosen[0][1]
    if len(chosen) == 1:
        return first
    for _, table in chosen[1:]:
        if [*map(plain, table.headings)] != [*map(plain, first.headings)]:
            raise ListError(
                f'{name}: the sheets "{first.sheet}" and "{table.sheet}" have other headings, so that they cannot be '
                "joined: give both the same headings in the same order."
            )
    rows = tuple(row._replace(sheet=table.sheet) for _, table in chosen for row in table.rows)
    return replace(first, sheet=" and ".join(table.sheet for _, table in chosen), rows=rows)


def _without_hidden(table: Table, hidden: Mapping[str, frozenset[int]], said: Said) -> Table:
    """The table without the rows that are hidden in the workbook, if they do not belong to it."""
    there = [row for row in table.rows if row.number in hidden.get(row.sheet or table.sheet, ())]
    if not there or said.hidden:
        return table
    if said.hidden is None:
        raise ToBeSaid(
            f"{table.name}: {counted(len(there), 'row')} {'is' if len(there) == 1 else 'are'} hidden in the workbook, "
            "as by a filter",
            "say with --hidden-rows take or --hidden-rows leave whether they belong to the list.",
            Ask.HIDDEN,
        )
    gone = frozenset(there)
    return replace(table, rows=tuple(row for row in table.rows if row not in gone))


def _must_have(table: Table, headings: Iterable[str]) -> None:
    here = {plain(heading): heading for heading in table.headings}
    for heading in headings:
        if plain(heading) not in here:
            advice = did_you_mean(heading, filter(None, here.values()), mark=QUOTED)
            raise ListError(f'{table.name} has no column "{heading}": {advice}')


def _known(framework: Framework, sample: str) -> dict[str, tuple[str, ...]]:
    """What each field may be called, plain."""
    columns = {column.fact: column for column in framework.list_columns}
    known = dict(OWN)
    for fact in framework.facts_for(sample):
        own = columns.get(fact.id, ListColumn(fact=fact.id, headings=()))
        words = [plain(word) for word in (*own.headings, fact.title, fact.id)]
        known[fact.id] = tuple(dict.fromkeys(words))
    return known


class _Heading(NamedTuple):
    """What stands over a column, in one row or two."""

    said: str
    readings: tuple[str, ...]
    """What it may mean, the most telling first."""


def _candidates(
    rows: Sequence[Row], known: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[tuple[_Heading, ...], tuple[Row, ...]]]:
    """The rows that may be headings, alone and with the one below."""
    for place, row in enumerate(rows[:DEEPEST]):
        upper = tuple(_Heading(_said(cell), (_said(cell),)) for cell in row.cells)
        yield upper, tuple(rows[place + 1 :])
        below = rows[place + 1] if place + 1 < len(rows) else None
        if below is not None and below.number == row.number + 1 and _is_heading(upper, below, known):
            yield _joined(row.cells, below.cells), tuple(rows[place + 2 :])


def _is_heading(upper: Sequence[_Heading], below: Row, known: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a row goes on with the headings above it: where those are plain, it is blank or is a heading too."""
    return all(
        cell is None or _field_of(plain(_said(cell)), known)[0]
        for heading, cell in zip(upper, below.cells, strict=False)
        if _field_of(plain(heading.said), known)[0]
    )


def _joined(upper: Sequence[Cell], lower: Sequence[Cell]) -> tuple[_Heading, ...]:
    """Headings over two rows: what stands over several columns stands in the first of them alone."""
    joined = []
    over = ""
    for above, below in zip_longest(map(_said, upper), map(_said, lower), fillvalue=""):
        over = above or (over if below else "")
        said = f"{over} {below}".strip()
        # What stands over several columns is the name of a group, and not of the first of them.
        joined.append(_Heading(said, (said, below) if below else (said, above)))
    return tuple(joined)


def _said(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ""


def _meaning(
    heading: _Heading, known: Mapping[str, tuple[str, ...]], told: Mapping[str, str]
) -> tuple[str, int]:
    if plain(heading.said) in told:
        return told[plain(heading.said)], -1
    for reading in heading.readings:  # what is exactly a name of a field, before what is only like one
        found = _exactly(plain(reading), known) or _exactly(plain(_BRACKETS.sub(" ", reading)), known)
        if found:
            return found
    fields = (_field_of(plain(reading), known) for reading in heading.readings)
    return next((each for each in fields if each[0]), ("", 0))


_BRACKETS = re.compile(r"\[[^]]*\]|\([^)]*\)")


def _exactly(words: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, int] | None:
    closed = words.replace(" ", "")
    for wanted, names in known.items():
        for rank, name in enumerate(names):
            if closed and closed == name.replace(" ", ""):
                return wanted, rank
    return None


def _field_of(words: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, int]:
    """The field that a heading means, empty if none, and how well: the lower, the better."""
    exactly = _exactly(words, known)
    if exactly:
        return exactly
    if len(words) < 6:
        return "", 0
    field_of = {name: field for field, names in known.items() for name in names}
    near = nearest(words, field_of, cutoff=0.9)
    return (field_of[near], 1000) if near else ("", 0)
