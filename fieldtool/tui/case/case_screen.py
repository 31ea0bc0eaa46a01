"""The walk through one case: its facts, then one key question at a time, each answer saved as it is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from textual import work
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot
from fieldtool.tui.case.board import Board
from fieldtool.tui.case.card import Card
from fieldtool.tui.case.case_keys import CASE_KEYS, LOOKING, SHOWN_ON
from fieldtool.tui.case.case_session import Desk
from fieldtool.tui.case.completion_dialog import COMPLETE, Completion
from fieldtool.tui.case.outline import Outline
from fieldtool.tui.case.slot_words import guidance_of, history_of, name_of
from fieldtool.tui.parts.ask import AskText, Tell
from fieldtool.tui.parts.bars import KeyBar, TitleBar
from fieldtool.tui.parts.rows import Rows
from fieldtool.tui.parts.writing import Writing
from fieldtool.work.inspection import Inspection, InspectionError
from fieldtool.work.inspection_file import StoreError


class CaseScreen(Screen[None], inherit_bindings=False):
    """One case. The keys stand in `case_keys`; whatever they record is durable before the screen says so."""

    CSS_PATH = "case_screen.tcss"
    TITLE = "Case"
    BINDINGS = CASE_KEYS
    KEYS_ACT_AT_ONCE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  # declared so by Textual

    @dataclass
    class ShowRatings(Message):
        """The ratings are to be shown."""

    @dataclass
    class ShowConflicts(Message):
        """The conflicts of the case are to be shown."""

        ref: str

    def __init__(self, inspection: Inspection, ref: str, slot: Slot | None = None) -> None:
        """Open a case where it was left, or without a slot where something is missing."""
        super().__init__()
        self._desk = Desk(inspection, ref)
        self._begin_at = slot
        self._kind_of_keys: tuple[Aspect, bool] | None = None

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        # Side by side without containers: each would be drawn once more for every key.
        roll = self._desk.inspection.roll
        yield TitleBar(self._desk.heading, lambda: roll.at_stake, roll.why_read_only, lambda: roll.sent)
        yield KeyBar()
        yield Outline(self._desk.framework, self._desk.case)
        yield Board(self._desk.framework)
        yield Card(self._desk.framework)
        yield Writing()

    def on_mount(self) -> None:
        """Begin where the case was left, or with the first thing missing; of a complete case, with its facts."""
        first = self._desk.missing_behind(None)
        self.go_to(self._begin_at or (first.slot if first else Slot(Aspect.NOTE)))
        self.set_focus(self._card)

    @property
    def place(self) -> tuple[str, Slot | None]:
        """The case, and what of it is under the cursor."""
        return self._desk.case.ref, self._card.slot

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
        slot, case = self._card.slot, self._desk.case
        if self._writing.slot is not None or slot is None or slot.aspect not in SHOWN_ON[action]:
            return False
        if action in ("answer", "judge") and not self._desk.takes(action, slot, str(parameters[0])):
            return False
        if action == "choose" and parameters[0] not in self._desk.places(slot):
            return False
        if action == "reopen":
            return case.complete
        if action == "conflicts":
            return bool(self._desk.contested)
        if action in ("complete", "next_missing") and case.complete:
            return False
        return None if action not in LOOKING and self._desk.inspection.why_read_only(case) else True

    # ------------------------------------------------------------------ answering

    def action_answer(self, answer: str) -> None:
        """Answer the prompt, or the fact that has such a choice, and move on."""
        slot = self._card.slot
        if slot is None:
            return
        if slot.aspect is Aspect.FACT:
            self._set_fact(slot, self._desk.choice(slot, answer))
            return
        with self._saving():
            self._desk.answer(slot.item, Answer(answer))
            self._show_change(slot)
            self._card.move_on()
            # Now, and not when the card tells that it has moved: the screen is drawn before that is heard.
            self._show_board()

    def action_judge(self, judgement: str) -> None:
        """Record the inspector's judgement of the key question, and ask for its reason where one is due."""
        question = self._desk.question
        if question is None or question.qualitative:
            return
        slot = Slot(Aspect.JUDGEMENT, question.id)
        with self._saving():
            self._desk.judge(question.id, Judgement(judgement))
            self._card.stand_on(slot)
            self._show_change(slot)
            why = self._desk.why_ask(question)
            if why:
                self._write(Slot(Aspect.REASON, question.id), why)
            else:
                self._move_on(slot)

    def action_choose(self, place: int) -> None:
        """Record the choice of that number for the fact under the cursor."""
        slot = self._card.slot
        if slot is not None and slot.aspect is Aspect.FACT:
            choices = self._desk.framework.facts_by_id[slot.item].choices
            if place <= len(choices):
                self._set_fact(slot, choices[place - 1].id)

    def action_clear(self) -> None:
        """Take back what stands under the cursor."""
        slot = self._card.slot
        if slot is not None:
            with self._saving():
                self._desk.clear(slot)
                self._show_change(slot)

    def action_undo(self) -> None:
        """Take back the latest change to the case, wherever it was."""
        with self._saving():
            undone = self._desk.undo()
            if undone is None:
                self._news("nothing left to undo")
                return
            self.go_to(undone.slot)
            self._news(f"undone: {name_of(self._desk.framework, undone.slot)} · saved {_now()}")

    @work
    async def action_write_fact(self) -> None:
        """Write a fact that has no choices."""
        slot = self._card.slot
        if slot is None or slot.aspect is not Aspect.FACT:
            return
        fact = self._desk.framework.facts_by_id[slot.item]
        if fact.kind == "text" and not self._desk.inspection.why_read_only(self._desk.case):
            used = self._desk.inspection.texts_used(fact.id)
            asked = AskText(fact.title, self._desk.case.facts.get(fact.id, ""), used)
            text = await self.app.push_screen_wait(asked)
            if text is not None:
                self._set_fact(slot, text or None)

    def _set_fact(self, slot: Slot, value: str | None) -> None:
        with self._saving():
            self._desk.set_fact(slot.item, value)
            self._show_change(slot)
            if self._card.next_stop(self._card.cursor, 1) == self._card.row_count - 1:
                self._move_on(slot)
            else:
                self._card.action_move(1)

    # ------------------------------------------------------------------ notes and reasons

    def action_note(self) -> None:
        """Write a note on what is under the cursor."""
        slot = self._card.slot
        if slot is not None:
            self._write(Slot(Aspect.NOTE, "" if slot.aspect is Aspect.FACT else slot.item))

    def action_reason(self) -> None:
        """Write why the key question was judged as it was."""
        if self._desk.question is not None:
            self._write(Slot(Aspect.REASON, self._desk.question.id))

    def _write(self, slot: Slot, hint: str = "") -> None:
        title = name_of(self._desk.framework, slot) + (f" ({hint})" if hint else "")
        self._writing.open(slot, title, self._desk.case.values.get(slot, ""))
        self.refresh_bindings()

    def on_writing_typed(self, event: Writing.Typed) -> None:
        """Keep what is being typed."""
        with self._saving():
            self._desk.keep_text(event.slot, event.text)
            self._news(f"saved {_now()}")

    def on_writing_left(self, event: Writing.Left) -> None:
        """Record the text that was written, and go on; where it cannot be recorded, it stays open."""
        if event.slot != self._writing.slot or not self.settle():
            return
        self.set_focus(self._card)
        self.refresh_bindings()
        if event.slot.aspect is Aspect.REASON and event.text.strip():
            self._move_on(Slot(Aspect.JUDGEMENT, event.slot.item))

    def settle(self) -> bool:
        """Record a text that is still being written; False if it could not be, and is open still."""
        slot = self._writing.slot
        if slot is None:
            return True
        with self._saving():
            self._desk.write_text(slot, self._writing.text)
            self._writing.close()
            self._card.reshow(self._desk.case, self._desk.counts, self._desk.contested)
            self.query_one(Outline).set_case(self._desk.case)
            self.query_one(Outline).mark(self._desk.contested_pages)
            self._news(f"saved {_now()}")
        return self._writing.slot is None

    # ------------------------------------------------------------------ moving

    def action_next_missing(self) -> None:
        """Go to the next thing that the case still needs."""
        found = self._desk.missing_behind(self._card.slot)
        if found is not None:
            self.go_to(found.slot)
            self.set_focus(self._card)
        elif not self._desk.case.complete:
            self.action_complete()

    def action_page(self, step: int) -> None:
        """Go to the page before or behind."""
        page = self._desk.page_beside(step)
        if page is not None:
            self._show(page)

    def action_outline(self) -> None:
        """Move in the outline with the keys; enter goes to a page."""
        self.set_focus(self.query_one(Outline))

    def action_enter(self) -> None:
        """Go to the page chosen in the outline, or write the fact under the cursor."""
        outline = self.query_one(Outline)
        if outline.has_focus:
            self._show(outline.page)
            self.set_focus(self._card)
        else:
            self.action_write_fact()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Go to the page that was clicked in the outline."""
        event.stop()
        if isinstance(event.rows, Outline):
            self._show(event.rows.page)
            self.set_focus(self._card)

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Show on the board what the cursor stands on, and the keys that mean something there."""
        event.stop()
        if event.rows is self._card:
            self._show_board()
            slot = self._card.slot
            kind = (slot.aspect, self._desk.takes("answer", slot, "yes")) if slot else None
            if kind != self._kind_of_keys:
                self._kind_of_keys = kind
                self.refresh_bindings()

    def action_back(self) -> None:
        """Go back to the list of cases."""
        if self.query_one(Outline).has_focus:
            self.set_focus(self._card)
        elif self.settle():
            self.dismiss(None)

    def action_ratings(self) -> None:
        """Show where every standard stands."""
        self.post_message(self.ShowRatings())

    def _move_on(self, slot: Slot) -> None:
        found = self._desk.missing_behind(slot)
        if found is None:
            self._news("saved · nothing is missing: c completes the case")
        else:
            self.go_to(found.slot)

    def go_to(self, slot: Slot) -> None:
        """Put the cursor on a slot, on whichever page it is."""
        self._show(self._desk.page_of(slot))
        self._card.stand_on(slot)

    # ------------------------------------------------------------------ reading, completing

    def action_guidance(self) -> None:
        """Read what is meant by the question under the cursor."""
        if self._card.slot is not None:
            desk = self._desk
            self.app.push_screen(Tell(*guidance_of(desk.framework, desk.case, desk.page, self._card.slot)))

    def action_history(self) -> None:
        """Read who set what when, of what is under the cursor."""
        if self._card.slot is not None:
            told = history_of(self._desk.inspection, self._desk.case, self._card.slot)
            self.app.push_screen(Tell(*told))

    def action_conflicts(self) -> None:
        """Show what two people said of the case without knowing of each other."""
        if self.settle():
            self.post_message(self.ShowConflicts(self._desk.case.ref))

    @work
    async def action_complete(self) -> None:
        """See what is missing, jump to it, or say that the case is done."""
        answer = await self.app.push_screen_wait(Completion(self._desk.framework, self._desk.case))
        if answer == COMPLETE:
            with self._saving():
                self._desk.complete()
                self._show(self._desk.page)
                self._news(f"complete · saved {_now()}")
        elif isinstance(answer, Slot):
            self.go_to(answer)

    @work
    async def action_reopen(self) -> None:
        """Open a complete case again, with a reason."""
        why = await self.app.push_screen_wait(AskText(f"Why is {self._desk.case.ref} reopened?"))
        if why:
            with self._saving():
                self._desk.reopen(why)
                self._show(self._desk.page)
                self._news(f"reopened · saved {_now()}")

    # ------------------------------------------------------------------ showing

    @contextmanager
    def _saving(self) -> Iterator[None]:
        """Say so, and leave everything as it was, where something could not be saved."""
        try:
            yield
        except (StoreError, InspectionError) as error:
            self._news("NOT SAVED", bad=True)
            self.notify(str(error), title="Not saved", severity="error", timeout=12, markup=False)

    def _show(self, page: str) -> None:
        """Show a page of the case as it stands now."""
        desk = self._desk
        desk.turn_to(page)
        self._card.show(desk.case, page, desk.counts, desk.contested)
        outline = self.query_one(Outline)
        outline.set_case(desk.case)
        outline.mark(desk.contested_pages)
        outline.stand_on(page)
        self.query_one(TitleBar).place(desk.heading)
        self._show_board()
        self.refresh_bindings()

    def take_in(self) -> None:
        """Show what came in from elsewhere, or was settled, with the cursor where it is."""
        desk = self._desk
        desk.take_in()
        self._card.reshow(desk.case, desk.counts, desk.contested)
        self.query_one(Outline).set_case(desk.case)
        self.query_one(Outline).mark(desk.contested_pages)
        self.query_one(TitleBar).place(desk.heading)
        self._show_board()
        self.refresh_bindings()

    def _show_change(self, slot: Slot) -> None:
        """Show a change that is durable, and nothing that it did not touch."""
        case, counts = self._desk.case, self._desk.counts
        self.query_one(Outline).mark(self._desk.contested_pages)
        if slot.aspect is Aspect.FACT or self._card.contested != self._desk.contested:
            self._card.reshow(case, counts, self._desk.contested)
            self.query_one(Outline).set_case(case)
            self.query_one(TitleBar).place(self._desk.heading)
        else:
            self._card.changed(case, counts)
            self.query_one(Outline).changed(case, self._desk.page)
        self._show_board()
        self._news(f"saved {_now()}")

    def _show_board(self) -> None:
        slot = self._card.slot
        item = slot.item if slot and slot.aspect in (Aspect.ANSWER, Aspect.JUDGEMENT) else ""
        self.query_one(Board).show(item, self._desk.before, self._desk.counts)

    def _news(self, text: str, *, bad: bool = False) -> None:
        self.query_one(TitleBar).news(text, bad=bad)


def _now() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
