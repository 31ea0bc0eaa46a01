"""What there is to send and to take, how far it has got, and what came of it: the lines of the sync screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from fieldtool.tui.parts.paint import (
    CONTESTED,
    DIM,
    HEADING,
    MARK,
    STRONG,
    WARN,
    Pieces,
    bar,
    fitted,
    wrapped,
)
from fieldtool.tui.parts.rows import Blocks

LABEL = 14
"""Cells for what a line is about."""


@dataclass(frozen=True)
class Report:
    """All that the screen shows."""

    place: str = ""
    """The folder or the address; empty if none was named yet."""
    last: str = ""
    """When all was sent last."""
    here: str = ""
    """How much is new here."""
    there: str = ""
    """How much is new there."""
    going: str = ""
    """What is being done now; empty if nothing is."""
    percent: int | None = None
    """How far it has got, where that is known."""
    good: Sequence[str] = ()
    """What went well."""
    bad: Sequence[str] = ()
    """What did not, a sentence each with what to do."""
    came: Sequence[tuple[str, str, int]] = ()
    """What came: by whom, about which case, how many entries."""
    conflicts: int = 0
    """How much there is to settle."""
    hints: Sequence[str] = field(default=())
    """What to do next."""


class SyncReport(Blocks):
    """A report, line by line; the cursor only scrolls."""

    HELP = """
## Send and take

At the end of the day everybody sends what is new and takes what the others sent: through a folder, as on a USB stick
or a shared drive, or through the central store. `enter` does both. It can be done again at any time and stopped
anywhere: what was passed on by then is passed on for good. You can go on working meanwhile.

"Everything is there" is said only when the place, asked afterwards, has it.

A file that cannot be used, as one that is half copied, is set aside by its name, and holds nothing else up.
"""

    def __init__(self) -> None:
        super().__init__(id="sync-report")
        self._report = Report()
        self._sections: list[str] = ["place"]

    def show(self, report: Report) -> None:
        """Show this."""
        if report == self._report and self._laid_out is not None:
            return
        self._report = report
        present = {"going": report.going, "good": report.good, "bad": report.bad, "came": report.came,
                   "conflicts": report.conflicts, "hints": report.hints}  # fmt: skip
        self._sections = ["place", *(name for name, there in present.items() if there)]
        self.renew()

    @property
    def row_count(self) -> int:
        """How many sections there are."""
        return len(self._sections)

    def block(self, row: int, width: int) -> list[Pieces]:
        """Lay out one section."""
        lines: Iterator[Pieces] = getattr(self, f"_{self._sections[row]}")(width)
        return [*lines, []]

    def _place(self, width: int) -> Iterator[Pieces]:
        report = self._report
        yield from _labelled("Place", report.place or "none yet: p names a folder or a central store", width)
        yield from _labelled("All was sent", report.last or "never", width)
        yield from _labelled("New here", report.here, width)
        yield from _labelled("New there", report.there, width)

    def _going(self, width: int) -> Iterator[Pieces]:
        yield [(fitted(self._report.going, width), MARK)]
        if self._report.percent is not None:
            share = f" {self._report.percent:>3}%"
            yield [(bar(self._report.percent, max(width - len(share), 0)), MARK), (share, "")]

    def _good(self, width: int) -> Iterator[Pieces]:
        for told in self._report.good:
            yield from _listed("✓", told, STRONG, width)

    def _bad(self, width: int) -> Iterator[Pieces]:
        for told in self._report.bad:
            yield from _listed("!", told, WARN, width)

    def _came(self, width: int) -> Iterator[Pieces]:
        yield [("What came", HEADING)]
        for who, each in groupby(self._report.came, key=lambda said: said[0]):
            said = [f"{ref or 'the inspection'} {number}" for _, ref, number in each]
            yield from _labelled(f"  {who}", " · ".join(said), width)

    def _conflicts(self, width: int) -> Iterator[Pieces]:
        number = self._report.conflicts
        things = "1 conflict" if number == 1 else f"{number} conflicts"
        told = f"{things} to settle: two people wrote without knowing of each other. f4 shows what."
        yield from _listed(CONTESTED, told, WARN, width)

    def _hints(self, width: int) -> Iterator[Pieces]:
        for hint in self._report.hints:
            for line in wrapped(hint, width):
                yield [(line, DIM)]


def _labelled(label: str, text: str, width: int) -> Iterator[Pieces]:
    for place, line in enumerate(wrapped(text, width - LABEL)):
        yield [(fitted("" if place else label, LABEL), DIM), (line, "")]


def _listed(sign: str, text: str, role: str, width: int) -> Iterator[Pieces]:
    for place, line in enumerate(wrapped(text, width - 2)):
        yield [("  " if place else f"{sign} ", role), (line, role)]
