"""What the views of the log are, and what each of them is made of."""

from __future__ import annotations

from typing import NamedTuple

from fieldtool.domain.kinds.kind import aspects

ALL, COMPLETE = "all", "complete"
"""The two scopes of the running tallies: every case, or those that are complete."""

WORK = aspects(lambda says: says.work)
"""What counts as work on a case, as against what was known of it beforehand."""

WORDS = aspects(lambda says: says.work and says.undoable)
"""What says something about a case and decides nothing about how it is counted."""

VIEWS = ("head", "replaced_early", "set_aside", "beyond_removal", "case_line", "tally")
"""Every table that can be made anew from the log."""


class AtHand(NamedTuple):
    """The case that the latest event was about, as far as the next one must know it."""

    ref: str
    sample: str
    complete: bool
    facts: dict[str, str]
    appended: int
    """How many events this connection had appended when this was known to be so."""
