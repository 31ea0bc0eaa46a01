"""The agenda drawn: its items day by day, and one item with its interview form and its notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import groupby
from typing import NamedTuple

from fieldtool.domain.kinds.agenda_items import ItemState
from fieldtool.domain.log.agenda import AgendaItem, Answers, Note, wording
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.method.framework import Form, FormQuestion, Framework
from fieldtool.domain.words.days import day_and_time
from fieldtool.domain.words.numbers import counted
from fieldtool.tui.parts.paint import CONTESTED, DIM, HEADING, MARK, STRONG, WARN, Pieces, fitted, wrapped
from fieldtool.tui.parts.rows import Blocks
from fieldtool.tui.parts.table import Heading, Table

STATES = {
    ItemState.PLANNED: ("○ planned", MARK),
    ItemState.DONE: ("● done", STRONG),
    ItemState.CANCELLED: ("× cancelled", WARN),
}
"""The sign and words of each state, and their role."""

TWO_SAID = (
    f"{CONTESTED} Two people wrote here without knowing of each other, the later is shown: f4 on the list of cases "
    "settles it."
)


class Kept(NamedTuple):
    """What lists of items say beside the items themselves."""

    notes: Mapping[str, int]
    """The number of notes of each item that has any."""
    answers: Mapping[str, int]
    """How many questions of the interview form are answered at each item."""
    contested: Set[str]
    """The items of which two people said something without knowing of each other."""


class AgendaList(Table[AgendaItem]):
    """Items of the agenda under the days on which they are."""

    HELP = """
## Agenda

What the team attends beside its cases, day by day. `enter` opens an item, with its notes and its interview form. The
lead inspector plans with `a`, moves and changes with `e`, and cancels with `x`; `X` cancels whatever is still planned
on a day, or from a day on, with one reason for all. Whoever goes there says with `d` that it took place. `p` shows
the answers to the interview form in per cent.

Say whom the team meets by their roles: the names of service users have no place here.
"""

    def __init__(self) -> None:
        super().__init__(id="agenda")
        self._kept = Kept({}, {}, frozenset())

    def show_items(self, items: Sequence[AgendaItem], kept: Kept, empty: str, at: str | None = None) -> None:
        """Show these items, with the cursor at first on the first that is planned.

        Args:
            empty: what is said where there are none.
            at: the item that the cursor goes to; without one, it stays at its item.
        """
        self._kept, self.empty = kept, empty
        if at is None and self.row is None:
            at = next((item.id for item in items if item.state is ItemState.PLANNED), None)
        self.show([*_with_days(items)], at)

    def key(self, row: AgendaItem) -> object:
        """Its id."""
        return row.id

    def line(self, row: AgendaItem, width: int) -> Pieces:
        """Draw an item."""
        item = row
        plan, (state, role) = item.plan, STATES[item.state]
        clock = "" if plan.at is None else f"{plan.at:%H:%M}"
        notes, answers = self._kept.notes.get(item.id, 0), self._kept.answers.get(item.id, 0)
        if item.id in self._kept.contested:
            state, role = CONTESTED + state[1:], WARN
        kept = ", ".join(
            filter(
                None, (counted(notes, "note") if notes else "", counted(answers, "answer") if answers else "")
            )
        )
        who = " · ".join(filter(None, (plan.whom, plan.place, ", ".join(plan.goes))))
        rest = width - 7 - 12 - 23
        room = min(len(kept) + 1, rest) if kept else 0
        return [
            (fitted(f" {clock}", 7), DIM),
            (fitted(state, 12), role),
            (fitted(plan.what.words, 23), STRONG),
            (fitted(who, rest - room), ""),
            (fitted(f" {kept}", room), DIM),
        ]


def _with_days(items: Sequence[AgendaItem]) -> Iterator[AgendaItem | Heading]:
    first = True
    for day, together in groupby(items, key=lambda item: item.plan.day):
        if not first:
            yield Heading()
        first = False
        of_day = list(together)
        yield Heading(f"{day_and_time(day)} · {_summary(of_day)}")
        yield from of_day


def _summary(items: Sequence[AgendaItem]) -> str:
    """How a day stands; its reason, where all of it was cancelled with the same."""
    reasons = {item.why for item in items}
    if all(item.state is ItemState.CANCELLED for item in items) and len(reasons) == 1:
        return f"cancelled: {reasons.pop()}"
    states = Counter(item.state for item in items)
    return ", ".join(f"{states[state]} {state.value}" for state in ItemState if states[state])


class AgendaPage(Blocks):
    """One item: what is planned, the interview form with one key an answer, and the notes by key question."""

    HELP = """
## An item of the agenda

`m` writes a note: choose the standard or key question that it is evidence on. Everybody has one note of their own
at each item on each number; `enter` on yours goes on with it. What you type is kept by itself.

Where there is an interview form, the digits answer the question under the cursor, and each answer is recorded at
once; `backspace` takes it back. `d` says that it took place.
"""

    def __init__(self, framework: Framework) -> None:
        super().__init__(id="agenda-page")
        self._framework = framework
        self._item: AgendaItem | None = None
        self._form: Form | None = None
        self._rows: list[FormQuestion | Note | None] = []
        self._answers: Answers = {}
        self._contested: Set[Slot] = frozenset()

    def show(
        self,
        item: AgendaItem,
        form: Form | None,
        answers: Answers,
        notes: Sequence[Note],
        contested: Set[Slot],
    ) -> None:
        """Show an item; the cursor stays where it is."""
        self._item, self._form, self._answers, self._contested = item, form, answers, contested
        self._rows = [None, *(form.questions if form else ()), *notes]
        self.renew()

    @property
    def question(self) -> FormQuestion | None:
        """The question under the cursor."""
        row = self._row
        return row if isinstance(row, FormQuestion) else None

    @property
    def note(self) -> Note | None:
        """The note under the cursor."""
        row = self._row
        return row if isinstance(row, Note) else None

    @property
    def _row(self) -> FormQuestion | Note | None:
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def stand_on(self, slot: Slot) -> None:
        """Put the cursor on a note."""
        for place, row in enumerate(self._rows):
            if isinstance(row, Note) and row.slot == slot:
                self.move_to(place)

    @property
    def row_count(self) -> int:
        """How many rows there are: the plan, the questions, the notes."""
        return len(self._rows)

    def may_stop(self, row: int) -> bool:
        """Whether there is something to answer or to read there."""
        return self._rows[row] is not None or len(self._rows) == 1

    def block(self, row: int, width: int) -> list[Pieces]:
        """Lay out the plan, a question or a note."""
        entry = self._rows[row]
        if isinstance(entry, FormQuestion):
            return [*self._question_lines(entry, width)]
        if isinstance(entry, Note):
            return [*self._note_lines(row, entry, width)]
        return [*self._plan_lines(width)]

    def _plan_lines(self, width: int) -> Iterator[Pieces]:
        item = self._item
        if item is None:
            yield []
            return
        yield [(fitted(f"{item.plan.what.words}, {item.when}", width), HEADING)]
        sign, role = STATES[item.state]
        told = f"{sign}{f' because: {item.why}' if item.why else ''}"
        for line in wrapped(told, width):
            yield [(line, role)]
        plan = item.plan
        for name, words in (("With", plan.whom), ("Where", plan.place), ("Goes", ", ".join(plan.goes))):
            for line in wrapped(f"{name}: {words}", width) if words else ():
                yield [(line, "")]
        if {Slot(Aspect.AGENDA, item.id), Slot(Aspect.OUTCOME, item.id)} & self._contested:
            yield from ([(line, WARN)] for line in wrapped(TWO_SAID, width))
        yield []
        if self._form is not None:
            yield [(fitted(f"{self._form.title} · a digit answers", width), HEADING)]
        elif len(self._rows) == 1:
            yield [(fitted("There are no notes yet: m writes one.", width), DIM)]

    def _question_lines(self, question: FormQuestion, width: int) -> Iterator[Pieces]:
        assert self._item is not None  # noqa: S101  # there are no rows without one
        given = self._answers.get((self._item.id, question.id))
        place = next((place for place, each in enumerate(question.answers, 1) if each.id == given), None)
        box, role = (f"[{place}]", STRONG) if place else ("[ ]", MARK)
        for number, line in enumerate(wrapped(question.wording, width - 4)):
            yield [(box if number == 0 else "   ", role), (f" {line}", "")]
        yield from self._choice_lines(question, place, width)
        if Slot(Aspect.INTERVIEW, f"{self._item.id}/{question.id}") in self._contested:
            yield from ([("    ", ""), (line, WARN)] for line in wrapped(TWO_SAID, width - 4))

    @staticmethod
    def _choice_lines(question: FormQuestion, given: int | None, width: int) -> Iterator[Pieces]:
        """The answers that a question has, on one line where they fit."""
        choices: Pieces = [("    ", "")]
        for number, answer in enumerate(question.answers, 1):
            choices.append((f"{number} {answer.title}   ", STRONG if number == given else DIM))
        if sum(len(text) for text, _ in choices) <= width:
            yield choices
        else:
            told = "   ".join(text.strip() for text, _ in choices[1:])
            yield from ([("    ", ""), (line, DIM)] for line in wrapped(told, width - 4))

    def _note_lines(self, row: int, note: Note, width: int) -> Iterator[Pieces]:
        before = self._rows[row - 1]
        if not isinstance(before, Note) or before.on != note.on:
            yield []
            for line in wrapped(f"{note.on} {wording(self._framework, note.on)}", width):
                yield [(line, HEADING)]
        yield [(f"  {note.person}", DIM)]
        for line in wrapped(note.text, width - 4):
            yield [("    ", ""), (line, "")]
        if note.slot in self._contested:
            yield from ([("    ", ""), (line, WARN)] for line in wrapped(TWO_SAID, width - 4))
