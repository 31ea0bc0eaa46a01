"""Replacing a case: which one drops out and why, which reserve case comes for it, and what dropped out so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widget import Widget

from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.domain.method.case_list import CRITERIA, criterion_title
from fieldtool.domain.method.replacement import Eliminated
from fieldtool.domain.words.days import in_the_past, moment
from fieldtool.domain.words.numbers import counted
from fieldtool.tui.lead.share_table import FilterLine
from fieldtool.tui.parts.ask import AskText, Choose, Tell
from fieldtool.tui.parts.base_screen import BaseScreen
from fieldtool.tui.parts.case_list import CaseList
from fieldtool.tui.parts.paint import DIM, HEADING, STRONG, WARN, Painted, Pieces, fitted
from fieldtool.tui.parts.rows import Rows
from fieldtool.tui.parts.table import TableHeading
from fieldtool.work.lead import replacements
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.replacements import Replacement


class Dropped(Rows):
    """The cases that dropped out, one a line, the latest first."""

    HELP = """
## Cases that dropped out

What was recorded of them is kept, but no longer counts. `enter` says all of one, `b` takes one into the sample again
that dropped out by mistake; what came for it stays. `≠` stands beside a case that came for two, as two laptops took
it without knowing of each other: take one of the two back, and replace it again.
"""

    def __init__(self) -> None:
        super().__init__(id="dropped")
        self._found: Sequence[Eliminated] = ()
        self.twice: Mapping[str, Sequence[str]] = {}
        """Which cases came for several."""

    def show(self, found: Sequence[Eliminated]) -> None:
        """Show these."""
        self._found, self.twice = found, replacements.came_twice(found)
        self.renew()

    @property
    def out(self) -> Eliminated | None:
        """What is under the cursor."""
        return self._found[self.cursor] if self._found else None

    @property
    def row_count(self) -> int:
        """How many there are."""
        return len(self._found)

    def pieces(self, row: int, part: int, width: int) -> Pieces:  # noqa: ARG002  # one line a row
        """Show one of them."""
        out = self._found[row]
        came = (fitted(out.replaced_by, 12), "") if out.replaced_by else (fitted("nothing", 12), WARN)
        if out.replaced_by in self.twice:
            came = (fitted(f"{out.replaced_by} ≠", 12), WARN)
        why = f"{criterion_title(out.criterion)}: {out.why}"
        day, _, _ = moment(out.wall, year=True).rpartition(" ")
        return [(fitted(out.ref, 12), STRONG), came, (fitted(f"{out.who}, {day}", 19), DIM),
                (" ", ""), (fitted(why, width - 44), "")]  # fmt: skip


class DroppedHeading(Painted):
    """The names of the columns of what dropped out, and how many there are."""

    DEFAULT_CSS = """
    DroppedHeading { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._number = 0

    def show(self, number: int) -> None:
        """Say how many there are."""
        self._number = number
        self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # it has only one
        """Draw the line."""
        if not self._number:
            return self.painted([(" No case has dropped out.", DIM)], self.size.width)
        names = [("Dropped out", 12), ("Came for it", 12), ("By, on", 19), (f" Why ({self._number:,})", 20)]
        return self.painted(
            [(" ", ""), *((fitted(name, size), HEADING) for name, size in names)], self.size.width
        )


class ReplaceScreen(BaseScreen[None]):
    """The cases above, of which one can drop out, and below those that have."""

    CSS_PATH = "replace_screen.tcss"
    TITLE = "Replace a case"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "replace", "Replace", id="replace.replace",
                tooltip="Let the case under the cursor drop out: you see first which reserve case comes"),
        Binding("enter", "read", "Read", id="replace.read", tooltip="Read why the case under the cursor dropped out"),
        Binding("b", "bring_back", "Bring back", id="replace.bring_back",
                tooltip="Take a case into the sample again that dropped out by mistake"),
        Binding("tab,shift+tab", "pane", "Cases, dropped out", id="replace.pane",
                tooltip="Between the cases and those that dropped out"),
        Binding("escape", "back", "Back", id="replace.leave",
                tooltip="Clear the filter, then back to where you were"),
    ]  # fmt: skip

    def __init__(self, lead: Lead) -> None:
        super().__init__(lead.inspection.file)
        self._lead = lead
        self._file = lead.inspection.file
        self._text = ""

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        file = self._file
        yield FilterLine()
        cases = CaseList(
            file.lines, {sample.id: sample.short for sample in file.heading.samples}, file.heading.place
        )
        yield TableHeading(cases)
        yield cases
        yield DroppedHeading()
        yield Dropped()

    @property
    def _cases(self) -> CaseList:
        return self.query_one(CaseList)

    @property
    def _dropped(self) -> Dropped:
        return self.query_one(Dropped)

    @property
    def _above(self) -> bool:
        """Whether the keys go to the cases, and not to those that dropped out."""
        return self.focused is not self._dropped

    @property
    def _may_replace(self) -> bool | None:
        """Whether who works here may replace cases; None, which greys the key, where they may not."""
        return (not self._file.why_read_only and self._lead.leads) or None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Show a key only where it does something, and grey what is for somebody else to do."""
        if not self.is_mounted:
            return True
        may = self._may_replace
        if action == "replace":
            return self._above and may and (self._cases.row_count > 0 or None)
        if action in ("read", "bring_back"):
            on_one = not self._above and self._dropped.out is not None
            return on_one and (may if action == "bring_back" else True)
        if action == "pane":
            return self._dropped.row_count > 0
        return True

    @property
    def filter_text(self) -> str | None:
        """The filter of the cases, while the keys go to them."""
        return self._text if self._above else None

    # ------------------------------------------------------------------ replacing

    @work
    async def action_replace(self) -> None:
        """Ask why a case drops out, say what comes for it, and do it if that is wanted."""
        ref = self._cases.ref
        if ref is None:
            return
        ask = self.app.push_screen_wait
        with self.reporting():
            criterion = await ask(Choose(f"Why does {ref} drop out?", [*CRITERIA.items()]))
            if criterion is None:
                return
            why = await ask(
                AskText(f"{ref}: {criterion_title(criterion).lower()}. In your own words, for the worksheet:")
            )
            if not why:
                self.news("not done: it needs a reason", bad=why is not None)
                return
            proposed = replacements.propose(self._lead, ref, criterion, why, without_reserve=True)
            if await ask(Choose("\n".join(proposed.told), _choices(proposed))) != "do":
                self.news("nothing was changed")
                return
            proposed.carry_out()
            came = f"{proposed.listed.ref} came for {ref}" if proposed.listed else f"{ref} dropped out"
            self._done(came)

    @work
    async def action_bring_back(self) -> None:
        """Take a case into the sample again."""
        out = self._dropped.out
        if out is None:
            return
        stays = f" {out.replaced_by}, which came for it, stays in the sample too." if out.replaced_by else ""
        question = f"{out.ref} comes into the sample again, with all that was recorded of it.{stays}"
        choices = [("do", f"Bring {out.ref} back"), ("leave", "Leave everything as it is")]
        if await self.app.push_screen_wait(Choose(question, choices)) != "do":
            return
        with self.reporting():
            replacements.propose_back(self._lead, out.ref).carry_out()
            self._done(f"{out.ref} is back")

    def action_read(self) -> None:
        """Read all of a case that dropped out."""
        out = self._dropped.out
        if out is None:
            return
        facts = self._lead.inspection.framework.facts
        known = [f"{fact.title}: {fact.label(out.facts[fact.id])}" for fact in facts if fact.id in out.facts]
        said = [
            f"{criterion_title(out.criterion)}: {out.why}",
            f"{out.replaced_by or 'Nothing'} came for it.",
            f"Decided by {out.who} {in_the_past(out.wall)}.",
            f"Held by {out.holder}." if out.holder else "Nobody held it.",
        ]
        both = self._dropped.twice.get(out.replaced_by or "")
        if both:
            said.append(
                f"It came for {' and for '.join(both)}: take one of them back with b, and replace it again."
            )
        self.app.push_screen(Tell(f"{out.ref} dropped out", "\n".join([*said, "", *known])))

    # ------------------------------------------------------------------ showing

    def chosen(self, rows: Rows) -> None:
        """Do with a row that was clicked what enter does with it."""
        action = "replace" if rows is self._cases else "read"
        if self.check_action(action, ()):
            self.run_worker(self.run_action(action))

    def on_descendant_focus(self) -> None:
        """Offer the keys of the part that they go to now."""
        self._say_what_is_listed()

    def action_pane(self) -> None:
        """Let the keys go to the cases, or to those that dropped out."""
        self.set_focus(self._dropped if self._above else self._cases)

    def action_back(self) -> None:
        """Clear the filter, or go back."""
        if self._text:
            self.filter_by("")
        else:
            self.dismiss(None)

    def take_in(self) -> None:
        """Show which cases there are now, and which dropped out."""
        row = self._cases.cursor
        gone = replacements.eliminated(self._lead)[::-1]
        if not gone and not self._above:
            self.set_focus(self._cases)
        self._dropped.display = bool(gone)
        self._dropped.show(gone)
        self.query_one(DroppedHeading).show(len(gone))
        said = f"{counted(len(gone), 'case')} dropped out" if gone else "no case dropped out yet"
        self.place(f"Replace a case · {said} · {self._file.heading.title}")
        self._list(row)

    def filter_by(self, text: str) -> None:
        """List the cases that fit."""
        self._text = text
        self._list()

    def _list(self, row: int = 0) -> None:
        self._cases.show(self._file.refs(CaseFilter(text=self._text)), self._cases.ref, row)
        self._say_what_is_listed()

    def _say_what_is_listed(self) -> None:
        hint = "type to filter" if self._above else "tab: to these cases"
        if not self._file.total:
            hint = "no cases yet: bring lists in and draw first"
        number = self._cases.row_count
        self.query_one(FilterLine).show(
            "Which case drops out?", self._text, hint, f"{number:,} of {self._file.total:,}"
        )
        self.refresh_bindings()

    def _done(self, what: str) -> None:
        self.take_in()
        self.news(f"{what} · saved")


def _choices(proposed: Replacement) -> list[tuple[str, str]]:
    ref = proposed.line.ref
    if proposed.listed is None:
        do = f"Let {ref} drop out all the same: the sample is one case short"
        return [("leave", f"Leave {ref} in the sample"), ("do", do)]
    return [("do", f"Replace {ref} by {proposed.listed.ref}"), ("leave", "Leave everything as it is")]
