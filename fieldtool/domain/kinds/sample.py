"""What happens to a sample: a case list comes in, cases are drawn, leave, change hands. Kinds of events."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from pydantic_core import to_json

from fieldtool.domain.base import Model
from fieldtool.domain.method.case import Aspect, Slot


class ListedCase(NamedTuple):
    """A case on a case list: its reference, and the facts that the list has of it."""

    ref: str
    facts: dict[str, str]


class ListImported(Model):
    """The case list of a sample type came in: the population that its sample is drawn from."""

    kind: Literal["list.imported"] = "list.imported"
    sample: str
    facts: tuple[str, ...]
    """The facts that the list has, in the order of its rows."""
    rows: tuple[tuple[str, ...], ...]
    """Of each case the reference, then its facts; empty where one is not known."""

    @classmethod
    def of(cls, sample: str, cases: tuple[ListedCase, ...]) -> ListImported:
        """The event that these cases make."""
        facts = tuple(dict.fromkeys(fact for case in cases for fact in case.facts))
        rows = tuple((case.ref, *(case.facts.get(fact, "") for fact in facts)) for case in cases)
        return cls(sample=sample, facts=facts, rows=rows)

    @property
    def cases(self) -> Iterator[ListedCase]:
        """The cases of the list, in its order."""
        for row in self.rows:
            known = zip(self.facts, row[1:], strict=True)
            yield ListedCase(row[0], {fact: value for fact, value in known if value})

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.LIST, self.sample)

    @property
    def value(self) -> str:
        # Not the rows: there may be 20,000, and whoever wants them reads the event itself.
        digest = hashlib.sha256(to_json((self.facts, self.rows))).hexdigest()
        return to_json({"cases": len(self.rows), "sha256": digest}).decode()


class ListSeen(NamedTuple):
    """What can be said of a case list without reading it."""

    id: str
    """Of the event by which it came in."""
    cases: int
    wall: str
    """When it came in, by the clock on the wall, ISO 8601 with its offset."""
    actor: str


class SampleDrawn(Model):
    """The sample was drawn from its case list: with this size, buffer and seed, the same list gives the same."""

    kind: Literal["sample.drawn"] = "sample.drawn"
    sample: str
    population: str
    """The id of the event by which the case list came in."""
    size: int
    buffer: int
    """In per cent of the size."""
    seed: int
    cases: tuple[str, ...]
    """The references of the cases drawn, stratum by stratum, in the order of the picks."""
    reserve: tuple[str, ...] = ()
    """Those that stand by; one that drops out is replaced by the next of its stratum."""
    left_out: tuple[str, ...] = ()
    """Cases of the list that could not be drawn, because they are in another sample."""
    why: str = ""
    """Why it was drawn again, where it was."""

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.DRAW, self.sample)

    @property
    def value(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


class CaseRemoved(Model):
    """A case left the sample, and why; what was recorded of it stays, and returns if it is added again."""

    kind: Literal["case.removed"] = "case.removed"
    why: str

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.SAMPLE)

    @property
    def value(self) -> None:
        return None


class CaseTakenOver(Model):
    """A lead inspector gave a case to another than its holder, and why."""

    kind: Literal["case.taken_over"] = "case.taken_over"
    person: str | None
    why: str

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.HOLDER)

    @property
    def value(self) -> str | None:
        return self.person


class PersonBased(Model):
    """Somebody of the team works in an office of the inspected service, whose cases they do not assess."""

    kind: Literal["person.based"] = "person.based"
    person: str
    office: str | None

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.OFFICE, self.person)

    @property
    def value(self) -> str | None:
        return self.office


class CasePlanned(Model):
    """A case is to be assessed on a day; None if no day is planned any more."""

    kind: Literal["case.planned"] = "case.planned"
    day: date | None

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.PLAN)

    @property
    def value(self) -> str | None:
        return None if self.day is None else self.day.isoformat()


class CaseEliminated(Model):
    """A case of the sample dropped out, and which reserve case came for it; `CaseRemoved` takes it out."""

    kind: Literal["case.eliminated"] = "case.eliminated"
    case: str
    sample: str
    criterion: str
    """One of `CRITERIA`, or one of a later version."""
    why: str
    replaced_by: str | None

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.ELIMINATED, self.case)

    @property
    def value(self) -> str:
        return self.model_dump_json(include={"sample", "criterion", "why", "replaced_by"})


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
