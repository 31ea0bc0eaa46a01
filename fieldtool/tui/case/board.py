"""The live board: where the key question at hand and its standard stand across the sample, before and now."""

from __future__ import annotations

from collections.abc import Mapping

from textual.strip import Strip

from fieldtool.domain.method.framework import Band, Framework, Standard
from fieldtool.domain.method.rating import KeyQuestionStanding, StandardStanding, standing_of
from fieldtool.domain.method.tally import Count
from fieldtool.tui.parts.paint import DIM, STRONG, Painted, Pieces, band_role, bar, fitted

HEIGHT = 5
"""Lines of the board: a rule, the prompt, the key question, the standard, what could still happen."""


WIDE = 70
"""Cells from which there is room for a longer bar."""


class Board(Painted):
    """Percentages and the provisional rating, of a height that never changes."""

    DEFAULT_CSS = f"Board {{ height: {HEIGHT}; }}"

    HELP = """
## The live board

Per cent and n/N of the prompt, the key question and its standard over the cases counted so far; behind the
arrow stood what it was before the latest answer. The provisional rating is that of the lowest key question.
"""

    def __init__(self, framework: Framework) -> None:
        super().__init__(id="board")
        self._framework = framework
        self._lines: list[Pieces] = []
        self._item = ""
        self._before: Mapping[str, Count] = {}
        self._now: Mapping[str, Count] = {}
        self._known: list[tuple[Standard, Mapping[str, Count], StandardStanding]] = []

    def show(self, item: str, before: Mapping[str, Count], now: Mapping[str, Count]) -> None:
        """Show a prompt or key question with its standard; nothing on the page of the facts."""
        if item == self._item and before is self._before and now is self._now:
            return
        self._item, self._before, self._now = item, before, now
        self._lines = []
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.size.width
        if not self._lines:
            self._lines = self._drawn(width - 2)
        pieces = self._lines[y] if y < len(self._lines) else []
        return self.painted([(" ", ""), *pieces], width)

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._lines = []
        self.refresh()

    def _drawn(self, width: int) -> list[Pieces]:
        title = "─ across the sample "
        rule: Pieces = [(title + "─" * max(width - len(title), 0), DIM)]
        if not self._item:
            told = "Facts decide which questions apply; no percentage is shown for them."
            return [rule, [(fitted(told, width), DIM)]]
        framework = self._framework
        standard = framework.standard_of[self._item]
        question = framework.key_question_of.get(self._item)
        number = question.id if question else self._item
        lines = [rule]
        if question:
            lines.append(self._count_line(self._item, width))
        lines.append(self._count_line(number, width))
        before, now = self._standing(standard, self._before), self._standing(standard, self._now)
        return lines + self._standard_lines(standard, before, now, width)

    def _standing(self, standard: Standard, counts: Mapping[str, Count]) -> StandardStanding:
        """Where a standard stands by some counts; what was now is before after the next answer."""
        for known_standard, known_counts, standing in self._known:
            if known_standard is standard and known_counts is counts:
                return standing
        standing = standing_of(self._framework, standard, counts)
        self._known = [*self._known[-1:], (standard, counts, standing)]
        return standing

    def _count_line(self, item: str, width: int) -> Pieces:
        before, now = self._before.get(item, Count()), self._now.get(item, Count())
        bar_width = 10 if width >= WIDE else 6
        pieces: Pieces = [(fitted(item, 9), STRONG), (bar(now.percent, bar_width), DIM), (" ", "")]
        if item in self._framework.key_questions_by_id:
            question = self._framework.key_questions_by_id[item]
            standing = KeyQuestionStanding(self._framework, question, now)
            pieces += self._share(now, standing.band)
            if standing.rounding_decides:
                pieces.append((" (rounded)", DIM))
        else:
            pieces += self._share(now, None)
        if before != now and before.judged:
            pieces.append((f"  was {before.percent}% {before.yes}/{before.judged}", DIM))
        return _cut(pieces, width)

    def _share(self, count: Count, band: Band | None) -> Pieces:
        if count.percent is None:
            return [("nothing counted yet", DIM)]
        pieces: Pieces = [(f"{count.percent}%", STRONG), (f" {count.yes}/{count.judged} ", "")]
        if band:
            pieces.append((band.title, self._role_of(band)))
        return pieces

    def _role_of(self, band: Band) -> str:
        return band_role(self._framework.bands.index(band), len(self._framework.bands))

    def _standard_lines(
        self, standard: Standard, before: StandardStanding, now: StandardStanding, width: int
    ) -> list[Pieces]:
        head: Pieces = [(f"{standard.id} {standard.title}: ", STRONG)]
        if now.provisional is None:
            return [_cut([*head, ("no rating yet", DIM)], width)]
        head.append((now.provisional.title, self._role_of(now.provisional)))
        lowest = now.deciding[0]
        head.append(
            (f" · lowest: {lowest.percent}, {lowest.key_question.id} {lowest.key_question.name}", DIM)
        )
        if before.provisional is not None and before.provisional != now.provisional:
            head.append((f"  was {before.provisional.title}", DIM))
        if now.settled:
            tail = "settled: no open case can change it"
        else:
            tail = f"can still end from {now.possible[0].title} to {now.possible[-1].title}"
        return [_cut(head, width), _cut([("   " + tail, DIM)], width)]


def _cut(pieces: Pieces, width: int) -> Pieces:
    kept: Pieces = []
    for text, role in pieces:
        room = width - sum(len(before) for before, _ in kept)
        if room <= 0:
            break
        kept.append((text if len(text) <= room else fitted(text, room), role))
    return kept
