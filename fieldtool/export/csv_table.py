"""Tables as CSV: comma-separated, one header line of ids, in UTF-8 as spreadsheets expect it."""

from __future__ import annotations

import csv
import io

from fieldtool.export.table import Cell, Table

ENDING = ".csv"

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(table: Table) -> bytes:
    """The table as a file.

    It begins with a byte order mark: without one, Excel takes UTF-8 for something else. The note is left
    out, because programs that read CSV would take it for a row.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.id for column in table.columns])
    writer.writerows([_guarded(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _guarded(cell: Cell) -> Cell:
    """The cell, with an apostrophe before a text that a spreadsheet would run as a formula."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_STARTS_A_FORMULA):
        return f"'{cell}"
    return cell
