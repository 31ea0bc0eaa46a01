"""Which column of a case list is what: matched leniently by its heading, or as somebody says."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from fieldtool.caselist.reading import Cell, ListError, Row, Sheet
from fieldtool.domain.framework import Framework, ListColumn

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

_DEEPEST = 30
"""Headings stand in the first rows that are not blank, at most so far down."""


class Columns(NamedTuple):
    """A table, and what its columns are."""

    sheet: str
    headings: tuple[str, ...]
    """Of every column, as they stand in the file."""
    places: Mapping[str, int]
    """The column of each field: those of OWN, and case facts."""
    rows: tuple[Row, ...]
    """The rows below the headings."""

    def heading(self, field: str) -> str:
        """What the column of a field is called in the file; the field itself where there is none."""
        return self.headings[self.places[field]] if field in self.places else field


def plain(text: str) -> str:
    """A text in small letters without accents and signs, for comparing."""
    bare = "".join(s for s in unicodedata.normalize("NFKD", text) if not unicodedata.combining(s))
    return " ".join(re.sub(r"[^\w*]+|_+", " ", bare.casefold()).split())


def recognise(
    sheets: Iterable[Sheet], framework: Framework, sample: str, mapped: Mapping[str, str], name: str
) -> Columns:
    """Find the table and its headings, which may fill two rows, and say what each column is.

    Args:
        mapped: what somebody says: the field of a column, by its heading; an empty one leaves the column out.
        name: of the file, for errors.

    Raises:
        ListError: there are no headings that are known, a column that is needed is not there or there twice, or
            what somebody says fits neither the list nor the framework.
    """
    known = _known(framework, sample)
    unknown = next((field for field in mapped.values() if field and field not in known), None)
    if unknown is not None:
        raise ListError(f'There is no field "{unknown}": {_near(unknown, known)}')
    told = {plain(heading): field for heading, field in mapped.items()}
    found = [
        (tuple(heading.said for heading in headings), places, rows, sheet.title)
        for sheet in sheets
        for headings, rows in _candidates(sheet.rows, known)
        if (places := _places(headings, known, told))
    ]
    if not found:
        raise ListError(f"{name} has no headings that are known, as CRN: put them above the list.")
    # The first of those with the most fields: one row of headings rather than two, the upper rather than the lower.
    headings, places, rows, title = max(found, key=lambda each: sum(map(len, each[1].values())))
    here = [plain(heading) for heading in headings]
    absent = next((heading for heading in mapped if plain(heading) not in here), None)
    if absent is not None:
        raise ListError(f'{name} has no column "{absent}": {_near(absent, [h for h in headings if h])}')
    return Columns(title, headings, _one_each(name, headings, places, framework), rows)


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
    for place, row in enumerate(rows[:_DEEPEST]):
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
    found = []
    over = ""
    for above, below in zip_longest(map(_said, upper), map(_said, lower), fillvalue=""):
        over = above or (over if below else "")
        said = f"{over} {below}".strip()
        found.append(_Heading(said, (said, below, above)))
    return tuple(found)


def _said(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ""


def _places(
    headings: Sequence[_Heading], known: Mapping[str, tuple[str, ...]], told: Mapping[str, str]
) -> dict[str, list[int]]:
    """The columns that each field may be: those that somebody names, else those whose headings fit best."""
    ranked: dict[str, list[tuple[int, int]]] = {}
    for place, heading in enumerate(headings):
        field, rank = _meaning(heading, known, told)
        if field:
            ranked.setdefault(field, []).append((rank, place))
    return {
        field: [place for rank, place in found if rank == min(found)[0]] for field, found in ranked.items()
    }


def _meaning(
    heading: _Heading, known: Mapping[str, tuple[str, ...]], told: Mapping[str, str]
) -> tuple[str, int]:
    if plain(heading.said) in told:
        return told[plain(heading.said)], -1
    found = (_field_of(plain(reading), known) for reading in heading.readings)
    return next((each for each in found if each[0]), ("", 0))


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
    near = difflib.get_close_matches(words, field_of, n=1, cutoff=0.9)
    return (field_of[near[0]], 1000) if near else ("", 0)


def _one_each(
    name: str, headings: Sequence[str], places: Mapping[str, Sequence[int]], framework: Framework
) -> dict[str, int]:
    """One column for each field.

    Raises:
        ListError: a field has two, or none although it is needed.
    """
    double = next((field for field, found in places.items() if len(found) > 1), None)
    if double is not None:
        first, second = (headings[place] for place in places[double][:2])
        raise ListError(
            f'{name} has two columns that may be "{double}", "{first}" and "{second}": give them different '
            'headings, or name the right one with --map "COLUMN=FIELD".'
        )
    needed = [CRN, *(column.fact for column in framework.list_columns if column.required)]
    facts = framework.facts_by_id
    missing = next((field for field in needed if field not in places), None)
    if missing is not None:
        title = facts[missing].title if missing in facts else missing.upper()
        raise ListError(f'{name} has no column for {title}: name it with --map "COLUMN={missing}".')
    return {field: found[0] for field, found in places.items()}


def _near(word: str, names: Iterable[str]) -> str:
    known = list(names)
    near = difflib.get_close_matches(word, known, n=1)
    return f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}."
