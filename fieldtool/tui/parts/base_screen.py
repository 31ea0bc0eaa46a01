"""What every screen of an inspection has: a title bar, a bar of keys, a way back, and errors told in a sentence.

To make a screen, derive it and say what is between the bars and what it shows::

    class AgendaScreen(BaseScreen[None]):
        CSS_PATH = "agenda_screen.tcss"          # beside the screen, nested under its name
        BINDINGS = [Binding("a", "add", "Plan", id="agenda.add", tooltip="…"),
                    *also_back("f5", id="agenda.back")]  # escape goes back in all of them

        def __init__(self, inspection):
            super().__init__(inspection.file, "Agenda")

        def body(self):                          # what stands between the bars
            yield AgendaList()

        def take_in(self):                       # show how things stand; called at first, and after each sync
            ...                                  # (`begin` where a screen begins otherwise; no on_mount)

        def action_add(self):
            with self.reporting("Not saved"):    # StoreError and InspectionError become a sentence
                ...
                self.news("planned · saved")

`settle()` records what is still being written; the screen is left, or locked, only when that worked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget

from fieldtool.domain.errors import FieldtoolError
from fieldtool.tui.parts.bars import KeyBar, TitleBar
from fieldtool.tui.parts.rows import Rows
from fieldtool.work.inspection_file import InspectionFile

Result = TypeVar("Result")


class BaseScreen(Screen[Result | None], Generic[Result], inherit_bindings=False):
    """A screen over one inspection; its result is None where somebody only goes back.

    Args:
        file: the open inspection, of which the title bar says what is on this laptop alone.
        place: what the title bar says at first about where one is.
        news: what stands on its right at first; by default, why nothing can be changed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="screen.back", tooltip="Back to where you were"),
    ]

    KEYS_ACT_AT_ONCE: ClassVar[bool] = False
    """Whether a key in a list does what it does before the next one is looked at, as where a key is an answer."""

    CHOSEN: ClassVar[Sequence[str]] = ()
    """What may be done with a row that is clicked, or chosen by enter: the first of these actions that is possible."""

    def __init__(self, file: InspectionFile, place: str = "", news: str | None = None) -> None:
        super().__init__()
        self._title_bar = TitleBar(
            place, lambda: file.at_stake, file.why_read_only if news is None else news, lambda: file.sent
        )

    def compose(self) -> ComposeResult:
        """Lay the screen out between its two bars."""
        yield self._title_bar
        yield KeyBar()
        yield from self.body()

    def body(self) -> Iterable[Widget]:
        """What stands between the bars."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Show how things stand."""
        # Textual calls the `on_mount` of every class in turn, so that a screen which begins otherwise says it here.
        self.begin()

    def begin(self) -> None:
        """Show how things stand at first; the keys go to the first widget that can have them."""
        self.take_in()

    def take_in(self) -> None:
        """Show how things stand now: at first, and after something came in from elsewhere or was settled."""

    @property
    def filter_text(self) -> str | None:
        """What is typed into the filter of a list here; None where there is no filter for the keys."""
        return None

    def filter_by(self, text: str) -> None:
        """List what fits a filter; for screens that have one."""

    def on_key(self, event: events.Key) -> None:
        """Type into the filter."""
        before = self.filter_text
        text = None if before is None else _filtered(event, before)
        if text is not None:
            self.filter_by(text)
            event.stop()

    def on_paste(self, event: events.Paste) -> None:
        """Put pasted text into the filter; where there is none it answers nothing, whatever its letters are."""
        event.stop()
        before = self.filter_text
        if before is not None:
            self.filter_by(before + " ".join(event.text.split()))
        else:
            self.news("PASTED TEXT NOT TAKEN: open a note for it", bad=True)

    def settle(self) -> bool:
        """Record what is still being written; False if it could not be, and is open still."""
        return True

    def action_back(self) -> None:
        """Go back, once all that was written is recorded."""
        if self.settle():
            self.dismiss(None)

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Follow the cursor of a list."""
        event.stop()
        self.moved(event.rows)

    def moved(self, rows: Rows) -> None:  # noqa: ARG002  # for screens with several
        """Offer the keys that mean something for what is under the cursor of a list now."""
        self.refresh_bindings()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Do with a row that was clicked, or chosen by enter, what is done with it here."""
        event.stop()
        self.chosen(event.rows)

    def chosen(self, rows: Rows) -> None:  # noqa: ARG002  # for screens with several
        """Do the first of the `CHOSEN` actions that may be done now."""
        action = next((action for action in self.CHOSEN if self.check_action(action, ())), None)
        if action is not None:
            self.call_later(self.run_action, action)

    def place(self, text: str) -> None:
        """Say in the title bar where one is."""
        self._title_bar.place(text)

    def news(self, text: str, *, bad: bool = False) -> None:
        """Say in the title bar what became of the last thing done."""
        self._title_bar.news(text, bad=bad)

    @contextmanager
    def reporting(self, failed: str = "Not done", *, renew: bool = True) -> Iterator[None]:
        """Say so where something could not be done, and show how things stand.

        Args:
            failed: what became of it then, in two or three words.
            renew: whether everything is shown anew; without it, the screen stays as it was.
        """
        # Late, because the first screen is there before what it needs is loaded; whoever changes something has it.

        try:
            yield
        except FieldtoolError as error:
            self.news(failed.upper(), bad=True)
            self.notify(str(error), title=failed, severity="error", timeout=12, markup=False)
            if renew:
                self.take_in()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that do something here; of the screen's own, the way back is the last."""
        active = super().active_bindings
        nodes = list(dict.fromkeys(id(each.node) for each in active.values() if each.node is not self.app))
        nodes.append(id(self.app))  # which comes first where a key of its own has priority

        def place(item: tuple[str, ActiveBinding]) -> tuple[int, bool]:
            return nodes.index(id(item[1].node)), item[1].binding.action == "back"

        return dict(sorted(active.items(), key=place))


def also_back(keys: str, *, id: str) -> list[Binding]:
    """More keys that go back, beside escape: those by which a screen was opened."""
    return [Binding(keys, "back", "Back", id=id, show=False, tooltip="Back to where you were")]


def _filtered(event: events.Key, text: str) -> str | None:
    """What a filter says once a key was typed into it; None if the key types nothing."""
    if event.key == "backspace":
        return text[:-1]
    return text + event.character if event.is_printable and event.character else None
