"""Sharing out: who has how many cases where and when, giving cases to people and days, and all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.domain.method.share_out import Held
from fieldtool.domain.words.days import day_and_time, short_day, typed_day
from fieldtool.domain.words.numbers import counted, listed
from fieldtool.tui.lead.share_table import (
    FilterLine,
    MarkedCases,
    Shares,
    shares_of,
)
from fieldtool.tui.parts.ask import AskText, Choose
from fieldtool.tui.parts.base_screen import BaseScreen
from fieldtool.tui.parts.rows import Rows
from fieldtool.tui.parts.table import TableHeading
from fieldtool.work import clock
from fieldtool.work.lead import hand_over, share_out
from fieldtool.work.lead.lead import Lead

NO_DAY = "none"
"""The choice that no day is planned."""


class ShareScreen(BaseScreen[None]):
    """People with what they have above, and below the cases of whoever is under the cursor."""

    CSS_PATH = "share_screen.tcss"
    TITLE = "Share out"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "evenly", "Evenly", id="share.evenly",
                tooltip="Share out what nobody has, so that all have as many in the end"),
        Binding("p", "by_place", "By place", id="share.by_place",
                tooltip="The same, with the cases of a place in few hands"),
        Binding("d", "by_day", "By day", id="share.by_day",
                tooltip="The same, and plan a day of the fieldwork for every case that has none"),
        Binding("v", "view", "Places, days", id="share.view",
                tooltip="Show how many cases everybody has of each place, or on each day"),
        Binding("left", "columns(-1)", "Columns before", show=False, id="share.columns_before",
                tooltip="Show the places or days further to the left"),
        Binding("right", "columns(1)", "Columns to the right", show=False, id="share.columns_behind",
                tooltip="Show the places or days further to the right"),
        Binding("enter", "mark", "Mark", id="share.mark",
                tooltip="Mark the case under the cursor, or take its mark away"),
        Binding("ctrl+a", "mark_all", "All", id="share.mark_all",
                tooltip="Mark all cases that are listed, or take their marks away"),
        Binding("f6", "give", "Give", id="share.give",
                tooltip="Give the cases marked, or the one under the cursor, to somebody"),
        Binding("f7", "give_back", "Give back", id="share.give_back",
                tooltip="Let nobody have these cases, so that they can be shared out anew"),
        Binding("f8", "day", "Day", id="share.day", tooltip="Plan the day on which these cases are assessed"),
        Binding("tab,shift+tab", "pane", "People, cases", id="share.pane",
                tooltip="Between the people and the cases"),
        Binding("enter", "cases", "Cases", show=False, id="share.cases", tooltip="To the cases below"),
        Binding("escape", "back", "Back", id="share.leave",
                tooltip="Clear the filter, then the marks, then back to where you were"),
    ]  # fmt: skip

    def __init__(self, lead: Lead) -> None:
        super().__init__(lead.inspection.file)
        self._lead = lead
        self._file = lead.inspection.file
        self._by_day = False
        self._text = ""
        self._free = 0

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        file = self._file
        shares = Shares()
        yield TableHeading(shares)
        yield shares
        yield FilterLine()
        samples = {sample.id: sample.short for sample in file.heading.samples}
        cases = MarkedCases(
            file.lines, samples, file.heading.place, lambda refs: share_out.days_of(self._lead, refs)
        )
        yield TableHeading(cases)
        yield cases

    @property
    def _shares(self) -> Shares:
        return self.query_one(Shares)

    @property
    def _cases(self) -> MarkedCases:
        return self.query_one(MarkedCases)

    @property
    def _above(self) -> bool:
        """Whether the keys go to the people, and not to the cases."""
        return self.focused is self._shares

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Show a key only where it does something, and grey what is for somebody else to do."""
        if not self.is_mounted:
            return True
        if action in _SHARING:
            return self._may_share(action)
        if action in ("view", "columns"):
            return self._above and (action == "view" or self._shares.may_scroll)
        if action in ("mark", "mark_all", "cases"):
            return self._above is (action == "cases") and (self._cases.row_count > 0 or None)
        if action in _GIVING:
            return self._may_give(action)
        return True

    def _may_give(self, action: str) -> bool | None:
        """Whether the chosen cases may be given to somebody; None, which greys the key, in a read-only file."""
        if not self._chosen or (action == "day" and not self._lead.leads):
            return False
        return not self._file.why_read_only or None

    def _may_share(self, action: str) -> bool | None:
        """Whether cases may be shared out in one of the ways; None, which greys its key, where nothing is due."""
        if not self._above or not self._lead.leads or (action == "by_place" and not self._place):
            return False
        # A day may be missing though every case has a holder.
        due = self._free or (action == "by_day" and self._file.total)
        return (bool(due) and not self._file.why_read_only) or None

    # ------------------------------------------------------------------ looking

    @property
    def filter_text(self) -> str | None:
        """The filter of the cases, while the keys go to them."""
        return None if self._above else self._text

    def action_pane(self) -> None:
        """Let the keys go to the cases, or to the people."""
        self.set_focus(self._cases if self._above else self._shares)
        self._list(keep=True)
        self.refresh_bindings()

    def action_cases(self) -> None:
        """Let the keys go to the cases."""
        self.action_pane()

    def action_view(self) -> None:
        """Show places, or days."""
        self._by_day = not self._by_day
        self._count()

    def action_columns(self, step: int) -> None:
        """Show places or days further to one side."""
        self._shares.scroll_columns(step)
        self.query_one(TableHeading).refresh()

    def action_mark(self) -> None:
        """Mark the case under the cursor, and go on to the next."""
        self._cases.mark()
        self._cases.action_move(1)
        self._say_what_is_listed()

    def action_mark_all(self) -> None:
        """Mark all cases that are listed."""
        self._cases.mark_all()
        self._say_what_is_listed()

    def moved(self, rows: Rows) -> None:
        """List the cases of whoever is under the cursor."""
        if rows is self._shares:
            self._list()

    def chosen(self, rows: Rows) -> None:
        """Mark the case that was clicked."""
        if rows is self._cases:
            self._cases.mark()
            self._say_what_is_listed()

    def on_descendant_focus(self) -> None:
        """Offer the keys of the part that they go to now."""
        self._say_what_is_listed()

    def action_back(self) -> None:
        """Clear the filter, then the marks, then go back."""
        if self._text:
            self.filter_by("")
        elif self._cases.marked:
            self._cases.marked.clear()
            self._cases.refresh()
            self._say_what_is_listed()
        else:
            self.dismiss(None)

    def take_in(self) -> None:
        """Show who has what now."""
        self._cases.marked.intersection_update(self._file.refs(CaseFilter()))
        self._count()
        self._list(keep=True)

    # ------------------------------------------------------------------ all at once

    def action_evenly(self) -> None:
        """Share out evenly what nobody has."""
        self._share_out(None, with_days=False)

    def action_by_place(self) -> None:
        """Share out what nobody has, with the cases of a place in few hands."""
        self._share_out(self._place, with_days=False)

    def action_by_day(self) -> None:
        """Share out what nobody has by place, and plan a day for each case that has none."""
        self._share_out(self._place, with_days=True)

    @work
    async def _share_out(self, by: str | None, *, with_days: bool) -> None:
        """Say what would change, and do it if that is wanted."""
        with self.reporting():
            lead = self._lead
            days = share_out.working_days(lead, _today()) if with_days else None
            plan = share_out.propose(lead, by=by, on=days)
            if not plan.holders and not plan.days:
                self.news(
                    "nothing to share out"
                    if not plan.left
                    else f"{listed(plan.left[:3])}: nobody may have them"
                )
                return
            numbers = {share.holder or "": share.total for share in self._all_shares}
            choices = [("do", "Do it: all of this at once"), ("leave", "Leave everything as it is")]
            if await self.app.push_screen_wait(Choose("\n".join(plan.told(numbers)), choices)) != "do":
                return
            plan.carry_out()
            if plan.holders:
                self._done(len(plan.holders), "shared out")
            else:
                self._done(len(plan.days), "planned")

    # ------------------------------------------------------------------ by hand

    @property
    def _chosen(self) -> list[str]:
        """The cases marked, or else the one under the cursor."""
        marked = self._cases.marked
        if marked:
            return sorted(marked)
        return [self._cases.ref] if self._cases.ref is not None and not self._above else []

    @work
    async def action_give(self) -> None:
        """Give the cases to somebody; taken from another, with the reason."""
        with self.reporting():
            refs = self._chosen
            numbers = {share.holder: share.total for share in self._all_shares}
            people = [
                (who.id, f"{who.id}  {who.name}, {counted(numbers.get(who.id, 0), 'case')}")
                for who in self._lead.team.values()
            ]
            question = f"Who gets {_these(refs)}?"
            person = await self.app.push_screen_wait(Choose(question, people))
            why = None if person is None else await self._why(refs, person)
            if person is None or why is None:
                return
            given = hand_over.propose(self._lead, person, refs, why).carry_out()
            self._done(len(given.refs), f"given to {person}", f"{person} has {_these(refs)} already")

    @work
    async def action_give_back(self) -> None:
        """Let nobody have the cases any more; taken from another, with the reason."""
        with self.reporting():
            refs = self._chosen
            why = await self._why(refs, "")
            if why is not None:
                given = hand_over.propose(self._lead, None, refs, why).carry_out()
                self._done(len(given.refs), "given back", f"nobody has {_these(refs)} anyway")

    async def _why(self, refs: Sequence[str], person: str) -> str | None:
        """Ask why cases are taken from whoever has them; None if it was not said, empty if nobody need ask."""
        mine = {"", person, self._lead.inspection.person or ""}
        others = [line for line in self._file.lines(refs) if line.holder not in mine]
        if not others or not self._lead.leads:
            return ""
        holders = listed(sorted({line.holder for line in others}))
        question = f"{_these([line.ref for line in others])} taken from {holders}: why?"
        why = await self.app.push_screen_wait(AskText(question))
        if why is not None and not why:
            self.news("not done: it needs a reason", bad=True)
        return why or None

    @work
    async def action_day(self) -> None:
        """Plan the day of the cases."""
        with self.reporting():
            refs = self._chosen
            first, last = self._lead.inspection.fieldwork
            question = f"On which day {'is' if len(refs) == 1 else 'are'} {_these(refs)} assessed?"
            if first and last:
                days = share_out.working_days(self._lead, first)
                choices = [(day.isoformat(), day_and_time(day)) for day in days]
                said = await self.app.push_screen_wait(
                    Choose(question, [*choices, (NO_DAY, "No day is planned")])
                )
            else:
                said = await self.app.push_screen_wait(AskText(f"{question} As 02/03/2026, or {NO_DAY}"))
            if not said:
                return
            day = None if said == NO_DAY else typed_day(said)
            planned = share_out.propose_day(self._lead, refs, day).carry_out().refs
            when = f"planned for {day_and_time(day)}" if day else "without a day now"
            self._done(len(planned), when, f"{_these(refs)}: so planned already")

    # ------------------------------------------------------------------ showing

    @property
    def _place(self) -> str | None:
        return self._lead.inspection.framework.list_fact

    def filter_by(self, text: str) -> None:
        """List the cases that fit."""
        self._text = text
        self._list(keep=True)

    def _list(self, *, keep: bool = False, row: int = 0) -> None:
        cases = self._cases
        refs = self._file.refs(CaseFilter(holder=self._shares.holder, text=self._text))
        cases.show(refs, cases.ref if keep else None, row)
        self._say_what_is_listed()

    def _say_what_is_listed(self) -> None:
        cases, marked = self._cases, len(self._cases.marked)
        title = {None: "All cases", "": "Cases of nobody"}.get(
            self._shares.holder, f"Cases of {self._shares.holder}"
        )
        hint = "tab: to these cases" if self._above else "type to filter"
        if not self._file.total:
            hint = "no cases yet: bring lists in and draw first"
        count = f"{len(cases.refs):,}{f' · {marked:,} marked' if marked else ''}"
        self.query_one(FilterLine).show(title, self._text, hint, count)
        self.refresh_bindings()

    def _count(self) -> None:
        held = share_out.held_by_day(self._lead) if self._by_day else share_out.held_by_place(self._lead)
        self._all_shares = shares_of(held, {who.id: who.name for who in self._lead.team.values()})
        self._free = next(share.total for share in self._all_shares if share.holder == "")
        self._shares.show_shares(self._all_shares, self._columns(held))
        self.query_one(TableHeading).refresh()
        total = self._all_shares[0].total
        without = (
            f"{self._free:,} of {total:,} without a holder" if self._free
            else f"all {total:,} have a holder" if total
            else "there are no cases yet"
        )  # fmt: skip
        self.place(f"Share out · {without} · {self._file.heading.title}")
        self.refresh_bindings()

    def _columns(self, held: Sequence[Held]) -> list[tuple[str, str]]:
        wheres = sorted({each.where for each in held}, key=lambda where: (not where, where))
        if self._by_day:
            return [(where, short_day(date.fromisoformat(where)) if where else "no day") for where in wheres]
        fact = self._lead.inspection.framework.facts_by_id.get(self._place or "")
        return [(where, (fact.label(where) if fact else where) or "unknown") for where in wheres]

    def _done(self, cases: int, what: str, nothing: str = "") -> None:
        """Show how things stand, and say with how many cases it was done; or else that it was with none."""
        row = self._cases.cursor
        self._cases.marked.clear()
        self._count()
        self._list(keep=True, row=row)
        self.news(f"{counted(cases, 'case')} {what} · saved" if cases else nothing)


_SHARING = frozenset({"evenly", "by_place", "by_day"})
_GIVING = frozenset({"give", "give_back", "day"})


def _these(refs: Sequence[str]) -> str:
    return refs[0] if len(refs) == 1 else counted(len(refs), "case")


def _today() -> date:
    return clock.today()
