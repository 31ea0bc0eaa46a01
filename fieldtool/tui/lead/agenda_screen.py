"""The agenda: what the team attends beside its cases, day by day; planned, done, cancelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from fieldtool.domain.kinds.agenda_items import ItemPlanned, ItemState
from fieldtool.domain.log.agenda import AgendaItem, AnswerCount
from fieldtool.domain.method.case import Aspect
from fieldtool.domain.method.framework import AgendaKind
from fieldtool.domain.words.days import day_and_time
from fieldtool.domain.words.numbers import counted
from fieldtool.tui.lead.agenda_dialog import AskPlan
from fieldtool.tui.lead.agenda_item_screen import AgendaItemScreen
from fieldtool.tui.lead.agenda_list import AgendaList, Kept
from fieldtool.tui.parts.ask import AskText, Choose, Tell
from fieldtool.tui.parts.base_screen import BaseScreen, also_back
from fieldtool.work.lead.agenda import Agenda, Changed
from fieldtool.work.lead.lead import Lead

_DAY, _FROM = "day", "from"


class AgendaScreen(BaseScreen[None]):
    """The items of the agenda."""

    CSS_PATH = "agenda_screen.tcss"
    TITLE = "Agenda"
    CHOSEN = ("open",)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="agenda.open", tooltip="Its notes and its interview form"),
        Binding("a", "add", "Plan", id="agenda.add", tooltip="Plan a meeting, an interview or an observation"),
        Binding("e", "change", "Move", id="agenda.change", tooltip="Move it, or change what is planned of it"),
        Binding("d", "done", "Done", id="agenda.done", tooltip="It took place"),
        Binding("x", "cancel", "Cancel", id="agenda.cancel", tooltip="It does not take place: say why"),
        Binding("X", "cancel_all", "Cancel a day", id="agenda.cancel_all",
                tooltip="Cancel whatever is planned on this day, or from this day on, with one reason"),
        Binding("r", "again", "Plan again", id="agenda.again", tooltip="Let it be planned again"),
        Binding("p", "counts", "Per cent", id="agenda.counts",
                tooltip="The answers to the interview form in per cent"),
        *also_back("f5", id="agenda.back"),
    ]  # fmt: skip

    def __init__(self, lead: Lead) -> None:
        super().__init__(lead.inspection.file, "Agenda")
        self._agenda = Agenda(lead)
        self._file = lead.inspection.file
        self._items: tuple[AgendaItem, ...] = ()

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        yield AgendaList()

    @property
    def _list(self) -> AgendaList:
        return self.query_one(AgendaList)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Show the keys that mean something for what is under the cursor, to those who may use them."""
        if not self.is_mounted or action not in _NEEDS:
            return True
        item, plans = self._list.row, not self._agenda.why_not_plan
        if action == "add":
            return plans
        if item is None:
            return action == "counts"
        if action in _FOR_LEADS and not plans:
            return False
        if action == "cancel_all":
            return any(
                each.state is ItemState.PLANNED and each.plan.day >= item.plan.day for each in self._items
            )
        if action == "done":
            return item.state is ItemState.PLANNED and not self._agenda.why_not_write(item)
        return _NEEDS[action](item)

    # ------------------------------------------------------------------ planning

    @work
    async def action_add(self) -> None:
        """Plan something more."""
        kinds = [(kind.value, kind.words) for kind in AgendaKind]
        kind = await self.app.push_screen_wait(Choose("What is it?", kinds))
        if kind is None:
            return
        here = self._list.row
        day = here.plan.day if here else self._agenda.lead.inspection.fieldwork[0]
        plan = await self.app.push_screen_wait(AskPlan(self._agenda, AgendaKind(kind), day=day))
        if plan is not None:
            self._do(lambda: self._agenda.propose_item(plan), f"{plan.item} planned", plan)

    @work
    async def action_change(self) -> None:
        """Move what is under the cursor, or change what is planned of it."""
        item = self._list.row
        if item is None:
            return
        plan = await self.app.push_screen_wait(AskPlan(self._agenda, item.plan.what, item.plan))
        if plan is not None:
            self._do(lambda: self._agenda.propose_item(plan, new=False), f"{plan.item} changed", plan)

    def action_done(self) -> None:
        """Say that what is under the cursor took place."""
        item = self._list.row
        if item is not None:
            self._do(lambda: self._agenda.propose_done([item.id]), f"{item.id} done")

    def action_again(self) -> None:
        """Let what is under the cursor be planned again."""
        item = self._list.row
        if item is not None:
            self._do(lambda: self._agenda.propose_again([item.id]), f"{item.id} planned again")

    @work
    async def action_cancel(self) -> None:
        """Cancel what is under the cursor."""
        item = self._list.row
        if item is None:
            return
        why = await self._ask_why(f"Why is it cancelled: {item.plan.what.words.lower()}, {item.when}?")
        if why:
            self._do(lambda: self._agenda.propose_cancelled([item.id], why), f"{item.id} cancelled")

    @work
    async def action_cancel_all(self) -> None:
        """Cancel whatever is still planned on the day under the cursor, or from that day on, with one reason."""
        item = self._list.row
        if item is None:
            return
        day, agenda = item.plan.day, self._agenda
        on, since = len(agenda.planned_on(day)), len(agenda.planned_from(day))
        when = day_and_time(day)
        choices = [
            (_DAY, f"Everything planned on {when}: {on}"),
            (_FROM, f"Everything planned from {when} on: {since}"),
        ]
        which = await self.app.push_screen_wait(Choose("What is cancelled?", choices[not on :]))
        if which is None:
            return
        number = on if which == _DAY else since
        words = f"on {when}" if which == _DAY else f"from {when} on"
        why = await self._ask_why(f"Why are {counted(number, 'item')} {words} cancelled?")
        if why:
            self._do(
                lambda: agenda.propose_cancelled_days(day, why, later=which == _FROM),
                f"{counted(number, 'item')} cancelled",
            )

    async def _ask_why(self, question: str) -> str | None:
        reasons = dict.fromkeys(item.why for item in self._agenda.items if item.why)
        return await self.app.push_screen_wait(AskText(question, suggestions=[*reasons]))

    def _do(self, propose: Callable[[], Changed], news: str, plan: ItemPlanned | None = None) -> None:
        with self.reporting("Not saved"):
            propose().carry_out()
            self._show(None if plan is None else plan.item)
            self.news(f"{news} · saved")

    # ------------------------------------------------------------------ looking

    @work
    async def action_open(self) -> None:
        """Show what was noted and answered at the item under the cursor."""
        item = self._list.row
        if item is not None:
            await self.app.push_screen_wait(AgendaItemScreen(self._agenda, item.id))
            self.take_in()

    def action_counts(self) -> None:
        """Show the answers to the interview forms in per cent."""
        forms = self._agenda.lead.inspection.framework.forms
        if not forms:
            told = "The framework of this inspection has no interview form: it was set up by one without."
            self.app.push_screen(Tell("Interview form", told))
            return
        counts = self._agenda.counts
        parts = [line for form in forms for line in _lines(form.title, counts[form.id])]
        self.app.push_screen(Tell("Interview form, in per cent of the answers that count", "\n".join(parts)))

    def take_in(self) -> None:
        """Show the agenda as it stands now."""
        self._show(None)

    def _show(self, cursor: str | None) -> None:
        agenda = self._agenda
        items = self._items = agenda.items
        may = not agenda.why_not_plan
        empty = "Nothing is on the agenda yet" + (": a plans something." if may else ".")
        kept = Kept(
            Counter(note.item for note in agenda.notes()),
            Counter(item for item, _ in agenda.answers),
            frozenset(_item_of(slot.aspect, slot.item) for slot in agenda.contested),
        )
        self._list.show_items(items, kept, empty, cursor)
        states = Counter(item.state for item in items)
        told = [f"{states[state]} {state.value}" for state in ItemState if states[state]]
        self.place(" · ".join(["Agenda", *told]))
        self.refresh_bindings()


def _item_of(aspect: Aspect, item: str) -> str:
    """The item that a slot is about; empty where it is about something else than the agenda."""
    if aspect in (Aspect.AGENDA, Aspect.OUTCOME):
        return item
    return item.partition("/")[0] if aspect in (Aspect.EVIDENCE, Aspect.INTERVIEW) else ""


def _lines(title: str, counts: tuple[AnswerCount, ...]) -> Iterator[str]:
    yield f"{title}: {counted(counts[0].interviews if counts else 0, 'interview')}"
    for count in counts:
        yield ""
        yield count.question.wording
        for answer in count.question.answers:
            number, percent = count.numbers.get(answer.id, 0), count.percent(answer.id)
            if answer.counts:
                share = "–" if percent is None else f"{percent}%"
                yield f"  {share:>4}  {answer.title}: {number} of {count.whole}"
            elif number:
                yield f"        {answer.title}: {number}, not counted"
        if count.open:
            yield f"        not answered: {count.open}"


_NEEDS: dict[str, Callable[[AgendaItem], bool]] = {
    "open": lambda _: True,
    "add": lambda _: True,
    "change": lambda _: True,
    "done": lambda item: item.state is ItemState.PLANNED,
    "cancel": lambda item: item.state is ItemState.PLANNED,
    "cancel_all": lambda _: True,
    "again": lambda item: item.state is not ItemState.PLANNED,
    "counts": lambda _: True,
}
"""For each key that stands for an item: whether it means something there."""

_FOR_LEADS = frozenset({"change", "cancel", "cancel_all", "again"})
