"""A sample in words: what was drawn, what is short, and how each of its numbers came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from fieldtool.domain.method.chances import ONE
from fieldtool.domain.method.drawing import Draw, LimitedOfficer, SamplePlan, StratumShare, UnitShare
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.sampling import (
    MOST_FOR_AN_OFFICER,
    margin_of,
    rounded,
    sample_size,
    shares,
    with_buffer,
)
from fieldtool.domain.method.strata import ALL
from fieldtool.domain.words.alike import plain
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


# ---------------------------------------------------------------------- what will come of it, and what did


def planned_in_words(plan: SamplePlan, titles: Mapping[str, str]) -> str:
    """How many of the main cases wanted cannot be drawn, and why; empty if all can."""
    missing = {share.id: share.size - share.drawn for share in plan.strata}
    short = plan.size - sum(share.drawn for share in plan.strata)
    return _short_of(counted(short, "main case"), short, missing, titles) if short else ""


def limited_in_words(plan: SamplePlan) -> str:
    """How many officers reach the limit, so that fewer of their cases come; empty if none does."""
    if not plan.limited:
        return ""
    many = counted(len(plan.limited), "officer")
    reach = "reaches" if len(plan.limited) == 1 else "reach"
    return (
        f"{many} {reach} the limit of {MOST_FOR_AN_OFFICER}: their cases have a smaller chance than others."
    )


def same_officer_in_words(plan: SamplePlan) -> str:
    """Which officers are written in several ways; empty if none is."""
    if not plan.same_officer:
        return ""
    more = len(plan.same_officer) - _NAMED
    others = f"; {number(more)} more" if more > 0 else ""
    named = "; ".join(map(_ways, plan.same_officer[:_NAMED]))
    return f"Written in several ways, counted as one officer: {named}{others}."


def _ways(ways: Sequence[str]) -> str:
    return " = ".join(f'"{way}"' for way in ways)


_NAMED = 3
"""So many officers who are written in several ways are named."""


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
    main = drawn.plan.size - sum(not each.reserve for each in drawn.cases)
    what = counted(drawn.shortfall, "case" if main else "reserve case")
    if 0 < main < drawn.shortfall:
        what += f", {number(main)} of them main cases"
    return _short_of(what, drawn.shortfall, {share.id: share.shortfall for share in drawn.strata}, titles)


def _short_of(what: str, short: int, missing: Mapping[str, int], titles: Mapping[str, str]) -> str:
    of_strata = {stratum: cases for stratum, cases in missing.items() if cases}
    too_few = short - sum(of_strata.values())
    whys = [f"{number(cases)} of {_title(titles, stratum)}" for stratum, cases in of_strata.items()]
    if too_few:
        whys.append(f"{number(too_few)} because the list has no more")
    return f"Short of {what}: {listed(whys)}."


# ---------------------------------------------------------------------- how each number came about


def explained(
    plan: SamplePlan, titles: Mapping[str, str], left_out: int = 0, drawn: Draw | None = None
) -> tuple[Section, ...]:
    """How each number of a draw came about, from the size to the single case.

    Args:
        titles: what the strata are called, by their ids.
        left_out: how many cases of the list could not be drawn, because they are in another sample.
        drawn: what was drawn; None as long as nothing is, so that nobody can pick a seed by what it draws.
    """
    units = {id: list(those) for id, those in groupby(plan.units, lambda unit: unit.stratum)}
    came = Counter(
        (each.case.stratum, plain(each.case.cluster), plain(each.case.ldu))
        for each in (drawn.cases if drawn else ())
        if not each.reserve
    )
    of_strata = (
        Section(
            _title(titles, stratum.id),
            tuple(_stratum(plan, stratum, units.get(stratum.id, []), came if drawn else None)),
        )
        for stratum in plan.strata
        if stratum.population
    )
    return (
        Section("Size", tuple(_size(plan, left_out))),
        Section("Strata", tuple(_strata(plan, titles))),
        *of_strata,
        Section("Responsible officers", tuple(_officers(plan, titles))),
        Section("The lot", tuple(_lot(drawn, titles) if drawn else (_UNTIL_DRAWN,))),
    )


_UNTIL_DRAWN = (
    "Which cases come is decided when the sample is drawn, and not shown before: nobody can pick a seed by the cases "
    "that it would draw."
)


def _size(plan: SamplePlan, left_out: int) -> Iterator[str]:
    population = sum(stratum.population for stratum in plan.strata)
    whole = with_buffer(plan.size, plan.buffer)
    if left_out:
        yield f"{counted(left_out, 'case')} of the list cannot be drawn, being in another sample already."
    if plan.buffer:
        exact = _exact(plan.size * (100 + plan.buffer), 100)
        yield (
            f"{counted(plan.size, 'case')}, and {plan.buffer} per cent of reserve cases on top: {plan.size} × "
            f"{100 + plan.buffer} / 100 = {exact}, so {number(whole)} of {number(population)}."
        )
    else:
        yield f"{counted(plan.size, 'case')} of {number(population)}, without reserve cases."
    if whole > population:
        yield f"The list has {counted(population, 'case')} in all: that is all that can be drawn."


def _strata(plan: SamplePlan, titles: Mapping[str, str]) -> Iterator[str]:
    names = {stratum.id: _title(titles, stratum.id) for stratum in plan.strata}
    there = {names[stratum.id]: stratum.population for stratum in plan.strata}
    yield from _shared_out(there, plan.size, "")
    if plan.buffer:
        main = {names[stratum.id]: stratum.size for stratum in plan.strata}
        whole = with_buffer(plan.size, plan.buffer)
        yield from _shared_out(there, whole, "with reserve cases, ", main)


def _shared_out(
    there: Mapping[str, int], size: int, what: str, least: Mapping[str, int] | None = None
) -> Iterator[str]:
    """How a size was shared out in proportion, and put right where the rounded shares did not make it."""
    total = sum(there.values())
    size = min(size, total)
    given = shares(there, size, least)
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


def _stratum(
    plan: SamplePlan,
    stratum: StratumShare,
    units: Sequence[UnitShare],
    came: Mapping[tuple[str, str, str], int] | None,
) -> Iterator[str]:
    reserve = stratum.size_with_buffer - stratum.size
    more = f", and {counted(reserve, 'reserve case')}" if reserve else ""
    yield f"{counted(stratum.size, 'main case')} of {number(stratum.population)}{more}."
    if not stratum.size:
        return
    chance = chance_in_words(plan.chances[stratum.id])
    limited = any(each.cases.get(stratum.id) for each in plan.limited)
    but = ", but for those of officers who reach the limit" if limited else ""
    yield f"Each of these cases has the same chance to be a main case{but}: {chance}."
    if stratum.drawn < stratum.size:
        yield (
            f"Short of {number(stratum.size - stratum.drawn)}: no officer gives more than {MOST_FOR_AN_OFFICER} "
            "cases over the whole sample, and the others have no more."
        )
    for unit in units:
        yield _unit(unit, came)


def _unit(unit: UnitShare, came: Mapping[tuple[str, str, str], int] | None) -> str:
    whole, rest = divmod(unit.expected, ONE)
    either = f"{whole} or {whole + 1}" if rest else number(whole)
    drawn = (
        "" if came is None else f"; drawn {came.get((unit.stratum, plain(unit.cluster), plain(unit.ldu)), 0)}"
    )
    return (
        f"{unit.cluster}, {unit.ldu}: {counted(unit.population, 'case')}, {_exact(unit.expected, ONE)} on average, "
        f"so {either}{drawn}."
    )


def _officers(plan: SamplePlan, titles: Mapping[str, str]) -> Iterator[str]:
    yield f"No officer gives more than {MOST_FOR_AN_OFFICER} cases over the whole sample, reserve cases among them."
    for ways in plan.same_officer:
        yield f"One officer, written in several ways: {_ways(ways)}."
    if not plan.limited:
        yield "Nobody reaches that on average: all cases of a stratum have the same chance."
        return
    for each in plan.limited:
        yield _limited(plan, each, titles)
    yield "What they give less, the other cases of the same stratum give more, all by the same factor."


def _limited(plan: SamplePlan, officer: LimitedOfficer, titles: Mapping[str, str]) -> str:
    cases = sum(officer.cases.values())
    would = sum(plan.chances[stratum] * there for stratum, there in officer.cases.items())
    each = ", ".join(
        f"{_title(titles, stratum)} {chance_in_words(officer.expected[stratum] // there)}"
        for stratum, there in officer.cases.items()
    )
    return (
        f"{officer.officer}: {counted(cases, 'case')}, which at the chance of others would give {_exact(would, ONE)}; "
        f"with the limit {_exact(sum(officer.expected.values()), ONE)}, a chance of: {each}."
    )


def chance_in_words(chance: int) -> str:
    """A chance in parts of `ONE`, as "11.9 per cent"."""
    tenths = rounded(1000 * chance, ONE)
    return f"{tenths // 10}.{tenths % 10} per cent"


def _lot(drawn: Draw, titles: Mapping[str, str]) -> Iterator[str]:
    yield (
        f"Seed {drawn.seed} decides where the average is rounded up and where down, which cases come, and in which "
        "order. The main cases of all strata come first; the reserve cases are drawn from what is left, and come for "
        "those that drop out in the order given here."
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


def _so_many(more: int) -> str:
    number_of = "one" if abs(more) == 1 else number(abs(more))
    return f"{number_of} {'more' if more > 0 else 'fewer'}"


def _exact(numerator: int, denominator: int) -> str:
    """A fraction to two places, halves up, in integers alone."""
    hundredths = rounded(100 * numerator, denominator) if denominator else 0
    return f"{hundredths // 100:,}.{hundredths % 100:02}"
