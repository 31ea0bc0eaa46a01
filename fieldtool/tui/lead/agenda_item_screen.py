"""One item of the agenda: its interview form, with one key an answer, and its notes by key question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from fieldtool.domain.kinds.agenda_items import ItemState
from fieldtool.domain.log.agenda import AgendaItem, numbers, wording
from fieldtool.domain.method.case import Slot
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.words.slots import name_of
from fieldtool.tui.lead.agenda_list import AgendaPage
from fieldtool.tui.parts.ask import Choose
from fieldtool.tui.parts.base_screen import BaseScreen
from fieldtool.tui.parts.writing import Writing
from fieldtool.work.lead.agenda import Agenda


class AgendaItemScreen(BaseScreen[None]):
    """Where notes are written and an interview is answered."""

    CSS_PATH = "agenda_item_screen.tcss"
    TITLE = "Agenda"
    KEYS_ACT_AT_ONCE = True

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"answer({number})", f"Answer {number}", show=False,
                    id=f"agenda_item.{number}", tooltip=f"Record answer {number} to the question under the cursor")
            for number in range(1, 10)
        ),
        Binding("backspace,delete", "clear", "Take back", show=False, id="agenda_item.clear",
                tooltip="Take the answer under the cursor back"),
        Binding("m", "note", "Note", id="agenda_item.note", tooltip="Note something, on a key question or a standard"),
        Binding("enter", "edit", "Go on", id="agenda_item.edit", tooltip="Go on with your note under the cursor"),
        Binding("d", "done", "Done", id="agenda_item.done", tooltip="It took place"),
    ]  # fmt: skip

    def __init__(self, agenda: Agenda, item: str) -> None:
        super().__init__(agenda.lead.inspection.file)
        self._agenda = agenda
        self._item = agenda.item(item)

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        yield AgendaPage(self._framework)
        yield Writing()

    @property
    def _framework(self) -> Framework:
        return self._agenda.lead.inspection.framework

    @property
    def _page(self) -> AgendaPage:
        return self.query_one(AgendaPage)

    @property
    def _writing(self) -> Writing:
        return self.query_one(Writing)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show the keys that mean something for what is under the cursor, to those who may use them."""
        if not self.is_mounted or action not in _KEYS:
            return True
        if self._writing.slot is not None:
            return False
        if action == "back":
            return True
        return self._fits(action, parameters) and (not self._agenda.why_not_write(self._item) or None)

    def _fits(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Whether a key means something for what is under the cursor."""
        question, note = self._page.question, self._page.note
        match action:
            case "answer":
                number = parameters[0]
                return question is not None and isinstance(number, int) and number <= len(question.answers)
            case "clear":
                return question is not None and self._given(question.id) is not None
            case "edit":
                return note is not None and note.person == self._agenda.lead.inspection.person
            case "done":
                return self._item.state is ItemState.PLANNED
            case _:
                return True

    # ------------------------------------------------------------------ the interview form

    def action_answer(self, number: int) -> None:
        """Record an answer, and go on to the next question."""
        question = self._page.question
        if question is not None:
            with self.reporting("Not saved", renew=False):
                self._agenda.answer(self._item.id, {question.id: question.answers[number - 1].id})
                self._done("saved")
                if self._next_is_a_question():
                    self._page.action_move(1)

    def action_clear(self) -> None:
        """Take the answer under the cursor back."""
        question = self._page.question
        if question is not None:
            with self.reporting("Not saved", renew=False):
                self._agenda.answer(self._item.id, {question.id: None})
                self._done("taken back · saved")

    def _next_is_a_question(self) -> bool:
        form, question = self._agenda.form_of(self._item), self._page.question
        return form is not None and question is not None and question != form.questions[-1]

    def _given(self, question: str) -> str | None:
        return self._agenda.answers.get((self._item.id, question))

    def action_done(self) -> None:
        """Say that it took place."""
        with self.reporting("Not saved", renew=False):
            self._agenda.propose_done([self._item.id]).carry_out()
            self._done("done · saved")

    # ------------------------------------------------------------------ notes

    @work
    async def action_note(self) -> None:
        """Write a note: on which standard or key question, and then what."""
        choices = [*_choices(self._framework)]
        used = {note.on for note in self._agenda.notes(self._item.id)}
        choices.sort(key=lambda choice: choice[0] not in used)
        on = await self.app.push_screen_wait(Choose("What is it evidence on?", choices))
        if on is not None:
            with self.reporting("Not saved", renew=False):
                self._write(self._agenda.note_slot(self._item.id, on))

    def action_edit(self) -> None:
        """Go on with one's own note under the cursor."""
        note = self._page.note
        if note is not None:
            self._write(note.slot)

    def _write(self, slot: Slot) -> None:
        self._writing.open(slot, name_of(self._framework, slot), self._agenda.note_in(slot))
        self.refresh_bindings()

    def on_writing_typed(self, event: Writing.Typed) -> None:
        """Keep what is being typed."""
        event.stop()
        with self.reporting("Not saved", renew=False):
            self._agenda.keep_note(event.slot, event.text)
            self.news("saved")

    def on_writing_left(self, event: Writing.Left) -> None:
        """Record the note that was written; where it cannot be recorded, it stays open."""
        event.stop()
        if event.slot == self._writing.slot:
            self.settle()

    def settle(self) -> bool:
        """Record a note that is still being written; False if it could not be, and is open still."""
        slot = self._writing.slot
        if slot is None:
            return True
        with self.reporting("Not saved", renew=False):
            self._agenda.write_note(slot, self._writing.text)
            self._writing.close()
            self.set_focus(self._page)
            self._done("saved")
            self._page.stand_on(slot)
        return self._writing.slot is None

    # ------------------------------------------------------------------ showing

    def take_in(self) -> None:
        """Show the item as it stands now."""
        agenda = self._agenda
        self._item = item = agenda.item(self._item.id)
        self._page.show(item, agenda.form_of(item), agenda.answers, agenda.notes(item.id), agenda.contested)
        self.place(" · ".join(["Agenda", item.id, *_left(agenda, item)]))
        self.refresh_bindings()

    def _done(self, news: str) -> None:
        self.take_in()
        self.news(news)


_KEYS = frozenset({"answer", "clear", "note", "edit", "done", "back"})


def _left(agenda: Agenda, item: AgendaItem) -> Iterator[str]:
    form = agenda.form_of(item)
    if form is not None:
        answers = agenda.answers
        given = sum((item.id, question.id) in answers for question in form.questions)
        yield f"{given} of {len(form.questions)} answered"


def _choices(framework: Framework) -> Iterator[tuple[str, str]]:
    """Every standard and key question, those that are judged as a whole first: notes are the evidence on these."""
    whole = {
        number
        for standard in framework.standards
        if standard.judged_as_a_whole
        for number in (standard.id, *(question.id for question in standard.key_questions))
    }
    for number in sorted(numbers(framework), key=lambda number: number not in whole):
        indent = "" if number in framework.standards_by_id else "  "
        yield number, f"{indent}{number} {wording(framework, number)}"
