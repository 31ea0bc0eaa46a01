"""The dialog in which an item of the agenda is planned, moved or changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.suggester import SuggestFromList
from textual.types import CSSPathType
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.kinds.agenda_items import ItemPlanned
from fieldtool.domain.method.framework import AgendaKind
from fieldtool.domain.words.days import day_as_typed
from fieldtool.tui.parts.ask import LOOKS, Dialog
from fieldtool.tui.parts.paint import harmless
from fieldtool.work.lead.agenda import Agenda

FIELDS = {
    "day": ("Day", "16/03/2020"),
    "at": ("Time", "9:30, or nothing"),
    "place": ("Place", ""),
    "whom": ("With", "roles, never a service user's name"),
    "goes": ("Who goes", "ids of the team, with commas between"),
}
"""What is asked for: its name, and a hint that shows while nothing is typed."""


class AskPlan(Dialog[ItemPlanned]):
    """Asks when and where an item is, whom it is with and who goes; nothing is recorded yet."""

    CSS_PATH: ClassVar[CSSPathType | None] = [LOOKS, "agenda_dialog.tcss"]
    KEYS = "enter: next, and done    escape: back"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(-1)", "Field above", show=False, id="agenda_plan.up", tooltip="To the field above"),
        Binding(
            "down", "go(1)", "Field below", show=False, id="agenda_plan.down", tooltip="To the field below"
        ),
    ]

    def __init__(
        self, agenda: Agenda, kind: AgendaKind, plan: ItemPlanned | None = None, *, day: date | None = None
    ) -> None:
        """Ask for what is new, or for what changes of a plan.

        Args:
            day: what is proposed for something new.
        """
        super().__init__(kind.words)
        self._agenda = agenda
        self._kind = kind
        self._plan = plan
        day = plan.day if plan else day
        self._texts = {
            "day": day_as_typed(day),
            "at": f"{plan.at:%H:%M}" if plan and plan.at else "",
            "place": plan.place if plan else "",
            "whom": plan.whom if plan else "",
            "goes": ", ".join(plan.goes) if plan else "",
        }

    def body(self) -> Iterable[Widget]:
        """The fields, and what is wrong with what was typed."""
        known = [item.plan for item in self._agenda.items]
        used = {
            "place": [plan.place for plan in known],
            "whom": [plan.whom for plan in known],
            "goes": [*self._agenda.lead.team],
        }
        for field, (name, hint) in FIELDS.items():
            suggested = [harmless(word) for word in dict.fromkeys(used.get(field, [])) if word]
            line = Input(
                harmless(self._texts[field]),
                placeholder=hint,
                suggester=SuggestFromList(suggested, case_sensitive=False) if suggested else None,
                id=field,
                compact=True,
            )
            yield Horizontal(Label(name, markup=False), line, classes="field")
        yield Static("", markup=False, classes="said")

    def on_mount(self) -> None:
        """Begin with what is most likely to be typed."""
        self.set_focus(self.query_one("#day" if not self._texts["day"] or self._plan else "#at"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next field; behind the last, answer, if all of it can be read."""
        event.stop()
        if event.input.id == [*FIELDS][-1]:
            self._answer()
        else:
            self.action_go(1)

    def action_go(self, step: int) -> None:
        """Go to the field above or below."""
        fields = [*FIELDS]
        here = fields.index(str(self.focused.id)) if self.focused and self.focused.id in FIELDS else 0
        self.set_focus(self.query_one(f"#{fields[(here + step) % len(fields)]}"))

    def _answer(self) -> None:
        typed = {field: self.query_one(f"#{field}", Input).value for field in FIELDS}
        try:
            plan = self._agenda.read(self._kind, **typed, id=self._plan.item if self._plan else "")
        except FieldtoolError as error:
            self.query_one(".said", Static).update(harmless(str(error)))
        else:
            self.dismiss(plan)
