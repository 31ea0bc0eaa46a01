"""What is kept of the agenda: its items and what came of them, notes, and answers to the interview form."""

from __future__ import annotations

from fieldtool.domain.kinds.agenda_items import ItemPlanned
from fieldtool.domain.log.agenda import AgendaItem, Answers, Note, in_order, state_of
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.store.file.database import Database


def items(database: Database) -> tuple[AgendaItem, ...]:
    """Read every item of the agenda as it stands, by day and time."""
    outcomes = {slot.item: value for slot, value in _values(database, Aspect.OUTCOME)}
    plans = (ItemPlanned.model_validate_json(value) for _, value in _values(database, Aspect.AGENDA))
    return in_order(AgendaItem(plan, *state_of(outcomes.get(plan.item))) for plan in plans)


def notes(database: Database) -> tuple[Note, ...]:
    """Read what was noted at the items of the agenda."""
    return tuple(Note.of(slot, text) for slot, text in _values(database, Aspect.EVIDENCE))


def answers(database: Database) -> Answers:
    """Read the answers to the interview form, by item and question."""
    found = {}
    for slot, answer in _values(database, Aspect.INTERVIEW):
        item, _, question = slot.item.partition("/")
        found[item, question] = answer
    return found


def _values(database: Database, aspect: Aspect) -> list[tuple[Slot, str]]:
    rows = database.rows(
        "SELECT slot, value FROM head WHERE subject = '' AND slot >= ? AND slot < ? AND shown"
        " AND value IS NOT NULL ORDER BY slot",
        (f"{aspect}:", f"{aspect};"),
    )
    return [(Slot.parse(slot), value) for slot, value in rows]
