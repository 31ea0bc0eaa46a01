"""What a screen asks whoever shows the screens for: another screen, above its own."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class ShowRatings(Message):
    """The ratings are to be shown."""


@dataclass
class ShowConflicts(Message):
    """Conflicts are to be shown: those of a case, or without one those of the whole inspection."""

    ref: str | None = None
