"""How each task of the lead stands, in a few words: what is there, and what waits for the lead to do it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from fieldtool.domain.kinds.agenda_items import ItemState
from fieldtool.domain.words.numbers import counted, number
from fieldtool.store.views import case_lists
from fieldtool.work.lead.agenda import Agenda
from fieldtool.work.lead.draws import cases_here, lists_seen
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.progress_report import Progress
from fieldtool.work.lead.replacements import came_twice, eliminated
from fieldtool.work.lead.share_out import held_by_place


class TaskStatus(NamedTuple):
    """How a task stands."""

    words: str
    waits: bool = False
    """Whether the lead still has something to do there."""


def of_set_up(lead: Lead) -> TaskStatus:
    """How many people there are, and what is not said yet."""
    people = counted(len(lead.team), "person", "people")
    if not any(person.role == "inspector" for person in lead.team.values()):
        return TaskStatus(f"{people}, no inspector yet", waits=True)
    if None in lead.inspection.fieldwork:
        return TaskStatus(f"{people}, days of fieldwork not said yet", waits=True)
    return TaskStatus(people)


def of_case_lists(lead: Lead) -> TaskStatus:
    """How many lists came in, and how many cases they have."""
    lists, here = lists_seen(lead), sum(cases_here(lead).values())
    if lists:
        cases = counted(sum(each.cases for each in lists.values()), "case")
        return TaskStatus(f"{counted(len(lists), 'list')}, {cases}")
    if here:
        return TaskStatus(f"no list to draw from; {counted(here, 'case')} came in all at once")
    return TaskStatus("none yet", waits=True)


def of_draw(lead: Lead) -> TaskStatus:
    """How many cases were drawn, and whether a list waits for it."""
    here, drawn, waiting = cases_here(lead), [], 0
    for sample in lists_seen(lead):
        recorded = case_lists.drawn(lead.database, sample)
        if recorded is not None:
            drawn.append(recorded[0])
        elif not here.get(sample):  # else its cases came in all at once
            waiting += 1
    if waiting and not drawn:
        return TaskStatus("not drawn yet", waits=True)
    if not drawn:
        return TaskStatus("nothing to draw from" if any(here.values()) else "needs a case list first")
    cases, reserve = sum(len(each.cases) for each in drawn), sum(len(each.reserve) for each in drawn)
    words = f"{number(cases)} drawn, {number(reserve)} in reserve"
    return TaskStatus(
        f"{words}, {counted(waiting, 'list')} not drawn yet" if waiting else words, bool(waiting)
    )


def of_sharing_out(lead: Lead) -> TaskStatus:
    """How many cases nobody holds."""
    numbers = Counter[bool]()
    for held in held_by_place(lead):
        numbers[bool(held.holder)] += held.cases
    if numbers[False]:
        return TaskStatus(f"{counted(numbers[False], 'case')} nobody holds", waits=True)
    return TaskStatus(f"all {number(numbers[True])} have a holder" if numbers[True] else "no cases yet")


def of_replacing(lead: Lead) -> TaskStatus:
    """How many cases dropped out, and for how many of them nothing came, or what came for another one too."""
    out = eliminated(lead)
    if not out:
        return TaskStatus("no case dropped out")
    without = sum(not each.replaced_by for each in out)
    without += sum(len(refs) - 1 for refs in came_twice(out).values())
    words = f"{number(len(out))} dropped out"
    return TaskStatus(f"{words}, nothing came for {number(without)}" if without else words)


def of_agenda(lead: Lead) -> TaskStatus:
    """How many items are planned, done, cancelled."""
    states = Counter(item.state for item in Agenda(lead).items)
    told = (f"{number(states[state])} {state.value}" for state in ItemState if states[state])
    return TaskStatus(", ".join(told) or "nothing planned yet")


def of_progress(progress: Progress) -> TaskStatus:
    """How far the cases are, and how many of them ask for a look."""
    whole = progress.whole
    told = {
        "complete": whole.complete,
        "in progress": whole.in_progress,
        "untouched": whole.untouched,
        "returned": whole.returned,
        "with conflicts": whole.conflicts,
    }
    words = ", ".join(f"{number(cases)} {what}" for what, cases in told.items() if cases)
    return TaskStatus(words or "no cases yet", bool(whole.conflicts))


def headline(lead: Lead, progress: Progress) -> str:
    """The one line that says it all; where there are no cases yet, how they come in.

    Raises:
        StoreError: the file cannot be read.
    """
    if progress.whole.cases:
        return progress.headline
    how = "draw the sample" if lists_seen(lead) else "bring in a case list"
    return f"There are no cases yet: {how}."
