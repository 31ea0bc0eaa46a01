"""The rows of a case list, or of another table, out of a CSV or XLSX file, whatever Excel has made of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from fieldtool import files
from fieldtool.caselist.tables import LARGEST, ListError, Row, Sheet, Watch, rows_of, text_of, unwatched
from fieldtool.caselist.workbook import sheets_of


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
    if data.startswith(b"PK\x03\x04"):
        sheets = sheets_of(path.name, data, watch, what)
    elif data.startswith(_PICTURES):
        raise ListError(f"{path.name} is a picture, not a table: ask for the {what} as XLSX or CSV.")
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


_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")


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


# ---------------------------------------------------------------------- CSV


def _comma_separated(name: str, data: bytes, watch: Watch, what: str) -> Sheet:
    text, remarks = _text(name, data, what)
    told = re.match(r"sep=(.)\r?\n", text)  # how Excel is told, on a line that it does not show
    if told:
        text = text[told.end() :]
    delimiter = told[1] if told else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = (tuple(text_of(cell) for cell in line) for line in reader)
        rows = rows_of(name, watch(lines, text.count("\n") + 1))
    except csv.Error as error:
        raise ListError(
            f"{name}, line {reader.line_num}: this is not valid CSV: a quotation mark there or before is not closed, "
            "or stands inside a cell; correct it, or save the list as XLSX."
        ) from error
    return Sheet("", rows, remarks=(*remarks, *_garbled(rows)))


def _text(name: str, data: bytes, what: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and what is to be said of its encoding."""
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # Excel's "Unicode text"
    if b"\x00" in data and not utf_16:
        raise ListError(f"{name} is neither CSV nor XLSX: export the {what} again, in one of the two.")
    try:
        return data.decode("utf-16" if utf_16 else "utf-8-sig"), ()
    except UnicodeDecodeError:
        if utf_16:
            raise _unknown_encoding(name) from None
    return _line_by_line(name, data)


def _line_by_line(name: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    """Read each line as what it is, for exports are pasted together from several programs."""
    told: list[str] = []
    encodings: dict[str, list[int]] = {"utf-8": [], "cp1252": []}
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True), 1):
        try:
            told.append(line.decode("utf-8"))
            encodings["utf-8"] += [] if line.isascii() else [number]
        except UnicodeDecodeError:
            try:
                told.append(line.decode("cp1252"))
            except UnicodeDecodeError:
                raise _unknown_encoding(name) from None
            encodings["cp1252"].append(number)
    first = encodings["cp1252"][0]
    if encodings["utf-8"]:
        other = encodings["utf-8"][0]
        remark = (
            f"The file is in two encodings: Windows-1252, as in line {first}, and UTF-8, as in line {other}."
        )
    else:
        remark = "Read as Windows-1252."
    return "".join(told), (f"{remark} Look whether names are right in line {first}.",)


def _unknown_encoding(name: str) -> ListError:
    return ListError(f"{name} is in an unknown encoding: save it as CSV UTF-8, or as XLSX.")


_GARBLED = re.compile(
    "\ufffd|\u00c3[\u0080-\u00bf\u0152\u0153\u0160\u0161\u017d\u017e\u02c6\u2013-\u203a\u20ac\u2122]"
    "|\u00c2[\u00a0-\u00bf]|\u00e2\u20ac"
    "|[a-z][\u0160\u0178\u017d\u2020\u2021\u02c6\u2030\u2122\u00a1-\u00b6\u00b8-\u00bf][a-z]"
)
"""What letters with accents become where one encoding is read as another."""


def _garbled(rows: Iterable[Row]) -> Iterator[str]:
    """What is to be said of cells that look as if they were read in another encoding than theirs."""
    found = [
        (row.number, cell)
        for row in rows
        for cell in row.cells
        if isinstance(cell, str) and _GARBLED.search(cell)
    ]
    if found:
        named = ", ".join(f'"{cell}" (row {number})' for number, cell in found[:3])
        cells = f"{len(found)} cells look" if len(found) > 1 else "One cell looks"
        yield f"{cells} garbled, as {named}: ask for the list as XLSX, or as CSV UTF-8."


def _delimiter(text: str) -> str:
    """What stands between the cells: the character by which the first lines fall into the most."""
    first = text[:20_000].splitlines()[:20]

    def cells(delimiter: str) -> int:
        try:
            return sum(len(line) for line in csv.reader(first, delimiter=delimiter))
        except csv.Error:
            return 0

    return max(",;\t|", key=cells)
