"""The outline of a case: its facts, standards and key questions, each with its mark."""

from __future__ import annotations

from dataclasses import dataclass

from fieldtool.domain.method.case import Case
from fieldtool.domain.method.framework import Framework, KeyQuestion, Standard
from fieldtool.domain.method.walk import (
    FACTS,
    facts_mark,
    progress,
    question_mark,
    standard_mark,
)
from fieldtool.tui.parts.marks import MARKS
from fieldtool.tui.parts.paint import CONTESTED, HEADING, WARN, Pieces, bar, fitted
from fieldtool.tui.parts.rows import Rows


@dataclass(frozen=True)
class Line:
    """One line of the outline."""

    page: str
    text: str
    standard: Standard | None = None
    question: KeyQuestion | None = None


class Outline(Rows):
    """Where one is in a case, and what is done."""

    HELP = """
## Outline

✓ done · … something missing · ○ not begun · ! looks odd · – does not apply · ¶ judged for the inspection

≠ two people said something there without knowing of each other: `k` shows both

`enter` or a click goes there.
"""

    def __init__(self, framework: Framework, case: Case) -> None:
        super().__init__(id="outline")
        self._framework = framework
        self._case = case
        self._lines: list[Line] = []
        self._drawn: dict[int, Pieces] = {}
        """What rows show, as far as they were drawn; working out a mark costs more than drawing it."""
        self._drawn_width = 0
        self._contested: frozenset[str] = frozenset()
        self.set_case(case)

    def mark(self, contested: frozenset[str]) -> None:
        """Mark the pages on which two people said something without knowing of each other."""
        if contested != self._contested:
            self._contested = contested
            self._drawn.clear()
            self.refresh()

    def set_case(self, case: Case) -> None:
        """Show another case, or the same one after a change."""
        if case.sample != self._case.sample or not self._lines:
            self._lines = _lines_of(self._framework, case.sample)
        self._case = case
        self._drawn.clear()
        self.refresh()

    def changed(self, case: Case, page: str) -> None:
        """Take up a change on one page: its own mark, its standard's, and the progress."""
        self._case = case
        place = next((i for i, line in enumerate(self._lines) if line.page == page and line.question), 0)
        rows = {0, place}
        while place and not self._lines[place].standard:
            place -= 1
        for row in rows | {place}:
            before = self._drawn.pop(row, None)
            if before is not None and self.pieces(row, 0, self._drawn_width) != before:
                self.refresh_row(row)

    def stand_on(self, page: str) -> None:
        """Put the cursor on a page."""
        self.move_to(next(i for i, line in enumerate(self._lines) if line.page == page and not line.standard))

    @property
    def page(self) -> str:
        """The page under the cursor."""
        return self._lines[self.cursor].page

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def may_stop(self, row: int) -> bool:
        """The lines of standards are headings."""
        return self._lines[row].standard is None

    def pieces(self, row: int, part: int, width: int) -> Pieces:  # noqa: ARG002  # one line a row
        """Show one line."""
        if width != self._drawn_width:
            self._drawn.clear()
            self._drawn_width = width
        if row not in self._drawn:
            self._drawn[row] = self._line_pieces(row, width)
        return self._drawn[row]

    def _line_pieces(self, row: int, width: int) -> Pieces:
        line = self._lines[row]
        if line.standard:
            sign, role, _ = MARKS[standard_mark(self._framework, self._case, line.standard)]
            return [(sign, role), (" ", ""), (fitted(line.text, width - 2), HEADING)]
        if line.question:
            sign, role, _ = MARKS[question_mark(self._framework, self._case, line.question)]
            sign, role = (CONTESTED, WARN) if line.page in self._contested else (sign, role)
            return [("  ", ""), (sign, role), (" ", ""), (fitted(line.text, width - 4), "")]
        sign, role, _ = MARKS[facts_mark(self._framework, self._case)]
        sign, role = (CONTESTED, WARN) if FACTS in self._contested else (sign, role)
        done, due = progress(self._framework, self._case)
        share = f"{bar(100 * done // due if due else None, 5)} {done}/{due}"
        return [
            (sign, role),
            (" ", ""),
            (fitted(line.text, max(width - 3 - len(share), 0)), ""),
            (share, role),
        ]


def _lines_of(framework: Framework, sample: str) -> list[Line]:
    lines = [Line(FACTS, "Facts")]
    for standard in framework.standards_for(sample):
        lines.append(Line(FACTS, f"{standard.id} {standard.title}", standard=standard))
        lines.extend(Line(q.id, f"{q.id} {q.name}", question=q) for q in standard.key_questions)
    return lines
