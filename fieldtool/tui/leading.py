"""An app from which the lead's desk is one key away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from fieldtool.tui.exchanger import SyncingApp

if TYPE_CHECKING:
    from fieldtool.work.inspection import Inspection


class LeadingApp(SyncingApp):
    """Opens the lead's desk over whatever is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "lead", "Desk", id="app.lead",
                tooltip="The lead's desk: progress, agenda, sample, sharing out, set up"),
    ]  # fmt: skip

    _desk: Screen[None] | None = None

    @property
    def inspection(self) -> Inspection:
        """The service of the open inspection."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show the key only while a file is open, and not above the desk itself."""
        return super().check_action(action, parameters) and (
            action != "lead" or (self._roll is not None and self._desk not in self.screen_stack)
        )

    def action_lead(self) -> None:
        """Show the lead's desk."""
        from fieldtool.tui.lead.desk_screen import LeadScreen
        from fieldtool.work.lead import Lead

        self._desk = LeadScreen(Lead(self.inspection))
        self.push_screen(self._desk)
