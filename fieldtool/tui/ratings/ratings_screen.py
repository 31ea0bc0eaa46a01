"""The ratings: where every standard stands, why, and what could still happen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from fieldtool.domain.method.comparison import difference, in_words
from fieldtool.domain.method.tally import Count
from fieldtool.tui.parts.ask import Tell
from fieldtool.tui.parts.bars import KeyBar, TitleBar
from fieldtool.tui.parts.rows import Rows
from fieldtool.tui.ratings.standings import Captions, Standings
from fieldtool.work.inspection import Inspection
from fieldtool.work.lead.setting_up import figures_of


class RatingsScreen(Screen[None], inherit_bindings=False):
    """Every standard and key question over all cases, or over the complete ones only."""

    CSS_PATH = "ratings_screen.tcss"
    TITLE = "Ratings"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "scope", "All or complete", id="ratings.scope",
                tooltip="Count all cases, or the complete ones only"),
        Binding("enter", "prompts", "Prompts", id="ratings.prompts",
                tooltip="The prompts of the key question under the cursor"),
        Binding("escape,f2", "back", "Back", id="ratings.back", tooltip="Back to where you were"),
    ]  # fmt: skip

    def __init__(self, inspection: Inspection) -> None:
        super().__init__()
        self._inspection = inspection
        self._complete_only = False

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        roll = self._inspection.roll
        yield TitleBar("", lambda: roll.at_stake, roll.why_read_only, lambda: roll.sent)
        yield Captions()
        yield Standings(self._inspection.framework)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show where things stand."""
        self._show()
        self.set_focus(self.query_one(Standings))

    def action_scope(self) -> None:
        """Count all cases, or the complete ones only."""
        self._complete_only = not self._complete_only
        self._show()

    def action_prompts(self) -> None:
        """Show the prompts of the key question under the cursor."""
        standing = self.query_one(Standings).key_question
        if standing is None:
            return
        counts = self._inspection.counts(complete_only=self._complete_only)
        figures = figures_of(self._inspection)
        lines = [standing.key_question.wording, ""]
        for said in figures.values():
            figure = said.figures.get(standing.key_question.id)
            if figure is not None:
                numbers = "" if figure.n is None else f" ({figure.n}/{figure.of})"
                found = difference(standing.count, figure)
                now = "" if found is None else f": now {in_words(found)}"
                lines += [f"{said.name}: {figure.percent}%{numbers}{now}", ""]
        for prompt in standing.key_question.prompts:
            count = counts.get(prompt.id, Count())
            share = "–" if count.percent is None else f"{count.percent}%"
            before = "".join(
                f"{whose} {said.figures[prompt.id].percent}%  "
                for whose, said in figures.items()
                if prompt.id in said.figures
            )
            lines.append(f"{prompt.id}  {share}  {count.yes}/{count.judged}  {before}{prompt.wording}")
        self.app.push_screen(
            Tell(f"{standing.key_question.id} {standing.key_question.name}", "\n".join(lines))
        )

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Show the prompts of the key question that was clicked."""
        event.stop()
        self.action_prompts()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    def take_in(self) -> None:
        """Show what came in from elsewhere."""
        self._show()

    def _show(self) -> None:
        standing = self._inspection.standing(complete_only=self._complete_only)
        figures = figures_of(self._inspection)
        self.query_one(Captions).show(figures)
        self.query_one(Standings).show(standing.standards, standing.overall, figures)
        heading = self._inspection.roll.heading
        scope = "complete cases only" if self._complete_only else "all cases"
        self.query_one(TitleBar).place(f"Ratings · {heading.title} · {scope}")
