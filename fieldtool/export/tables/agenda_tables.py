"""The tables of the agenda: its items, the notes that are evidence on standards, the interview forms in per cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fieldtool.domain.log.agenda import AgendaItem, AnswerCount, by_standard, counted, wording
from fieldtool.domain.method.framework import Framework
from fieldtool.export.contents import Contents
from fieldtool.export.table import Cell, Column, Table, table


@table
def agenda(contents: Contents) -> Table | None:
    """Each item of the agenda, with what came of it."""
    if not contents.agenda:
        return None
    columns = (
        Column("item", "Item"),
        Column("kind", "Kind"),
        Column("day", "Day"),
        Column("time", "Time"),
        Column("place", "Place"),
        Column("with", "With"),
        Column("goes", "Who goes"),
        Column("state", "State"),
        Column("why", "Why it was cancelled"),
        Column("notes", "Notes"),
    )
    notes = Counter(note.item for note in contents.evidence)
    rows = tuple(_item(item, notes[item.id]) for item in contents.agenda)
    return Table("agenda", "Agenda", columns, rows, _note(contents))


def _item(item: AgendaItem, notes: int) -> tuple[Cell, ...]:
    plan = item.plan
    return (
        item.id,
        plan.what.words,
        plan.day.isoformat(),
        None if plan.at is None else f"{plan.at:%H:%M}",
        plan.place or None,
        plan.whom or None,
        ", ".join(plan.goes) or None,
        item.state.value,
        item.why or None,
        notes,
    )


@table
def evidence(contents: Contents) -> Table | None:
    """What was noted at these items, by standard and key question; the texts only with notes."""
    if not contents.agenda:
        return None
    columns = (
        Column("standard", "Standard"),
        Column("title", "Title"),
        Column("key_question", "Key question"),
        Column("wording", "Wording"),
        Column("item", "Item"),
        Column("kind", "Kind"),
        Column("day", "Day"),
        Column("state", "State"),
        Column("with", "With"),
        Column("who", "Whose note"),
        *((Column("note", "Note"),) if contents.with_notes else ()),
    )
    framework, items = contents.framework, {item.id: item for item in contents.agenda}
    rows: list[tuple[Cell, ...]] = []
    for note in by_standard(framework, contents.evidence):
        item, text = items.get(note.item), (note.text,) if contents.with_notes else ()
        where = (None,) * 4 if item is None else _where(item)
        rows.append((*_about(framework, note.on), note.item, *where, note.person, *text))
    return Table("evidence", "Notes by standard", columns, tuple(rows), _note(contents))


def _about(framework: Framework, number: str) -> tuple[Cell, ...]:
    """The standard and the key question that a note is on, each with its wording."""
    standard = framework.standards_by_id.get(number) or framework.standard_of.get(number)
    question = number if number in framework.key_questions_by_id else None
    title = standard.title if standard else None
    return (
        standard.id if standard else number,
        title,
        question,
        wording(framework, number) if question else None,
    )


def _where(item: AgendaItem) -> tuple[Cell, ...]:
    plan = item.plan
    return plan.what.words, plan.day.isoformat(), item.state.value, plan.whom or None


@table
def interviews(contents: Contents) -> Table | None:
    """How often each answer to the interview forms was given, in per cent."""
    if not contents.agenda or not contents.framework.forms:
        return None
    columns = (
        Column("form", "Form"),
        Column("question", "Question"),
        Column("wording", "Wording"),
        Column("answer", "Answer"),
        Column("percent", "Per cent"),
        Column("n", "n"),
        Column("of", "N (answers that count)"),
        Column("open", "Interviews without an answer"),
    )
    rows: list[tuple[Cell, ...]] = []
    for form in contents.framework.forms:
        for count in counted(form, contents.agenda, contents.interviews):
            rows.extend((form.title, *row) for row in _answers(count))
    more = "Interviews that were cancelled are left out, and answers that do not count have no percentage."
    return Table("interviews", "Interview forms", columns, tuple(rows), f"{_note(contents)} {more}")


def _answers(count: AnswerCount) -> Iterator[tuple[Cell, ...]]:
    for answer in count.question.answers:
        number, whole = count.numbers.get(answer.id, 0), count.whole if answer.counts else None
        known = (count.question.id, count.question.wording, answer.title)
        yield (*known, count.percent(answer.id), number, whole, count.open)


def _note(contents: Contents) -> str:
    return f"{contents.title}, {contents.provider}. Wording of the standards: {contents.framework.licence}"
