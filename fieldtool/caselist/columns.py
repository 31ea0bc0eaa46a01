"""Which column of a case list is what: matched leniently by its heading, or as somebody says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple

from fieldtool.caselist.reading import Cell, ListError, Row, Sheet
from fieldtool.domain.method.framework import Framework, ListColumn
from fieldtool.domain.words.nearest import QUOTED, did_you_mean, nearest

CRN, PNC, FAMILY, FIRST, NAME, BIRTH = "crn", "pnc", "family_name", "first_names", "name", "date_of_birth"
START, RELEASE, ENDED = "start", "release", "terminated"

OWN: Mapping[str, tuple[str, ...]] = {
    CRN: ("crn", "crn number", "case reference number", "case reference", "delius crn", "ndelius crn", "case crn"),
    PNC: ("pnc", "pnc number", "pnc id", "pnc no", "pncid"),
    FAMILY: ("family name", "surname", "last name"),
    FIRST: ("first names", "first name", "forenames", "forename", "given names", "given name"),
    NAME: ("name", "full name", "service user name", "service user", "offender name", "person on probation"),
    BIRTH: ("date of birth", "dob", "birth date", "d o b"),
    START: (
        "date of sentence or release", "date of sentence release", "sentence or release date", "start date",
        "date of sentence", "sentence date", "order start date", "disposal date", "commencement date",
    ),
    RELEASE: ("date of release", "release date", "licence start date"),
    ENDED: ("terminated", "termination date", "date terminated", "date of termination", "terminated date"),
}  # fmt: skip
"""What is read from every case list, beside the facts of its framework, and what services call it."""

NAMES = (FAMILY, FIRST, NAME)

DEEPEST = 30
"""Headings stand in the first rows that are not blank, at most so far down."""


class ColumnError(ListError):
    """A case list whose columns will not do as they are understood."""

    def __init__(self, what: str, advice: str) -> None:
        """Say what is wrong, and what to do about it at the command line.

        Args:
            advice: for a screen, on which columns are named by keys, `what` is enough.
        """
        super().__init__(f"{what}: {advice}")
        self.what = what


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
            ColumnError: a field has two.
        """
        places: dict[str, int] = {}
        for place, field in sorted(self.meanings.items()):
            if field in places:
                first, second = self.headings[places[field]], self.headings[place]
                raise ColumnError(
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


def plain(text: str) -> str:
    """A text in small letters without accents and punctuation, for comparing."""
    if not text.isascii():
        text = "".join(s for s in unicodedata.normalize("NFKD", text) if not unicodedata.combining(s))
    return " ".join(re.sub(r"[^\w*]+|_+", " ", text.casefold()).split())


def find(
    sheets: Iterable[Sheet], framework: Framework, sample: str, mapped: Mapping[str, str], name: str
) -> Table:
    """Find the table and its headings, which may fill two rows, and say what each column may be.

    Args:
        mapped: what somebody says: the field of a column, by its heading; an empty one leaves the column out.
        name: of the file, for errors.

    Raises:
        ListError: there are no headings that are known, or what somebody says fits neither list nor framework.
    """
    known = _known(framework, sample)
    for field in filter(None, mapped.values()):
        if field not in known:
            raise ListError(f'There is no field "{field}": {did_you_mean(field, known, mark=QUOTED)}')
    told = {plain(heading): field for heading, field in mapped.items()}
    tables = [
        Table.of(
            name,
            sheet.title,
            [heading.said for heading in headings],
            rows,
            (_meaning(heading, known, told) for heading in headings),
        )
        for sheet in sheets
        for headings, rows in _candidates(sheet.rows, known)
    ]
    # The first of those with the most fields: one row of headings rather than two, the upper rather than the lower.
    best = max(tables, key=lambda table: len(table.meanings), default=None)
    if best is None or not best.meanings:
        raise ListError(f"{name} has no known headings, as CRN: put them above the list.")
    _must_have(best, mapped)
    return best


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
        joined.append(_Heading(said, (said, below, above)))
    return tuple(joined)


def _said(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ""


def _meaning(
    heading: _Heading, known: Mapping[str, tuple[str, ...]], told: Mapping[str, str]
) -> tuple[str, int]:
    if plain(heading.said) in told:
        return told[plain(heading.said)], -1
    fields = (_field_of(plain(reading), known) for reading in heading.readings)
    return next((each for each in fields if each[0]), ("", 0))


def _field_of(words: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, int]:
    """The field that a heading means, empty if none, and how well: the lower, the better."""
    closed = words.replace(" ", "")
    for field, names in known.items():
        for rank, name in enumerate(names):
            if closed == name.replace(" ", ""):
                return field, rank
    if len(words) < 6:
        return "", 0
    field_of = {name: field for field, names in known.items() for name in names}
    near = nearest(words, field_of, cutoff=0.9)
    return (field_of[near], 1000) if near else ("", 0)
