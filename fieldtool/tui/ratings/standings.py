"""Where every standard and key question stands: per cent, a bar against the bands, the rating and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.cells import cell_len
from textual.strip import Strip

from fieldtool.domain.kinds.comparison_figures import FiguresImported
from fieldtool.domain.method.comparison import difference
from fieldtool.domain.method.figures import Whose
from fieldtool.domain.method.framework import Band, Framework
from fieldtool.domain.method.rating import KeyQuestionStanding, OverallStanding, StandardStanding
from fieldtool.tui.parts.paint import (
    DIM,
    HEADING,
    STRONG,
    Painted,
    Pieces,
    band_role,
    fitted,
    scale,
    wrapped,
)
from fieldtool.tui.parts.rows import Blocks

Row = OverallStanding | StandardStanding | KeyQuestionStanding

INDENT, PER_CENT, JUDGED, OPEN = 4, 5, 8, 7
"""Cells of the columns that are always there."""

_CAPTIONS: Mapping[Whose, tuple[str, str]] = {
    "previous": ("prev", "previous"),
    "comparison": ("comp", "compared"),
}
"""What stands over figures to compare with, without and with their differences."""

WITH_POINTS, WITHOUT_POINTS = 11, 5
"""Cells of a figure to compare with: with the difference, or alone."""

CUT_SHORT, WHOLE = 21, 34
"""Cells of a name of a key question: enough to know it by, and enough to read it to its end."""


class Columns(NamedTuple):
    """How many cells the other columns of a key question have."""

    name: int
    bar: int
    figure: int
    """Each of those to compare with."""
    band: int


def columns(width: int, sets: int) -> Columns:
    """Share out the width: names stay readable, then figures with their differences count more than the bar."""
    band = 22 if width >= 70 else 12
    rest = width - INDENT - PER_CENT - JUDGED - band - OPEN
    if not sets:
        bar = 20 if width >= 96 else 10 if width >= 70 else 0
        return Columns(rest - bar, bar, 0, band)
    figure = WITH_POINTS if rest - sets * WITH_POINTS >= CUT_SHORT else WITHOUT_POINTS
    left = rest - sets * figure
    bar = min(left - WHOLE, 20)
    return Columns(left - bar, bar, figure, band) if bar >= 10 else Columns(left, 0, figure, band)


class Captions(Painted):
    """What the columns of the standings are; only there where there are figures to compare with."""

    DEFAULT_CSS = """
    Captions { height: 1; display: none; }
    """

    def __init__(self) -> None:
        super().__init__(id="captions")
        self._figures: Mapping[Whose, FiguresImported] = {}

    def show(self, figures: Mapping[Whose, FiguresImported]) -> None:
        """Be there for these figures."""
        self._figures = figures
        self.display = bool(figures)
        self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # it has only one
        """Draw the line."""
        name, bar, figure, _ = columns(self.size.width - 2, len(self._figures))
        tested = any(each.n is not None for said in self._figures.values() for each in said.figures.values())
        legend = "* significant" if tested and figure == WITH_POINTS else ""
        text = (
            " " * (INDENT + 1)
            + fitted(legend, name)
            + " " * bar
            + "now".rjust(PER_CENT)
            + " n/N".ljust(JUDGED)
        )
        for whose in self._figures:
            short, long = _CAPTIONS[whose]
            text += f" {long}".ljust(figure) if figure == WITH_POINTS else short.rjust(figure)
        return self.painted([(f"{text} rating", DIM)], self.size.width)


class Standings(Blocks):
    """The standards of an inspection with their key questions."""

    HELP = """
## Ratings

The provisional rating of a standard is that of its lowest key question. The bar is marked where one band
ends and the next begins. "Settled" means that no case still open can change the rating. `a` counts all cases
or the complete ones only; `enter` on a key question shows its prompts.

Once there are figures of the previous inspection or of other services, they stand beside each key question, with
the points by which it is higher or lower now. A star says that the difference is significant: by a two-proportion
Z test at 0.1, which needs n and N of both.
"""

    def __init__(self, framework: Framework) -> None:
        super().__init__(id="standings")
        self._framework = framework
        self._rows: list[Row] = []
        self._figures: Mapping[Whose, FiguresImported] = {}

    def show(
        self,
        standards: tuple[StandardStanding, ...],
        overall: OverallStanding,
        figures: Mapping[Whose, FiguresImported],
    ) -> None:
        """Show these standings beside these figures."""
        self._figures = figures
        self._rows = [overall]
        for standard in standards:
            self._rows += [standard, *standard.key_questions]
        self.renew()

    @property
    def key_question(self) -> KeyQuestionStanding | None:
        """The key question under the cursor."""
        row = self._rows[self.cursor] if self._rows else None
        return row if isinstance(row, KeyQuestionStanding) else None

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def block(self, row: int, width: int) -> list[Pieces]:
        """Lay out one row."""
        standing = self._rows[row]
        if isinstance(standing, OverallStanding):
            return self._overall_lines(standing, width)
        if isinstance(standing, StandardStanding):
            return self._standard_lines(standing, width)
        return [self._question_line(standing, width)]

    def _overall_lines(self, overall: OverallStanding, width: int) -> list[Pieces]:
        if overall.rating is None:
            return [[(line, STRONG)] for line in wrapped(overall.reason, width)]
        return [[("Overall: ", STRONG), (overall.rating, HEADING), (f"  {overall.reason}", DIM)]]

    def _standard_lines(self, standing: StandardStanding, width: int) -> list[Pieces]:
        standard = standing.standard
        head: Pieces = [(f"{standard.id} {standard.title}  ", HEADING)]
        if standard.judged_as_a_whole:
            told: Pieces = [*head, ("judged as a whole: not rated", DIM)]
            return [[], told] if standard == self._framework.standards[0] else [told]
        if standing.provisional is None:
            return [[], [*head, ("nothing judged yet", DIM)]]
        head.append((standing.provisional.title, self._role(standing.provisional)))
        told_below = self._reason(standing)
        outlook = f"  {self._what_could_happen(standing)}"
        if sum(cell_len(text) for text, _ in head) + cell_len(outlook) <= width:
            head.append((outlook, DIM))
        else:
            told_below += f"; {outlook.strip()}"
        lines: list[Pieces] = [[], head]
        lines += [[("    ", ""), (line, DIM)] for line in wrapped(told_below, width - 4)]
        return lines

    def _reason(self, standing: StandardStanding) -> str:
        lowest = standing.deciding[0]
        told = f"lowest: {lowest.percent}, {lowest.key_question.name}"
        if any(question.rounding_decides for question in standing.key_questions):
            told += "; the band depends on rounding"
        if lowest.one_case_decides:
            told += "; one case the other way would change it"
        elif lowest.near_boundary:
            told += f"; within {self._framework.discretion_points} points of a boundary"
        return told

    def _what_could_happen(self, standing: StandardStanding) -> str:
        if standing.settled:
            return "✓ settled"
        return f"can still end from {standing.possible[0].title} to {standing.possible[-1].title}"

    def _question_line(self, standing: KeyQuestionStanding, width: int) -> Pieces:
        count, question = standing.count, standing.key_question
        room, bar, figure, place = columns(width, len(self._figures))
        figures = "–".rjust(PER_CENT) if count.percent is None else f"{count.percent}%".rjust(PER_CENT)
        judged = f" {count.yes}/{count.judged}".ljust(JUDGED)
        band = standing.band.title if standing.band else "nothing judged"
        left = f"{count.open} open" if count.open else ""
        pieces: Pieces = [
            (" " * INDENT, ""),
            # A bar that touches the name is hard to tell from it.
            (fitted(fitted(f"{question.id} {question.name}", room - bool(bar)), room), ""),
            (scale(count.percent, bar, self._boundaries), self._role(standing.band)),
            (figures, STRONG),
            (judged, ""),
            *((self._compared(standing, said, figure), DIM) for said in self._figures.values()),
            (fitted(f" {band}", place), self._role(standing.band)),
            (left, DIM),
        ]
        return pieces

    def _compared(self, standing: KeyQuestionStanding, said: FiguresImported, width: int) -> str:
        """A figure, and the points by which the key question is higher or lower now, where there is room."""
        known = said.figures.get(standing.key_question.id)
        if known is None:
            return "–".rjust(WITHOUT_POINTS).ljust(width)
        text = f"{known.percent}%".rjust(WITHOUT_POINTS)
        change = difference(standing.count, known)
        if width == WITH_POINTS and change is not None:
            sign = "+" if change.points > 0 else "−" if change.points < 0 else "±"
            text += f" {sign}{abs(change.points)}{'*' if change.significant else ''}"
        return text.ljust(width)

    @property
    def _boundaries(self) -> tuple[int, ...]:
        return tuple(band.from_percent for band in self._framework.bands[1:])

    def _role(self, band: Band | None) -> str:
        if band is None:
            return DIM
        return band_role(self._framework.bands.index(band), len(self._framework.bands))
