"""A laptop of an inspection, as the log tells of it."""

from __future__ import annotations

from typing import NamedTuple


class KnownLaptop(NamedTuple):
    """A laptop that was ever invited, and all that is known of it here."""

    key: str
    person: str
    invited: str
    """When, as all times here, by the clock on the wall; empty if that is not known."""
    invited_by: str
    joined: str = ""
    """When it joined; empty if it has not yet."""
    heard: str = ""
    """When it last said what it has; empty if it never did."""
    events: int = 0
    """How many events of it are here."""
    here: bool = False
    """Whether it is the laptop on which this file is."""
    removed: str = ""
    """When it was removed; empty if it was not."""
    removed_by: str = ""
    why: str = ""

    @property
    def short(self) -> str:
        """What people call it: the beginning of its key."""
        return self.key[:8]
