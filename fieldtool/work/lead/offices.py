"""Local assessors and the office in which each works: they never assess a case of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from fieldtool.domain.method.case_line import Person
from fieldtool.store.views import assignments, case_lists
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead.lead import Lead


def must_have_office(lead: Lead, person: Person) -> None:
    """Refuse cases to a local assessor of whom nobody knows where they work.

    Raises:
        InspectionError: it is one.
    """
    if person.role == "local_assessor" and person.id not in lead.offices:
        raise InspectionError(
            f"Nobody knows in which office {person.id} works, whose cases a local assessor never assesses: say it "
            "with `fieldtool team PATH add … --office`."
        )


def own_cases(lead: Lead, person: Person) -> frozenset[str]:
    """The cases of the office in which a local assessor works; of anybody else none."""
    office = _office_of(lead, person)
    if not office:
        return frozenset()
    return frozenset(
        ref
        for fact in _places(lead)
        for ref, value in assignments.fact_of_cases(lead.database, fact).items()
        if _name(lead, fact, value) == office
    )


def is_own(lead: Lead, person: Person, facts: Mapping[str, str]) -> bool:
    """Whether a case of these facts is of the office in which a local assessor works."""
    names = {_name(lead, fact, facts[fact]) for fact in _places(lead) if fact in facts}
    return bool(office := _office_of(lead, person)) and office in names


def is_place(lead: Lead, office: str) -> bool:
    """Whether a case, or a case on a list, is of a place called so: else nobody's own cases are found by it."""
    places = {(fact, value) for fact in _places(lead) for value in _values_of(lead, fact)}
    return any(_name(lead, fact, value) == office.casefold() for fact, value in places)


def _values_of(lead: Lead, fact: str) -> Iterator[str]:
    yield from assignments.fact_of_cases(lead.database, fact).values()
    for sample in case_lists.lists_seen(lead.database):
        kept = case_lists.case_list(lead.database, sample)
        yield from (case.facts[fact] for case in (kept[1].cases if kept else ()) if fact in case.facts)


def _office_of(lead: Lead, person: Person) -> str:
    return lead.offices.get(person.id, "").casefold() if person.role == "local_assessor" else ""


def _places(lead: Lead) -> Iterable[str]:
    """The facts that may name an office: any of a case's places may be called so."""
    framework = lead.inspection.framework
    return filter(None, dict.fromkeys((*framework.draw_facts.places, framework.list_fact)))


def _name(lead: Lead, fact: str, value: str) -> str:
    return lead.inspection.framework.facts_by_id[fact].label(value).casefold()
