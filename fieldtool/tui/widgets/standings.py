"""Where every standard and key question stands: per cent, a bar against the bands, the rating and why."""

from __future__ import annotations

from rich.cells import cell_len

from fieldtool.domain.framework import Band, Framework
from fieldtool.domain.rating import KeyQuestionStanding, OverallStanding, StandardStanding
from fieldtool.tui.widgets.paint import DIM, HEADING, STRONG, WARN, Pieces, band_role, fitted, scale, wrapped
from fieldtool.tui.widgets.rows import Blocks

Row = OverallStanding | StandardStanding | KeyQuestionStanding


class Standings(Blocks):
    """The standards of an inspection with their key questions."""

    HELP = """
## Ratings

The provisional rating of a standard is that of its lowest key question. The bar is marked where one band
ends and the next begins. "Settled" means that no case still open can change the rating. `a` counts all cases
or the complete ones only; `enter` on a key question shows its prompts.
"""

    def __init__(self, framework: Framework) -> None:
        super().__init__(id="standings")
        self._framework = framework
        self._rows: list[Row] = []

    def show(self, standards: tuple[StandardStanding, ...], overall: OverallStanding) -> None:
        """Show these standings."""
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
        bar_width = 20 if width >= 96 else 10
        figures = "    –" if count.percent is None else f"{count.percent:>4}%"
        judged = f" {count.yes}/{count.judged}".ljust(9)
        band = standing.band.title if standing.band else "nothing judged"
        left = f"{count.open} open" if count.open else ""
        room = width - 4 - bar_width - len(figures) - len(judged) - 21 - 7
        pieces: Pieces = [
            ("    ", ""),
            (fitted(f"{question.id} {question.name}", room), ""),
            (scale(count.percent, bar_width, self._boundaries), self._role(standing.band)),
            (figures, STRONG),
            (judged, ""),
            (fitted(band, 21), self._role(standing.band)),
            (left, WARN if count.open else DIM),
        ]
        return pieces

    @property
    def _boundaries(self) -> tuple[int, ...]:
        return tuple(band.from_percent for band in self._framework.bands[1:])

    def _role(self, band: Band | None) -> str:
        if band is None:
            return DIM
        return band_role(self._framework.bands.index(band), len(self._framework.bands))
