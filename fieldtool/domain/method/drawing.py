"""The draw: what each stratum, place and officer gives to the sample, and which cases chance picks.

Every case of a stratum has the same chance, but for what the limit of cases an officer forces (`chances`). Clusters,
units and officers come out at what that makes on average, rounded up or down by the lot (`lot`). The main cases of
all strata are drawn first; the reserve cases then, from what is left.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from fieldtool.domain.method.chances import Pair, fair_chances
from fieldtool.domain.method.lot import rounded_by_lot
from fieldtool.domain.method.sampling import MOST_FOR_AN_OFFICER, shares, with_buffer
from fieldtool.domain.words.alike import plain, plain_name, spellings


class CaseOnList(NamedTuple):
    """A case of the provider's list, as far as drawing must know it."""

    ref: str
    stratum: str
    cluster: str
    ldu: str
    """Local delivery unit."""
    officer: str
    """The responsible officer; empty if nobody knows."""


class StratumShare(NamedTuple):
    """What one stratum gives to the sample."""

    id: str
    population: int
    size: int
    """Cases wanted without reserve cases."""
    size_with_buffer: int
    drawn: int

    @property
    def shortfall(self) -> int:
        """How many of the cases wanted, reserve cases among them, could not be drawn."""
        return self.size_with_buffer - self.drawn


class DrawnCase(NamedTuple):
    """A case that was picked."""

    case: CaseOnList
    reserve: bool
    """Whether it only stands by, for one of the same stratum that drops out."""


class UnitShare(NamedTuple):
    """What one local delivery unit gives to the main cases of one stratum."""

    stratum: str
    cluster: str
    ldu: str
    population: int
    expected: int
    """Main cases on average, in parts of `ONE`; the lot makes it the whole number below or above."""


class LimitedOfficer(NamedTuple):
    """A responsible officer who would give more cases than may be, if all cases had the same chance."""

    officer: str
    cases: Mapping[str, int]
    """How many there are on the list, by stratum."""
    expected: Mapping[str, int]
    """Main cases on average, by stratum, in parts of `ONE`."""


class SamplePlan(NamedTuple):
    """How a sample will be drawn, before any lot: it is the same whatever the seed."""

    size: int
    buffer: int
    """In per cent of the size."""
    strata: tuple[StratumShare, ...]
    """What is drawn of them are the main cases alone."""
    units: tuple[UnitShare, ...]
    limited: tuple[LimitedOfficer, ...]
    chances: Mapping[str, int]
    """By stratum, the chance of each of its cases that is not of a limited officer, in parts of `ONE`."""
    same_officer: tuple[Sequence[str], ...]
    """Officers who are written in several ways and count as one, each with all of these ways."""


class Draw(NamedTuple):
    """A sample as it was drawn, with the way to it; `fieldtool.domain.words.samples` tells it in words."""

    plan: SamplePlan
    seed: int
    strata: tuple[StratumShare, ...]
    cases: tuple[DrawnCase, ...]
    """In the order of strata and picks: a case that drops out is replaced by the next reserve case."""
    officers: Mapping[str, int]
    """Cases drawn of each responsible officer, reserve cases among them."""

    @property
    def shortfall(self) -> int:
        """How many of the cases wanted, reserve cases among them, could not be drawn."""
        return with_buffer(self.plan.size, self.plan.buffer) - len(self.cases)


Cell = tuple[str, str, str, str]
"""What cases are alike in: stratum, cluster, unit and officer."""

Cells = Mapping[Cell, Sequence[CaseOnList]]


class _Listed:
    """A case list in cells, however its texts are written."""

    def __init__(self, cases: Iterable[CaseOnList], strata: Sequence[str]) -> None:
        listed = sorted(cases)
        clusters = spellings(case.cluster for case in listed)
        units = spellings(case.ldu for case in listed)
        officers = spellings((case.officer for case in listed), plain_name)
        self.strata = strata
        self.same_officer = tuple(ways for _, ways in officers.values() if len(ways) > 1)
        self.cells: dict[Cell, list[CaseOnList]] = defaultdict(list)
        for case in listed:
            cell = (
                case.stratum,
                _shown(clusters, plain, case.cluster),
                _shown(units, plain, case.ldu),
                _shown(officers, plain_name, case.officer),
            )
            self.cells[cell].append(case)
        self.populations = dict.fromkeys(strata, 0)
        for (stratum, *_), of_cell in self.cells.items():
            self.populations[stratum] += len(of_cell)


def _shown(known: Mapping[str, tuple[str, Sequence[str]]], form: Callable[[str], str], text: str) -> str:
    return known[form(text)][0] if text else text


def planned(cases: Iterable[CaseOnList], strata: Sequence[str], size: int, *, buffer: int = 0) -> SamplePlan:
    """Say how a sample of the list of cases will be drawn, without drawing it.

    Args:
        strata: their ids, in the order in which they are told.
        size: cases wanted; where there are fewer, all that the limit of the officers allows.
        buffer: reserve cases on top, in per cent.
    """
    return _plan(_Listed(cases, strata), size, buffer)[0]


def drawn_before(plan: SamplePlan, seed: int, cases: Iterable[DrawnCase]) -> Draw:
    """A draw as it was recorded, with the way to it; no lot is drawn again.

    Args:
        cases: main cases and reserve cases, each in their order.
    """
    places = {share.id: place for place, share in enumerate(plan.strata)}
    in_order = sorted(cases, key=lambda each: (places[each.case.stratum], each.reserve))
    return _came(plan, seed, in_order)


def _came(plan: SamplePlan, seed: int, cases: Sequence[DrawnCase]) -> Draw:
    of_strata = Counter(each.case.stratum for each in cases)
    shown = {plain_name(way): ways[0] for ways in plan.same_officer for way in ways}
    officers = Counter(
        shown.get(plain_name(each.case.officer), each.case.officer) for each in cases if each.case.officer
    )
    strata = tuple(share._replace(drawn=of_strata[share.id]) for share in plan.strata)
    return Draw(plan, seed, strata, tuple(cases), dict(sorted(officers.items())))


def draw(
    cases: Iterable[CaseOnList], strata: Sequence[str], size: int, *, buffer: int = 0, seed: int
) -> Draw:
    """Draw a sample from the list of cases; the same list, size, buffer and seed give the same cases.

    Args:
        strata, size, buffer: as of `planned`.
    """
    listed = _Listed(cases, strata)
    plan, expected = _plan(listed, size, buffer)
    dice = random.Random(seed)  # noqa: S311  # a lot that anybody can draw again
    main = _picked(listed.cells, expected, dice)
    reserve = _picked(*_left(listed.cells, main, plan), dice)
    in_order = [
        DrawnCase(case, reserve=drawn is reserve)
        for stratum in strata
        for drawn in (main, reserve)
        for case in _shuffled(drawn, stratum, dice)
    ]
    return _came(plan, seed, in_order)


def _left(cells: Cells, main: Cells, plan: SamplePlan) -> tuple[Cells, Mapping[Cell, int]]:
    """What is left for the reserve, and how many cases of each cell then come on average, in parts of `ONE`."""
    given = Counter(cell[3] for cell, of_cell in main.items() for _ in of_cell)
    gone = {case.ref for of_cell in main.values() for case in of_cell}
    left = {cell: [case for case in of_cell if case.ref not in gone] for cell, of_cell in cells.items()}
    left = {cell: of_cell for cell, of_cell in left.items() if of_cell}
    more = {share.id: share.size_with_buffer - share.size for share in plan.strata}
    return left, _expected(left, more, given)[0]


def _plan(listed: _Listed, size: int, buffer: int) -> tuple[SamplePlan, Mapping[Cell, int]]:
    """The plan, and how many cases of each cell come on average, in parts of `ONE`."""
    populations = listed.populations
    wanted = shares(populations, size)
    buffered = shares(populations, with_buffer(size, buffer), least=wanted)
    expected, sizes = _expected(listed.cells, wanted, {})
    limited, chances = _limited(listed.cells, expected)
    strata = tuple(
        StratumShare(id, there, wanted[id], buffered[id], sizes[id]) for id, there in populations.items()
    )
    plan = SamplePlan(
        size, buffer, strata, tuple(_units(listed.cells, expected)), limited, chances, listed.same_officer
    )
    return plan, expected


def _expected(
    cells: Cells, sizes: Mapping[str, int], given: Mapping[str, int]
) -> tuple[Mapping[Cell, int], Mapping[str, int]]:
    """How many cases of each cell come on average, in parts of `ONE`, and how many of each stratum.

    Args:
        given: what officers have given already.
    """
    pairs: dict[Pair, list[Cell]] = defaultdict(list)
    for cell in cells:
        # Where nobody knows whose cases they are, no limit binds: each cell stands for itself.
        pairs[cell[0], cell[3]].append(cell)
    numbers = {pair: sum(len(cells[cell]) for cell in of_pair) for pair, of_pair in pairs.items()}
    room = {officer: MOST_FOR_AN_OFFICER - given.get(officer, 0) for _, officer in pairs if officer}
    reachable, of_pairs = fair_chances(numbers, sizes, room)
    expected: dict[Cell, int] = {}
    for pair, of_pair in pairs.items():
        so_far = before = 0
        for cell in of_pair:
            so_far += len(cells[cell])
            upto = of_pairs[pair] * so_far // numbers[pair]
            expected[cell], before = upto - before, upto
    return expected, reachable


def _limited(
    cells: Cells, expected: Mapping[Cell, int]
) -> tuple[tuple[LimitedOfficer, ...], Mapping[str, int]]:
    """The officers whose cases have a smaller chance than others of their stratum, and the chance of those."""
    numbers: dict[Pair, int] = defaultdict(int)
    amounts: dict[Pair, int] = defaultdict(int)
    for cell, of_cell in cells.items():
        numbers[cell[0], cell[3]] += len(of_cell)
        amounts[cell[0], cell[3]] += expected[cell]
    usual: dict[str, int] = {}
    for pair, number in numbers.items():
        usual[pair[0]] = max(usual.get(pair[0], 0), amounts[pair] // number)
    of_officer: dict[str, dict[str, int]] = defaultdict(dict)
    for (stratum, officer), number in numbers.items():
        of_officer[officer][stratum] = number
    limited = [
        LimitedOfficer(officer, there, {stratum: amounts[stratum, officer] for stratum in there})
        for officer, there in sorted(of_officer.items())
        # A thousandth less is no limit: it is what moving single parts has left.
        if any(
            amounts[stratum, officer] * 1000 < usual[stratum] * number * 999
            for stratum, number in there.items()
        )
    ]
    return tuple(limited), usual


def _units(cells: Cells, expected: Mapping[Cell, int]) -> Iterable[UnitShare]:
    there: Counter[tuple[str, str, str]] = Counter()
    amounts: Counter[tuple[str, str, str]] = Counter()
    for cell, of_cell in cells.items():
        there[cell[:3]] += len(of_cell)
        amounts[cell[:3]] += expected[cell]
    return (UnitShare(*unit, there[unit], amounts[unit]) for unit in sorted(there))


def _picked(cells: Cells, expected: Mapping[Cell, int], dice: random.Random) -> Cells:
    """Let the lot say how many cases of each cell come, and which."""
    numbers = rounded_by_lot(
        expected, {cell: cell[:3] for cell in expected}, {cell: cell[3] for cell in expected if cell[3]}, dice
    )
    return {cell: dice.sample(cells[cell], number) for cell, number in numbers.items() if number}


def _shuffled(drawn: Cells, stratum: str, dice: random.Random) -> list[CaseOnList]:
    order = [case for cell, of_cell in drawn.items() if cell[0] == stratum for case in of_cell]
    dice.shuffle(order)
    return order
