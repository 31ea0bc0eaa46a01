"""The walk through one case: its facts, then one key question at a time, each answer saved as it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen

from fieldtool.domain.case import Answer, Aspect, Case, Judgement, Slot
from fieldtool.domain.framework import Fact
from fieldtool.domain.listing import CaseState
from fieldtool.domain.walk import next_missing, reason_due, sits_oddly
from fieldtool.inspection import Inspection, InspectionError
from fieldtool.roll import StoreError
from fieldtool.tui.screens.ask import AskText, Tell
from fieldtool.tui.screens.case_keys import CASE_KEYS, LOOKING, SHOWN_ON
from fieldtool.tui.screens.completion import COMPLETE, Completion
from fieldtool.tui.screens.explain import guidance_of, history_of, name_of
from fieldtool.tui.widgets.bars import KeyBar, TitleBar
from fieldtool.tui.widgets.board import Board
from fieldtool.tui.widgets.card import Card
from fieldtool.tui.widgets.outline import FACTS, Outline, pages_of
from fieldtool.tui.widgets.rows import Rows
from fieldtool.tui.widgets.writing import Writing


class CaseScreen(Screen[None], inherit_bindings=False):
    """One case. The keys stand in `case_keys`; whatever they record is durable before the screen says so."""

    CSS_PATH = "case.tcss"
    TITLE = "Case"
    BINDINGS = CASE_KEYS

    @dataclass
    class ShowRatings(Message):
        """The ratings are to be shown."""

    def __init__(self, inspection: Inspection, ref: str) -> None:
        super().__init__()
        self._inspection = inspection
        self._framework = inspection.framework
        self._case = inspection.case(ref)
        self._pages = pages_of(self._framework, self._case.sample)
        self._page = FACTS
        self._counts = inspection.counts()
        self._before = self._counts

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield TitleBar()
        with Horizontal():
            yield Outline(self._framework, self._case)
            with Vertical():
                yield Card(self._framework)
                yield Writing()
                yield Board(self._framework)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with the first thing missing; of a complete case, with its facts."""
        first = next_missing(self._framework, self._case)
        self._title()
        self._go_to(first.slot if first else Slot(Aspect.NOTE))
        self._card.focus()

    @property
    def _card(self) -> Card:
        return self.query_one(Card)

    @property
    def _writing(self) -> Writing:
        return self.query_one(Writing)

    # ------------------------------------------------------------------ which keys do something here

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the keys that have no meaning where the cursor stands; grey those that may not be used."""
        if not self.is_mounted or action not in SHOWN_ON:
            return True
        if self._writing.slot is not None:
            return False
        slot = self._card.slot
        if slot is None or slot.aspect not in SHOWN_ON[action]:
            return False
        if action == "answer" and slot.aspect is Aspect.FACT:
            return self._fact_choice(slot, str(parameters[0])) is not None
        if action == "reopen":
            return self._case.complete
        if action == "complete":
            return None if self._case.complete else True
        return None if action not in LOOKING and self._inspection.why_read_only(self._case) else True

    # ------------------------------------------------------------------ answering

    def action_answer(self, answer: str) -> None:
        """Answer the prompt, or the fact that has such a choice, and move on."""
        slot = self._card.slot
        if slot is None:
            return
        if slot.aspect is Aspect.FACT:
            choice = self._fact_choice(slot, answer)
            if choice is not None:
                self._set_fact(slot, choice)
            return
        case = self._saving(lambda: self._inspection.answer(self._case, slot.item, Answer(answer)))
        if case is not None:
            self._take(case, slot)
            self._card.action_move(1)

    def action_judge(self, judgement: str) -> None:
        """Record the inspector's judgement of the key question, and ask for its reason where one is due."""
        question = self._framework.key_questions_by_id.get(self._page)
        if question is None or question.qualitative:
            return
        slot = Slot(Aspect.JUDGEMENT, question.id)
        case = self._saving(lambda: self._inspection.judge(self._case, question.id, Judgement(judgement)))
        if case is None:
            return
        self._card.stand_on(slot)
        self._take(case, slot)
        odd = sits_oddly(self._framework, case, question)
        if reason_due(case, question.id) or (odd and not case.reason(question.id)):
            self._write(Slot(Aspect.REASON, question.id), odd or "")
        else:
            self._move_on(slot)

    def action_choose(self, place: int) -> None:
        """Record the choice of that number for the fact under the cursor."""
        slot = self._card.slot
        if slot is not None and slot.aspect is Aspect.FACT:
            choices = self._framework.facts_by_id[slot.item].choices
            if place <= len(choices):
                self._set_fact(slot, choices[place - 1].id)

    def action_clear(self) -> None:
        """Take back what stands under the cursor."""
        slot = self._card.slot
        if slot is None:
            return
        if slot.aspect is Aspect.FACT:
            self._set_fact(slot, None)
        elif slot.aspect is Aspect.ANSWER:
            self._record(lambda: self._inspection.answer(self._case, slot.item, None), slot)
        elif slot.aspect is Aspect.JUDGEMENT:
            self._record(lambda: self._inspection.judge(self._case, slot.item, None), slot)

    def action_undo(self) -> None:
        """Take back the latest change to the case, wherever it was."""
        try:
            undone = self._inspection.undo(self._case)
        except (StoreError, InspectionError) as error:
            self._not_saved(str(error))
            return
        if undone is None:
            self.query_one(TitleBar).news("nothing left to undo")
            return
        self._take_counts()
        self._case = undone.case
        self._go_to(undone.slot)
        self._title()
        self.query_one(TitleBar).news(f"undone: {name_of(self._framework, undone.slot)} · saved {_now()}")

    @work
    async def action_write_fact(self) -> None:
        """Write a fact that has no choices."""
        slot = self._card.slot
        if slot is None or slot.aspect is not Aspect.FACT:
            return
        fact = self._framework.facts_by_id[slot.item]
        if fact.kind == "text":
            asked = AskText(
                fact.title, self._case.facts.get(fact.id, ""), self._inspection.texts_used(fact.id)
            )
            text = await self.app.push_screen_wait(asked)
            if text is not None:
                self._set_fact(slot, text or None)

    def _set_fact(self, slot: Slot, value: str | None) -> None:
        case = self._saving(lambda: self._inspection.set_fact(self._case, slot.item, value))
        if case is None:
            return
        self._take(case, slot)
        if value is None:
            return
        if self._card.next_stop(self._card.cursor, 1) == self._card.row_count - 1:
            self._move_on(slot)
        else:
            self._card.action_move(1)

    def _fact_choice(self, slot: Slot, answer: str) -> str | None:
        fact: Fact = self._framework.facts_by_id[slot.item]
        return answer if any(choice.id == answer for choice in fact.choices) else None

    # ------------------------------------------------------------------ notes and reasons

    def action_note(self) -> None:
        """Write a note on what is under the cursor."""
        slot = self._card.slot
        if slot is not None:
            self._write(Slot(Aspect.NOTE, "" if slot.aspect is Aspect.FACT else slot.item))

    def action_reason(self) -> None:
        """Write why the key question was judged as it was."""
        if self._page in self._framework.key_questions_by_id:
            self._write(Slot(Aspect.REASON, self._page))

    def _write(self, slot: Slot, hint: str = "") -> None:
        title = name_of(self._framework, slot) + (f" ({hint})" if hint else "")
        self._writing.open(slot, title, self._case.values.get(slot, ""))
        self.refresh_bindings()

    def on_writing_typed(self, event: Writing.Typed) -> None:
        """Keep what is being typed."""
        try:
            self._inspection.keep_text(self._case, event.slot, event.text)
        except (StoreError, InspectionError) as error:
            self._not_saved(str(error))
        else:
            self._saved()

    def on_writing_left(self, event: Writing.Left) -> None:
        """Record the text that was written, and go on."""
        self._record_text(event.slot, event.text)
        self._card.focus()
        self.refresh_bindings()
        if event.slot.aspect is Aspect.REASON and event.text.strip():
            self._move_on(Slot(Aspect.JUDGEMENT, event.slot.item))

    def settle(self) -> None:
        """Record a text that is still being written, because the app is leaving."""
        slot, text = self._writing.slot, self._writing.text
        if slot is not None:
            self._writing.close()
            self._record_text(slot, text)

    def _record_text(self, slot: Slot, text: str) -> None:
        case = self._saving(lambda: self._inspection.write_text(self._case, slot, text))
        if case is not None:
            self._case = case
            self._card.reshow(case, self._counts)
            self.query_one(Outline).set_case(case)
            self._saved()

    # ------------------------------------------------------------------ moving

    def action_next_missing(self) -> None:
        """Go to the next thing that the case still needs."""
        found = next_missing(self._framework, self._case, self._card.slot)
        if found is None:
            self.action_complete()
        else:
            self._go_to(found.slot)
            self._card.focus()

    def action_page(self, step: int) -> None:
        """Go to the page before or behind."""
        place = self._pages.index(self._page) + step
        if 0 <= place < len(self._pages):
            self._show(self._pages[place])

    def action_outline(self) -> None:
        """Move in the outline with the keys; enter goes to a page."""
        self.query_one(Outline).focus()

    def action_enter(self) -> None:
        """Go to the page chosen in the outline, or write the fact under the cursor."""
        outline = self.query_one(Outline)
        if outline.has_focus:
            self._show(outline.page)
            self._card.focus()
        else:
            self.action_write_fact()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Go to the page that was clicked in the outline."""
        event.stop()
        if isinstance(event.rows, Outline):
            self._show(event.rows.page)
            self._card.focus()

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Show on the board what the cursor stands on."""
        event.stop()
        if event.rows is self._card:
            self._show_board()
            self._keys_for(self._card.slot)

    def action_back(self) -> None:
        """Go back to the list of cases."""
        if self.query_one(Outline).has_focus:
            self._card.focus()
        else:
            self.settle()
            self.dismiss(None)

    def action_ratings(self) -> None:
        """Show where every standard stands."""
        self.post_message(self.ShowRatings())

    def _move_on(self, slot: Slot) -> None:
        found = next_missing(self._framework, self._case, slot)
        if found is None:
            self.query_one(TitleBar).news(f"saved {_now()} · nothing is missing: c completes the case")
        else:
            self._go_to(found.slot)

    def _go_to(self, slot: Slot) -> None:
        self._show(self._page_of(slot))
        self._card.stand_on(slot)

    def _page_of(self, slot: Slot) -> str:
        question = self._framework.key_question_of.get(slot.item)
        if question is not None:
            return question.id
        return slot.item if slot.item in self._framework.key_questions_by_id else FACTS

    def _show(self, page: str) -> None:
        if page != self._page:
            self._before = self._counts
        self._page = page
        self._card.show(self._case, page, self._counts, self._inspection.contested(self._case))
        outline = self.query_one(Outline)
        outline.set_case(self._case)
        outline.stand_on(page)
        self._show_board()
        self.refresh_bindings()

    # ------------------------------------------------------------------ reading, completing

    def action_guidance(self) -> None:
        """Read what is meant by the question under the cursor."""
        if self._card.slot is not None:
            title, text = guidance_of(self._framework, self._case, self._page, self._card.slot)
            self.app.push_screen(Tell(title, text))

    def action_history(self) -> None:
        """Read who set what when, of what is under the cursor."""
        slot = self._card.slot
        if slot is not None:
            title, text = history_of(self._inspection, self._case, slot)
            self.app.push_screen(Tell(title, text))

    @work
    async def action_complete(self) -> None:
        """See what is missing, jump to it, or say that the case is done."""
        answer = await self.app.push_screen_wait(Completion(self._framework, self._case))
        if answer == COMPLETE:
            case = self._saving(lambda: self._inspection.complete(self._case))
            if case is not None:
                self._take_all(case)
                self.query_one(TitleBar).news(f"complete · saved {_now()}")
        elif isinstance(answer, Slot):
            self._go_to(answer)

    @work
    async def action_reopen(self) -> None:
        """Open a complete case again, with a reason."""
        why = await self.app.push_screen_wait(AskText(f"Why is {self._case.ref} reopened?"))
        if why:
            case = self._saving(lambda: self._inspection.reopen(self._case, why))
            if case is not None:
                self._take_all(case)

    # ------------------------------------------------------------------ after something was recorded

    def _saving(self, record: Callable[[], Case]) -> Case | None:
        try:
            return record()
        except (StoreError, InspectionError) as error:
            self._not_saved(str(error))
            return None

    def _record(self, record: Callable[[], Case], slot: Slot) -> None:
        case = self._saving(record)
        if case is not None:
            self._take(case, slot)

    def _take(self, case: Case, slot: Slot) -> None:
        """Show a change that is durable."""
        changed = case is not self._case
        self._case = case
        if changed:
            self._take_counts()
        if slot.aspect is Aspect.FACT:
            self._card.reshow(case, self._counts)
            self.query_one(Outline).set_case(case)
        else:
            self._card.changed(case, self._counts)
            self.query_one(Outline).changed(case, self._page)
        self._show_board()
        self._saved()

    def _take_all(self, case: Case) -> None:
        self._case = case
        self._take_counts()
        self._show(self._page)
        self._title()
        self._saved()

    def _take_counts(self) -> None:
        self._before, self._counts = self._counts, self._inspection.counts()

    def _show_board(self) -> None:
        slot = self._card.slot
        item = slot.item if slot and slot.aspect in (Aspect.ANSWER, Aspect.JUDGEMENT) else ""
        self.query_one(Board).show(item, self._before, self._counts)

    def _keys_for(self, slot: Slot | None) -> None:
        kind = slot.aspect if slot else None
        if kind is not self._kind_of_keys or kind is Aspect.FACT:
            self._kind_of_keys = kind
            self.refresh_bindings()

    _kind_of_keys: Aspect | None = None

    def _saved(self) -> None:
        self.query_one(TitleBar).news(f"saved {_now()}")

    def _not_saved(self, sentence: str) -> None:
        self.query_one(TitleBar).news("NOT SAVED", bad=True)
        self.notify(sentence, title="Not saved", severity="error", timeout=12, markup=False)

    def _title(self) -> None:
        case = self._case
        sample = self._framework.samples_by_id[case.sample]
        place = case.facts.get(self._framework.list_fact or "", "")
        parts = [case.ref, sample.title, place, case.holder or "nobody's"]
        why = self._inspection.why_read_only(case)
        if case.state is CaseState.COMPLETE or why:
            parts.append(why or "complete")
        self.query_one(TitleBar).place(" · ".join(part for part in parts if part))


def _now() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
