"""Which rows of a case list are about the same person, by their numbers, names and dates of birth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from fieldtool.caselist.columns import BIRTH, CRN, PNC, Table
from fieldtool.domain.method.case_list import ListedCase

MANY_PEOPLE = 3
"""One number behind so many names is no number of a person."""


class LeftOut(NamedTuple):
    """A row that is not taken."""

    row: int
    column: str
    """The heading of the column that decides it."""
    reason: str
    sheet: str = ""
    """The sheet of the row, where several were joined."""


@dataclass(frozen=True)
class Candidate:
    """A row that is a case, unless it is one that another row is about as well; names are kept no longer."""

    row: int
    sheet: str
    start: date | None
    case: ListedCase
    keys: Mapping[str, tuple[str, ...]] = field(repr=False)
    """By what it is known whether another row is about the same person, by the column to name."""
    terminated: bool = False

    @property
    def order(self) -> tuple[date, int]:
        """The earliest is kept; where two began on one day, the first on the list."""
        return self.start or date.max, self.row


class Placeholders(NamedTuple):
    """Numbers that stand behind many different names, and so are no numbers of people."""

    numbers: int
    rows: int


def without_placeholders(candidates: Sequence[Candidate]) -> tuple[list[Candidate], Placeholders]:
    """The same cases, without the PNC numbers that many people have."""
    people: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    for each in candidates:
        if PNC in each.keys:
            people[each.keys[PNC]].add(each.keys.get(BIRTH, each.keys[CRN]))
    many = {pnc for pnc, names in people.items() if len(names) >= MANY_PEOPLE}
    left = [
        replace(each, keys={name: key for name, key in each.keys.items() if name != PNC})
        if each.keys.get(PNC) in many
        else each
        for each in candidates
    ]
    return left, Placeholders(len(many), sum(each.keys.get(PNC) in many for each in candidates))


class Doubles(NamedTuple):
    """Rows about people whom other rows are about, and rows that only seem to be."""

    left_out: tuple[LeftOut, ...]
    namesakes: tuple[tuple[int, int], ...]
    """Rows with the names and date of birth of an earlier one, but another PNC and CRN."""


def doubles(table: Table, candidates: Sequence[Candidate]) -> Doubles:
    """Find the rows about people whom another row is about; the one that began earliest is kept."""
    group = list(range(len(candidates)))

    def root(place: int) -> int:
        while group[place] != place:
            group[place] = group[group[place]]
            place = group[place]
        return place

    namesakes: list[tuple[int, int]] = []
    holders: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for place, each in enumerate(candidates):
        for key in each.keys.items():
            same = next(
                (first for first in holders[key] if not _others(candidates[first], each, key[0])), None
            )
            if same is not None:
                group[root(place)] = root(same)
                continue
            if holders[key]:
                namesakes.append((each.row, candidates[holders[key][0]].row))
            holders[key].append(place)
    members: dict[int, list[Candidate]] = defaultdict(list)
    for place, each in enumerate(candidates):
        members[root(place)].append(each)
    return Doubles(tuple(_left_out(table, members.values())), tuple(namesakes))


def _left_out(table: Table, groups: Iterable[list[Candidate]]) -> Iterator[LeftOut]:
    for same in groups:
        kept = min(same, key=lambda each: each.order)
        yield from (_double(table, each, kept, same) for each in same if each is not kept)


def _others(one: Candidate, other: Candidate, by: str) -> bool:
    """Whether two rows that agree in names and date of birth are about two people, who have other numbers."""
    pncs = one.keys.get(PNC), other.keys.get(PNC)
    return by == BIRTH and None not in pncs and pncs[0] != pncs[1] and one.keys[CRN] != other.keys[CRN]


def _double(table: Table, each: Candidate, kept: Candidate, same: list[Candidate]) -> LeftOut:
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
    return LeftOut(each.row, table.heading(name), f"duplicate: {what} as {whose}{chain}{earlier}", each.sheet)
