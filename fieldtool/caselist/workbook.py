"""The tables of an XLSX file, whatever Excel has made of it."""

from __future__ import annotations

import html
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from fieldtool.caselist.tables import LARGEST, Cell, ListError, Row, Sheet, Watch, rows_of, text_of

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

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


def sheets_of(name: str, data: bytes, watch: Watch, what: str) -> tuple[Sheet, ...]:
    """Read every visible sheet.

    Raises:
        ListError: it is no workbook that can be read, and what to do.
    """
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(file.file_size for file in packed.infolist()) > 2 * LARGEST:
                raise ListError(f"{name} is too large for a {what}: save the {what} alone.")
            about = _about_sheets(name, packed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and the like, which no case list needs
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            return tuple(about.get(sheet.title, _About()).sheet(name, sheet, watch) for sheet in shown)
    except _DAMAGED as error:
        raise ListError(
            f"{name} is damaged, or not a workbook: open it in Excel, save it again as XLSX."
        ) from error


class _About(NamedTuple):
    """What the workbook says of a sheet beside its cells."""

    hidden: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int], ...] = ()
    """Cells that are one over several rows: the column, from 0 on, the first row and the last."""
    uncomputed: int = 0
    """Formulas that nobody has computed."""

    def sheet(self, name: str, sheet: ReadOnlyWorksheet, watch: Watch) -> Sheet:
        """Read the sheet.

        Raises:
            ListError: it has formulas that nobody has computed.
        """
        title = str(sheet.title)
        if self.uncomputed:
            formulas = "formulas that were" if self.uncomputed > 1 else "formula that was"
            raise ListError(
                f'{name}, sheet "{title}" has {self.uncomputed:,} {formulas} never computed: open it in Excel, save '
                "it, and bring that in."
            )
        rows = _filled(rows_of(name, watch(*_of_sheet(sheet))), self.merged)
        return Sheet(title, rows, self.hidden)


_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_HIDDEN = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden=\"(?:1|true)\"[^>]*>")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=\"([A-Z]+)(\d+):([A-Z]+)(\d+)\"")
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def _about_sheets(name: str, packed: zipfile.ZipFile) -> dict[str, _About]:
    """What a workbook says of its sheets that openpyxl does not tell of large ones.

    Raises:
        ListError: it is a workbook of a kind that is not read.
    """
    names = frozenset(packed.namelist())
    if "mimetype" in names and packed.read("mimetype").startswith(b"application/vnd.oasis"):
        raise ListError(f"{name} is an OpenDocument spreadsheet: save it as XLSX.")
    if "xl/workbook.xml" not in names:
        return {}
    book = packed.read("xl/workbook.xml")
    if b"purl.oclc.org/ooxml" in book:
        raise ListError(f'{name} is saved as "Strict Open XML": save it as an ordinary workbook (XLSX).')
    relations = packed.read("xl/_rels/workbook.xml.rels") if "xl/_rels/workbook.xml.rels" in names else b""
    targets = {
        _attribute(each[0], "Id"): _attribute(each[0], "Target") for each in _RELATION.finditer(relations)
    }
    about = {}
    for each in _SHEET.finditer(book):
        target = targets.get(_attribute(each[0], "r:id"), "").removeprefix("/xl/").removeprefix("/")
        part = f"xl/{target}"
        if part in names:
            about[_attribute(each[0], "name")] = _about(packed.read(part))
    return about


def _about(xml: bytes) -> _About:
    hidden = (_attribute(row[0], "r") for row in _HIDDEN.finditer(xml))
    merged = tuple(
        (_column(left), int(top), int(bottom))
        for left, top, right, bottom in _MERGED.findall(xml)
        if left == right
    )
    return _About(
        frozenset(int(number) for number in hidden if number.isdecimal()),
        merged,
        len(_UNCOMPUTED.findall(xml)),
    )


def _attribute(tag: bytes, name: str) -> str:
    value = re.search(rf'\s{name}="([^"]*)"', tag.decode("utf-8", "replace"))
    return html.unescape(value[1]) if value else ""


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place - 1


def _filled(rows: tuple[Row, ...], merged: Iterable[tuple[int, int, int]]) -> tuple[Row, ...]:
    """Give each row what stands in a cell that it shares with the rows above."""
    places = {row.number: place for place, row in enumerate(rows)}
    filled = list(rows)
    for column, first, last in merged:
        top = rows[places[first]].cells if first in places else ()
        value = top[column] if column < len(top) else None
        for number in range(first + 1, last + 1):
            place = places.get(number)
            if value is None or place is None:
                continue
            cells = [*filled[place].cells]
            cells += [None] * (column + 1 - len(cells))
            cells[column] = cells[column] if cells[column] is not None else value
            filled[place] = filled[place]._replace(cells=tuple(cells))
    return tuple(filled)


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
    text = text_of(str(value))
    return None if text in _NO_VALUES else text


_NO_VALUES = frozenset(["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"])
"""What Excel shows where a formula has come to nothing."""
