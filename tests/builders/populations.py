"""Made-up case lists, and a lead who works on one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from builders.cases import CRC
from builders.commands import begun
from fieldtool.domain.kinds.inspection import InspectionOpened
from fieldtool.domain.kinds.sample import SampleDrawn
from fieldtool.domain.method.case_list import ListedCase
from fieldtool.domain.method.drawing import Draw
from fieldtool.store.file.database import Database
from fieldtool.store.views import case_lists
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import draws, setting_up
from fieldtool.work.lead.lead import Lead

SAMPLE = "case_supervision"
FIRST, LAST = date(2020, 3, 2), date(2020, 3, 13)


def population(number: int, *, of_officer: int = 4) -> list[ListedCase]:
    """Cases of every stratum in three hubs."""
    return [
        ListedCase(
            f"X{place:04}",
            {
                "gender": ("female", "male", "male")[place % 3],
                "disposal": ("community", "post_release")[place % 2],
                "rosh_service": ("low", "medium", "high", "not_recorded")[place % 4],
                "hub": ("East", "West", "North")[place % 3],
                "ldu": f"unit {place % 6}",
                "officer": f"RO-{place // of_officer:03}",
            },
        )
        for place in range(number)
    ]


@contextmanager
def leading(path: Path, *, fieldwork: bool = True) -> Iterator[Lead]:
    """A lead of a new inspection of the shipped instrument, with the inspectors INS-01 to INS-03."""
    with begun(path, CRC):
        pass
    with Database.open(path) as database:
        lead = Lead(Inspection(InspectionFile(database), "LEAD-1"))
        if fieldwork:
            lead.inspection.record(
                InspectionOpened(provider="Provider", title="Trial", fieldwork_from=FIRST, fieldwork_to=LAST)
            )
        for number in (2, 3):
            setting_up.propose_person(lead, f"INS-0{number}", f"No {number}", "inspector").carry_out()
        yield lead
        assert list(lead.inspection.findings()) == []


def another(lead: Lead, person: str) -> Lead:
    """The same inspection as somebody else works in it."""
    return Lead(Inspection(InspectionFile(lead.inspection.file.database), person))


def list_of(lead: Lead, sample: str) -> tuple[ListedCase, ...] | None:
    """The case list of a sample type; None if none was imported yet."""
    kept = case_lists.case_list(lead.database, sample)
    return None if kept is None else tuple(kept[1].cases)


def draw_of(lead: Lead, sample: str) -> SampleDrawn | None:
    """How the sample of a sample type was drawn; None if it was not yet."""
    kept = case_lists.drawn(lead.database, sample)
    return None if kept is None else kept[0]


def drawn_again(lead: Lead, sample: str) -> Draw | None:
    """The draw of a sample type done once more from the same list."""
    kept = draws.recorded(lead.inspection, sample)
    if kept is None:
        return None
    return kept.population.drawn(kept.event.size, kept.event.buffer, kept.event.seed)
