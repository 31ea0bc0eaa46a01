"""What the first screen needs: headings, team, lines of cases; it loads no models of the domain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fieldtool.domain.method.case_line import CaseFilter, CaseLine, CaseState, Heading, Person, SampleTitle
from fieldtool.store.file.database import Database, Row
from fieldtool.store.file.local import local


def heading(database: Database) -> Heading:
    """Read what every screen says of the inspection; empty texts while it is not set up."""
    inspection = _inspection_value(database, "inspection:")
    framework = _inspection_value(database, "framework:")
    samples = tuple(
        SampleTitle(sample["id"], sample["title"], sample["short"]) for sample in framework.get("samples", ())
    )
    listed = framework.get("list_fact")
    place = next((fact["title"] for fact in framework.get("facts", ()) if fact["id"] == listed), "Place")
    return Heading(inspection.get("title", ""), inspection.get("provider", ""), samples, place)


def people(database: Database) -> tuple[Person, ...]:
    """Read the team, by id."""
    rows = database.rows(
        "SELECT value FROM head WHERE subject = '' AND slot >= 'person:' AND slot < 'person;' AND shown"
        " ORDER BY slot"
    )
    values = (json.loads(value) for (value,) in rows if value is not None)
    return tuple(Person(value["person"], value["name"], value["role"]) for value in values)


def case_refs(database: Database, chosen: CaseFilter) -> list[str]:
    """Read the references of the cases that a filter lets through, in their order."""
    chosen_lines, values = _condition(chosen)
    return [ref for (ref,) in database.rows(f"SELECT ref FROM case_line {chosen_lines}", values)]


def case_count(database: Database) -> int:
    """Count the cases of the inspection."""
    row = database.row("SELECT count(*) FROM case_line")
    return 0 if row is None else int(row[0])


def case_lines(database: Database, refs: Sequence[str]) -> list[CaseLine]:
    """Read the lines of some cases, in the order asked for, and whether they have conflicts."""
    some = f"IN ({','.join('?' * len(refs))})"
    rows = database.rows(f"{_LINE} WHERE ref {some}", tuple(refs))
    # Of several heads of a slot, one alone is shown.
    contested = {
        ref
        for (ref,) in database.rows(
            f"SELECT DISTINCT subject FROM head WHERE NOT shown AND subject {some}", tuple(refs)
        )
    }
    lines = {row[0]: _line(row)._replace(contested=row[0] in contested) for row in rows}
    return [lines[ref] for ref in refs if ref in lines]


def all_case_lines(database: Database, chosen: CaseFilter) -> list[CaseLine]:
    """Read the lines of all cases that a filter lets through."""
    chosen_lines, values = _condition(chosen)
    return [_line(row) for row in database.rows(f"{_LINE} {chosen_lines}", values)]


def views_behind(database: Database) -> bool:
    """Whether the views are still those that an older version made."""
    return local(database, "views") is not None


def views_are_made(database: Database) -> None:
    """Note that they are not, inside a transaction of the caller."""
    database.connection.execute("DELETE FROM local WHERE name = 'views'")


_LINE = "SELECT ref, sample, place, holder, worked, complete, done, due, touched FROM case_line"


def _line(row: Row) -> CaseLine:
    ref, sample, place, holder, worked, complete, done, due, touched = row
    state = CaseState.COMPLETE if complete else CaseState.IN_PROGRESS if worked else CaseState.UNTOUCHED
    return CaseLine(ref, sample, place, holder, state, done, due, touched if worked else "")


def _condition(chosen: CaseFilter) -> tuple[str, tuple[str, ...]]:
    terms: list[str] = []
    values: list[str] = []
    if chosen.holder is not None:
        terms.append("holder = ?")
        values.append(chosen.holder)
    if chosen.sample is not None:
        terms.append("sample = ?")
        values.append(chosen.sample)
    for word in chosen.text.casefold().split():
        terms.append(f"instr({_SEARCHED}, ?)")
        values.append(word)
    where = f"WHERE {' AND '.join(terms)}" if terms else ""
    return f"{where} ORDER BY {'complete, worked = 0, ref' if chosen.begun_first else 'ref'}", tuple(values)


_SEARCHED = (
    "casefold(ref || ' ' || place || ' ' || holder || ' ' || "
    "CASE WHEN complete THEN 'complete' WHEN worked THEN 'in progress' ELSE 'untouched' END)"
)


def _inspection_value(database: Database, slot: str) -> dict[str, Any]:
    row = database.row("SELECT value FROM head WHERE subject = '' AND slot = ? AND shown", (slot,))
    return {} if row is None or row[0] is None else dict(json.loads(row[0]))
