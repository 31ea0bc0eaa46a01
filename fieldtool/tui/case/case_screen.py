"""The walk through one case: its facts, then one key question at a time, each answer saved as it is given."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager

from textual import events, work
from textual.widget import Widget

from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot
from fieldtool.domain.method.framework import KeyQuestion
from fieldtool.domain.words.numbers import counted
from fieldtool.domain.words.slots import name_of
from fieldtool.tui.case.board import Board
from fieldtool.tui.case.card import Card, Head
from fieldtool.tui.case.case_keys import ACTIONS, ALWAYS, CASE_KEYS, SHOWN_ON, why_nothing
from fieldtool.tui.case.completion_dialog import COMPLETE, Completion
from fieldtool.tui.case.outline import Outline
from fieldtool.tui.parts.ask import AskText, Choose, Tell
from fieldtool.tui.parts.base_screen import BaseScreen
from fieldtool.tui.parts.requests import ShowConflicts, ShowRatings
from fieldtool.tui.parts.rows import Rows
from fieldtool.tui.parts.writing import Writing
from fieldtool.work import clock
from fieldtool.work.case_session import CaseSession
from fieldtool.work.inspection import Inspection
from fieldtool.work.slot_words import guidance_of, history_of


class CaseScreen(BaseScreen[None]):
    """One case. The keys stand in `case_keys`; whatever they record is durable before the screen says so."""

    CSS_PATH = "case_screen.tcss"
    TITLE = "Case"
    BINDINGS = CASE_KEYS
    KEYS_ACT_AT_ONCE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  # declared so by Textual

    def __init__(self, inspection: Inspection, ref: str, slot: Slot | None = None) -> None:
        """Open a case where it was left, or without a slot where something is missing."""
        self._session = CaseSession(inspection, ref)
        super().__init__(inspection.file, self._session.heading)
        self._begin_at = slot
        self._kind_of_keys: tuple[Aspect, bool] | None = None

    def body(self) -> Iterable[Widget]:
        """The outline, the page and the board."""
        # Side by side without containers: each would be drawn once more for every key.
        yield Outline(self._session.framework, self._session.case)
        yield Head(self._session.framework)
        yield Board(self._session.framework)
        yield Card(self._session.framework)
        yield Writing()

    def begin(self) -> None:
        """Begin where the case was left, or with the first thing missing; of a complete case, with its facts."""
        first = self._session.missing_behind(None)
        self.go_to(self._begin_at or (first.slot if first else Slot(Aspect.NOTE)))
        self.set_focus(self._card)

    @property
    def open_at(self) -> tuple[str, Slot | None]:
        """The case, and what of it is under the cursor."""
        return self._session.case.ref, self._card.slot

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
        slot = self._card.slot
        if self._writing.slot is not None or slot is None or slot.aspect not in SHOWN_ON[action]:
            return False
        if not self._session.offers(action, slot, parameters[0] if parameters else None):
            return False
        return (
            None
            if action not in ALWAYS and self._session.inspection.why_read_only(self._session.case)
            else True
        )

    def on_key(self, event: events.Key) -> None:
        """Say why a key did nothing; one that does something does not come so far."""
        session, action = self._session, ACTIONS.get(event.key)
        if action is not None and self._writing.slot is None:
            self.news(why_nothing(action, self._card.slot, session.inspection.why_read_only(session.case)))

    # ------------------------------------------------------------------ answering

    def action_answer(self, answer: str) -> None:
        """Answer the prompt, or the fact that has such a choice, and move on."""
        slot = self._card.slot
        if slot is None:
            return
        if slot.aspect is Aspect.FACT:
            self._set_fact(slot, self._session.choice(slot, answer))
            return
        with self._saving():
            self._session.answer(slot.item, Answer(answer))
            self._show_change(slot)
            self._card.move_on()
            # Now, and not when the card tells that it has moved: the screen is drawn before that is heard.
            self._show_board()

    def action_judge(self, judgement: str) -> None:
        """Record the inspector's judgement of the key question, and ask for its reason where one is due."""
        question = self._session.question
        if question is None or question.qualitative:
            return
        slot = Slot(Aspect.JUDGEMENT, question.id)
        if self._card.slot == slot:
            self._judge(question, Judgement(judgement))
            self._move_on_after(slot)
        elif self._session.unanswered(question):
            # A capital typed for a small letter must not judge what nobody has looked at.
            self._judge_if_meant(question, Judgement(judgement))
        else:
            self._judge(question, Judgement(judgement))

    @work
    async def _judge_if_meant(self, question: KeyQuestion, judgement: Judgement) -> None:
        open_ = counted(len(self._session.unanswered(question)), "prompt")
        choices = [
            ("back", "Back to the prompts"),
            ("judge", f"Judge {question.id} {judgement.value} all the same"),
        ]
        asked = Choose(
            f"{open_} of {question.id} {'is' if open_.startswith('1 ') else 'are'} not answered.", choices
        )
        if await self.app.push_screen_wait(asked) == "judge":
            self._judge(question, judgement)

    def _judge(self, question: KeyQuestion, judgement: Judgement) -> None:
        """Judge the key question, stand on its judgement so that it can be seen, and ask for a reason that is due."""
        slot = Slot(Aspect.JUDGEMENT, question.id)
        with self._saving():
            self._session.judge(question.id, judgement)
            self._card.stand_on(slot)
            self._show_change(slot)
            why = self._session.why_ask(question)
            if why:
                self._write(Slot(Aspect.REASON, question.id), why)

    def _move_on_after(self, judged: Slot) -> None:
        """Go to the next thing missing after a judgement, and say on the way what was recorded."""
        judgement = self._session.case.judgement(judged.item)
        if self._writing.slot is None and judgement is not None and self._move_on(judged):
            self.news(f"{judged.item} judged {judgement.value} · saved {_now()}")

    def action_choose(self, place: int) -> None:
        """Record the choice of that number for the fact under the cursor."""
        slot = self._card.slot
        if slot is not None and slot.aspect is Aspect.FACT:
            choices = self._session.framework.facts_by_id[slot.item].choices
            if place <= len(choices):
                self._set_fact(slot, choices[place - 1].id)

    def action_clear(self) -> None:
        """Take back what stands under the cursor."""
        slot = self._card.slot
        if slot is not None:
            with self._saving():
                self._session.clear(slot)
                self._show_change(slot)

    def action_undo(self) -> None:
        """Take back the latest change to the case, wherever it was."""
        with self._saving():
            undone = self._session.undo()
            if undone is None:
                self.news("nothing left to undo")
                return
            self.go_to(undone.slot)
            self.news(f"undone: {name_of(self._session.framework, undone.slot)} · saved {_now()}")

    @work
    async def action_write_fact(self) -> None:
        """Write a fact that has no choices."""
        slot = self._card.slot
        if slot is None or slot.aspect is not Aspect.FACT:
            return
        fact = self._session.framework.facts_by_id[slot.item]
        if fact.kind == "text" and not self._session.inspection.why_read_only(self._session.case):
            used = self._session.inspection.texts_used(fact.id)
            asked = AskText(fact.title, self._session.case.facts.get(fact.id, ""), used)
            text = await self.app.push_screen_wait(asked)
            if text is not None:
                self._set_fact(slot, text or None)

    def _set_fact(self, slot: Slot, value: str | None) -> None:
        with self._saving():
            self._session.set_fact(slot.item, value)
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
        if self._session.question is not None:
            self._write(Slot(Aspect.REASON, self._session.question.id))

    def _write(self, slot: Slot, hint: str = "") -> None:
        title = name_of(self._session.framework, slot) + (f" ({hint})" if hint else "")
        self._writing.open(slot, title, self._session.case.values.get(slot, ""))
        self.refresh_bindings()

    def on_writing_typed(self, event: Writing.Typed) -> None:
        """Keep what is being typed."""
        with self._saving():
            self._session.keep_text(event.slot, event.text)
            self.news(f"saved {_now()}")

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
            self._session.write_text(slot, self._writing.text)
            self._writing.close()
            self._show_case()
            self.news(f"saved {_now()}")
        return self._writing.slot is None

    # ------------------------------------------------------------------ moving

    def action_next_missing(self) -> None:
        """Go to the next thing that the case still needs."""
        missing = self._session.missing_behind(self._card.slot)
        if missing is not None:
            self.go_to(missing.slot)
            self.set_focus(self._card)
        elif not self._session.case.complete:
            self.action_complete()

    def action_page(self, step: int) -> None:
        """Go to the page before or behind."""
        page = self._session.page_beside(step)
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

    def chosen(self, rows: Rows) -> None:
        """Go to the page that was clicked in the outline."""
        if isinstance(rows, Outline):
            self._show(rows.page)
            self.set_focus(self._card)

    def moved(self, rows: Rows) -> None:
        """Show on the board what the cursor stands on, and the keys that mean something there."""
        if rows is self._card:
            self._show_board()
            slot = self._card.slot
            kind = (slot.aspect, self._session.takes("answer", slot, "yes")) if slot else None
            if kind != self._kind_of_keys:
                self._kind_of_keys = kind
                self.refresh_bindings()

    def action_back(self) -> None:
        """Go back to the page, or to the list of cases."""
        if self.query_one(Outline).has_focus:
            self.set_focus(self._card)
        else:
            super().action_back()

    def action_ratings(self) -> None:
        """Show where every standard stands."""
        self.post_message(ShowRatings())

    def _move_on(self, slot: Slot) -> bool:
        """Go to the next thing missing; False, with a word, where nothing is."""
        missing = self._session.missing_behind(slot)
        if missing is None:
            self.news("saved · nothing is missing: c completes the case")
        else:
            self.go_to(missing.slot)
        return missing is not None

    def go_to(self, slot: Slot) -> None:
        """Put the cursor on a slot, on whichever page it is."""
        self._show(self._session.page_of(slot))
        self._card.stand_on(slot)

    # ------------------------------------------------------------------ reading, completing

    def action_guidance(self) -> None:
        """Read what is meant by the question under the cursor."""
        if self._card.slot is not None:
            session = self._session
            told = guidance_of(session.framework, session.case, session.page, self._card.slot)
            self.app.push_screen(Tell(*told))

    def action_history(self) -> None:
        """Read who set what when, of what is under the cursor."""
        if self._card.slot is not None:
            told = history_of(self._session.inspection, self._session.case, self._card.slot)
            self.app.push_screen(Tell(*told))

    def action_conflicts(self) -> None:
        """Show what two people said of the case without knowing of each other."""
        if self.settle():
            self.post_message(ShowConflicts(self._session.case.ref))

    @work
    async def action_complete(self) -> None:
        """See what is missing, jump to it, or say that the case is done."""
        answer = await self.app.push_screen_wait(Completion(self._session.framework, self._session.case))
        if answer == COMPLETE:
            with self._saving():
                self._session.complete()
                self._show(self._session.page)
                self.news(f"complete · saved {_now()}")
        elif isinstance(answer, Slot):
            self.go_to(answer)

    @work
    async def action_reopen(self) -> None:
        """Open a complete case again, with a reason."""
        why = await self.app.push_screen_wait(AskText(f"Why is {self._session.case.ref} reopened?"))
        if why:
            with self._saving():
                self._session.reopen(why)
                self._show(self._session.page)
                self.news(f"reopened · saved {_now()}")

    # ------------------------------------------------------------------ showing

    def _saving(self) -> AbstractContextManager[None]:
        """Say so, and leave everything as it was, where something could not be saved."""
        return self.reporting("Not saved", renew=False)

    def _show(self, page: str) -> None:
        """Show a page of the case as it stands now."""
        session = self._session
        session.turn_to(page)
        self._card.show(session.case, page, session.counts, session.contested)
        self._show_around()
        self.query_one(Outline).stand_on(page)

    def take_in(self) -> None:
        """Show what came in from elsewhere, or was settled, with the cursor where it is."""
        self._session.take_in()
        self._show_case()

    def _show_case(self) -> None:
        """Show all of the case as it stands now, with the cursor where it is."""
        session = self._session
        self._card.reshow(session.case, session.counts, session.contested)
        self._show_around()

    def _show_around(self) -> None:
        """Show the case as it stands now around its page."""
        session, outline = self._session, self.query_one(Outline)
        outline.set_case(session.case)
        outline.mark(session.contested_pages)
        self.place(session.heading)
        self.query_one(Head).show(session.case, session.page)
        self._show_board()
        self.refresh_bindings()

    def _show_change(self, slot: Slot) -> None:
        """Show a change that is durable, and nothing that it did not touch."""
        session = self._session
        if slot.aspect is Aspect.FACT or session.settled:
            self._show_case()
        else:
            self._card.changed(session.case, session.counts)
            self.query_one(Outline).changed(session.case, session.page)
            self._show_board()
        self.news(f"saved {_now()}")

    def _show_board(self) -> None:
        slot = self._card.slot
        item = slot.item if slot and slot.aspect in (Aspect.ANSWER, Aspect.JUDGEMENT) else ""
        self.query_one(Board).show(item, self._session.before, self._session.counts)


def _now() -> str:
    return clock.now().strftime("%H:%M:%S")
