"""Draw the sample: how large it must be, how its strata come out, the draw, and how each number came about."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.kinds.sample import SampleDrawn
from fieldtool.domain.method.drawing import Draw, SamplePlan, StratumShare
from fieldtool.domain.method.sampling import shares, with_buffer
from fieldtool.domain.words.days import in_the_past
from fieldtool.domain.words.numbers import counted, number
from fieldtool.domain.words.samples import (
    Sizing,
    limited_in_words,
    officers_in_words,
    planned_in_words,
    same_officer_in_words,
    shortfall_in_words,
    sizing,
    titles_of,
)
from fieldtool.tui.lead.draw_explained_screen import DrawExplainedScreen
from fieldtool.tui.lead.draw_figures import FigureLine, Figures
from fieldtool.tui.lead.strata_table import StrataTable
from fieldtool.tui.parts.ask import AskText, Choose
from fieldtool.tui.parts.base_screen import BaseScreen
from fieldtool.tui.parts.paint import DIM, WARN, harmless_lines
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead import draws
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.population import Population


class DrawScreen(BaseScreen[None]):
    """The sample of one sample type, before it is drawn and after."""

    CSS_PATH = "draw_screen.tcss"
    TITLE = "Draw the sample"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "draw", "Draw", id="draw.draw", tooltip="Draw the sample; you are asked once more"),
        Binding("x", "explain", "Explain", id="draw.explain", tooltip="How each number came about"),
        Binding("tab", "next", "Next kind", id="draw.next", tooltip="To the next kind of case that is sampled"),
        Binding("s", "type('size')", "Size", id="draw.size", tooltip="Set the size by hand, and see its margin"),
        Binding("b", "type('buffer')", "Buffer", id="draw.buffer", tooltip="Reserve cases on top, in per cent"),
        # The line of figures shows these keys, and there is no room for them in the last line of a small terminal.
        Binding("m", "type('margin')", "Margin", show=False, id="draw.margin",
                tooltip="Work the size out from another margin"),
        Binding("c", "type('confidence')", "Confidence", show=False, id="draw.confidence",
                tooltip="Work the size out from another confidence"),
        Binding("e", "type('seed')", "Seed", show=False, id="draw.seed",
                tooltip="Draw with this seed, as somebody did elsewhere"),
    ]  # fmt: skip

    @dataclass
    class Tried(Message):
        """It is known what can be drawn, or what was."""

        sample: str
        plan: SamplePlan | None
        drawn: Draw | None = None
        problem: str = ""

    def __init__(self, lead: Lead) -> None:
        super().__init__(lead.inspection.file)
        self._lead = lead
        framework = lead.inspection.framework
        lists = draws.lists_seen(lead)
        self._samples = [sample.id for sample in framework.samples]
        self._titles = titles_of(framework)
        self._sample = next((sample for sample in self._samples if sample in lists), self._samples[0])
        self._figures = Figures(_some_seed())
        self._population: Population | None = None
        self._recorded: draws.Recorded | None = None
        self._on_trial = True
        """Whether what is shown is not recorded."""
        self._plan: SamplePlan | None = None
        self._drawn: Draw | None = None
        """What was drawn; of a trial nobody sees that, for then a seed could be picked by it."""
        self._problem = ""
        self._final = ""
        self._before = self._figures, self._on_trial
        """How things stood before something was typed."""
        self._busy = "Counting the list …"

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        yield Static("", id="figures", markup=False)
        yield FigureLine()
        yield StrataTable()

    def begin(self) -> None:
        """Show the screen at once; the list is counted behind it."""
        self.set_focus(self._table)
        self._show()
        self.call_after_refresh(self._load)

    @property
    def _table(self) -> StrataTable:
        return self.query_one(StrataTable)

    @property
    def _line(self) -> FigureLine:
        return self.query_one(FigureLine)

    @property
    def _typing(self) -> bool:
        return bool(self._line.name_of_figure)

    @property
    def _sample_title(self) -> str:
        return self._lead.inspection.framework.samples_by_id[self._sample].title

    @property
    def _fills(self) -> bool:
        """Whether there is a list with cases to draw from."""
        return self._population is not None and self._population.total > 0

    @property
    def _may_draw(self) -> bool | None:
        """Whether who works here may draw now; None, which greys the key, where they may not."""
        return (self._lead.leads and not self._lead.inspection.file.why_read_only and not self._final) or None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Show the keys that mean something now; grey those that only a lead may use."""
        if action == "back":
            return True
        if self._typing or self._busy:
            return False
        if action == "next":
            return len(self._samples) > 1
        if action == "explain":
            return self._plan is not None
        if action == "type":
            return self._fills
        if action == "draw":
            if self._problem or not self._fills:
                return False
            return self._may_draw
        return True

    # ------------------------------------------------------------------ what there is

    def take_in(self) -> None:
        """Show what came in from elsewhere."""
        self._load()

    def _load(self) -> None:
        """Read the list and the draw of the sample type; what somebody has typed stays."""
        try:
            self._population = draws.population(self._lead, self._sample)
            self._recorded = draws.recorded(self._lead.inspection, self._sample)
            self._final = draws.why_final(self._lead, self._sample)
        except FieldtoolError as error:
            self.notify(str(error), severity="error", timeout=12)
            return
        self._busy = ""
        if self._recorded is not None and self._figures.size is None:
            event = self._recorded.event
            self._figures = replace(self._figures, size=event.size, buffer=event.buffer, seed=event.seed)
            self._on_trial = False
        self._come_out()

    def _come_out(self) -> None:
        """Show how the figures come out: the shares at once, and what can be drawn as soon as it is known."""
        self._plan, self._drawn, self._problem = None, None, ""
        recorded, population = self._recorded, self._population
        if not self._on_trial and recorded is not None:
            self._try(recorded.population, recorded.event.size, recorded.event.buffer, recorded.event)
        elif population is not None and population.total:
            try:
                size = self._sizing(population).size
            except FieldtoolError as error:
                self._problem = str(error)
            else:
                self._try(population, size, self._figures.buffer)
        self._show()

    def _sizing(self, population: Population) -> Sizing:
        figures = self._figures
        return sizing(population.total, figures.confidence, figures.margin, figures.size)

    @work(thread=True, group="try", exclusive=True)
    def _try(self, population: Population, size: int, buffer: int, event: SampleDrawn | None = None) -> None:
        sample = population.sample
        try:
            drawn = population.as_recorded(event) if event else None
            plan = drawn.plan if drawn else population.planned(size, buffer)
        except InspectionError as error:
            self.post_message(self.Tried(sample, None, problem=str(error)))
        else:
            self.post_message(self.Tried(sample, plan, drawn))

    def on_draw_screen_tried(self, event: Tried) -> None:
        """Show what can be drawn."""
        event.stop()
        if event.sample != self._sample:
            return
        if event.plan is not None and event.plan.buffer != self._figures.buffer:
            return  # something else was typed meanwhile
        self._plan, self._drawn, self._problem = event.plan, event.drawn, event.problem
        self._show()

    # ------------------------------------------------------------------ showing it

    def _show(self) -> None:
        self.place(f"Draw the sample · {self._sample_title}")
        self.query_one("#figures", Static).update(harmless_lines("\n".join(self._figures_in_words())))
        told = [*self._told()]
        self._table.show(
            self._strata(), self._titles, told, known=self._plan is not None, trial=self._on_trial
        )
        self.refresh_bindings()

    def _figures_in_words(self) -> Iterator[str]:
        recorded, population = self._recorded, self._population
        if self._busy:
            yield self._busy
            return
        if population is None:
            yield self._without_list()
            return
        yield f"{counted(population.total, 'case')} to draw from. {self._state(recorded)}"
        if not population.total:
            return
        figures = self._figures
        try:
            needed = self._sizing(population)
        except FieldtoolError as error:
            yield str(error)
            return
        yield (
            f"c confidence {figures.confidence}%  m margin {figures.margin}  s size {number(needed.size)}  "
            f"b buffer {figures.buffer}%  e seed {figures.seed}"
        )
        if self._on_trial or recorded is None:
            yield needed.in_words
            yield needed.formula
            if figures.size is None and needed.margin != figures.margin:
                yield f"That many have a margin of {needed.margin} points."

    def _without_list(self) -> str:
        here = draws.cases_here(self._lead).get(self._sample, 0)
        if here:
            return f"{self._sample_title}: its {counted(here, 'case')} came in all at once: there is nothing to draw."
        return f"There is no case list of {self._sample_title} yet: bring it in under Case lists."

    def _state(self, recorded: draws.Recorded | None) -> str:
        if recorded is None:
            return "Nothing is drawn yet: this is a trial."
        event = recorded.event
        drawn = (
            f"Drawn {in_the_past(recorded.wall)} by {recorded.actor} with seed {event.seed}: "
            f"{counted(len(event.cases), 'case')} and {number(len(event.reserve))} in reserve"
        )
        if self._final:
            drawn += f"; {self._final}"
        return f"{drawn}. This is a trial of another draw." if self._on_trial else f"{drawn}."

    def _strata(self) -> tuple[StratumShare, ...]:
        if self._drawn is not None:
            return self._drawn.strata
        if self._plan is not None:
            return self._plan.strata
        population = self._population
        if population is None or not population.total or self._problem or not self._on_trial:
            return ()
        size = self._sizing(population).size
        there, buffer = population.strata, self._figures.buffer
        plain, buffered = shares(there, size), shares(there, with_buffer(size, buffer))
        return tuple(StratumShare(id, n, plain[id], buffered[id], 0) for id, n in there.items())

    def _told(self) -> Iterator[tuple[str, str]]:
        if self._problem:
            yield self._problem, WARN
        if self._plan is not None:
            plan, titles = self._plan, self._titles
            short = shortfall_in_words(self._drawn, titles) if self._drawn else planned_in_words(plan, titles)
            yield short or "Nothing is short.", WARN if short else ""
            same = same_officer_in_words(plan)
            if same:
                yield same, WARN
            officers = officers_in_words(self._drawn) if self._drawn else ""
            for sentence in filter(None, (officers, limited_in_words(plan))):
                yield sentence, DIM
        if self._population is not None and self._population.left_out and self._on_trial:
            out = counted(len(self._population.left_out), "case")
            yield f"{out} of the inspection cannot be drawn, being in another sample.", DIM

    # ------------------------------------------------------------------ typing figures

    def action_type(self, name: str) -> None:
        """Type one of the figures, and see meanwhile how it comes out."""
        self._before = self._figures, self._on_trial
        self._line.open(name, getattr(self._figures, name))
        self.refresh_bindings()

    def on_figure_line_typed(self, event: FigureLine.Typed) -> None:
        """Show how it comes out with what is typed so far."""
        event.stop()
        figures, on_trial = self._before
        if self._typing:
            self._figures = figures.with_figure(event.name, event.value)
            self._on_trial = on_trial or self._figures != figures
            self._come_out()

    def on_figure_line_done(self, event: FigureLine.Done) -> None:
        """Keep what was typed."""
        event.stop()
        self._end_typing()

    def _end_typing(self) -> None:
        self._line.close()
        self.set_focus(self._table)
        self._show()

    # ------------------------------------------------------------------ drawing

    @work
    async def action_draw(self) -> None:
        """Draw the sample, once somebody has said so in words."""
        population, figures, sample = self._population, self._figures, self._sample
        if population is None or not population.total:
            return
        title, size = self._sample_title, self._sizing(population).size
        again = None
        if draws.cases_here(self._lead).get(sample):
            again = await self.app.push_screen_wait(
                AskText(
                    f"{title} has its cases already. Why is it drawn again? Cases that are not drawn this time leave "
                    "the sample, with who holds them; let everybody send what they have first."
                )
            )
            if not again:
                return
        reserve = with_buffer(size, figures.buffer) - size
        question = (
            f"{title}: the cases drawn come into the inspection, the reserve cases stand by. The draw is kept with its "
            "list and its seed for good. It can be drawn again, with a reason, only until somebody has begun a case."
        )
        deed = f"Draw {counted(size, 'case')} and {counted(reserve, 'reserve case')} with seed {figures.seed}"
        with self.reporting("Not drawn"):
            plan = draws.propose(
                self._lead, sample, size, buffer=figures.buffer, seed=figures.seed, again=again
            )
            chosen = await self.app.push_screen_wait(Choose(question, [("draw", deed), ("not", "Not yet")]))
            if chosen == "draw":
                self._busy = "Drawing …"
                self._show()
                self.call_after_refresh(self._record, plan)

    def _record(self, plan: draws.Drawing) -> None:
        size = plan.drawn.plan.size
        try:
            plan.carry_out()
        except FieldtoolError as error:
            self.news("NOT DRAWN", bad=True)
            self.notify(str(error), title="Nothing was drawn", severity="error", timeout=12)
        else:
            self._figures = replace(self._figures, size=size)
            self._on_trial = False
            self.news(f"{counted(size, 'case')} drawn · saved")
        self._load()

    def action_explain(self) -> None:
        """Tell how each number of what is shown came about."""
        plan, drawn = self._plan, self._drawn
        population = self._recorded.population if drawn and self._recorded else self._population
        if plan is None or population is None:
            return
        what = "How each number came about" if drawn else "On trial"
        sections = population.explained(plan, drawn)
        file = self._lead.inspection.file
        self.app.push_screen(DrawExplainedScreen(file, f"{what} · {self._sample_title}", sections))

    def action_next(self) -> None:
        """Go to the next kind of case that is sampled."""
        place = self._samples.index(self._sample)
        self._sample = self._samples[(place + 1) % len(self._samples)]
        self._figures, self._on_trial = Figures(_some_seed()), True
        self._population = self._recorded = self._plan = self._drawn = None
        self._load()

    def action_back(self) -> None:
        """Give up what is being typed, or go back."""
        if not self._typing:
            self.dismiss(None)
            return
        self._figures, self._on_trial = self._before
        self._end_typing()
        self._come_out()


def _some_seed() -> int:
    return secrets.randbelow(1_000_000_000)
