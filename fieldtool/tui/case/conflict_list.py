"""Conflicts, one below the other: what each side said, who, when and where, and under which number to choose it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fieldtool.domain.log.conflicts import Conflict, ForkedEvent, Side
from fieldtool.domain.method.case import Aspect
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.words.days import moment
from fieldtool.domain.words.slots import name_of, value_of
from fieldtool.tui.parts.paint import CONTESTED, DIM, HEADING, MARK, STRONG, WARN, Pieces, wrapped
from fieldtool.tui.parts.rows import Blocks

Dispute = Conflict | ForkedEvent
"""Something for a person to decide."""


class Disputes(Blocks):
    """Conflicts and what forked chains hold; the screen answers the keys."""

    HELP = """
## Conflicts

Two people wrote in the same place without knowing of each other. Both are kept, and the later one is shown, until
the holder of the case or the lead inspector settles it: `1`, `2` … takes what one side said, `w` writes or chooses
something else, `b` keeps both texts one after the other, `a` settles all of which every side says the same. The
history keeps all sides.

A laptop whose file was put back from a copy, or copied to another laptop, may have gone two ways: the same numbers
were given to two different entries. What came second is listed here, has no effect and is never thrown away: `1`
records it anew in your name, `2` leaves it.
"""

    def __init__(self, framework: Framework) -> None:
        super().__init__(id="disputes")
        self._framework = framework
        self._disputes: Sequence[Dispute] = ()
        self._why_not: Sequence[str] = ()

    def show(self, disputes: Sequence[Dispute], why_not: Sequence[str]) -> None:
        """Show these.

        Args:
            why_not: for each, why this person may not settle it; empty if they may.
        """
        self._disputes, self._why_not = disputes, why_not
        self.renew()

    @property
    def dispute(self) -> Dispute | None:
        """What is under the cursor."""
        return self._disputes[self.cursor] if self._disputes else None

    @property
    def row_count(self) -> int:
        """How many there are; one row says that there are none."""
        return max(len(self._disputes), 1)

    def may_stop(self, row: int) -> bool:  # noqa: ARG002  # all are alike
        """Whether there is anything."""
        return bool(self._disputes)

    def block(self, row: int, width: int) -> list[Pieces]:
        """Lay out one conflict."""
        if not self._disputes:
            told = (
                "There are no conflicts: nobody wrote where somebody else had written without knowing of it."
            )
            return [[(line, DIM)] for line in wrapped(told, width)]
        dispute = self._disputes[row]
        lines = (
            [*self._conflict(dispute, width)]
            if isinstance(dispute, Conflict)
            else [*self._forked(dispute, width)]
        )
        why = self._why_not[row]
        if why:
            lines += [
                [("   ", ""), (line, WARN)] for line in wrapped(f"{why[0].upper()}{why[1:]}.", width - 3)
            ]
        return [*lines, []]

    def _conflict(self, conflict: Conflict, width: int) -> Iterator[Pieces]:
        yield from self._heading(conflict, "", width)
        for number, side in enumerate(conflict.sides, 1):
            said = value_of(self._framework, conflict.slot, side.value)
            yield from self._side(f"{number} ", said, side, " · shown" if side.shown else "", width)

    def _forked(self, forked: ForkedEvent, width: int) -> Iterator[Pieces]:
        yield from self._heading(forked, " · from a laptop that went two ways", width)
        now = value_of(self._framework, forked.slot, forked.now)
        said = value_of(self._framework, forked.slot, forked.side.value)
        yield from self._side("1 ", f"take over: {said}", forked.side, "", width)
        yield from _labelled("2 ", f"leave it, and keep: {now}", width)

    def _heading(self, dispute: Dispute, more: str, width: int) -> Iterator[Pieces]:
        title = f"{CONTESTED} {dispute.ref or 'Inspection'} · {name_of(self._framework, dispute.slot)}{more}"
        for line in wrapped(title, width):
            yield [(line, HEADING)]
        item = dispute.slot.item
        known = self._framework.prompts_by_id.get(item) or self._framework.key_questions_by_id.get(item)
        if known is not None and dispute.slot.aspect is not Aspect.UNRATED:
            for line in wrapped(known.wording, width - 2):
                yield [("  ", ""), (line, DIM)]

    def _side(self, number: str, said: str, side: Side, more: str, width: int) -> Iterator[Pieces]:
        yield from _labelled(number, said, width)
        who = f"{side.who} · {moment(side.wall)} · laptop {side.event.device}{more}"
        for line in wrapped(who, width - 4):
            yield [("    ", ""), (line, DIM)]
        if side.why:
            for line in wrapped(f"because: {side.why}", width - 4):
                yield [("    ", ""), (line, "")]


def _labelled(label: str, text: str, width: int) -> Iterator[Pieces]:
    first = True
    for line in wrapped(text, width - 4):
        yield [("  ", ""), (label if first else "  ", MARK), (line, STRONG)]
        first = False
