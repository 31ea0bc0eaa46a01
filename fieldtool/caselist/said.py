"""What somebody says of a case list, and what must be said before it can be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from fieldtool.caselist.tables import ListError
from fieldtool.domain.method.case_list import ListReading


class Ask(Enum):
    """What somebody must say of a list before it can be taken."""

    COLUMNS = "columns"
    SHEETS = "sheets"
    HIDDEN = "hidden"
    DATES = "dates"


class ToBeSaid(ListError):  # noqa: N818  # what becomes of the list, once it is said
    """A case list of which something must be said that it does not tell itself."""

    def __init__(self, what: str, advice: str, ask: Ask = Ask.COLUMNS) -> None:
        """Say what is wrong, and what to do about it at the command line.

        Args:
            advice: for a screen, on which this is said by keys, `what` is enough.
        """
        super().__init__(f"{what}: {advice}")
        self.what = what
        self.ask = ask


_NOTHING_SAID = ListReading()


@dataclass(frozen=True)
class Said:
    """What somebody says of a list: what may hold for the next one too, and what is of this file alone."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """The field of a column, by its heading; an empty one leaves the column out."""
    before: ListReading = _NOTHING_SAID
    """What was said of the list before this one: what does not fit this one does not count."""
    sheets: tuple[str, ...] = ()
    """The sheets that are the list."""
    hidden: bool | None = None
    """Whether rows that are hidden in the workbook belong to the list."""
    since: date | None = None
    until: date | None = None
    """Between which days cases must have begun, both included."""

    @property
    def for_the_next(self) -> ListReading:
        """What holds for the next list too."""
        return self.before.model_copy(update={"columns": {**self.before.columns, **self.columns}})
