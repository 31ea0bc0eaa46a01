"""Sharing out as a plan that is looked at before it is carried out: who gets which case, and on which day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAssigned, CasePlanned
from fieldtool.domain.method import share_out
from fieldtool.domain.method.case_line import CaseFilter, CaseState
from fieldtool.domain.method.share_out import Held
from fieldtool.domain.words.days import day_and_time
from fieldtool.domain.words.days import working_days as days_between
from fieldtool.domain.words.numbers import counted
from fieldtool.store.views import assignments
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead.lead import Lead


class Plan(NamedTuple):
    """What sharing out would do."""

    holders: Mapping[str, str]
    """Who gets each case that nobody holds."""
    left: tuple[str, ...]
    """Cases that none of them may assess."""
    days: Mapping[str, date]
    """The day that each case gets: those that are shared out, and those held that have none."""
    among: tuple[str, ...]
    by: str | None
    on: tuple[date, ...] | None
    """The days over which they are spread; None if days are left alone."""

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
            numbers = self.by_day
            least, most = min(numbers.values()), max(numbers.values())
            each = f"{least}" if least == most else f"{least} to {most}"
            get = "gets" if len(self.days) == 1 else "get"
            first, last = day_and_time(min(numbers)), day_and_time(max(numbers))
            when = f"from {first} to {last}: {each} on each of {len(numbers)} days"
            if first == last:
                when = first
            said.append(f"{counted(len(self.days), 'case')} {get} a day, {when}.")
        if self.left:
            some = ", ".join(self.left[:3]) + (" and more" if len(self.left) > 3 else "")
            said.append(
                f"{counted(len(self.left), 'case')} of their own office none of them may have: {some}."
            )
        return tuple(said)


_MOST_NAMES = 12


def plan(
    lead: Lead, among: Sequence[str] = (), by: str | None = None, on: Sequence[date] | None = None
) -> Plan:
    """Say what sharing out would do: all have as many cases in the end, and with days as many on each.

    Args:
        among: who gets cases; without any, the inspectors.
        by: the case fact whose values should be in few hands; with days the hub, if nothing else is said.
        on: the days over which their cases are spread; None leaves days alone.

    Raises:
        InspectionError: it cannot be done, and why, as where a day is not within the fieldwork.
    """
    if on is not None and by is None:
        by = lead.inspection.framework.list_fact
    shared = lead.shared(among, by)
    days = {} if on is None else _days(lead, shared.holders, among, by, on)
    return Plan(
        shared.holders, shared.left, days, tuple(among), by, None if on is None else tuple(sorted(set(on)))
    )


def carry_out(lead: Lead, seen: Plan) -> None:
    """Do what a plan says, all of it or nothing.

    Raises:
        InspectionError: something came in since it was made, so that it would be another one now.
    """
    lead.must_lead()
    if plan(lead, seen.among, seen.by, seen.on) != seen:
        raise InspectionError("Something came in meanwhile that changes this: look at it again.")
    lead.inspection.record_all(_deeds(seen))


def _deeds(seen: Plan) -> Iterator[tuple[str, list[Body]]]:
    for ref in dict.fromkeys([*seen.holders, *seen.days]):
        bodies: list[Body] = []
        if ref in seen.holders:
            bodies.append(CaseAssigned(person=seen.holders[ref]))
        if ref in seen.days:
            bodies.append(CasePlanned(day=seen.days[ref]))
        yield ref, bodies


def _days(
    lead: Lead, given: Mapping[str, str], among: Sequence[str], by: str | None, on: Sequence[date]
) -> dict[str, date]:
    if not on:
        raise InspectionError("There is no working day to plan for: name the days.")
    for day in on:
        _must_be_in_fieldwork(lead, day)
    planned = assignments.planned_days(lead.inspection.file.database)
    people = frozenset(among) or frozenset(p.id for p in lead.team.values() if p.role == "inspector")
    holders, busy = dict(given), []
    for line in lead.inspection.file.all_lines(CaseFilter()):
        if line.holder not in people:
            continue
        if line.ref in planned:
            busy.append((line.holder, planned[line.ref]))
        elif line.state is not CaseState.COMPLETE:
            holders[line.ref] = line.holder
    places = lead.places(by, holders) if by else {"": list(holders)}
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


def set_day(lead: Lead, refs: Iterable[str], day: date | None) -> tuple[str, ...]:
    """Plan a day for cases, or with None none any more.

    Returns:
        The cases for which that is new.

    Raises:
        InspectionError: the day is not within the fieldwork, or there is no such case.
    """
    may_set_day(lead, day)
    lines = lead.lines_of(refs)
    planned = days_of(lead, [line.ref for line in lines])
    new = [line.ref for line in lines if planned.get(line.ref) != day]
    lead.inspection.record_all([(ref, [CasePlanned(day=day)]) for ref in new])
    return tuple(new)


def may_set_day(lead: Lead, day: date | None) -> None:
    """Check that a day may be planned, before what goes with it is recorded.

    Raises:
        InspectionError: who works here is no lead inspector, or the day is not within the fieldwork.
    """
    lead.must_lead()
    _must_be_in_fieldwork(lead, day)


def _must_be_in_fieldwork(lead: Lead, day: date | None) -> None:
    first, last = lead.inspection.fieldwork
    if day is not None and ((first and day < first) or (last and day > last)):
        raise InspectionError(
            f"{day.isoformat()} is not within the fieldwork, {first or '…'} to {last or '…'}: say another day, or "
            "change its dates first."
        )


def days_of(lead: Lead, refs: Sequence[str]) -> Mapping[str, date]:
    """The day planned for some cases, as far as they have one."""
    return assignments.days_of(lead.inspection.file.database, refs)


def planned_days(lead: Lead) -> Mapping[str, date]:
    """The day planned for every case that has one."""
    return assignments.planned_days(lead.inspection.file.database)


def held_by_place(lead: Lead) -> Sequence[Held]:
    """How many cases everybody has of each place."""
    return assignments.held_by_place(lead.inspection.file.database)


def held_by_day(lead: Lead) -> Sequence[Held]:
    """How many cases everybody has on each day that is planned for them."""
    return assignments.held_by_day(lead.inspection.file.database)
