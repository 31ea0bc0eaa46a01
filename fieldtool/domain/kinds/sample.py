"""What happens to a sample: a case list comes in, cases are drawn, come, leave, change hands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic_core import to_json

from fieldtool.domain.kinds.kind import WHOLE, Body, Says, Value, always, of_field, of_parts
from fieldtool.domain.method.case import Aspect
from fieldtool.domain.method.case_list import ListedCase, ListReading


def _digest(listed: ListImported) -> str:
    # Not the rows: there may be 20,000, and whoever wants them reads the event itself.
    digest = hashlib.sha256(to_json((listed.facts, listed.rows))).hexdigest()
    return to_json({"cases": len(listed.rows), "sha256": digest}).decode()


class ListImported(Body):
    """The case list of a sample type came in: the population that its sample is drawn from."""

    says = Says(Aspect.LIST, Value(_digest), ("sample",), title="Case list of {item}")
    kind: Literal["list.imported"] = "list.imported"
    sample: str
    facts: tuple[str, ...]
    """The facts that the list has, in the order of its rows."""
    rows: tuple[tuple[str, ...], ...]
    """Of each case the reference, then its facts; empty where one is not known."""
    reading: ListReading = ListReading()
    """What somebody said of it, for the next list of the same provider."""

    @classmethod
    def of(
        cls, sample: str, cases: tuple[ListedCase, ...], reading: ListReading | None = None
    ) -> ListImported:
        """The event that these cases make."""
        facts = tuple(dict.fromkeys(fact for case in cases for fact in case.facts))
        rows = tuple((case.ref, *(case.facts.get(fact, "") for fact in facts)) for case in cases)
        return cls(sample=sample, facts=facts, rows=rows, reading=reading or ListReading())

    @property
    def cases(self) -> Iterator[ListedCase]:
        """The cases of the list, in its order."""
        for row in self.rows:
            known = zip(self.facts, row[1:], strict=True)
            yield ListedCase(row[0], {fact: value for fact, value in known if value})


class SampleDrawn(Body):
    """The sample was drawn from its case list: with this size, buffer and seed, the same list gives the same."""

    says = Says(Aspect.DRAW, WHOLE, ("sample",), title="Sample drawn of {item}")
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


_IN_THE_SAMPLE = Says(Aspect.SAMPLE, of_field("sample"), title="Sample type of the case")


class CaseAdded(Body):
    """A case came into the sample."""

    says = _IN_THE_SAMPLE
    kind: Literal["case.added"] = "case.added"
    sample: str


class CaseRemoved(Body):
    """A case left the sample, and why; what was recorded of it stays, and returns if it is added again."""

    says = _IN_THE_SAMPLE._replace(value=always(None), reason="why")
    kind: Literal["case.removed"] = "case.removed"
    why: str


_HELD = Says(Aspect.HOLDER, of_field("person"), title="Who holds the case")


class CaseAssigned(Body):
    """A case got a holder, or lost the one it had."""

    says = _HELD._replace(chosen=True)
    kind: Literal["case.assigned"] = "case.assigned"
    person: str | None


class CaseTakenOver(Body):
    """A lead inspector gave a case to another than its holder, and why."""

    says = _HELD._replace(reason="why")
    kind: Literal["case.taken_over"] = "case.taken_over"
    person: str | None
    why: str


class CasePlanned(Body):
    """A case is to be assessed on a day; None if no day is planned any more."""

    says = Says(Aspect.PLAN, of_field("day"), title="Day planned for the case")
    kind: Literal["case.planned"] = "case.planned"
    day: date | None


class CaseEliminated(Body):
    """A case of the sample dropped out, and which reserve case came for it; `CaseRemoved` takes it out."""

    says = Says(
        Aspect.ELIMINATED,
        of_parts("sample", "criterion", "why", "replaced_by"),
        ("case",),
        title="Why {item} dropped out, and what came for it",
    )
    kind: Literal["case.eliminated"] = "case.eliminated"
    case: str
    sample: str
    criterion: str
    """One of `CRITERIA`, or one of a later version."""
    why: str
    replaced_by: str | None
