"""What is kept of the agenda: its items and what came of them, notes, and answers to the interview form."""

from __future__ import annotations

from fieldtool.domain.kinds.agenda_items import ItemPlanned
from fieldtool.domain.log.agenda import AgendaItem, Answers, Note, in_order, state_of
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.store.chain.reading import shown_values
from fieldtool.store.file.database import Database


def items(database: Database) -> tuple[AgendaItem, ...]:
    """Read every item of the agenda as it stands, by day and time."""
    outcomes = shown_values(database, Aspect.OUTCOME)
    plans = (
        ItemPlanned.model_validate_json(value) for value in shown_values(database, Aspect.AGENDA).values()
    )
    return in_order(AgendaItem(plan, *state_of(outcomes.get(plan.item))) for plan in plans)


def notes(database: Database) -> tuple[Note, ...]:
    """Read what was noted at the items of the agenda."""
    return tuple(
        Note.of(Slot(Aspect.EVIDENCE, item), text)
        for item, text in shown_values(database, Aspect.EVIDENCE).items()
    )


def answers(database: Database) -> Answers:
    """Read the answers to the interview form, by item and question."""
    answers = {}
    for place, answer in shown_values(database, Aspect.INTERVIEW).items():
        item, _, question = place.partition("/")
        answers[item, question] = answer
    return answers
