"""One line of the list of cases, light enough to be shown before anything else is loaded."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class CaseState(StrEnum):
    """How far the assessment of a case is."""

    UNTOUCHED = "untouched"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"


class CaseLine(NamedTuple):
    """What a list says of a case."""

    ref: str
    sample: str
    place: str
    """The value of the framework's list fact, as the hub."""
    holder: str
    state: CaseState
    done: int
    due: int
    """How many things the case must have; `done` of them are there."""
    touched: str
    """When something was last recorded in the case, ISO 8601 with its offset; empty if never."""
    contested: bool = False
    """Whether two people said something of it without knowing of each other; looked up for few lines only."""


class SampleTitle(NamedTuple):
    """A sample type by its id, and how lists and headings call it."""

    id: str
    title: str
    short: str


class Heading(NamedTuple):
    """What every screen says of the inspection."""

    title: str
    provider: str
    samples: tuple[SampleTitle, ...]
    place: str = "Place"
    """What the case fact is called that lists show, as the hub."""


class AtStake(NamedTuple):
    """What would be lost if this laptop died now."""

    answers: int
    """How many entries are on this laptop alone: answers, judgements, facts, texts and the like."""
    copied: bool
    """Whether a folder was named that a second copy is kept in."""
    urgent: bool
    """Whether somebody should see to it."""
    sent: bool = False
    """Whether the place where the team meets has said what it has of this laptop: that is not counted."""


class Sent(NamedTuple):
    """The last time that everything on this laptop was known to be at the place where the team meets."""

    wall: str
    """By the clock on the wall, ISO 8601 with its offset; empty if it never was."""


class Person(NamedTuple):
    """A member of the team."""

    id: str
    name: str
    role: str


class CaseFilter(NamedTuple):
    """Which cases a list shows."""

    holder: str | None = None
    sample: str | None = None
    text: str = ""
    """Each word must occur in the reference, the place, the holder or the state."""
    begun_first: bool = False
    """List what is in progress first, then what is untouched, then what is complete."""
