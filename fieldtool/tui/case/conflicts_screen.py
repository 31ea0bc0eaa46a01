"""Conflicts in the open: what each side said, settled by choosing one of them or by writing a third."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from fieldtool.domain.log.conflicts import TEXTS, Conflict, joined
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.words.slots import name_of, value_of
from fieldtool.tui.case.conflict_list import Dispute, Disputes
from fieldtool.tui.parts.ask import AskText, Choose, Tell
from fieldtool.tui.parts.base_screen import BaseScreen, also_back
from fieldtool.tui.parts.writing import Writing
from fieldtool.work.inspection import Inspection
from fieldtool.work.slot_words import history_of

_CHOSEN = frozenset({Aspect.ANSWER, Aspect.JUDGEMENT, Aspect.FACT, Aspect.HOLDER})
"""What something else than the sides can be chosen for."""

_NOTHING = "nothing"


class ConflictsScreen(BaseScreen[tuple[str, Slot]]):
    """The conflicts of one case, or of the whole inspection; its result is where somebody wants to look."""

    CSS_PATH = "conflicts_screen.tcss"
    TITLE = "Conflicts"

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"take({number})", f"Side {number}", show=number < 3,
                    id=f"conflicts.{number}", tooltip=f"Settle it as number {number} says")
            for number in range(1, 10)
        ),
        Binding("w", "write", "Something else", id="conflicts.write",
                tooltip="Settle it by something that no side said; of two texts, write one"),
        Binding("b", "both", "Both texts", id="conflicts.both",
                tooltip="Settle it by both texts, one after the other"),
        Binding("h", "history", "History", id="conflicts.history", tooltip="Who set this, when, and what it was"),
        Binding("enter", "go", "Open", id="conflicts.open", tooltip="Look at it in the case"),
        *also_back("f4,k", id="conflicts.back"),
    ]  # fmt: skip

    def __init__(self, inspection: Inspection, ref: str | None = None) -> None:
        super().__init__(inspection.file)
        self._inspection = inspection
        self._ref = ref
        self._writing_of: Conflict | None = None
        self._open: list[Dispute] = []
        """What this person may settle."""

    def body(self) -> Iterable[Widget]:
        """The conflicts, and a place to write."""
        yield Disputes(self._inspection.framework)
        yield Writing()

    @property
    def _disputes(self) -> Disputes:
        return self.query_one(Disputes)

    @property
    def _writing(self) -> Writing:
        return self.query_one(Writing)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the keys that have no meaning for what is under the cursor; grey those that may not be used."""
        if not self.is_mounted or action not in _SETTLING | {"history", "go", "back"}:
            return True
        dispute = self._disputes.dispute
        if self._writing_of is not None or not self._offers(action, dispute, *parameters[:1]):
            return False
        return None if action in _SETTLING and dispute not in self._open else True

    def _offers(self, action: str, dispute: Dispute | None, number: object = 1) -> bool:
        """Whether a key means something for what is under the cursor."""
        sides = _sides(dispute)
        match action:
            case "back":
                return True
            case "take":
                return isinstance(number, int) and number <= sides
            case "both":
                return isinstance(dispute, Conflict) and _has_texts(dispute)
            case "write":
                return isinstance(dispute, Conflict) and dispute.slot.aspect in TEXTS | _CHOSEN
        return dispute is not None and bool(dispute.ref)

    # ------------------------------------------------------------------ settling

    def action_take(self, number: int) -> None:
        """Settle what is under the cursor as one side said; of a forked chain, take it over or leave it."""
        dispute = self._disputes.dispute
        if dispute is None:
            return
        with self.reporting("Not settled"):
            if isinstance(dispute, Conflict):
                self._inspection.settle(dispute, dispute.sides[number - 1])
            else:
                self._inspection.decide(dispute, taken=number == 1)
            self._done()

    def action_both(self) -> None:
        """Settle it by both texts, one after the other."""
        dispute = self._disputes.dispute
        if isinstance(dispute, Conflict):
            self._settle_with(dispute, joined(dispute))

    @work
    async def action_write(self) -> None:
        """Settle it by something that no side said."""
        dispute = self._disputes.dispute
        if not isinstance(dispute, Conflict):
            return
        if dispute.slot.aspect in TEXTS:
            self._write(dispute)
            return
        framework = self._inspection.framework
        title = f"{dispute.ref}: {name_of(framework, dispute.slot)}"
        fact = framework.facts_by_id.get(dispute.slot.item)
        if dispute.slot.aspect is Aspect.FACT and fact is not None and not fact.choices:
            used = self._inspection.texts_used(fact.id)
            chosen = await self.app.push_screen_wait(AskText(title, dispute.sides[0].value or "", used))
        else:
            chosen = await self.app.push_screen_wait(Choose(title, [*self._choices(dispute.slot)]))
        if chosen is not None:
            self._settle_with(dispute, None if chosen == _NOTHING else chosen)

    def _choices(self, slot: Slot) -> Iterator[tuple[str, str]]:
        framework = self._inspection.framework
        values = {Aspect.ANSWER: ("yes", "no", "not_relevant"), Aspect.JUDGEMENT: ("yes", "no")}
        if slot.aspect is Aspect.HOLDER:
            yield from ((person.id, f"{person.id}  {person.name}") for person in self._inspection.file.people)
        elif slot.aspect is Aspect.FACT:
            yield from ((choice.id, choice.title) for choice in framework.facts_by_id[slot.item].choices)
        else:
            for value in values.get(slot.aspect, ()):
                yield value, value_of(framework, slot, value).capitalize()
        yield _NOTHING, "Nothing: take back what was said"

    def _settle_with(self, conflict: Conflict, value: str | None) -> None:
        with self.reporting("Not settled"):
            self._inspection.settle_with(conflict, value)
            self._done()

    # ------------------------------------------------------------------ making one text of two

    def _write(self, conflict: Conflict) -> None:
        self._writing_of = conflict
        title = f"{name_of(self._inspection.framework, conflict.slot)}: make one text of both"
        self._writing.open(conflict.slot, title, joined(conflict))
        self.refresh_bindings()

    def on_writing_typed(self, event: Writing.Typed) -> None:
        """Keep what is being typed."""
        event.stop()
        if self._writing_of is not None:
            with self.reporting("Not settled"):
                self._inspection.keep_settling(self._writing_of, event.text)

    def on_writing_left(self, event: Writing.Left) -> None:
        """Settle the conflict by the text that was written."""
        event.stop()
        self.settle()

    def settle(self) -> bool:
        """Record a text that is still being written; False if it could not be, and is open still."""
        conflict, text = self._writing_of, self._writing.text
        if conflict is None:
            return True
        with self.reporting("Not settled"):
            if text.strip() == joined(conflict):
                self._inspection.give_up_settling(conflict)
                self._close_writing()
                self.news("not settled: b keeps both texts as they are")
                return True
            self._inspection.settle_with(conflict, text)
            self._close_writing()
            self._done()
        return self._writing_of is None

    def _close_writing(self) -> None:
        self._writing_of = None
        self._writing.close()
        self.set_focus(self._disputes)
        self.refresh_bindings()

    # ------------------------------------------------------------------ looking

    def action_history(self) -> None:
        """Read who set what when, of what is under the cursor."""
        dispute = self._disputes.dispute
        if dispute is not None and dispute.ref:
            case = self._inspection.case(dispute.ref)
            self.app.push_screen(Tell(*history_of(self._inspection, case, dispute.slot)))

    def action_go(self) -> None:
        """Look at it in the case."""
        dispute = self._disputes.dispute
        if dispute is not None and dispute.ref:
            self.dismiss((dispute.ref, dispute.slot))

    def take_in(self) -> None:
        """Show what there is to settle now."""
        inspection = self._inspection
        forked = [each for each in inspection.forked() if self._ref in (None, each.ref)]
        disputes: list[Dispute] = [*inspection.conflicts(self._ref), *forked]
        why_not = [inspection.why_not_settle(each.ref) for each in disputes]
        self._open = [each for each, why in zip(disputes, why_not, strict=True) if not why]
        self._disputes.show(disputes, why_not)
        where = self._ref or inspection.file.heading.title
        self.place(f"Conflicts · {where} · {len(disputes)} to settle")
        self.refresh_bindings()

    def _done(self) -> None:
        self.take_in()
        self.news("settled · saved")


_SETTLING = frozenset({"take", "write", "both"})


def _sides(dispute: Dispute | None) -> int:
    """How many numbers there are to settle it by."""
    if isinstance(dispute, Conflict):
        return len(dispute.sides)
    return 0 if dispute is None else 2


def _has_texts(conflict: Conflict) -> bool:
    return conflict.slot.aspect in TEXTS and all(side.value for side in conflict.sides)
