"""How each task of the lead stands, from a new inspection to one with cases that dropped out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from builders.populations import FIRST, SAMPLE, draw_of, leading, population
from fieldtool.domain.method.framework import AgendaKind
from fieldtool.work.lead import draws, list_import, replacements, setting_up, share_out, task_status
from fieldtool.work.lead.agenda import Agenda
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.progress_report import Progress


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Lead]:
    with leading(tmp_path / "trial.db") as found:
        yield found


def progress(lead: Lead) -> Progress:
    return Progress(lead.inspection, FIRST)


def test_a_new_inspection_says_what_comes_first(lead: Lead) -> None:
    assert task_status.of_set_up(lead) == ("4 people", False)
    assert task_status.of_case_lists(lead) == ("none yet", True)
    assert task_status.of_draw(lead) == ("needs a case list first", False)
    assert task_status.of_sharing_out(lead) == ("no cases yet", False)
    assert task_status.of_replacing(lead) == ("no case dropped out", False)
    assert task_status.of_agenda(lead) == ("nothing planned yet", False)
    assert task_status.of_progress(progress(lead)) == ("no cases yet", False)
    assert task_status.headline(lead, progress(lead)) == "There are no cases yet: bring in a case list."


def test_what_is_not_set_up_waits(tmp_path: Path) -> None:
    with leading(tmp_path / "trial.db", fieldwork=False) as lead:
        assert task_status.of_set_up(lead) == ("4 people, days of fieldwork not said yet", True)
        for number in (1, 2, 3):
            setting_up.propose_person(lead, f"INS-0{number}", "No longer", "lead_inspector").carry_out()
        assert task_status.of_set_up(lead) == ("4 people, no inspector yet", True)


def test_from_a_list_to_cases_that_dropped_out(lead: Lead) -> None:
    list_import.propose(lead, SAMPLE, population(60)).carry_out()
    assert task_status.of_case_lists(lead) == ("1 list, 60 cases", False)
    assert task_status.of_draw(lead) == ("not drawn yet", True)
    assert task_status.headline(lead, progress(lead)) == "There are no cases yet: draw the sample."
    draws.propose(lead, SAMPLE, 10, buffer=20, seed=1).carry_out()
    assert task_status.of_draw(lead) == ("10 drawn, 2 in reserve", False)
    assert task_status.of_sharing_out(lead) == ("10 cases nobody holds", True)
    share_out.propose(lead).carry_out()
    assert task_status.of_sharing_out(lead) == ("all 10 have a holder", False)
    assert task_status.of_progress(progress(lead)) == ("10 untouched", False)
    assert task_status.headline(lead, progress(lead)) == progress(lead).headline
    first, second, *_ = (line.ref for line in lead.lines_of(draw_of(lead, SAMPLE).cases))  # type: ignore[union-attr]
    drop(lead, first)
    assert task_status.of_replacing(lead).words.startswith("1 dropped out")
    for ref in (second, *(out.replaced_by for out in replacements.eliminated(lead) if out.replaced_by)):
        drop(lead, ref)
    out = replacements.eliminated(lead)
    without = sum(not each.replaced_by for each in out)
    assert task_status.of_replacing(lead).words == f"{len(out)} dropped out" + (
        f", nothing came for {without}" if without else ""
    )


def drop(lead: Lead, ref: str) -> None:
    replacements.propose(lead, ref, "deceased", "so", without_reserve=True).carry_out()


def test_cases_that_came_in_at_once_need_not_be_drawn(lead: Lead) -> None:
    list_import.propose(lead, "unpaid_work", population(4), all_at_once=True).carry_out()
    assert task_status.of_case_lists(lead) == ("no list to draw from; 4 cases came in all at once", False)
    assert task_status.of_draw(lead) == ("nothing to draw from", False)
    list_import.propose(lead, SAMPLE, population(60)[10:]).carry_out()
    draws.propose(lead, SAMPLE, 10, buffer=0, seed=1).carry_out()
    list_import.propose(lead, "through_the_gate", population(70)[60:]).carry_out()
    assert task_status.of_draw(lead) == ("10 drawn, 0 in reserve, 1 list not drawn yet", True)


def test_the_agenda_is_counted(lead: Lead) -> None:
    agenda = Agenda(lead)
    for day in (2, 3, 4):
        agenda.propose_item(agenda.read(AgendaKind.MEETING, day=f"{day}/3/2020")).carry_out()
    agenda.propose_cancelled_days(date(2020, 3, 4), "ill", later=False).carry_out()
    assert task_status.of_agenda(lead) == ("2 planned, 1 cancelled", False)
