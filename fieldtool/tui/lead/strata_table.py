"""The strata of a sample as a table, and an explanation as something to read through."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from fieldtool.domain.method.drawing import StratumShare
from fieldtool.domain.words.numbers import number
from fieldtool.domain.words.samples import Section
from fieldtool.tui.parts.paint import DIM, HEADING, STRONG, WARN, Pieces, fitted, wrapped
from fieldtool.tui.parts.rows import Blocks

_HEAD = ("population", "share", "size", "with reserve", "drawn")
_ON_TRIAL = (*_HEAD[:-1], "to draw")
_WIDTHS = tuple(max(len(name) + 2, 7) for name in _ON_TRIAL)


class StrataTable(Blocks):
    """Each stratum with its numbers, all of them together, and what else is to be said."""

    HELP = """
## Draw the sample

The size is worked out from confidence (`c`) and margin (`m`), or set by hand (`s`); leave it empty to have it worked
out again. Reserve cases come on top (`b`). What stands here before it is drawn is a trial: nothing is recorded, and
whatever you change is worked out again at once. Which cases come is not shown before: nobody can pick a seed by them.

`d` draws: the cases come into the inspection, reserve cases stand by. `x` tells how each number came about.
A sample can be drawn again, with a reason, until somebody has begun one of its cases.
"""

    def __init__(self) -> None:
        super().__init__(id="strata")
        self._strata: Sequence[StratumShare] = ()
        self._titles: dict[str, str] = {}
        self._told: Sequence[tuple[str, str]] = ()
        self._known = True
        self._head = _HEAD

    def show(
        self,
        strata: Sequence[StratumShare],
        titles: dict[str, str],
        told: Sequence[tuple[str, str]],
        *,
        known: bool,
        trial: bool,
    ) -> None:
        """Show these numbers.

        Args:
            told: sentences to stand below, each with its role.
            known: whether it is known how many can be drawn, which takes a moment.
            trial: whether nothing of this is drawn yet.
        """
        self._strata, self._titles, self._told, self._known = strata, titles, told, known
        self._head = _ON_TRIAL if trial else _HEAD
        self.renew()

    @property
    def row_count(self) -> int:
        """How many rows there are: the head, the strata, all of them, the sentences."""
        return len(self._strata) + 2 + len(self._told) if self._strata else len(self._told)

    def may_stop(self, row: int) -> bool:
        """Whether the cursor may stand on a row: not on the head."""
        return bool(row) or not self._strata

    def block(self, row: int, width: int) -> list[Pieces]:
        """Lay out a row."""
        strata = self._strata
        if strata and row == 0:
            return [self._row("Stratum", self._head, width, DIM)[0]]
        if strata and row <= len(strata):
            id = strata[row - 1].id
            return self._numbers(self._titles.get(id, id), strata[row - 1], width, "")
        if strata and row == len(strata) + 1:
            return [*self._numbers("Together", self._together, width, STRONG), []]
        sentence, role = self._told[row - len(strata) - 2 if strata else row]
        return [[(line, role)] for line in wrapped(sentence, width)]

    @property
    def _together(self) -> StratumShare:
        strata = self._strata
        return StratumShare(
            "",
            sum(each.population for each in strata),
            sum(each.size for each in strata),
            sum(each.size_with_buffer for each in strata),
            sum(each.drawn for each in strata),
        )

    def _numbers(self, title: str, stratum: StratumShare, width: int, role: str) -> list[Pieces]:
        total = sum(each.population for each in self._strata)
        tenths = (2000 * stratum.population + total) // (2 * total) if total else 0
        share = f"{tenths // 10}.{tenths % 10}%"
        drawn = number(stratum.drawn) if self._known else "…"
        numbers = map(number, (stratum.size, stratum.size_with_buffer))
        wanted = stratum.size if self._head is _ON_TRIAL else stratum.size_with_buffer
        short = self._known and stratum.drawn < wanted
        lines = self._row(title, (number(stratum.population), share, *numbers, drawn), width, role)
        return [[*line, (" ✗", WARN)] if short and not place else line for place, line in enumerate(lines)]

    def _row(self, title: str, cells: Sequence[str], width: int, role: str) -> list[Pieces]:
        room = max(width - sum(_WIDTHS) - 2, 8)
        beside = "".join(cell.rjust(size) for cell, size in zip(cells, _WIDTHS, strict=True))
        return [
            [(fitted(f"{'' if not place else '  '}{part}", room), role), (numbers, role)]
            for place, (part, numbers) in enumerate(
                zip_longest(wrapped(title, room - 2), [beside], fillvalue="")
            )
        ]


class Explanation(Blocks):
    """How each number came about, part by part."""

    HELP = """
## How each number came about

From the size of the sample to the single case: `tab` goes to the next part. Whoever has the list, the size, the buffer
and the seed can draw the same cases again.
"""

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__(id="explanation")
        self._rows = [
            (text, place == 0)
            for section in sections
            for place, text in enumerate((section.title, *section.sentences))
        ]

    @property
    def row_count(self) -> int:
        """How many headings and sentences there are."""
        return len(self._rows)

    def may_stop(self, row: int) -> bool:
        """Whether the cursor may stand on a row: not on headings."""
        return not self._rows[row][1]

    def block(self, row: int, width: int) -> list[Pieces]:
        """Lay out a heading, or a sentence with the blank line that ends a part."""
        text, heading = self._rows[row]
        if heading:
            return [[(line, HEADING)] for line in wrapped(text, width)]
        lines: list[Pieces] = [[("  ", ""), (line, "")] for line in wrapped(text, width - 2)]
        ends = row + 1 == len(self._rows) or self._rows[row + 1][1]
        return [*lines, []] if ends else lines

    def next_part(self) -> None:
        """Go to the first sentence of the next part, from the last to the first."""
        starts = [row + 1 for row, (_, heading) in enumerate(self._rows[:-1]) if heading]
        if starts:
            self.move_to(next((start for start in starts if start > self.cursor), starts[0]))
