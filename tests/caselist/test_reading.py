"""The rows of a case list: Excel's habits do no harm, and what is no list is told in one sentence."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from fieldtool.caselist import tables
from fieldtool.caselist import workbook as workbook_file
from fieldtool.caselist.dates import day_of
from fieldtool.caselist.reading import read
from fieldtool.caselist.tables import Cell, ListError

ROWS = "CRN,Name\nX1,José\nX2,Ann\n"


def written(folder: Path, data: str | bytes, name: str = "list.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(data.encode(encoding) if isinstance(data, str) else data)
    return path


def cells(path: Path) -> list[tuple[Cell, ...]]:
    (sheet,) = read(path)
    return [row.cells for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_way_of_writing_csv_says_the_same(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    path = written(tmp_path, ROWS.replace(",", delimiter).replace("\n", end), encoding=encoding)
    assert cells(path) == [("CRN", "Name"), ("X1", "José"), ("X2", "Ann")]


def test_rows_are_numbered_as_excel_does(tmp_path: Path) -> None:
    text = 'sep=;\nCRN;Name\n\n;\nX1;"O\'Neil;\n Ann"\nX2; Bob  Two \n\n;;\n'
    (sheet,) = read(written(tmp_path, text))
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (1, ("CRN", "Name")),
        (4, ("X1", "O'Neil; Ann")),
        (5, ("X2", "Bob Two")),
    ]


def workbook(folder: Path, rows: list[list[object]], name: str = "list.xlsx") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(folder / name)
    return folder / name


def test_a_workbook(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["CRN", "Born", "Number", "Ended"],
        ["X1", datetime(1980, 2, 1), 1234567.0, True],  # noqa: DTZ001  # as Excel has it
        [None, None, None, None],
        [2.0, date(1981, 2, 1), "#N/A", " two  words "],
    ]
    rows.extend([None, None] for _ in range(50))
    (sheet,) = read(workbook(tmp_path, rows))
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (1, ("CRN", "Born", "Number", "Ended")),
        (2, ("X1", date(1980, 2, 1), "1234567", "Y")),
        (4, ("2", date(1981, 2, 1), None, "two words")),
    ]


def test_hidden_sheets_and_wrong_dimensions(tmp_path: Path) -> None:
    book = Workbook()
    shown, hidden = book.active, book.create_sheet("Old")
    assert shown is not None
    for sheet, ref in ((shown, "X1"), (hidden, "X9")):
        sheet.append(["CRN"])
        sheet.append([ref])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "a.xlsx") as packed,
        zipfile.ZipFile(tmp_path / "b.xlsx", "w") as changed,
    ):
        for name in packed.namelist():
            data = packed.read(name)
            changed.writestr(name, data.replace(b'<dimension ref="A1:A2"', b'<dimension ref="A1"'))
    assert cells(tmp_path / "b.xlsx") == [("CRN",), ("X1",)]


def test_the_values_of_formulas(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["CRN"], ['="X"&1']])
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as changed:
        for name in packed.namelist():
            data = packed.read(name).replace(b"<v></v>", b"<v>X1</v>").replace(b"<v />", b"<v>X1</v>")
            changed.writestr(name, data.replace(b'<c r="A2">', b'<c r="A2" t="str">'))
    assert cells(tmp_path / "b.xlsx") == [("CRN",), ("X1",)]


def unpackable(folder: Path) -> bytes:
    data = workbook(folder, [["CRN"], ["X1"]], "whole.xlsx").read_bytes()
    return data[: len(data) // 2]


def other_zip(folder: Path) -> bytes:
    del folder
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("letter.txt", "no workbook")
    return packed.getvalue()


SPOILT = [
    (b"", "list.csv is empty: export the case list again."),
    (b"\xef\xbb\xbf\r\n;;\r\n", "list.csv is empty: export the case list again."),
    (b'"","",\n"",,\n', "list.csv is empty: export the case list again."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "an old Excel file, or has a password: save it as XLSX"),
    (b"<html><table><tr><td>CRN", "list.csv is a web page, whatever its name says: open it in Excel"),
    (b"%PDF-1.7", "list.csv is a PDF, not a table: ask for the case list as XLSX or CSV."),
    (b"CRN\x00Name\nX1\x00Ann", "list.csv is neither CSV nor XLSX: export the case list again"),
    (b"CRN,Name\nX1,Jos\x81\n", "list.csv is in an unknown encoding: save it as CSV UTF-8"),
    (
        b'CRN,Name\nX1,"Ann\nX2,Bob\n',
        "list.csv, line 3: this is not valid CSV: a quotation mark there or before is not closed",
    ),
    (b'CRN,Name\nX1,"Ann" Lee\n', "list.csv, line 2: this is not valid CSV"),
]


@pytest.mark.parametrize(("data", "words"), SPOILT, ids=[words[:30] for _, words in SPOILT])
def test_what_is_no_list(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(ListError) as raised:
        read(written(tmp_path, data))
    assert words in str(raised.value)
    assert str(raised.value).count("\n") == 0


def no_sheet(folder: Path) -> bytes:
    """A workbook whose table is there no more."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(workbook(folder, [["CRN"], ["X1"]], "whole.xlsx")) as whole,
        zipfile.ZipFile(packed, "w") as file,
    ):
        for name in whole.namelist():
            file.writestr(name, b"<worksheet" if "sheet1" in name else whole.read(name))
    return packed.getvalue()


@pytest.mark.parametrize("spoil", [unpackable, other_zip, no_sheet])
def test_what_is_no_workbook(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(
        ListError, match="damaged, or not a workbook: open it in Excel, save it again as XLSX"
    ):
        read(written(tmp_path, spoil(tmp_path), "list.xlsx"))


def test_a_workbook_that_would_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[object]] = [["CRN"]]
    rows.extend([f"X{n % 7}"] for n in range(5000))
    path = workbook(tmp_path, rows)
    monkeypatch.setattr(workbook_file, "LARGEST", 50_000)
    assert path.stat().st_size < 50_000
    with pytest.raises(ListError, match=r"list\.xlsx is too large for a case list: save the "):
        read(path)


def test_more_rows_than_any_case_list_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    assert len(cells(written(tmp_path, ROWS + "\n" * 50))) == 3
    with pytest.raises(ListError, match=r"list\.csv has more than 3 rows: save the list alone\."):
        read(written(tmp_path, ROWS + "X3,Bob\n"))


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ListError, match=r"There is no file .*none\.csv: check the name\."):
        read(tmp_path / "none.csv")
    with pytest.raises(ListError, match=r"cannot be read: is a directory\."):
        read(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "31/01/2020", "31/1/20", "31.01.2020", "31-01-2020", "2020-01-31", "31 Jan 2020", "31-Jan-20",
        "31 January 2020", "31/01/2020 00:00", "31/01/2020 00:00:00", "2020-01-31T00:00:00Z", "43861", "43861.5",
        "Friday, 31st January 2020", "31/01/2020 12:00 AM",
    ],
)  # fmt: skip
def test_dates_with_the_day_first(text: str) -> None:
    assert day_of(text) == date(2020, 1, 31)


@pytest.mark.parametrize(
    "text", ["01/31/2020", "30/02/2020", "2020", "soon", "31/01", "99999999", "00:00:00"]
)
def test_what_is_no_date(text: str) -> None:
    assert day_of(text) is None
