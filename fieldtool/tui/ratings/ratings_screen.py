"""The ratings: where every standard stands, why, and what could still happen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from fieldtool.domain.method.comparison import difference, in_words
from fieldtool.domain.method.tally import Count
from fieldtool.tui.parts.ask import Tell
from fieldtool.tui.parts.base_screen import BaseScreen, also_back
from fieldtool.tui.ratings.standings import Captions, Standings
from fieldtool.work.inspection import Inspection
from fieldtool.work.lead.setting_up import figures_of


class RatingsScreen(BaseScreen[None]):
    """Every standard and key question over all cases, or over the complete ones only."""

    CSS_PATH = "ratings_screen.tcss"
    TITLE = "Ratings"
    CHOSEN = ("prompts",)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "scope", "All or complete", id="ratings.scope",
                tooltip="Count all cases, or the complete ones only"),
        Binding("enter", "prompts", "Prompts", id="ratings.prompts",
                tooltip="The prompts of the key question under the cursor"),
        *also_back("f2", id="ratings.back"),
    ]  # fmt: skip

    def __init__(self, inspection: Inspection) -> None:
        super().__init__(inspection.file)
        self._inspection = inspection
        self._complete_only = False

    def body(self) -> Iterable[Widget]:
        """The standings below the names of their columns."""
        yield Captions()
        yield Standings(self._inspection.framework)

    def action_scope(self) -> None:
        """Count all cases, or the complete ones only."""
        self._complete_only = not self._complete_only
        self.take_in()

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
                change = difference(standing.count, figure)
                now = "" if change is None else f": now {in_words(change)}"
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

    def take_in(self) -> None:
        """Show where things stand now."""
        standing = self._inspection.standing(complete_only=self._complete_only)
        figures = figures_of(self._inspection)
        self.query_one(Captions).show(figures)
        self.query_one(Standings).show(standing.standards, standing.overall, figures)
        heading = self._inspection.file.heading
        scope = "complete cases only" if self._complete_only else "all cases"
        self.place(f"Ratings · {heading.title} · {scope}")
