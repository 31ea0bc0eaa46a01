"""Who has how many cases of which place and on which day, how many an officer gives, and what dropped out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.method.replacement import Eliminated
from fieldtool.domain.method.share_out import Held
from fieldtool.store.chain.reading import case_of
from fieldtool.store.file.database import Database


def held_by_place(database: Database) -> list[Held]:
    """Count the cases of each holder in each place."""
    rows = database.rows(
        "SELECT holder, place, count(*), sum(complete) FROM case_line GROUP BY holder, place ORDER BY holder, place"
    )
    return [Held(*row) for row in rows]


def held_by_day(database: Database) -> list[Held]:
    """Count the cases of each holder on each day that is planned for them."""
    rows = database.rows(
        "SELECT holder, coalesce(value, '') AS day, count(*), sum(complete) FROM case_line"
        " LEFT JOIN head ON subject = ref AND slot = ? AND shown GROUP BY holder, day ORDER BY holder, day",
        (str(Slot(Aspect.PLAN)),),
    )
    return [Held(*row) for row in rows]


def planned_days(database: Database) -> dict[str, date]:
    """Read the day planned for each case that has one, by reference."""
    rows = database.rows(f"{_OF_CASES} ORDER BY ref", (str(Slot(Aspect.PLAN)),))
    return {ref: date.fromisoformat(value) for ref, value in rows}


def days_of(database: Database, refs: Sequence[str]) -> dict[str, date]:
    """Read the day planned for some cases, as far as they have one."""
    some = ",".join("?" * len(refs))
    rows = database.rows(f"{_OF_CASES} AND ref IN ({some})", (str(Slot(Aspect.PLAN)), *refs))
    return {ref: date.fromisoformat(value) for ref, value in rows}


def fact_of_cases(database: Database, fact: str) -> dict[str, str]:
    """Read what a case fact is in each case that has it, by reference."""
    return dict(database.rows(f"{_OF_CASES} ORDER BY ref", (str(Slot(Aspect.FACT, fact)),)))


def numbers_of(database: Database, sample: str, fact: str) -> dict[str, int]:
    """Count the cases of a sample type with each value of a case fact, as with each responsible officer."""
    rows = database.rows(
        "SELECT value, count(*) FROM case_line JOIN head ON subject = ref AND slot = ? AND shown"
        " WHERE sample = ? AND value IS NOT NULL GROUP BY value",
        (str(Slot(Aspect.FACT, fact)), sample),
    )
    return dict(rows)


def eliminated(database: Database) -> list[Eliminated]:
    """Read which cases dropped out and are not back, in the order in which that was recorded."""
    rows = database.rows(_ELIMINATED, (f"{Aspect.ELIMINATED}:", f"{Aspect.ELIMINATED};"))
    return [_eliminated(database, *row) for row in rows]


def _eliminated(database: Database, slot: str, value: str, who: str, wall: str) -> Eliminated:
    said, ref = json.loads(value), Slot.parse(slot).item
    case = case_of(ref, database.rows(_VALUES, (ref,)))
    replaced_by = said.get("replaced_by") or ""
    return Eliminated(
        ref,
        said["sample"],
        said["criterion"],
        said["why"],
        replaced_by,
        who,
        wall,
        case.holder or "",
        case.facts,
    )


_OF_CASES = """
    SELECT ref, value FROM case_line JOIN head ON subject = ref AND slot = ? AND shown WHERE value IS NOT NULL
"""
_ELIMINATED = f"""
    SELECT head.slot, head.value, event.actor, event.wall FROM head JOIN event USING (device, incarnation, seq)
    WHERE head.subject = '' AND head.slot >= ? AND head.slot < ? AND head.shown AND head.value IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM case_line WHERE ref = substr(head.slot, {len(Aspect.ELIMINATED) + 2}))
    ORDER BY head.at, head.slot
"""
_VALUES = """
    SELECT slot, value FROM head WHERE subject = ? AND shown AND value IS NOT NULL
        AND (slot = 'holder:' OR slot >= 'fact:' AND slot < 'fact;')
"""
