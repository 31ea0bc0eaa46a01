"""Case lists as the method sees them: a case as it is listed, and why one may drop out of the sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fieldtool.domain.base import Model


class ListReading(Model):
    """What somebody says of a case list where it cannot be known from the list itself."""

    columns: Mapping[str, str] = {}
    """The field of a column, by its heading; an empty one leaves the column out."""
    values: Mapping[str, Mapping[str, str]] = {}
    """For each case fact, the choice that a plain word of the list means; an empty one: not recorded."""
    month_first: bool | None = None
    """Whether dates have the month before the day; None: the day first, unless the list shows otherwise."""


class ListedCase(NamedTuple):
    """A case on a case list: its reference, and the facts that the list has of it."""

    ref: str
    facts: dict[str, str]


class ListSeen(NamedTuple):
    """What can be said of a case list without reading it."""

    id: str
    """Of the event by which it came in."""
    cases: int
    wall: str
    """When it came in, by the clock on the wall, ISO 8601 with its offset."""
    actor: str


CRITERIA = {
    "transferred": "Transferred out of the area",
    "deceased": "Has died",
    "ended_early": "Order revoked or sentence ended early",
    "wrong_sample": "Does not belong in this sample",
    "duplicate": "The same person as another case",
    "conflict_of_interest": "Conflict of interest",
    "officer_absent": "Responsible officer absent",
    "no_file": "Case file not available",
    "other": "Other reason",
}
"""Why a case may drop out, by the word that commands and events have for it."""


def criterion_title(criterion: str) -> str:
    """What a criterion says; one of a later version says its own word."""
    return CRITERIA.get(criterion, criterion.replace("_", " ").capitalize())
