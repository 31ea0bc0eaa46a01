"""The terminal app: it shows its first screen at once, and leads from screen to screen."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

import click
from rich.console import RenderableType
from textual import events, work
from textual.binding import Binding, BindingType

from fieldtool.tui.case.cases_screen import CasesScreen
from fieldtool.tui.leading import LeadingApp
from fieldtool.tui.locker import ASKING
from fieldtool.tui.parts.paint import harmless
from fieldtool.work.access import Access
from fieldtool.work.inspection_file import InspectionFile, StoreError

if TYPE_CHECKING:
    from fieldtool.domain.method.case import Slot
    from fieldtool.settings import Settings
    from fieldtool.tui.parts.requests import ShowConflicts
    from fieldtool.work.inspection import Inspection

SMALLEST = (60, 15)
"""The fewest columns and rows that the screens are made for."""


class FieldtoolApp(LeadingApp):
    """One inspection in a terminal.

    Args:
        roll: the open file; None if it has to be unlocked first, by the door.
        person: the id of who works here; None asks.
        keys: other keys for bindings, by their ids.
        notice: a sentence to show at the beginning.
        door: the way into the file, by which it can be locked and opened again.
        who: says who works here once the file is open; raises StoreError if they may not.
        idle_minutes: after how many without a key the inspection is locked; 0 for never.
    """

    TITLE = "fieldtool"
    CSS_PATH = "app.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "sync", "Sync", id="app.sync",
                tooltip="Send what is new here, and take what the others sent"),
    ]  # fmt: skip

    def __init__(
        self,
        roll: InspectionFile | None,
        person: str | None,
        keys: Mapping[str, str] | None = None,
        notice: str = "",
        *,
        door: Access | None = None,
        who: Callable[[InspectionFile], str | None] | None = None,
        idle_minutes: int = 0,
    ) -> None:
        super().__init__(roll, door, idle_minutes)
        self._person = person
        self._keys = dict(keys or {})
        self._notice = notice
        self._who = who
        self._left_at: tuple[str, Slot | None] | None = None
        self._inspection: Inspection | None = None
        self._told_of_later = False
        self._unsaved_is_known = False

    @property
    def inspection(self) -> Inspection:
        """The service, loaded when it is first needed."""
        if self._inspection is None:
            from fieldtool.store.chain.clock import steady_clock
            from fieldtool.work.inspection import Inspection

            self._inspection = Inspection(self.roll, self._person, steady=steady_clock)
        return self._inspection

    def take_theme(self, name: str | None) -> None:
        """Take the colours that a person has set.

        Raises:
            SettingsError: there is no such theme.
        """
        why_not = self.choose_theme(name)
        if why_not:
            from fieldtool.settings import SettingsError, settings_file

            raise SettingsError(f"{settings_file()}, theme: {why_not}.")

    # ------------------------------------------------------------------ beginning and leaving

    def on_mount(self) -> None:
        """Show the cases, or ask for the passphrase; load what comes next once that is on the screen."""
        self.show_theme()
        self.set_keymap(self._keys)
        self._leave_when_told()
        if self._roll is not None:
            self.push_screen(CasesScreen(self._roll, self._person))
            self.call_after_refresh(self._load_the_rest)
        elif self._door is not None:
            self.show_lock(self._door)
            self.call_after_refresh(self._load_the_screens)

    def _load_the_screens(self) -> None:
        import fieldtool.tui.case.case_screen
        import fieldtool.tui.ratings.ratings_screen  # noqa: F401  # ready before somebody asks for them

        # What is loaded now stays for good; the collector need not look at it again at every turn.
        gc.enable()
        gc.collect()
        gc.freeze()

    def _load_the_rest(self) -> None:
        self._load_the_screens()
        self._begin()

    def _begin(self) -> None:
        """Make ready for work once the list of cases is shown."""
        if self._person is None and not self.roll.why_read_only:
            self._ask_who()
        else:
            _ = self.inspection.framework
        self._tell_of_later_versions()
        self.begin_to_copy()
        self.begin_to_sync()
        for notice in filter(None, (self._notice, self.roll.notice)):
            self.notify(notice)
        self._notice = self.roll.notice = ""

    def _tell_of_later_versions(self) -> None:
        """Say once that there are events which this version cannot read."""
        unknown = {} if self._told_of_later else self.inspection.unknown_kinds()
        self._told_of_later = True
        if unknown:
            number = sum(unknown.values())
            kinds = ", ".join(sorted(unknown))
            self.notify(
                f"{'One event is' if number == 1 else f'{number} events are'} of a later fieldtool ({kinds}): "
                "kept and passed on, without effect here until this one is updated.",
                severity="warning",
            )

    def _leave_when_told(self) -> None:
        """Leave the terminal as it was when the system ends the program."""

        def leave(*_: object) -> None:
            self.call_later(self.exit)

        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), leave)

    async def action_quit(self) -> None:
        """Leave, once the keys that were pressed before have done what they do."""
        self.after_the_keys(self._leave)

    def _leave(self) -> None:
        if self._unsaved_is_known or self.settle():
            self.exit()
        else:
            self._unsaved_is_known = True
            self.notify("Not everything is saved: ctrl+q once more leaves without it.", severity="warning")

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave, having recorded what is still being written."""
        self.settle()
        self._sign_off()
        super().exit(result, return_code, message)

    def _sign_off(self) -> None:
        """End the session with a signature."""
        if self._inspection is not None:
            # Where that cannot be saved, nothing is lost: the next session signs what this one has recorded.
            with suppress(StoreError):
                self._inspection.sign_off()

    # ------------------------------------------------------------------ locking and unlocking

    def about_to_lock(self) -> None:
        """Remember the case that is open."""
        from fieldtool.tui.case.case_screen import CaseScreen

        self._left_at = next((s.open_at for s in self.screen_stack if isinstance(s, CaseScreen)), None)

    def close(self) -> None:
        """Close the file, if it is open."""
        self._sign_off()
        self._inspection = None
        super().close()

    def opened(self, roll: InspectionFile) -> None:
        """Take the file that has just been unlocked, and look who works here."""
        if self._who is not None:
            self._person = self._who(roll)

    async def show_work(self) -> None:
        """Show the cases, and above them the one that was open when it was locked."""
        await self.push_screen(CasesScreen(self.roll, self._person))
        self._begin()
        if self._left_at is not None and self._person is not None:
            self._open_case(*self._left_at)

    # ------------------------------------------------------------------ from screen to screen

    def on_cases_screen_open(self, event: CasesScreen.Open) -> None:
        """Open a case."""
        self._open_case(event.ref)

    def _open_case(self, ref: str, slot: Slot | None = None) -> None:
        from fieldtool.tui.case.case_screen import CaseScreen

        self.push_screen(CaseScreen(self.inspection, ref, slot))

    def on_show_ratings(self) -> None:
        """Show the ratings over whatever is shown."""
        from fieldtool.tui.ratings.ratings_screen import RatingsScreen

        self.push_screen(RatingsScreen(self.inspection))

    def on_show_conflicts(self, event: ShowConflicts) -> None:
        """Show the conflicts of a case, or of the whole inspection."""
        from fieldtool.tui.case.conflicts_screen import ConflictsScreen

        self.push_screen(ConflictsScreen(self.inspection, event.ref), self._leave_conflicts)

    def _leave_conflicts(self, where: tuple[str, Slot] | None) -> None:
        """Show what was settled; and open what somebody wants to look at, if they do."""
        self.take_in()
        if where is None:
            return
        from fieldtool.tui.case.case_screen import CaseScreen

        if isinstance(self.screen, CaseScreen) and self.screen.open_at[0] == where[0]:
            self.screen.go_to(where[1])
        else:
            self._open_case(*where)

    def take_in(self) -> None:
        """Let every screen show what came in from elsewhere, or was settled."""
        looks: list[Callable[[], None]] = []
        if self._inspection is not None:
            self._inspection.forget()
            looks.append(self._inspection.look_whether_removed)
        screens = [screen for screen in self.screen_stack if screen.is_mounted]
        looks += [screen.take_in for screen in screens if hasattr(screen, "take_in")]
        for look in looks:
            try:
                look()
            except StoreError as error:
                self.notify(str(error), severity="error", timeout=12)

    @work(group=ASKING)
    async def _ask_who(self) -> None:
        """Ask who works here, once for this installation."""
        from fieldtool.tui.parts.ask import Choose

        people = [(person.id, f"{person.id}  {person.name}") for person in self.roll.people]
        chosen = await self.push_screen_wait(Choose("Who are you?", people)) if people else None
        if chosen is not None:
            self.roll.me = self._person = chosen
            self._inspection = None
            await self.pop_screen()
            await self.push_screen(CasesScreen(self.roll, chosen))

    def on_resize(self, event: events.Resize) -> None:
        """Say so while the terminal is too small, instead of showing half of everything."""
        self._fit(*event.size)

    def fit(self) -> None:
        """Look whether the terminal is large enough, having shown other screens."""
        self._fit(*self.size)

    def _fit(self, width: int, height: int) -> None:
        from fieldtool.tui.parts.too_small import TooSmall

        small = width < SMALLEST[0] or height < SMALLEST[1]
        if small and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall(*SMALLEST))
        elif not small and isinstance(self.screen, TooSmall):
            self.pop_screen()


def run(
    door: Access,
    roll: InspectionFile | None,
    person: str | None,
    settings: Settings,
    *,
    who: Callable[[InspectionFile], str | None] | None = None,
    notice: str = "",
) -> int:
    """Show an inspection in the terminal, and stay until the person leaves.

    Args:
        roll: the open file, which is closed at the end; None if it has to be unlocked first.
        person: the id of who works here; None asks, or who tells once it is unlocked.

    Returns:
        The exit code.

    Raises:
        SettingsError: there is no such theme.
    """
    app = FieldtoolApp(
        roll, person, settings.keys, notice, door=door, who=who, idle_minutes=settings.idle_minutes
    )
    try:
        app.take_theme(settings.theme)
        app.run()
    finally:
        app.close()
        why_not_copied = app.copy_at_last()
    if why_not_copied:
        click.echo(harmless(why_not_copied), err=True)
    return app.return_code or 0
