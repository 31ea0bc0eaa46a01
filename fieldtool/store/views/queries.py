"""What can be asked of the views: the framework, cases, counts, and what was left unrated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from fieldtool.domain.kinds.comparison_figures import FiguresImported
from fieldtool.domain.kinds.inspection import FrameworkChosen, InspectionOpened
from fieldtool.domain.log.conflicts import SETTLED_BY_PEOPLE
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.figures import TITLES, Whose
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.tally import Count
from fieldtool.store.chain.reading import OTHERWISE, case_of, shown_value, shown_values
from fieldtool.store.file.database import Database, StoreError


class Said(NamedTuple):
    """How much somebody said about a case."""

    who: str
    ref: str
    """Empty for the inspection itself."""
    number: int


def framework(database: Database) -> Framework:
    """Read the instrument of the inspection.

    Raises:
        StoreError: none was chosen yet.
    """
    value = shown_value(database, "", Slot(Aspect.FRAMEWORK))
    if value is None:
        raise StoreError(f"{database.path} has no framework yet: the inspection is not set up.")
    return FrameworkChosen.model_validate_json(f'{{"framework": {value}}}').framework


def fieldwork(database: Database) -> tuple[date | None, date | None]:
    """Read the first and the last day of fieldwork, where they are known."""
    opened = opening(database)
    return (None, None) if opened is None else (opened.fieldwork_from, opened.fieldwork_to)


def opening(database: Database) -> InspectionOpened | None:
    """Read the name and the dates of the inspection; None if it was not set up."""
    value = shown_value(database, "", Slot(Aspect.INSPECTION))
    return None if value is None else InspectionOpened.model_validate_json(value)


def case(database: Database, ref: str) -> Case | None:
    """Read one case, if it is in the inspection."""
    rows = database.rows(f"{_SHOWN} AND subject = ?", (ref,))
    one = case_of(ref, rows)
    return one if one.sample else None


def cases(database: Database, *, complete_only: bool = False) -> Iterator[Case]:
    """Read every case, in the order of their references, or the complete ones alone."""
    rows = database.rows(f"SELECT subject, slot, value{_FROM_SHOWN} AND subject <> '' ORDER BY subject")
    for ref, group in groupby(rows, key=itemgetter(0)):
        one = case_of(ref, ((slot, value) for _, slot, value in group))
        if one.sample and (one.complete or not complete_only):
            yield one


def counts(database: Database, *, complete_only: bool = False) -> dict[str, Count]:
    """Read the running tallies: the count of every prompt and key question, by its number."""
    rows = database.rows(
        "SELECT item, yes, no, not_relevant, open, out FROM tally WHERE scope = ?",
        ("complete" if complete_only else "all",),
    )
    return {row[0]: Count(*row[1:]) for row in rows}


def unrated(database: Database) -> dict[str, str]:
    """Read why standards were left unrated, by their numbers."""
    return shown_values(database, Aspect.UNRATED)


def figures(database: Database) -> dict[Whose, FiguresImported]:
    """Read the figures of each set to compare with that there is, the previous inspection's first."""
    values = shown_values(database, Aspect.FIGURES)
    return {whose: FiguresImported.model_validate_json(values[whose]) for whose in TITLES if whose in values}


def texts_used(database: Database, fact: str) -> tuple[str, ...]:
    """Read the values that a case fact has in any case, in their order."""
    rows = database.rows(
        f"SELECT DISTINCT value{_FROM_SHOWN} AND slot = ? ORDER BY value", (str(Slot(Aspect.FACT, fact)),)
    )
    return tuple(value for (value,) in rows)


def head_values(database: Database, ref: str, slot: Slot) -> tuple[str | None, ...]:
    """Read the values that a slot of a case has, the one shown first; more than one is a conflict."""
    rows = database.rows(
        "SELECT value FROM head WHERE subject = ? AND slot = ? ORDER BY shown DESC", (ref, str(slot))
    )
    return tuple(value for (value,) in rows)


def contested(database: Database, ref: str) -> frozenset[Slot]:
    """Find the slots of a case that two people filled without knowing of each other."""
    rows = database.rows(f"SELECT DISTINCT slot FROM head WHERE subject = ? AND {OTHERWISE}", (ref,))
    return frozenset(Slot.parse(slot) for (slot,) in rows)


def said(database: Database, ranges: Mapping[ChainId, tuple[int, int]]) -> tuple[Said, ...]:
    """Count what people said in some parts of chains, by person and case; what laptops record is left out.

    Args:
        ranges: the first and the last event of each part.
    """
    numbers: Counter[tuple[str, str]] = Counter()
    for device, (first, last) in ranges.items():
        for actor, subject, slot, number in database.rows(_SAID, (*device, first, last)):
            if Slot.parse(slot).aspect in SETTLED_BY_PEOPLE:
                numbers[actor, subject] += number
    return tuple(Said(*key, number) for key, number in sorted(numbers.items()))


_SAID = """
    SELECT actor, subject, slot, count(*) FROM event
    WHERE device = ? AND incarnation = ? AND seq BETWEEN ? AND ?
        AND (device, incarnation, seq) NOT IN (SELECT device, incarnation, seq FROM set_aside)
    GROUP BY actor, subject, slot
"""
_FROM_SHOWN = " FROM head WHERE shown AND value IS NOT NULL"
_SHOWN = f"SELECT slot, value{_FROM_SHOWN}"
