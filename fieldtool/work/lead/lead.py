"""Who works as the lead, and what every task of a lead asks for: the team, and the cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fieldtool.domain.method.case_line import CaseFilter, CaseLine, Person
from fieldtool.domain.words.nearest import did_you_mean
from fieldtool.store.keys.team import why_not_lead
from fieldtool.store.views import case_lists
from fieldtool.work.inspection import Inspection, InspectionError


class Lead:
    """The lead's side of an inspection; where the team has no lead inspector yet, that of whoever set it up."""

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection
        self.database = inspection.file.database

    @property
    def team(self) -> Mapping[str, Person]:
        """Everybody on the team, by their ids."""
        return {person.id: person for person in self.inspection.file.people}

    @property
    def offices(self) -> Mapping[str, str]:
        """Where in the inspected service people work, by their ids."""
        return case_lists.offices(self.database)

    @property
    def leads(self) -> bool:
        """Whether who works here leads, though perhaps nothing can be recorded now."""
        return not why_not_lead(self.database, self.inspection.person or "")

    @property
    def why_not(self) -> str:
        """Say why who works here may not do what is for a lead to do; empty if they may."""
        if why := self.inspection.why_only_look:
            return f"Nothing can be recorded here: {why}."
        return why_not_lead(self.database, self.inspection.person or "")

    def must_lead(self) -> None:
        """Refuse what is for a lead inspector alone to do.

        Raises:
            InspectionError: who works here is none, or nothing can be recorded here.
        """
        if why := self.why_not:
            raise InspectionError(why)

    def must_be_on_team(self, person: str) -> Person:
        """Somebody of the team.

        Raises:
            InspectionError: nobody has such an id.
        """
        if person not in self.team:
            raise InspectionError(f"{person} is not on the team: {did_you_mean(person, self.team)}")
        return self.team[person]

    @property
    def lines(self) -> Sequence[CaseLine]:
        """The lines of all cases."""
        return self.inspection.file.all_lines(CaseFilter())

    def lines_of(self, refs: Iterable[str]) -> list[CaseLine]:
        """The lines of cases, none twice.

        Raises:
            InspectionError: there is none of a reference.
        """
        lines = {line.ref: line for line in self.lines}
        wanted = list(dict.fromkeys(refs))
        for ref in wanted:
            if ref not in lines:
                raise InspectionError(
                    f"There is no case {ref} in this inspection: {did_you_mean(ref, lines)}"
                )
        return [lines[ref] for ref in wanted]
