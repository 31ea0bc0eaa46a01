"""Words about a slot of a case: its guidance, its history, and what was saved in it."""

from __future__ import annotations

from collections.abc import Iterator

from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.walk import progress
from fieldtool.domain.words.days import moment
from fieldtool.domain.words.slots import change_in_words, name_of, quoted_value
from fieldtool.domain.words.standings import count_in_words
from fieldtool.work.case_session import CaseSession
from fieldtool.work.inspection import Inspection


def guidance_of(framework: Framework, case: Case, page: str, slot: Slot) -> tuple[str, str]:
    """What is meant by the thing under the cursor: a title and a text."""
    fact = framework.facts_by_id.get(slot.item)
    if slot.aspect is Aspect.FACT and fact:
        return fact.title, fact.guidance or "There is no guidance on this fact."
    question = framework.key_questions_by_id.get(page)
    if question is None:
        return "Note on the case", "What a colleague should know of the case as a whole; no names."
    paragraphs = [f"{question.id} {question.wording}", question.guidance]
    prompt = framework.prompts_by_id.get(slot.item)
    if prompt:
        paragraphs += [f"{prompt.id} {prompt.wording}", prompt.guidance]
    for mapping in framework.conditions.get(slot.item, ()):
        for fact_id, values in mapping.items():
            decisive = framework.facts_by_id[fact_id]
            wanted = " or ".join(decisive.label(value) for value in values)
            now = decisive.label(case.facts.get(fact_id)) or "not recorded"
            paragraphs.append(f"Applies where {decisive.title} is {wanted}; here it is: {now}.")
    standard = framework.standard_of[question.id]
    return f"{standard.id} {standard.title}", "\n\n".join(filter(None, [standard.statement, *paragraphs]))


def history_of(inspection: Inspection, case: Case, slot: Slot) -> tuple[str, str]:
    """Who set a slot, and what goes with it, when and to what: a title and a text, the latest first."""
    slots = [slot]
    if slot.aspect is Aspect.JUDGEMENT:
        slots.append(Slot(Aspect.REASON, slot.item))
    if slot.aspect in (Aspect.ANSWER, Aspect.JUDGEMENT):
        slots.append(Slot(Aspect.NOTE, slot.item))
    parts = []
    for each in slots:
        changes = inspection.history(case, each)
        if changes:
            lines = [
                f"  {moment(change.wall, year=True, seconds=True)}  {change.actor}  "
                f"{change_in_words(inspection.framework, change)}"
                for change in changes
            ]
            parts.append("\n".join([f"{name_of(inspection.framework, each)}:", *lines]))
    title = f"History: {name_of(inspection.framework, slot)}"
    return title, "\n\n".join(parts) or "Nothing was recorded here yet."


def saved_in_words(session: CaseSession, slot: Slot) -> Iterator[str]:
    """What stands in a slot now that it is on the disk, and where its percentages stand."""
    value = session.case.values.get(slot)
    told = quoted_value(session.framework, slot, value) if value else "taken back"
    yield f"Saved: {name_of(session.framework, slot)}: {told}."
    yield from standing_lines(session, slot)
    done, due = progress(session.framework, session.case)
    yield f"{done} of {due} items done."


def standing_lines(session: CaseSession, slot: Slot) -> Iterator[str]:
    """Where the prompt and the key question of a slot stand, and where they stood before."""
    question = session.framework.key_question_of.get(slot.item)
    items = [slot.item, question.id] if question else [slot.item]
    for item in items:
        if item in session.counts:
            yield count_in_words(session.framework, item, session.counts[item], session.before.get(item))
