"""What a lead inspector does with the whole of an inspection: case lists, samples, team, who has which case."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from fieldtool.domain.kinds.assessment import FactSet
from fieldtool.domain.kinds.inspection import PersonBased, PersonJoined
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import (
    CaseAdded,
    CaseAssigned,
    CaseRemoved,
    CaseTakenOver,
    ListImported,
    SampleDrawn,
)
from fieldtool.domain.log.events import EventId
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.method.case_line import CaseFilter, CaseLine, CaseState, Person
from fieldtool.domain.method.case_list import ListedCase, criterion_title
from fieldtool.domain.method.sampling import CaseOnList, Draw
from fieldtool.domain.method.share_out import Shared, by_place, evenly
from fieldtool.domain.words.nearest import did_you_mean
from fieldtool.store.keys.team import why_not_lead
from fieldtool.store.views import assignments, case_lists, queries
from fieldtool.work.inspection import Inspection, InspectionError
from fieldtool.work.lead.population import Population, drawn_from

Role = Literal["lead_inspector", "inspector", "local_assessor"]

Watch = Callable[[Iterable[ListedCase]], Iterable[ListedCase]]
"""Gives cases on while they are recorded, so that a progress bar can move."""


class Lead:
    """The lead's side of an inspection.

    Every method that records something raises InspectionError, with nothing changed, where the person who works
    here may not do it, and StoreError where it could not be saved.
    """

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection
        self._database = inspection.file.database

    # ------------------------------------------------------------------ team

    @property
    def team(self) -> Mapping[str, Person]:
        """Everybody on the team, by their ids."""
        return {person.id: person for person in self.inspection.file.people}

    @property
    def offices(self) -> Mapping[str, str]:
        """Where in the inspected service people work, by their ids."""
        return case_lists.offices(self._database)

    def add_person(self, person: str, name: str, role: Role, office: str | None = None) -> None:
        """Take somebody into the team, or change their name, role or office."""
        self.must_lead()
        leads = [known.id for known in self.team.values() if known.role == "lead_inspector"]
        if leads == [person] and role != "lead_inspector":
            raise InspectionError(f"{person} is the only lead inspector: make somebody else one first.")
        bodies: list[Body] = [PersonJoined(person=person, name=name, role=role)]
        if office is not None and office != self.offices.get(person, ""):
            bodies.append(PersonBased(person=person, office=office or None))
        self.inspection.record_all([("", bodies)])

    @property
    def leads(self) -> bool:
        """Whether who works here is a lead inspector; where the team has none, whether they set the inspection up."""
        return not why_not_lead(self._database, self.inspection.person or "")

    def must_lead(self) -> None:
        """Refuse what is for a lead inspector alone to do.

        Raises:
            InspectionError: who works here is none.
        """
        why = why_not_lead(self._database, self.inspection.person or "")
        if why:
            raise InspectionError(why)

    # ------------------------------------------------------------------ case lists

    def why_not(self, sample: str, *, all_at_once: bool) -> dict[str, str]:
        """Why cases cannot come in by the case list of a sample type, by their references.

        Args:
            all_at_once: whether all of the list become cases, and not only what is drawn from it.
        """
        titles = {known.id: known.title for known in self.inspection.framework.samples}
        gone = assignments.eliminated(self._database)
        why = {each.ref: f"dropped out: {criterion_title(each.criterion).lower()}" for each in gone}
        for ref, its in case_lists.samples_of_cases(self._database).items():
            if its != sample:
                why[ref] = f"already in the inspection, as {titles.get(its, its)}"
            elif all_at_once:
                why[ref] = "already in the inspection"
        return why

    def listed(self, sample: str) -> tuple[ListedCase, ...] | None:
        """The case list of a sample type; None if none was imported yet."""
        kept = case_lists.case_list(self._database, sample)
        return None if kept is None else tuple(kept[1].cases)

    def listed_samples(self) -> tuple[str, ...]:
        """The sample types whose case list was imported."""
        return case_lists.listed_samples(self._database)

    def take_list(self, sample: str, cases: Sequence[ListedCase]) -> None:
        """Keep a case list, for a sample to be drawn from; it takes the place of an earlier one."""
        self.must_lead()
        self.inspection.record(ListImported.of(sample, tuple(cases)))

    def add_all(self, sample: str, cases: Iterable[ListedCase], watch: Watch = iter) -> None:
        """Make a case of each of a list at once, as for a small sample that need not be drawn."""
        self.must_lead()
        self.inspection.record_all(self.added(sample, watch(cases)))

    def added(self, sample: str, cases: Iterable[ListedCase]) -> Iterator[tuple[str, Sequence[Body]]]:
        """What is to be recorded where cases of a list come into the sample."""
        known = case_lists.known_refs(self._database)
        for case in cases:
            facts = [
                FactSet(fact=fact, to=value)
                for fact, value in case.facts.items()
                # What was recorded of a case that returns is newer than the list.
                if case.ref not in known or not self._recorded(case.ref, fact)
            ]
            yield case.ref, (CaseAdded(sample=sample), *facts)

    def _recorded(self, ref: str, fact: str) -> bool:
        return bool(queries.head_values(self._database, ref, Slot(Aspect.FACT, fact)))

    # ------------------------------------------------------------------ drawing

    def drawn(self, sample: str) -> SampleDrawn | None:
        """How the sample of a sample type was drawn; None if it was not yet."""
        return case_lists.drawn(self._database, sample)

    def explained(self, sample: str) -> Draw | None:
        """The draw of a sample type done once more from the same list, with how each number came about."""
        known = drawn_from(self._database, self.inspection.framework, sample)
        if known is None:
            return None
        event, population = known
        return population.drawn(event.size, event.buffer, event.seed)

    def draw(
        self, sample: str, size: int, *, buffer: int = 0, seed: int = 0, again: str | None = None
    ) -> Draw:
        """Draw a sample from its case list: the cases drawn come into the inspection, reserve cases stand by.

        Args:
            again: why it is drawn again, where it was: the cases that are not drawn this time leave the sample.

        Raises:
            InspectionError: there is no list, a case fits no stratum, or there are cases already and `again` was not
                said, or somebody has begun one of them.
        """
        self.must_lead()
        population = self._must_be_listed(sample)
        before = [line for line in self._lines() if line.sample == sample]
        self._may_draw(sample, before, again)
        elsewhere = self.why_not(sample, all_at_once=False)
        listed = {case.ref: case for case in population[1].cases}
        left_out = tuple(ref for ref in listed if ref in elsewhere)
        done = Population(self.inspection.framework, population[1], left_out).drawn(size, buffer, seed)
        main = [each.case.ref for each in done.cases if not each.reserve]
        event = SampleDrawn(
            sample=sample,
            population=str(population[0]),
            size=size,
            buffer=buffer,
            seed=seed,
            cases=tuple(main),
            reserve=tuple(each.case.ref for each in done.cases if each.reserve),
            left_out=left_out,
            why=again or "",
        )
        self.inspection.record_all(self._exchanged(event, before, [listed[ref] for ref in main]))
        return done

    def _exchanged(
        self, event: SampleDrawn, before: Sequence[CaseLine], drawn: Sequence[ListedCase]
    ) -> Iterator[tuple[str, Sequence[Body]]]:
        yield "", [event]
        here, stay = {line.ref for line in before}, {case.ref for case in drawn}
        for ref in sorted(here - stay):
            yield ref, [CaseRemoved(why=event.why)]
        yield from self.added(event.sample, [case for case in drawn if case.ref not in here])

    def _must_be_listed(self, sample: str) -> tuple[EventId, ListImported]:
        """The case list of a sample type, with the event that brought it.

        Raises:
            InspectionError: none was imported yet.
        """
        population = case_lists.case_list(self._database, sample)
        if population is None:
            raise InspectionError(
                f"There is no case list of {self._title(sample)} yet: bring it in with `fieldtool cases import`."
            )
        return population

    def _may_draw(self, sample: str, before: Sequence[CaseLine], again: str | None) -> None:
        begun = [line.ref for line in before if line.state is not CaseState.UNTOUCHED]
        title = self._title(sample)
        if begun:
            raise InspectionError(
                f"{begun[0]} is begun, and {len(begun) - 1} more of {title}: a sample is not drawn again once cases "
                "are assessed; replace single cases instead."
            )
        if before and again is None:
            raise InspectionError(
                f"{title} has its {len(before)} cases already: with --again WHY, those that are not drawn this time "
                "leave the sample, with who holds them; let everybody send what they have first."
            )
        if again is not None and not again.strip():
            raise InspectionError("Say why the sample is drawn again.")

    def on_list(
        self, sample: str, cases: Iterable[ListedCase], left_out: Iterable[str]
    ) -> Sequence[CaseOnList]:
        """The cases as drawing must know them.

        Raises:
            InspectionError: one fits no stratum.
        """
        listed = ListImported.of(sample, tuple(cases))
        return Population(self.inspection.framework, listed, left_out).cases

    # ------------------------------------------------------------------ who has which case

    def assign(self, person: str, refs: Iterable[str], why: str = "") -> tuple[str, ...]:
        """Give cases to somebody: what nobody holds, and what one holds oneself.

        Args:
            why: the reason, without which the lead inspector takes no case from its holder.

        Returns:
            The cases that changed hands; those that the person holds already are left as they are.
        """
        self._must_be_here(person)
        lines = [line for line in self.lines_of(refs) if line.holder != person]
        self._may_assess(person, [line.ref for line in lines])
        self.inspection.record_all([(line.ref, [self._handed(line, person, why)]) for line in lines])
        return tuple(line.ref for line in lines)

    def give_back(self, refs: Iterable[str], why: str = "") -> tuple[str, ...]:
        """Let nobody hold cases, so that they can be shared out anew."""
        lines = [line for line in self.lines_of(refs) if line.holder]
        self.inspection.record_all([(line.ref, [self._handed(line, None, why)]) for line in lines])
        return tuple(line.ref for line in lines)

    def share_out(self, among: Sequence[str] = (), by: str | None = None) -> Shared:
        """Share out all cases that nobody holds, as `shared` says."""
        self.must_lead()
        shared = self.shared(among, by)
        given = [(ref, [CaseAssigned(person=person)]) for ref, person in shared.holders.items()]
        self.inspection.record_all(given)
        return shared

    def shared(self, among: Sequence[str] = (), by: str | None = None) -> Shared:
        """Say who would get the cases that nobody holds, so that all have as many in the end.

        Args:
            among: who gets them; without any, the inspectors.
            by: the case fact whose values should be in few hands, as the hub.
        """
        people = list(dict.fromkeys(among)) or [p.id for p in self.team.values() if p.role == "inspector"]
        if not people:
            raise InspectionError(
                "There is no inspector on the team: add one first, under Set up and team or with `fieldtool team`."
            )
        for person in people:
            self._must_be_here(person)
            self._must_have_office(person)
        lines = list(self._lines())
        free = [line.ref for line in lines if not line.holder]
        numbers = Counter(line.holder for line in lines)
        held = {person: numbers[person] for person in people}
        own = {person: self._own(person) for person in people}
        if by is None:
            return evenly(free, held, lambda person, ref: ref not in own[person])
        return by_place(self.places(by, free), held, lambda person, ref: ref not in own[person])

    def _handed(self, line: CaseLine, person: str | None, why: str) -> Body:
        if line.holder == self.inspection.person or (not line.holder and self.leads):
            return CaseAssigned(person=person)
        if not self.leads:
            whose = f"held by {line.holder}" if line.holder else "held by nobody"
            raise InspectionError(f"{line.ref} is {whose}: its holder or the lead inspector hands it on.")
        if not why.strip():
            raise InspectionError(
                f"{line.ref} is held by {line.holder}: say why it is taken over, with --because WORDS."
            )
        return CaseTakenOver(person=person, why=why.strip())

    def _may_assess(self, person: str, refs: Sequence[str]) -> None:
        self._must_have_office(person)
        own = self._own(person)
        first = next((ref for ref in refs if ref in own), None)
        if first is not None:
            raise InspectionError(
                f"{first} is a case of {self.offices[person]}, where {person} works: a local assessor never assesses "
                "their own office's cases."
            )

    def _must_have_office(self, person: str) -> None:
        if self.team[person].role == "local_assessor" and person not in self.offices:
            raise InspectionError(
                f"Nobody knows in which office {person} works, whose cases a local assessor never assesses: say it "
                "with `fieldtool team PATH add … --office`."
            )

    def _own(self, person: str) -> frozenset[str]:
        """The cases of the office in which a local assessor works."""
        office = self._office_of(person)
        known = {fact: assignments.fact_of_cases(self._database, fact) for fact in self._places if office}
        return frozenset(
            ref
            for fact, values in known.items()
            for ref, value in values.items()
            if self._is_of(office, fact, value)
        )

    def is_own(self, person: str, facts: Mapping[str, str]) -> bool:
        """Whether a case of these facts is of the office in which a local assessor works."""
        office = self._office_of(person)
        return any(self._is_of(office, fact, facts[fact]) for fact in self._places if fact in facts)

    def is_place(self, office: str) -> bool:
        """Whether a case, or a case on a list, is of a place called so: else nobody's own cases are found by it."""
        wanted = office.casefold()
        places = {(fact, each) for fact in self._places for each in self._values_of(fact)}
        return any(self._is_of(wanted, fact, value) for fact, value in places)

    def _values_of(self, fact: str) -> Iterator[str]:
        yield from assignments.fact_of_cases(self._database, fact).values()
        for sample in self.listed_samples():
            yield from (case.facts[fact] for case in self.listed(sample) or () if fact in case.facts)

    def _office_of(self, person: str) -> str:
        local = self.team[person].role == "local_assessor"
        return self.offices.get(person, "").casefold() if local else ""

    @property
    def _places(self) -> tuple[str, ...]:
        """The facts that may name an office: any of a case's places may be called so."""
        framework = self.inspection.framework
        return tuple(filter(None, dict.fromkeys((*framework.draw_facts[:2], framework.list_fact))))

    def _is_of(self, office: str, fact: str, value: str) -> bool:
        return bool(office) and self.inspection.framework.facts_by_id[fact].label(value).casefold() == office

    def places(self, fact: str, refs: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Sort cases by the value that a case fact has in them, as by their hub; none comes first."""
        facts = self.inspection.framework.facts_by_id
        if fact not in facts:
            raise InspectionError(f'There is no case fact "{fact}": {did_you_mean(fact, facts)}')
        values = assignments.fact_of_cases(self._database, fact)
        by_value: dict[str, list[str]] = defaultdict(list)
        for ref in refs:
            by_value[values.get(ref, "")].append(ref)
        return dict(sorted(by_value.items()))

    def _must_be_here(self, person: str) -> None:
        if person not in self.team:
            raise InspectionError(f"{person} is not on the team: {did_you_mean(person, self.team)}")

    def lines_of(self, refs: Iterable[str]) -> list[CaseLine]:
        """The lines of cases, none twice.

        Raises:
            InspectionError: there is none of a reference.
        """
        lines = {line.ref: line for line in self._lines()}
        wanted = list(dict.fromkeys(refs))
        for ref in wanted:
            if ref not in lines:
                raise InspectionError(
                    f"There is no case {ref} in this inspection: {did_you_mean(ref, lines)}"
                )
        return [lines[ref] for ref in wanted]

    def _lines(self) -> Sequence[CaseLine]:
        return self.inspection.file.all_lines(CaseFilter())

    def _title(self, sample: str) -> str:
        known = self.inspection.framework.samples_by_id.get(sample)
        return known.title if known else sample
