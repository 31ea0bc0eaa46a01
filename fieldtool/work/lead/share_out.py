"""Sharing out: who gets which case, and on which day it is assessed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAssigned, CasePlanned
from fieldtool.domain.method import share_out
from fieldtool.domain.method.case_line import CaseState
from fieldtool.domain.method.share_out import Held, Shared
from fieldtool.domain.words.days import day_and_time
from fieldtool.domain.words.days import working_days as days_between
from fieldtool.domain.words.nearest import did_you_mean
from fieldtool.domain.words.numbers import counted
from fieldtool.store.views import assignments
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.offices import must_have_office, own_cases
from fieldtool.work.lead.plans import Deed, Plan, proposal


@dataclass(frozen=True, kw_only=True)
class SharedOut(Plan):
    """What sharing out would do."""

    holders: Mapping[str, str]
    """Who gets each case that nobody holds."""
    left: tuple[str, ...]
    """Cases that none of them may assess."""
    days: Mapping[str, date]
    """The day that each case gets: those that are shared out, and those held that have none."""

    @property
    def numbers(self) -> Mapping[str, int]:
        """How many cases each person gets."""
        return Counter(self.holders.values())

    @property
    def by_day(self) -> Mapping[date, int]:
        """How many cases get each day, the earliest first."""
        return dict(sorted(Counter(self.days.values()).items()))

    def told(self, held: Mapping[str, int]) -> tuple[str, ...]:
        """What would change, a sentence each.

        Args:
            held: how many cases people have now.
        """
        said = []
        if self.holders:
            people = [
                f"{who} +{new} ({held.get(who, 0) + new} then)" for who, new in sorted(self.numbers.items())
            ]
            more = f" and {len(people) - _MOST_NAMES} more" if len(people) > _MOST_NAMES else ""
            go = "goes" if len(self.holders) == 1 else "go"
            said.append(
                f"{counted(len(self.holders), 'case')} that nobody has {go} to "
                f"{counted(len(people), 'person', 'people')}: {', '.join(people[:_MOST_NAMES])}{more}."
            )
        if self.days:
            get = "gets" if len(self.days) == 1 else "get"
            said.append(f"{counted(len(self.days), 'case')} {get} a day, {self._when}.")
        if self.left:
            some = ", ".join(self.left[:3]) + (" and more" if len(self.left) > 3 else "")
            said.append(
                f"{counted(len(self.left), 'case')} of their own office none of them may have: {some}."
            )
        return tuple(said)

    @property
    def _when(self) -> str:
        numbers = self.by_day
        least, most = min(numbers.values()), max(numbers.values())
        each = f"{least}" if least == most else f"{least} to {most}"
        first, last = day_and_time(min(numbers)), day_and_time(max(numbers))
        return first if first == last else f"from {first} to {last}: {each} on each of {len(numbers)} days"


_MOST_NAMES = 12


@proposal
def propose(
    lead: Lead, among: Sequence[str] = (), by: str | None = None, on: Sequence[date] | None = None
) -> SharedOut:
    """Share out the cases that nobody holds: all have as many in the end, and with days as many on each.

    Args:
        among: who gets cases; without any, the inspectors.
        by: the case fact whose values should be in few hands; with days the hub, if nothing else is said.
        on: the days over which their cases are spread; None leaves days alone.

    Raises:
        InspectionError: it cannot be done, and why, as where a day is not within the fieldwork.
    """
    lead.must_lead()
    if on is not None and by is None:
        by = lead.inspection.framework.list_fact
    people = list(dict.fromkeys(among)) or [
        each.id for each in lead.team.values() if each.role == "inspector"
    ]
    shared = _shared(lead, people, by)
    days = {} if on is None else _days(lead, shared.holders, frozenset(people), by, on)
    return SharedOut(
        holders=shared.holders, left=shared.left, days=days, deeds=tuple(_deeds(shared.holders, days))
    )


def _deeds(holders: Mapping[str, str], days: Mapping[str, date]) -> Iterator[Deed]:
    for ref in dict.fromkeys([*holders, *days]):
        bodies: list[Body] = []
        if ref in holders:
            bodies.append(CaseAssigned(person=holders[ref]))
        if ref in days:
            bodies.append(CasePlanned(day=days[ref]))
        yield ref, bodies


def _shared(lead: Lead, people: Sequence[str], by: str | None) -> Shared:
    """Who would get the cases that nobody holds, so that all have as many in the end."""
    if not people:
        raise InspectionError(
            "There is no inspector on the team: add one first, under Set up and team or with `fieldtool team`."
        )
    for person in people:
        must_have_office(lead, lead.must_be_on_team(person))
    lines = lead.lines
    free = [line.ref for line in lines if not line.holder]
    numbers = Counter(line.holder for line in lines)
    held = {person: numbers[person] for person in people}
    own = {person: own_cases(lead, lead.team[person]) for person in people}
    if by is None:
        return share_out.evenly(free, held, lambda person, ref: ref not in own[person])
    return share_out.by_place(_places(lead, by, free), held, lambda person, ref: ref not in own[person])


def _places(lead: Lead, fact: str, refs: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Sort cases by the value that a case fact has in them, as by their hub; none comes first."""
    facts = lead.inspection.framework.facts_by_id
    if fact not in facts:
        raise InspectionError(f'There is no case fact "{fact}": {did_you_mean(fact, facts)}')
    values = assignments.fact_of_cases(lead.database, fact)
    by_value: dict[str, list[str]] = defaultdict(list)
    for ref in refs:
        by_value[values.get(ref, "")].append(ref)
    return dict(sorted(by_value.items()))


def _days(
    lead: Lead, given: Mapping[str, str], people: frozenset[str], by: str | None, on: Sequence[date]
) -> dict[str, date]:
    if not on:
        raise InspectionError("There is no working day to plan for: name the days.")
    for day in on:
        _must_be_in_fieldwork(lead, day)
    planned = assignments.planned_days(lead.database)
    holders, busy = dict(given), []
    for line in lead.lines:
        if line.holder in people and line.ref in planned:
            busy.append((line.holder, planned[line.ref]))
        elif line.holder in people and line.state is not CaseState.COMPLETE:
            holders[line.ref] = line.holder
    places = _places(lead, by, holders) if by else {"": list(holders)}
    return share_out.by_day(places, holders, sorted(set(on)), busy)


def working_days(lead: Lead, today: date) -> tuple[date, ...]:
    """Monday to Friday of what is left of the fieldwork; of all of it, where that is over.

    Raises:
        InspectionError: nobody has said when the fieldwork takes place.
    """
    first, last = lead.inspection.fieldwork
    if first is None or last is None:
        raise InspectionError(
            "Nobody has said from when to when the fieldwork takes place: set that up first, or name the days."
        )
    days = tuple(days_between(first, last))
    return tuple(day for day in days if day >= today) or days


@proposal
def propose_day(lead: Lead, refs: Collection[str], day: date | None) -> Plan:
    """Plan a day for cases, or with None none any more; those for which it is so planned are left as they are.

    Raises:
        InspectionError: the day is not within the fieldwork, or there is no such case.
    """
    lead.must_lead()
    _must_be_in_fieldwork(lead, day)
    lines = lead.lines_of(refs)
    planned = days_of(lead, [line.ref for line in lines])
    return Plan(
        deeds=tuple((line.ref, [CasePlanned(day=day)]) for line in lines if planned.get(line.ref) != day)
    )


def _must_be_in_fieldwork(lead: Lead, day: date | None) -> None:
    first, last = lead.inspection.fieldwork
    if day is not None and ((first and day < first) or (last and day > last)):
        raise InspectionError(
            f"{day.isoformat()} is not within the fieldwork, {first or '…'} to {last or '…'}: say another day, or "
            "change its dates first."
        )


def days_of(lead: Lead, refs: Sequence[str]) -> Mapping[str, date]:
    """The day planned for some cases, as far as they have one."""
    return assignments.days_of(lead.database, refs)


def held_by_place(lead: Lead) -> Sequence[Held]:
    """How many cases everybody has of each place."""
    return assignments.held_by_place(lead.database)


def held_by_day(lead: Lead) -> Sequence[Held]:
    """How many cases everybody has on each day that is planned for them."""
    return assignments.held_by_day(lead.database)
