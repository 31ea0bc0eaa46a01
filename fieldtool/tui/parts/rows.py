"""Rows that one moves through with the keys: drawn line by line, so that ten thousand cost what ten do."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from fieldtool.tui.parts.paint import CURSOR, DIM, Painted, Pieces


class Rows(Painted, can_focus=True):
    """A list of rows with a cursor; a row may have several lines.

    Subclasses say how many rows there are and what their lines are; whatever they do not draw costs nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, id="rows.up", tooltip="One row up"),
        Binding("down", "move(1)", "Down", show=False, id="rows.down", tooltip="One row down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="rows.page_up", tooltip="One page up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="rows.page_down", tooltip="One page down"),
        Binding("home", "end(0)", "First", show=False, id="rows.first", tooltip="To the first row"),
        Binding("end", "end(1)", "Last", show=False, id="rows.last", tooltip="To the last row"),
    ]

    LOOK_AHEAD: ClassVar[int] = 1_000_000
    """When the cursor goes out of sight below, this part of the height is shown of what follows: 2 for half."""

    @dataclass
    class Moved(Message):
        """The cursor stands on another row."""

        rows: Rows
        row: int

        @property
        def control(self) -> Rows:
            """The list in which it moved."""
            return self.rows

    @dataclass
    class Chosen(Message):
        """A row was chosen with the mouse, or with enter where the list answers enter."""

        rows: Rows
        row: int

        @property
        def control(self) -> Rows:
            """The list in which it was chosen."""
            return self.rows

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor = 0
        self._top = 0

    # What a list is made of

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def pieces(self, row: int, part: int, width: int) -> Pieces:
        """What one line of a row shows, in `width` cells."""
        raise NotImplementedError

    def may_stop(self, row: int) -> bool:  # noqa: ARG002  # subclasses look at the row
        """Whether the cursor may stand on a row."""
        return True

    @property
    def line_count(self) -> int:
        """How many lines all rows have together."""
        return self.row_count

    def first_line(self, row: int) -> int:
        """The place of a row's first line among all lines."""
        return row

    def height_of(self, row: int) -> int:  # noqa: ARG002  # subclasses look at the row
        """How many lines a row has."""
        return 1

    def row_at(self, line: int) -> tuple[int, int]:
        """The row that has a line, and which of its lines that is."""
        return line, 0

    # Moving

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, and scroll so far that the row can be read."""
        before = self.cursor
        self.cursor = row
        if self._bring_in_sight(row):
            self.refresh()
        elif before != row:
            self.refresh_row(before)
            self.refresh_row(row)
        if before != row:
            self.post_message(self.Moved(self, row))

    def next_stop(self, row: int, step: int) -> int | None:
        """The nearest row before or behind this one on which the cursor may stand."""
        row += step
        while 0 <= row < self.row_count:
            if self.may_stop(row):
                return row
            row += step
        return None

    def refresh_row(self, row: int) -> None:
        """Draw the lines of one row again."""
        if 0 <= row < self.row_count:
            y = self.first_line(row) - self._top
            self.refresh(Region(0, y, self.size.width, self.height_of(row)))

    def renew(self, cursor: int | None = None) -> None:
        """Draw everything again after the rows have changed."""
        wanted = self.cursor if cursor is None else cursor
        self.cursor = max(0, min(wanted, self.row_count - 1))
        if self.row_count and not self.may_stop(self.cursor):
            behind, before = self.next_stop(self.cursor, 1), self.next_stop(self.cursor, -1)
            self.cursor = behind if behind is not None else before if before is not None else self.cursor
        self._bring_in_sight(self.cursor)
        self.refresh()

    def _bring_in_sight(self, row: int) -> bool:
        height = max(self.size.height, 1)
        if not self.row_count:
            moved, self._top = self._top != 0, 0
            return moved
        last = self.first_line(row) + self.height_of(row)
        before = self.next_stop(row, -1)
        # The heading above a row is seen with it.
        first = 0 if before is None else self.first_line(before) + self.height_of(before)
        first = max(first, min(last - height, self.first_line(row)))
        top = self._top
        if last > top + height:
            # What was just done stays in sight above.
            ahead = min(height // self.LOOK_AHEAD, height - (last - self.first_line(max(row - 1, 0))))
            top = last - height + max(ahead, 0)
        top = min(top, first)
        top = max(0, min(top, self.line_count - height))
        moved, self._top = top != self._top, top
        return moved

    def action_move(self, step: int) -> None:
        """Move the cursor by one row."""
        row = self.next_stop(self.cursor, step)
        if row is not None:
            self.move_to(row)

    def action_page(self, step: int) -> None:
        """Move the cursor by as many rows as can be seen."""
        line = self.first_line(self.cursor) + step * max(self.size.height - 1, 1)
        line = max(0, min(line, self.line_count - 1))
        if self.row_count:
            self._stop_near(self.row_at(line)[0], step)

    def action_end(self, last: int) -> None:
        """Move the cursor to the first or to the last row."""
        if self.row_count:
            self._stop_near(self.row_count - 1 if last else 0, -1 if last else 1)

    def _stop_near(self, row: int, step: int) -> None:
        stop = row if self.may_stop(row) else self.next_stop(row, step)
        if stop is None:
            stop = self.next_stop(row, -step)
        if stop is not None:
            self.move_to(stop)

    # Drawing, and the mouse

    def render_line(self, y: int) -> Strip:
        """Draw one line of what can be seen."""
        width, height = self.size
        lines = self.line_count
        line = self._top + y
        if line >= lines:
            return self.painted([], width)
        row, part = self.row_at(line)
        pieces = self.pieces(row, part, width - 2)
        here = row == self.cursor and bool(pieces) and self.may_stop(row)
        sign = (CURSOR, "mark" if self.has_focus else DIM) if here else (" ", "")
        return self.painted([sign, *pieces], width, cursor=here, last=self._thumb(y, height, lines))

    def _thumb(self, y: int, height: int, lines: int) -> tuple[str, str]:
        if lines <= height:
            return " ", ""
        size = max(1, height * height // lines)
        start = (height - size) * self._top // max(lines - height, 1)
        return ("┃" if start <= y < start + size else "│", DIM)

    def on_resize(self) -> None:
        """Keep the cursor in sight in the new size."""
        self.renew()

    def on_focus(self) -> None:
        """Show that keys go here now."""
        self.refresh_row(self.cursor)

    def on_blur(self) -> None:
        """Show that keys go elsewhere now."""
        self.refresh_row(self.cursor)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is, and choose that row."""
        line = self._top + event.y
        if line < self.line_count:
            row = self.row_at(line)[0]
            if self.may_stop(row):
                self.move_to(row)
                self.post_message(self.Chosen(self, row))

    def on_mouse_scroll_down(self) -> None:
        """Look further down, without moving the cursor."""
        self._look(3)

    def on_mouse_scroll_up(self) -> None:
        """Look further up, without moving the cursor."""
        self._look(-3)

    def _look(self, lines: int) -> None:
        top = max(0, min(self._top + lines, self.line_count - self.size.height))
        if top != self._top:
            self._top = top
            self.refresh()


class Blocks(Rows):
    """Rows of several lines each, laid out once for a width; for lists that are short."""

    LOOK_AHEAD: ClassVar[int] = 2  # one reads on, so what comes next matters more than what is done

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._laid_out: list[list[Pieces]] | None = None
        self._starts: list[int] = []
        self._width = -1

    def block(self, row: int, width: int) -> list[Pieces]:
        """All lines of a row, each in `width` cells; at least one."""
        raise NotImplementedError

    def lay_out_again(self, row: int) -> None:
        """Take up a row that has changed; only its own lines are drawn again where their number stays."""
        blocks = self._blocks()
        before = len(blocks[row])
        blocks[row] = self.block(row, self._width)
        if len(blocks[row]) == before:
            self.refresh_row(row)
        else:
            self._number(blocks)
            self._bring_in_sight(self.cursor)
            self.refresh()

    def renew(self, cursor: int | None = None) -> None:
        """Lay everything out again after the rows have changed, and draw it."""
        self._laid_out = None
        super().renew(cursor)

    @property
    def line_count(self) -> int:
        """How many lines all rows have together."""
        self._blocks()
        return self._starts[-1]

    def first_line(self, row: int) -> int:
        """The place of a row's first line among all lines."""
        self._blocks()
        return self._starts[row]

    def height_of(self, row: int) -> int:
        """How many lines a row has."""
        return len(self._blocks()[row])

    def row_at(self, line: int) -> tuple[int, int]:
        """The row that has a line, and which of its lines that is."""
        row = bisect_right(self._starts, line, hi=len(self._starts) - 1) - 1
        return row, line - self._starts[row]

    def pieces(self, row: int, part: int, width: int) -> Pieces:
        """What one line of a row shows."""
        laid_out = self._laid_out if self._laid_out is not None and width == self._width else self._blocks()
        return laid_out[row][part]

    def _blocks(self) -> list[list[Pieces]]:
        width = self.size.width - 2
        if self._laid_out is None or width != self._width:
            self._width = width
            self._laid_out = [self.block(row, width) for row in range(self.row_count)]
            self._number(self._laid_out)
        return self._laid_out

    def _number(self, blocks: list[list[Pieces]]) -> None:
        self._starts = [0]
        for block in blocks:
            self._starts.append(self._starts[-1] + len(block))
