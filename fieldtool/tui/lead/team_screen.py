"""What an inspection is set up with, to be looked at and changed: name, dates, team, laptops, figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import ClassVar, TypeVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from fieldtool.caselist.figures_file import FiguresRead, read_figures
from fieldtool.caselist.tables import ListError
from fieldtool.domain.errors import Mistyped
from fieldtool.domain.kinds.inspection import InspectionOpened
from fieldtool.domain.log.known_laptops import KnownLaptop
from fieldtool.domain.method.case_line import CaseFilter, Person
from fieldtool.domain.method.figures import TITLES, Whose
from fieldtool.domain.words.days import day_as_typed, typed_day
from fieldtool.domain.words.numbers import counted
from fieldtool.domain.words.slots import ROLES
from fieldtool.files import typed_path
from fieldtool.tui.lead import removals
from fieldtool.tui.lead.team_list import LAPTOP, Entry, SetupRows
from fieldtool.tui.parts.ask import AskText, Choose, Tell
from fieldtool.tui.parts.base_screen import BaseScreen
from fieldtool.tui.parts.table import Heading
from fieldtool.work import new_inspection
from fieldtool.work.lead import setting_up
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.removals import known_laptops, propose_laptop, propose_person
from fieldtool.work.lead.setting_up import figures_of, opening_of

Read = TypeVar("Read")

INSPECTION, PERSON, FIGURES = "inspection", "person", "figures"
_NO_DAY = "not said yet"

_LABELS = {
    "title": "Title",
    "provider": "Provider",
    "fieldwork_from": "First day of fieldwork",
    "fieldwork_to": "Last day of fieldwork",
}


class TeamScreen(BaseScreen[None]):
    """The inspection itself, its team, their laptops, and what it is compared with."""

    CSS_PATH = "team_screen.tcss"
    TITLE = "Set up and team"
    CHOSEN = (
        "list",
        "change",
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "change", "Change", id="team.change", tooltip="Change what is under the cursor"),
        Binding("enter", "list", "Show", id="team.list", tooltip="Show all of what is under the cursor"),
        Binding("a", "add", "Add", id="team.add", tooltip="Take somebody into the team"),
        Binding("x", "remove", "Remove", id="team.remove",
                tooltip="Take off the team who is under the cursor, or remove the laptop there; it asks why"),
        Binding("p", "bring('previous')", "Previous figures", id="team.previous",
                tooltip="Bring in the figures of the previous inspection from a file"),
        Binding("c", "bring('comparison')", "Comparison", id="team.comparison",
                tooltip="Bring in the figures of the group that the inspection is compared with"),
    ]  # fmt: skip

    def __init__(self, lead: Lead) -> None:
        file = lead.inspection.file
        why = lead.why_not
        super().__init__(file, news=file.why_read_only or ("for the lead to change" if why else ""))
        self._lead = lead
        self._inspection = lead.inspection
        self._why_not = why
        self._laptops: Mapping[str, KnownLaptop] = {}

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        yield SetupRows()

    @property
    def _rows(self) -> SetupRows:
        return self.query_one(SetupRows)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Hide the keys that do nothing with what is under the cursor, or for who works here."""
        if action not in {"change", "list", "add", "remove", "bring"} or not self.is_mounted:
            return True
        kind, id = self._rows.row[:2] if self._rows.row else ("", "")
        if action == "list":
            return kind == LAPTOP or (kind == FIGURES and id in figures_of(self._inspection))
        if self._why_not:
            return False
        if action == "change":
            return kind in (INSPECTION, PERSON) and bool(id)
        if action == "remove":
            return self._may_remove(kind, id)
        return True

    def _may_remove(self, kind: str, id: str) -> bool:
        laptop = self._laptops.get(id)
        if laptop is not None:
            return not (laptop.removed or laptop.here)
        return kind == PERSON and id != self._inspection.person

    # ------------------------------------------------------------------ changing

    @work
    async def action_change(self) -> None:
        """Change what is under the cursor."""
        entry = self._rows.row
        if entry is None:
            return
        if entry.kind == PERSON:
            person = self._lead.team[entry.id]
            await self._put_on_team(person.id, person.name, self._lead.offices.get(person.id, ""))
        elif entry.kind == INSPECTION:
            await self._change_opening(entry.id)

    async def _change_opening(self, name: str) -> None:
        opening = opening_of(self._inspection)
        now, read = getattr(opening, name), new_inspection.some_text
        if name.startswith("fieldwork"):
            answer: str | date | None = await self._asked(
                f"{_LABELS[name]}, as 23/03/2026; empty if it is not known",
                day_as_typed(now),
                lambda typed: _day(opening, name, typed),
            )
        else:
            answer = await self._asked(_LABELS[name], now, read)
        if answer is not None:
            with self.reporting("Not saved"):
                changed = opening.model_copy(update={name: answer or None})
                plan = setting_up.propose_opening(self._lead, changed).carry_out()
                self._done("changed" if plan.deeds else "nothing was changed")

    @work
    async def action_add(self) -> None:
        """Take somebody into the team."""
        id = await self._asked("Their id, as INS-04", "", self._new_id)
        if id is not None:
            await self._put_on_team(id, "", "")

    def _new_id(self, typed: str) -> str:
        id = new_inspection.person_id(typed)
        there = {known.casefold(): known for known in self._lead.team}
        if id.casefold() in there:
            raise Mistyped(f"{there[id.casefold()]} is on the team already.")
        return id

    async def _put_on_team(self, id: str, name: str, office: str) -> None:
        named = await self._asked(f"Name of {id}", name, new_inspection.some_text)
        if named is None:
            return
        chosen = await self.app.push_screen_wait(Choose(f"What is {named} here?", [*self._roles(id)]))
        role = next((role for role in new_inspection.ROLES if role == chosen), None)
        if role is None:
            return
        if role == "local_assessor":
            where = await self.app.push_screen_wait(
                AskText(
                    f"In which office does {named} work? They never assess its cases.", office, self._places()
                )
            )
            if where is None:
                return
            office = " ".join(where.split())
        with self.reporting("Not saved"):
            setting_up.propose_person(self._lead, id, named, role, office).carry_out()
            self._done(f"{id} is on the team")
            self._rows.stand_on((PERSON, id))

    def _roles(self, id: str) -> Iterator[tuple[str, str]]:
        """The roles, the one that somebody has first."""
        known = self._lead.team.get(id)
        now = known.role if known else "inspector"
        for role in sorted(new_inspection.ROLES, key=lambda role: role != now):
            yield role, ROLES[role].capitalize()

    def _places(self) -> list[str]:
        framework = self._inspection.framework
        facts = {*framework.draw_facts.places, *([framework.list_fact] if framework.list_fact else [])}
        return sorted({text for fact in facts for text in self._inspection.texts_used(fact)})

    # ------------------------------------------------------------------ removing

    @work
    async def action_remove(self) -> None:
        """Take off the team who is under the cursor, or remove the laptop there: with a reason, after a question."""
        entry = self._rows.row
        if entry is None:
            return
        if entry.kind == PERSON:
            await self._remove_person(self._lead.team[entry.id])
        elif entry.id in self._laptops:
            await self._remove_laptop(self._laptops[entry.id])

    async def _remove_person(self, person: Person) -> None:
        theirs = [each for each in self._laptops.values() if each.person == person.id and not each.removed]
        held = self._inspection.file.all_lines(CaseFilter(holder=person.id))
        question = removals.whether_person(person, len(held), theirs)
        why = await self._sure(
            f"Why is {person.id} taken off the team?", question, f"Take {person.id} off it"
        )
        if why is not None:
            with self.reporting("Not saved"):
                departed = propose_person(self._lead, person.id, why).carry_out()
                self._done(f"{person.id} is off the team")
                self.app.push_screen(
                    Tell(f"{person.id} is off the team now", removals.gone(person.id, departed))
                )

    async def _remove_laptop(self, laptop: KnownLaptop) -> None:
        named = f"laptop {laptop.short} of {laptop.person}"
        why = await self._sure(
            f"Why is {named} removed?", removals.whether_laptop(laptop), f"Remove laptop {laptop.short}"
        )
        if why is not None:
            with self.reporting("Not saved"):
                propose_laptop(self._lead, laptop.key, why).carry_out()
                self._done(f"laptop {laptop.short} is removed")
                self.app.push_screen(
                    Tell(f"{named[0].upper()}{named[1:]} is removed now", removals.laptop_gone(laptop))
                )

    async def _sure(self, why: str, question: str, deed: str) -> str | None:
        """Ask for the reason, then whether it shall be so; None if the person would rather not."""
        reason = await self._asked(why, "", new_inspection.some_text)
        if reason is None:
            return None
        chosen = await self.app.push_screen_wait(Choose(question, [("remove", deed), removals.LEAVE_IT]))
        return reason if chosen == "remove" else None

    # ------------------------------------------------------------------ figures

    @work
    async def action_bring(self, whose: Whose) -> None:
        """Bring in figures from a file: looked at first, then all of them or none."""
        title = TITLES[whose]
        typed = await self.app.push_screen_wait(AskText(f"{title}: which file has the figures, CSV or XLSX?"))
        if not typed:
            return
        try:
            read = read_figures(typed_path(typed), self._inspection.framework, whose)
        except ListError as error:
            self.app.push_screen(Tell("Nothing was brought in", str(error)))
            return
        there = figures_of(self._inspection).get(whose)
        named = await self.app.push_screen_wait(
            AskText('What are they of? As "Inspection of January 2019"', "" if there is None else there.title)
        )
        if named is None:
            return
        chosen = await self.app.push_screen_wait(
            Choose(
                _looked_at(read),
                [("take", "Take them in" if there is None else "Take them in, in place of those that are there"),
                 ("leave", "Leave it")],
            )
        )  # fmt: skip
        if chosen == "take":
            with self.reporting("Not saved"):
                setting_up.propose_figures(self._lead, whose, read.figures, named).carry_out()
                self._done(f"{counted(len(read.figures), 'figure')} taken in")
                self._rows.stand_on((FIGURES, whose))

    def action_list(self) -> None:
        """List the figures under the cursor, or what is known of the laptop."""
        entry = self._rows.row
        if entry and entry.id in self._laptops:
            laptop = self._laptops[entry.id]
            self.app.push_screen(Tell(f"Laptop {laptop.short} of {laptop.person}", removals.all_of(laptop)))
            return
        there = figures_of(self._inspection).items()
        known = next((each for whose, each in there if entry and entry[:2] == (FIGURES, whose)), None)
        if known is None:
            return
        places = {item: place for place, item in enumerate(self._inspection.framework.standard_of)}
        items = sorted(known.figures.items(), key=lambda each: places.get(each[0], len(places)))
        lines = [
            f"{item:<9} {figure.percent:>3}%{'' if figure.n is None else f'  {figure.n}/{figure.of}'}"
            for item, figure in items
        ]
        self.app.push_screen(Tell(known.name, "\n".join(lines)))

    # ------------------------------------------------------------------ looking

    def take_in(self) -> None:
        """Show what there is now."""
        self._why_not = self._lead.why_not
        self._laptops = {laptop.key: laptop for laptop in known_laptops(self._lead)}
        self._rows.show([*self._entries()])
        self.place(f"Set up and team · {self._inspection.file.heading.title}")
        self.refresh_bindings()

    def _entries(self) -> Iterator[Entry | Heading]:
        framework, opening = self._inspection.framework, opening_of(self._inspection)
        yield Heading("The inspection")
        for name, label in _LABELS.items():
            yield Entry(INSPECTION, name, (label, _shown(opening, name)))
        yield Entry(INSPECTION, "", ("Framework", f"{framework.id}: {framework.title}"))
        team, offices = self._lead.team.values(), self._lead.offices
        yield Heading()
        yield Heading(f"The team: {counted(len(team), 'person', 'people')}")
        for person in team:
            office = offices.get(person.id, "") if person.role == "local_assessor" else ""
            yield Entry(
                PERSON, person.id, (person.id, person.name, ROLES.get(person.role, person.role), office)
            )
        yield Heading()
        yield from removals.entries([*self._laptops.values()])
        yield Heading()
        yield Heading("Figures to compare with")
        there = figures_of(self._inspection)
        for whose, title in TITLES.items():
            known = there.get(whose)
            said = "none yet" if known is None else counted(len(known.figures), "figure")
            named = f", {known.title}" if known and known.title else ""
            yield Entry(FIGURES, whose, (title, f"{said}{named}"))

    # ------------------------------------------------------------------ within

    async def _asked(self, question: str, text: str, read: Callable[[str], Read]) -> Read | None:
        """Ask for a line of text until it can be read; None if the person would rather not."""
        said = question
        while True:
            typed = await self.app.push_screen_wait(AskText(said, text))
            if typed is None:
                return None
            try:
                return read(typed)
            except Mistyped as error:
                said, text = f"{question}. That was not accepted: {error}", typed

    def _done(self, what: str) -> None:
        self.take_in()
        self.news(what)


def _shown(opening: InspectionOpened, name: str) -> str:
    value = getattr(opening, name)
    return (day_as_typed(value) if isinstance(value, date) else value) or _NO_DAY


def _day(opening: InspectionOpened, name: str, typed: str) -> date | str:
    """The first or the last day of fieldwork; empty for none.

    Raises:
        ValueError: it is no day, or not in its order with the other one.
    """
    chosen = typed_day(typed) if typed else None
    first, last = opening.fieldwork_from, opening.fieldwork_to
    new_inspection.in_order(*((chosen, last) if name == "fieldwork_from" else (first, chosen)))
    return chosen or ""


def _looked_at(found: FiguresRead) -> str:
    numbers = sum(figure.n is not None for figure in found.figures.values())
    said = f"{counted(len(found.figures), 'figure')}, {numbers or 'none'} of them with n and N"
    without = f"; {len(found.without)} named without a figure" if found.without else ""
    rows = f"; passed over: row {', '.join(map(str, found.passed_over[:5]))}" if found.passed_over else ""
    return f"{said}{without}{rows}"
