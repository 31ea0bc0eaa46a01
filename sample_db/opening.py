"""The week before the fieldwork: the lead opens the inspection, names the team, enters case lists and figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from fieldtool.domain.kinds.assessment import FactSet
from fieldtool.domain.kinds.comparison_figures import FiguresImported
from fieldtool.domain.kinds.inspection import FrameworkChosen, InspectionOpened, PersonJoined
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded
from fieldtool.domain.method.figures import Figure, Whose
from fieldtool.domain.method.framework import Framework
from sample_db import figures
from sample_db.cases import SampledCase
from sample_db.dice import Dice
from sample_db.hours import FIELDWORK_FROM, PLANNED_TO, at
from sample_db.steps import SERVICE_FACTS

LEAD = "LEAD-1"

PROVIDER = "Hampshire and Isle of Wight Community Rehabilitation Company"
TITLE = "HIOW CRC 2020"

OPENING = InspectionOpened(
    provider=PROVIDER, title=TITLE, fieldwork_from=FIELDWORK_FROM, fieldwork_to=PLANNED_TO
)

_LISTS_ENTERED = {
    "case_supervision": at(date(2020, 2, 25), 10, 4),
    "unpaid_work": at(date(2020, 2, 26), 10, 12),
    "through_the_gate": at(date(2020, 2, 26), 14, 7),
}


def opened(
    framework: Framework, inspectors: Sequence[str], cases: Sequence[SampledCase], dice: Dice
) -> Iterator[tuple[datetime, str, Body]]:
    """What the lead does before any case is assigned: when, about which case, and what."""
    now = at(date(2020, 2, 24), 9, 41, 12)
    bodies: list[Body] = [
        OPENING,
        FrameworkChosen(framework=framework),
        PersonJoined(person=LEAD, name="Lead inspector", role="lead_inspector"),
    ]
    for inspector in inspectors:
        name = f"Inspector {int(inspector.removeprefix('INS-'))}"
        bodies.append(PersonJoined(person=inspector, name=name, role="inspector"))
    for body in bodies:
        now += timedelta(seconds=dice.between(15, 70))
        yield now, "", body
    for sample, start in _LISTS_ENTERED.items():
        now = start
        for case in cases:
            if case.sample == sample:
                for body in _entered(framework, case):
                    now += timedelta(seconds=dice.between(1, 3))
                    yield now, case.ref, body
                now += timedelta(seconds=dice.between(10, 40))


def compared() -> Iterator[tuple[datetime, Body]]:
    """The figures that the lead brings in to compare with: when, and what."""
    brought: tuple[tuple[Whose, str, Mapping[str, int]], ...] = (
        ("previous", "Inspection of January 2019", figures.PREVIOUS),
        ("comparison", "All CRCs", figures.ALL_CRCS),
    )
    for number, (whose, title, stated) in enumerate(brought):
        found = {item: Figure(stated=percent) for item, percent in stated.items()}
        now = at(date(2020, 2, 25), 14, 20 + 3 * number)
        yield now, FiguresImported(whose=whose, title=title, figures=found)


def _entered(framework: Framework, case: SampledCase) -> Iterator[Body]:
    yield CaseAdded(sample=case.sample)
    for fact in framework.facts_for(case.sample):
        if fact.id in SERVICE_FACTS:
            yield FactSet(fact=fact.id, to=case.facts[fact.id])
