"""The rows of a case list, or of another table, out of a CSV or XLSX file, whatever Excel has made of it."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fieldtool import files
from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.words.days import read_day

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

LARGEST = 256 * 1024 * 1024
"""No such file is longer, in bytes, or is so once it is unpacked."""

MOST_ROWS = 250_000
"""No case list has more rows that are not blank."""

Cell = str | date | None
"""What stands in a cell: a text, a date, or nothing. Numbers are texts without a needless point."""

Watch = Callable[[Iterable[tuple[Cell, ...]], int | None], Iterable[tuple[Cell, ...]]]
"""Gives rows on while they are read, told how many to expect where that is known: so a progress bar can move."""


class ListError(FieldtoolError):
    """A list that cannot be used, in one sentence that says what to do, or in one for each fault."""


class Row(NamedTuple):
    """A row of a list that is not blank."""

    number: int
    """As Excel counts them, from 1 on."""
    cells: tuple[Cell, ...]


class Sheet(NamedTuple):
    """One table of a file."""

    title: str
    """Empty for a CSV file."""
    rows: tuple[Row, ...]


def unwatched(rows: Iterable[tuple[Cell, ...]], expected: int | None) -> Iterable[tuple[Cell, ...]]:
    """Give rows on without a look at them."""
    del expected
    return rows


def read(path: Path, watch: Watch = unwatched, what: str = "case list") -> tuple[Sheet, ...]:
    """Read every visible table of a file; one of CSV has a single one.

    Args:
        what: what it should be, for errors.

    Raises:
        ListError: it cannot be read as a table, and what to do.
    """
    data = _bytes(path, what)
    if not data.strip(b"\x00\t\n\r ,;"):
        raise ListError(f"{path.name} is empty: export the {what} again.")
    if data.startswith(b"PK"):
        sheets = _workbook(path.name, data, watch, what)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ListError(
            f"{path.name} is an old Excel file, or has a password: save it as XLSX without a password."
        )
    elif re.match(rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype|html|table|\?xml)", data):
        raise ListError(
            f"{path.name} is a web page, whatever its name says: open it in Excel, save it as XLSX."
        )
    elif data.startswith(b"%PDF"):
        raise ListError(f"{path.name} is a PDF, not a table: ask for the {what} as XLSX or CSV.")
    else:
        sheets = (_comma_separated(path.name, data, watch, what),)
    if not any(sheet.rows for sheet in sheets):
        raise ListError(f"{path.name} is empty: export the {what} again.")
    return sheets


def _bytes(path: Path, what: str) -> bytes:
    try:
        data = files.read_at_most(path, LARGEST)
    except FileNotFoundError:
        raise ListError(f"There is no file {path}: check the name.") from None
    except OSError as error:
        raise ListError(f"{path} cannot be read: {files.why(error)}.") from error
    if len(data) > LARGEST:
        raise ListError(f"{path.name} is too large for a {what}: save the {what} alone.")
    return data


def _rows(name: str, lines: Iterable[tuple[Cell, ...]]) -> tuple[Row, ...]:
    """Number the rows, and drop those that are blank, and the blank cells at the ends of the others.

    Raises:
        ListError: there are too many.
    """
    rows: list[Row] = []
    for number, cells in enumerate(lines, 1):
        width = len(cells)
        while width and cells[width - 1] is None:
            width -= 1
        if width:
            rows.append(Row(number, cells[:width]))
        if len(rows) > MOST_ROWS:
            raise ListError(f"{name} has more than {MOST_ROWS:,} rows: save the list alone.")
    return tuple(rows)


# ---------------------------------------------------------------------- CSV


def _comma_separated(name: str, data: bytes, watch: Watch, what: str) -> Sheet:
    text = _text(name, data, what)
    told = re.match(r"sep=(.)\r?\n", text)  # how Excel is told, on a line that it does not show
    if told:
        text = text[told.end() :]
    delimiter = told[1] if told else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = (tuple(_of_text(cell) for cell in line) for line in reader)
        return Sheet("", _rows(name, watch(lines, text.count("\n") + 1)))
    except csv.Error as error:
        raise ListError(
            f"{name}, line {reader.line_num}: this is not valid CSV: a quotation mark there or before is not closed, "
            "or stands inside a cell; correct it, or save the list as XLSX."
        ) from error


def _text(name: str, data: bytes, what: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]  # Excel's "Unicode text"
    elif b"\x00" in data:
        raise ListError(f"{name} is neither CSV nor XLSX: export the {what} again, in one of the two.")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListError(f"{name} is in an unknown encoding: save it as CSV UTF-8, or as XLSX.")


def _delimiter(text: str) -> str:
    """What stands between the cells: the character by which the first lines fall into the most."""
    first = text[:20_000].splitlines()[:20]

    def cells(delimiter: str) -> int:
        try:
            return sum(len(line) for line in csv.reader(first, delimiter=delimiter))
        except csv.Error:
            return 0

    return max(",;\t|", key=cells)


def _of_text(cell: str) -> Cell:
    return " ".join(cell.split()) or None


# ---------------------------------------------------------------------- XLSX

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    SyntaxError,  # of XML
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
"""What comes of a workbook that is not whole."""


def _workbook(name: str, data: bytes, watch: Watch, what: str) -> tuple[Sheet, ...]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(file.file_size for file in packed.infolist()) > 2 * LARGEST:
                raise ListError(f"{name} is too large for a {what}: save the {what} alone.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and the like, which no case list needs
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            return tuple(Sheet(str(sheet.title), _rows(name, watch(*_of_sheet(sheet)))) for sheet in shown)
    except _DAMAGED as error:
        raise ListError(
            f"{name} is damaged, or not a workbook: open it in Excel, save it again as XLSX."
        ) from error


def _of_sheet(sheet: ReadOnlyWorksheet) -> tuple[Iterator[tuple[Cell, ...]], int | None]:
    expected = sheet.max_row
    sheet.reset_dimensions()  # some programs write wrong ones, and rows would be lost
    return (tuple(map(_of_value, row)) for row in sheet.iter_rows(values_only=True)), expected


def _of_value(value: object) -> Cell:
    """What a cell of a workbook holds, as text or date."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = _of_text(str(value))
    return None if text in _NO_VALUES else text


_NO_VALUES = frozenset(["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"])
"""What Excel shows where a formula has come to nothing."""


# ---------------------------------------------------------------------- dates

_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)
_BEGINNING = date(1899, 12, 30)
"""Day 0 of Excel."""


def day_of(cell: Cell) -> date | None:
    """Read a date, the day before the month; None if it is none.

    Excel's way of keeping dates as numbers of days is understood as well.
    """
    if not isinstance(cell, str):
        return cell
    if re.fullmatch(r"\d{5}(\.\d+)?", cell):
        day = _BEGINNING + timedelta(days=int(float(cell)))
        return day if _FIRST <= day <= _LAST else None
    return read_day(cell)
