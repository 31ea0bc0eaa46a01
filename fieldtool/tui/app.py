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
from textual.geometry import Size
from textual.screen import Screen

from fieldtool.store.file.database import StoreError
from fieldtool.tui.case.cases_screen import CasesScreen
from fieldtool.tui.copier import Copier
from fieldtool.tui.exchanger import Exchanger
from fieldtool.tui.locker import ASKING, Locker
from fieldtool.tui.open_file import OpenFile
from fieldtool.tui.parts.base_screen import BaseScreen
from fieldtool.tui.parts.paint import harmless
from fieldtool.tui.parts.rows import Rows
from fieldtool.tui.plain_app import PlainApp
from fieldtool.work.access import Access
from fieldtool.work.inspection_file import InspectionFile

if TYPE_CHECKING:
    from fieldtool.domain.method.case import Slot
    from fieldtool.settings import Settings
    from fieldtool.tui.parts.requests import ShowConflicts
    from fieldtool.tui.setup.unlock_screen import UnlockScreen
    from fieldtool.tui.sync.sync_screen import SyncScreen
    from fieldtool.work.inspection import Inspection

SMALLEST = (60, 15)
"""The fewest columns and rows that the screens are made for."""


class FieldtoolApp(PlainApp[None]):
    """One inspection in a terminal.

    Args:
        file: the open file; None if it has to be unlocked first, through `access`.
        person: the id of who works here; None asks.
        keys: other keys for bindings, by their ids.
        notice: a sentence to show at the beginning.
        access: the way into the file, by which it can be locked and opened again.
        who: says who works here once the file is open; raises StoreError if they may not.
        idle_minutes: after how many without a key the inspection is locked; 0 for never.
    """

    TITLE = "fieldtool"
    CSS_PATH = "app.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, because dialogs keep all other keys of the app to themselves.
        Binding("ctrl+l", "lock", "Lock", id="app.lock", priority=True, show=False,
                tooltip="Lock the inspection until its passphrase is typed; everything is saved first"),
        Binding("f5", "lead", "Desk", id="app.lead",
                tooltip="The lead's desk: progress, agenda, sample, sharing out, set up"),
        Binding("f3", "sync", "Sync", id="app.sync",
                tooltip="Send what is new here, and take what the others sent"),
    ]  # fmt: skip

    def __init__(
        self,
        file: InspectionFile | None,
        person: str | None,
        keys: Mapping[str, str] | None = None,
        notice: str = "",
        *,
        access: Access | None = None,
        who: Callable[[InspectionFile], str | None] | None = None,
        idle_minutes: int = 0,
    ) -> None:
        super().__init__()
        self._file = OpenFile(file, access, person)
        self.locker = Locker(self, self, self._file, idle_minutes)
        self.copier = Copier(self, self._file, lambda: self.locker.idle)
        self.exchanger = Exchanger(self, self._file, self.take_in, self.copier.count_anew)
        self._keys = dict(keys or {})
        self._notice = notice
        self._who = who
        self._left_at: tuple[str, Slot | None] | None = None
        self._inspection: Inspection | None = None
        self._told_of_later = False
        self._unsaved_is_known = False
        self._lead_screen: Screen[None] | None = None

    @property
    def file(self) -> InspectionFile:
        """The open file.

        Raises:
            StoreError: it is locked.
        """
        return self._file.file

    @property
    def inspection(self) -> Inspection:
        """The service, loaded when it is first needed."""
        if self._inspection is None:
            from fieldtool.store.chain.clock import steady_clock
            from fieldtool.work.inspection import Inspection

            self._inspection = Inspection(self.file, self._file.person, steady=steady_clock)
        return self._inspection

    # ------------------------------------------------------------------ beginning and leaving

    def on_mount(self) -> None:
        """Show the cases, or ask for the passphrase; load what comes next once that is on the screen."""
        self.show_theme()
        self.set_keymap(self._keys)
        self._leave_when_told()
        self.locker.begin()
        if self._file.now is not None:
            self.push_screen(CasesScreen(self._file.now, self._file.person))
            self.call_after_refresh(self._load_the_rest)
        elif self._file.access is not None:
            self.locker.show_lock()
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
        if self._file.person is None and not self.file.why_read_only:
            self._ask_who()
        else:
            _ = self.inspection.framework
        self._tell_of_later_versions()
        self.copier.begin()
        self.exchanger.begin()
        for notice in filter(None, (self._notice, self.file.notice)):
            self.notify(notice)
        self._notice = self.file.notice = ""

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
        if self._unsaved_is_known or self.locker.settle():
            self.exit()
        else:
            self._unsaved_is_known = True
            self.notify("Not everything is saved: ctrl+q once more leaves without it.", severity="warning")

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave, having recorded what is still being written."""
        self.locker.settle()
        self._sign_off()
        super().exit(result, return_code, message)

    def _sign_off(self) -> None:
        """End the session with a signature."""
        if self._inspection is not None:
            # Where that cannot be saved, nothing is lost: the next session signs what this one has recorded.
            with suppress(StoreError):
                self._inspection.sign_off()

    # ------------------------------------------------------------------ the keys

    async def on_event(self, event: events.Event) -> None:
        """Notice that somebody is there; nothing comes of what they do too late, or while it is being locked."""
        if isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded:
            if self.locker.too_late():
                return
            if isinstance(event, events.Key) and self._keys_act_at_once and await self.act_on(event.key):
                return
        await super().on_event(event)

    @property
    def _keys_act_at_once(self) -> bool:
        """Whether a key does what it does before the next one is looked at: where the screen has only such keys.

        Otherwise keys that come in one burst all go where the first one found the cursor: those behind the key
        that begins a note would answer prompts instead of being written.
        """
        return (
            isinstance(self.screen, BaseScreen)
            and self.screen.KEYS_ACT_AT_ONCE
            and isinstance(self.focused, Rows)
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what needs the file while it is locked, and the key of the desk above the desk itself."""
        if action in ("lock", "sync", "lead") and self._file.now is None:
            return False
        if action == "lead" and self._lead_screen in self.screen_stack:
            return False
        return super().check_action(action, parameters)

    def action_lock(self) -> None:
        """Lock the inspection until its passphrase is typed."""
        self.locker.lock()

    def action_sync(self) -> None:
        """Show what there is to send and to take."""
        self.exchanger.show()

    def action_lead(self) -> None:
        """Show the lead's desk."""
        from fieldtool.tui.lead.desk_screen import LeadScreen
        from fieldtool.work.lead.lead import Lead

        self._lead_screen = LeadScreen(Lead(self.inspection))
        self.push_screen(self._lead_screen)

    # ------------------------------------------------------------------ sending and taking

    def on_sync_screen_named(self, event: SyncScreen.Named) -> None:
        """Use another place."""
        self.exchanger.use(event.place)

    def on_sync_screen_start(self) -> None:
        """Send and take."""
        self.exchanger.start()

    def on_sync_screen_stop(self) -> None:
        """Stop after what is just being passed on."""
        self.exchanger.stop()

    # ------------------------------------------------------------------ locking and unlocking

    def on_unlock_screen_unlocked(self, event: UnlockScreen.Unlocked) -> None:
        """Open the file, and go on with the work."""
        self.locker.unlocked(event.screen)

    def about_to_lock(self) -> None:
        """Remember the case that is open."""
        from fieldtool.tui.case.case_screen import CaseScreen

        self._left_at = next((s.open_at for s in self.screen_stack if isinstance(s, CaseScreen)), None)

    def lock_away(self) -> None:
        """Close the file, forget what was taken from it, and copy what was recorded at last."""
        self.forget_clipboard()
        self.close()
        self.copier.copy_what_is_left()

    def close(self) -> None:
        """Close the file, if it is open; an exchange stops after what is just being passed on."""
        self._sign_off()
        self._inspection = None
        self.exchanger.closing()
        self.copier.closing()
        self._file.close()

    def copy_at_last(self) -> str:
        """Copy, after all is closed, what was recorded until now; why that cannot be, or an empty text."""
        self.exchanger.wait()
        return self.copier.copy_at_last()

    def opened(self) -> None:
        """Look who works in the file that has just been unlocked."""
        if self._who is not None:
            self._file.person = self._who(self.file)

    async def show_work(self) -> None:
        """Show the cases, and above them the one that was open when it was locked."""
        await self.push_screen(CasesScreen(self.file, self._file.person))
        self._begin()
        if self._left_at is not None and self._file.person is not None:
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
        screens = [screen for screen in self.screen_stack if isinstance(screen, BaseScreen)]
        looks += [screen.take_in for screen in screens if screen.is_mounted]
        for look in looks:
            try:
                look()
            except StoreError as error:
                self.notify(str(error), severity="error", timeout=12)

    @work(group=ASKING)
    async def _ask_who(self) -> None:
        """Ask who works here, once for this installation."""
        from fieldtool.tui.parts.ask import Choose

        people = [(person.id, f"{person.id}  {person.name}") for person in self.file.people]
        chosen = await self.push_screen_wait(Choose("Who are you?", people)) if people else None
        if chosen is not None:
            self.file.me = self._file.person = chosen
            self._inspection = None
            await self.pop_screen()
            await self.push_screen(CasesScreen(self.file, chosen))

    def on_resize(self, event: events.Resize) -> None:
        """Say so while the terminal is too small, instead of showing half of everything."""
        self.fit(event.size)

    def fit(self, size: Size | None = None) -> None:
        """Look whether the terminal is large enough, of this size or of that which it has."""
        width, height = size or self.size
        from fieldtool.tui.parts.too_small import TooSmall

        small = width < SMALLEST[0] or height < SMALLEST[1]
        if small and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall(*SMALLEST))
        elif not small and isinstance(self.screen, TooSmall):
            self.pop_screen()


def run(
    access: Access,
    file: InspectionFile | None,
    person: str | None,
    settings: Settings,
    *,
    who: Callable[[InspectionFile], str | None] | None = None,
    notice: str = "",
) -> int:
    """Show an inspection in the terminal until the person leaves; the exit code.

    Args:
        file: the open file, which is closed at the end; None if it has to be unlocked first.
        person: the id of who works here; None asks, or who tells once it is unlocked.

    Raises:
        SettingsError: there is no such theme.
    """
    from fieldtool.settings import SettingsError, chosen_theme, remember_theme, settings_file

    app = FieldtoolApp(
        file, person, settings.keys, notice, access=access, who=who, idle_minutes=settings.idle_minutes
    )
    try:
        app.choose_theme(chosen_theme())  # one of another version is no reason to complain
        why_not = settings.theme and app.choose_theme(settings.theme)
        if why_not:
            raise SettingsError(f"{settings_file()}, theme: {why_not}.")
        app.run()
        if app.theme_chosen:
            remember_theme(app.theme_chosen)
    finally:
        app.close()
        why_not_copied = app.copy_at_last()
    if why_not_copied:
        click.echo(harmless(why_not_copied), err=True)
    return app.return_code or 0
