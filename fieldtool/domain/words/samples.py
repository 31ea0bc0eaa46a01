"""A sample in words: what was drawn, what is short, and how each of its numbers came about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from fieldtool.domain.method.framework import ALL, Framework
from fieldtool.domain.method.sampling import (
    MOST_FOR_AN_OFFICER,
    Draw,
    OfficerShare,
    StratumShare,
    UnitShare,
    margin_of,
    rounded,
    sample_size,
    shares,
    with_buffer,
)
from fieldtool.domain.words.numbers import counted, listed, number


class Section(NamedTuple):
    """A part of an explanation."""

    title: str
    sentences: tuple[str, ...]


def titles_of(framework: Framework) -> dict[str, str]:
    """What the strata of a framework are called, by their ids."""
    return {ALL: "All cases", **{stratum.id: stratum.title for stratum in framework.strata}}


# ---------------------------------------------------------------------- how large


class Sizing(NamedTuple):
    """A size as it was worked out, or the margin of one that somebody wants."""

    size: int
    margin: Decimal
    """That so many cases have, in points of per cent."""
    in_words: str
    formula: str
    """How it is worked out, as it can be done again by hand."""


def sizing(population: int, confidence: Decimal, margin: Decimal, size: int | None) -> Sizing:
    """Work out the size that a population needs; or, where a size is wanted, the margin that it has.

    Args:
        size: where it is larger than the population, all cases are meant.

    Raises:
        Mistyped: the numbers make no sense, and why.
    """
    due = sample_size(population, confidence, margin)
    there = min(size or due.size, population)
    of_size = margin_of(population, there, confidence)
    cases = f"{counted(there, 'case')} of {number(population)}"
    if size is None:
        good_for = f"a share within {margin} points, with a confidence of {confidence} per cent."
        return Sizing(due.size, of_size, f"{cases}: {good_for}", due.formula)
    return Sizing(
        size,
        of_size,
        f"{cases} show a share within {of_size} points, with a confidence of {confidence} per cent.",
        f"e = {due.z} × √(0.5 × 0.5 / {there} × ({population} - {there}) / ({population} - 1)) = {of_size} per cent, "
        "rounded up",
    )


# ---------------------------------------------------------------------- what came of it


def drawn_in_words(drawn: Draw) -> str:
    """How many cases were drawn."""
    main = sum(not each.reserve for each in drawn.cases)
    reserve = counted(len(drawn.cases) - main, "reserve case")
    return f"{counted(main, 'case')} drawn with seed {drawn.seed}, and {reserve}."


def officers_in_words(drawn: Draw) -> str:
    """How many officers the cases are of, and how many are of one; empty where no officer is known."""
    most = max(drawn.officers.values(), default=0)
    if not most:
        return ""
    busiest = [officer for officer, cases in drawn.officers.items() if cases == most]
    named = listed(busiest[:5]) if len(busiest) <= 5 else counted(len(busiest), "officer")
    return f"{counted(len(drawn.officers), 'responsible officer')}; at most {counted(most, 'case')} of one ({named})."


def shortfall_in_words(drawn: Draw, titles: Mapping[str, str]) -> str:
    """What could not be drawn, and why; empty if nothing is short."""
    if not drawn.shortfall:
        return ""
    short = [f"{number(s.shortfall)} of {_title(titles, s.id)}" for s in drawn.strata if s.shortfall]
    too_few = drawn.shortfall - sum(s.shortfall for s in drawn.strata)
    whys = [*short, *([f"{number(too_few)} because the list has no more"] if too_few else [])]
    return f"Short of {counted(drawn.shortfall, 'case')}: {listed(whys)}."


# ---------------------------------------------------------------------- how each number came about


def explained(drawn: Draw, titles: Mapping[str, str], left_out: int = 0) -> tuple[Section, ...]:
    """How each number of a draw came about, from the size to the single case.

    Args:
        titles: what the strata are called, by their ids.
        left_out: how many cases of the list could not be drawn, because they are in another sample.
    """
    units = {id: list(those) for id, those in groupby(drawn.units, lambda unit: unit.stratum)}
    return (
        Section("Size", tuple(_size(drawn, left_out))),
        Section("Strata", tuple(_strata(drawn, titles))),
        *(
            Section(_title(titles, stratum.id), tuple(_stratum(stratum, units.get(stratum.id, []))))
            for stratum in drawn.strata
            if stratum.population
        ),
        Section("The lot", tuple(_lot(drawn, titles))),
    )


def _size(drawn: Draw, left_out: int) -> Iterator[str]:
    population = sum(stratum.population for stratum in drawn.strata)
    whole = with_buffer(drawn.size, drawn.buffer)
    if left_out:
        yield f"{counted(left_out, 'case')} of the list cannot be drawn, being in another sample already."
    if drawn.buffer:
        exact = _exact(drawn.size * (100 + drawn.buffer), 100)
        yield (
            f"{counted(drawn.size, 'case')}, and {drawn.buffer} per cent of reserve cases on top: {drawn.size} × "
            f"{100 + drawn.buffer} / 100 = {exact}, so {number(whole)} of {number(population)}."
        )
    else:
        yield f"{counted(drawn.size, 'case')} of {number(population)}, without reserve cases."
    if whole > population:
        yield f"The list has {counted(population, 'case')} in all: that is all that can be drawn."


def _strata(drawn: Draw, titles: Mapping[str, str]) -> Iterator[str]:
    names = {stratum.id: _title(titles, stratum.id) for stratum in drawn.strata}
    there = {names[stratum.id]: stratum.population for stratum in drawn.strata}
    yield from _shared_out(there, drawn.size, "")
    if drawn.buffer:
        yield from _shared_out(there, with_buffer(drawn.size, drawn.buffer), "with reserve cases, ")


def _shared_out(there: Mapping[str, int], size: int, what: str) -> Iterator[str]:
    """How a size was shared out in proportion, and put right where the rounded shares did not make it."""
    total = sum(there.values())
    size = min(size, total)
    given = shares(there, size)
    in_proportion = {
        name: rounded(size * population, total) if total else 0 for name, population in there.items()
    }
    for name, population in there.items():
        if not population:
            yield f"{name}: {what}none of {number(total)}, so none."
            continue
        more = given[name] - in_proportion[name]
        put_right = f"; {_so_many(more)}, makes {number(given[name])}" if more else ""
        yield (
            f"{name}: {what}{number(population)} / {number(total)} × {number(size)} = "
            f"{_exact(size * population, total)}, rounded {number(in_proportion[name])}{put_right}."
        )
    away = size - sum(in_proportion.values())
    if away:
        which = "smallest first get one more" if away > 0 else "largest first give one"
        yield f"The rounded shares came to {number(size - away)}, not {number(size)}: the {which}, as far as they have."


def _stratum(stratum: StratumShare, units: Sequence[UnitShare]) -> Iterator[str]:
    yield (
        f"{counted(stratum.size_with_buffer, 'case')} to be drawn of {number(stratum.population)}, "
        f"{number(stratum.size_with_buffer - stratum.size)} of them in reserve."
    )
    if not stratum.size_with_buffer:
        return
    clusters = {name: list(those) for name, those in groupby(units, lambda unit: unit.cluster)}
    there = {name: sum(unit.population for unit in those) for name, those in clusters.items()}
    if len(there) > 1:
        yield from _shared_out(there, stratum.size_with_buffer, "")
    for name, those in clusters.items():
        if len(those) > 1:
            within = {f"{name}, {unit.ldu}": unit.population for unit in those}
            yield from _shared_out(within, sum(unit.size for unit in those), "")
        for unit in those:
            yield from _unit(unit)
    if stratum.shortfall:
        yield (
            f"Short of {number(stratum.shortfall)}: no officer gives more than {MOST_FOR_AN_OFFICER} cases over the "
            "whole sample, and the others of the units have no more."
        )


def _unit(unit: UnitShare) -> Iterator[str]:
    if not unit.size:
        return
    officers = sorted(unit.officers)
    gives = [f"{_name(each)} {each.drawn} of {number(each.population)}" for each in officers if each.drawn]
    yield f"{unit.cluster}, {unit.ldu}, by officer: {', '.join(gives) or 'none'}."
    if any(each.beyond for each in officers):
        yield f"{unit.cluster}, {unit.ldu}: {_beyond(officers)}"
    if unit.unplaced:
        yield f"{unit.cluster}, {unit.ldu}: {number(unit.unplaced)} could not be placed."


def _beyond(officers: Sequence[OfficerShare]) -> str:
    """Whose share was more than they have room for, and who took it over."""
    had = [
        f"{_name(each)} had a share of {each.share} and room for {each.room}"
        for each in officers
        if each.beyond
    ]
    got = [f"{_name(each)} {each.drawn - each.share}" for each in officers if each.drawn > each.share]
    return (
        f"{listed(had)}, as no officer gives more than {MOST_FOR_AN_OFFICER} over the whole sample; of the "
        f"{number(sum(each.beyond for each in officers))} beyond that, others of the unit take over, those with "
        f"the fewest first: {listed(got) if got else 'none has any left'}."
    )


def _lot(drawn: Draw, titles: Mapping[str, str]) -> Iterator[str]:
    yield (
        f"Seed {drawn.seed} decides which cases of an officer are picked, and then the order of the stratum: as many "
        "as its size are drawn, and those behind them stand by in that order."
    )
    for id, cases in groupby(drawn.cases, lambda each: each.case.stratum):
        those = list(cases)
        picks = ", ".join(each.case.ref for each in those if not each.reserve)
        yield f"{_title(titles, id)}, drawn: {picks or 'none'}."
        reserve = [each.case.ref for each in those if each.reserve]
        if reserve:
            yield f"{_title(titles, id)}, in reserve: {', '.join(reserve)}."


def _title(titles: Mapping[str, str], stratum: str) -> str:
    return titles.get(stratum, stratum)


def _name(officer: OfficerShare) -> str:
    return officer.officer or "unknown"


def _so_many(more: int) -> str:
    number_of = "one" if abs(more) == 1 else number(abs(more))
    return f"{number_of} {'more' if more > 0 else 'fewer'}"


def _exact(numerator: int, denominator: int) -> str:
    """A fraction to two places, halves up, in integers alone."""
    hundredths = rounded(100 * numerator, denominator) if denominator else 0
    return f"{hundredths // 100:,}.{hundredths % 100:02}"
