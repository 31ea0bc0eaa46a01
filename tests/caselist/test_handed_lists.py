"""Lists as they come: each handed list that was read wrongly once, and what is right."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from builders.cases import CRC
from fieldtool.caselist.checking import Checked, check
from fieldtool.caselist.columns import find
from fieldtool.caselist.reading import read
from fieldtool.caselist.said import Ask, Said, ToBeSaid
from fieldtool.caselist.tables import ListError
from fieldtool.domain.method.case_list import ListReading

LISTS = Path(__file__).parents[1] / "cases" / "lists"
TODAY = date(2026, 12, 1)
SAMPLE = "case_supervision"


def come_to(name: str, said: Said | None = None) -> Checked:
    """What a handed list comes to."""
    said = said or Said()
    table = find(read(LISTS / name), CRC, SAMPLE, said, name)
    return check(table, CRC, SAMPLE, TODAY, {}, said)


def to_be_said(name: str) -> ToBeSaid:
    """What must be said of a handed list first."""
    with pytest.raises(ToBeSaid) as told:
        come_to(name)
    return told.value


def test_two_lists_in_two_sheets_are_asked_for_and_joined() -> None:
    asked = to_be_said("two_lists_in_two_sheets.xlsx")
    assert asked.ask is Ask.SHEETS
    assert "Community (59 rows), Post release (59 rows)" in asked.what
    joined = come_to("two_lists_in_two_sheets.xlsx", Said(sheets=("Community", "Post release")))
    assert len(joined.taken) == 118
    assert 'Not looked at: "READ ME", "Lookups".' in joined.remarks
    alone = come_to("two_lists_in_two_sheets.xlsx", Said(sheets=("Community",)))
    assert len(alone.taken) == 59
    with pytest.raises(
        ListError, match=r'no sheet "Comunity" that looks like a list: did you mean "Community"'
    ):
        come_to("two_lists_in_two_sheets.xlsx", Said(sheets=("Comunity",)))


def test_of_two_rows_of_headings_the_lower_one_names_the_columns() -> None:
    told = come_to("two_header_rows.xlsx")
    assert len(told.taken) == 300
    used = {told.table.headings[place]: field for field, place in told.table.places.items()}
    assert used["Family name"] == "family_name"
    assert used["RoSH level"] == "rosh_service"
    assert (used["PDU"], used["LDU"], used["Offender Manager"]) == ("hub", "ldu", "officer")


def test_other_names_of_columns_are_known() -> None:
    told = come_to("other_names.csv")
    assert len(told.taken) == 120
    used = {told.table.headings[place]: field for field, place in told.table.places.items()}
    assert (used["Case Ref"], used["Order/Licence"], used["PDU"]) == ("crn", "disposal", "hub")
    assert used["Commencement"] == "start"


def test_all_columns_that_lack_are_said_at_once(tmp_path: Path) -> None:
    bare = tmp_path / "bare.csv"
    bare.write_text("CRN,Tier\nX1,A\n", encoding="utf-8")
    with pytest.raises(ToBeSaid, match=r"no column for Gender, Disposal and Risk of serious harm") as told:
        check(find(read(bare), CRC, SAMPLE, Said(), "bare.csv"), CRC, SAMPLE, TODAY, {})
    assert '--map "COLUMN=gender", --map "COLUMN=disposal" and --map "COLUMN=rosh_service"' in str(told.value)


def test_headings_of_the_long_list_are_known() -> None:
    plain = come_to("long_list_plain_headings.csv")
    told = come_to("long_list_headings.csv")
    assert [case.ref for case in told.taken] == [case.ref for case in plain.taken]
    assert [(each.row, each.reason.split(",")[0]) for each in told.left_out] == [
        (3, "starts in the future"),
        (4, "duplicate: the same CRN as row 5"),
    ]
    assert told.table.places.keys() == plain.table.places.keys()


def test_dates_with_the_month_first_are_not_read_until_that_is_said() -> None:
    asked = to_be_said("dates_month_first.csv")
    assert asked.ask is Ask.DATES
    assert '"Sentence / Release Date": 120 dates can only be read with the month before the day' in asked.what
    told = come_to("dates_month_first.csv", Said(before=ListReading(month_first=True)))
    assert len(told.taken) == 200


def test_no_form_of_a_date_is_taken_for_another_day() -> None:
    both = Said(since=date(2025, 9, 3), until=date(2025, 9, 3))
    told = come_to("date_forms.csv", both)
    assert (len(told.taken), told.left_out) == (8, ())


def test_words_for_nothing_are_nothing() -> None:
    told = come_to("nothing_there_words.csv")
    reasons = Counter((each.column, each.reason) for each in told.left_out)
    assert reasons == {("CRN", "no CRN"): 12, ("Gender", "gender missing"): 17}
    assert not any(fact in {"N/A", "n/a"} for case in told.taken for fact in case.facts.values())


def test_null_words_are_no_officer_and_no_end() -> None:
    told = come_to("null_words.csv")
    assert [(each.row, each.reason) for each in told.left_out] == [(23, "no CRN"), (24, "no CRN")]
    assert told.terminated == ()
    assert all("officer" not in case.facts for case in told.taken[:20])
    assert not any(value == "NULL" for case in told.taken for value in case.facts.values())


def test_a_number_of_many_people_is_no_number_of_a_person() -> None:
    told = come_to("pnc_placeholders.csv")
    assert len(told.taken) == 300


def test_a_number_behind_many_names_is_told(tmp_path: Path) -> None:
    text = (LISTS / "pnc_placeholders.csv").read_text(encoding="utf-8")
    text = text.replace("1900/0000001A", "1999/0123456A").replace("0000/0000000X", "1999/0123456A")
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    told = check(find(read(tmp_path / "list.csv"), CRC, SAMPLE, Said(), "list.csv"), CRC, SAMPLE, TODAY, {})
    assert len(told.taken) == 300
    (remark,) = [remark for remark in told.remarks if "many different names" in remark]
    assert remark.startswith('"PNC": One number stands behind many different names, in ')


def test_placeholders_of_people_whom_few_may_see_are_left_out() -> None:
    told = come_to("restricted_placeholders.csv")
    assert told.taken == ()
    assert all(each.reason.startswith("restricted") for each in told.left_out)


def test_what_is_said_not_to_be_low_is_not_low() -> None:
    told = come_to("rosh_words.csv")
    taken_for = {each.text: each.value for each in told.values if each.fact == "rosh_service"}
    assert len(taken_for) == 18
    for text in ("Not low", "Non-Low", "Low/Medium", "Medium to high", "H/VH", "1", "Nil", "\N{EN DASH}"):
        assert taken_for[text] == "not_recorded"
    assert (taken_for["RoSH: Low"], taken_for["Low Risk"]) == ("low", "low")
    assert (taken_for["V. High"], taken_for["RVRH - Very High"]) == ("very_high", "very_high")


def test_a_word_is_taken_for_what_somebody_says() -> None:
    said = Said(before=ListReading(values={"rosh_service": {"not low": "medium"}}))
    told = come_to("rosh_words.csv", said)
    assert next(each.value for each in told.values if each.text == "Not low") == "medium"


def test_sentence_words() -> None:
    told = come_to("sentence_words.csv")
    taken_for = {each.text: each.value for each in told.values if each.fact == "disposal"}
    expected = json.loads((LISTS / "sentence_words_expected.json").read_text(encoding="utf-8"))
    wanted = {"c": "community", "p": "post_release"}
    assert {text: taken_for[text] for text, _ in expected} == {text: wanted[word] for text, word in expected}


def test_places_written_in_several_ways_are_one_and_told() -> None:
    told = come_to("same_in_two_forms.csv")
    assert len({case.facts["hub"] for case in told.taken}) == 1
    assert len({case.facts["ldu"] for case in told.taken}) == 1
    assert sum("written in several ways, taken as one" in remark for remark in told.remarks) == 2


def test_two_encodings_are_each_read_as_what_they_are() -> None:
    told = come_to("mixed_encoding.csv")
    assert {case.facts["hub"] for case in told.taken} == {"Café Hub"}
    assert told.remarks[0].startswith("The file is in two encodings: Windows-1252, as in line 2, and UTF-8")


def test_merged_cells_are_filled_down() -> None:
    told = come_to("merged_cells.xlsx")
    assert all({"hub", "ldu"} <= case.facts.keys() for case in told.taken)


def test_hidden_rows_are_asked_for() -> None:
    asked = to_be_said("hidden_by_filter.xlsx")
    assert asked.ask is Ask.HIDDEN
    assert "30 rows are hidden in the workbook" in asked.what
    assert len(come_to("hidden_by_filter.xlsx", Said(hidden=True)).taken) == 60
    assert len(come_to("hidden_by_filter.xlsx", Said(hidden=False)).taken) == 30


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("formulas_without_values.xlsx", "400 formulas that were never computed: open it in Excel, save it"),
        ("strict_open_xml.xlsx", 'is saved as "Strict Open XML": save it as an ordinary workbook'),
    ],
)
def test_workbooks_that_are_not_read_are_named(name: str, words: str) -> None:
    with pytest.raises(ListError, match=words):
        come_to(name)


def test_a_column_without_a_heading_drops_no_row() -> None:
    told = come_to("unnamed_column.csv")
    assert (len(told.taken), told.left_out) == (20, ())
    assert "1 column on the right without a heading: not used." in told.remarks


def test_two_people_with_one_name_are_both_kept() -> None:
    told = come_to("same_name_other_person.csv")
    assert [case.ref for case in told.taken] == ["X100001", "X100002"]
    assert any(
        "row 3 has the names and date of birth of row 2, but another PNC" in each for each in told.remarks
    )


# ---------------------------------------------------------------------- more of the kind


def written(folder: Path, text: str | bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


HEAD = "CRN,Family name,First names,DOB,Gender,Sentence type,RoSH,Start date,Termination date,Cluster,LDU,Officer\n"


def listed(folder: Path, *rows: str, said: Said | None = None) -> Checked:
    path = written(folder, HEAD + "\n".join(rows) + "\n")
    said = said or Said()
    return check(find(read(path), CRC, SAMPLE, said, path.name), CRC, SAMPLE, TODAY, {}, said)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"\x89PNG\r\n\x1a\n0000", "list.png", "is a picture, not a table"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "list.xlsx", "is a picture, not a table"),
        (b"GIF89a", "list.csv", "is a picture, not a table"),
        (b"%PDF-1.7", "list.pdf", "is a PDF, not a table"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, data: bytes, name: str, words: str) -> None:
    with pytest.raises(ListError, match=words):
        read(written(tmp_path, data, name))


def test_a_first_heading_pk_is_no_workbook(tmp_path: Path) -> None:
    (sheet,) = read(written(tmp_path, "PK,CRN\n1,X1\n"))
    assert [row.cells for row in sheet.rows] == [("PK", "CRN"), ("1", "X1")]


def test_an_open_document_is_named(tmp_path: Path) -> None:
    path = tmp_path / "list.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", "<office/>")
    with pytest.raises(ListError, match=r"is an OpenDocument spreadsheet: save it as XLSX"):
        read(path)


def test_letters_of_another_machine_look_garbled(tmp_path: Path) -> None:
    row = "X1,Smith,Ren\u00e9e,01/01/1980,F,CO,Low,01/05/2026,,Caf\u00e9s,N1,Off\n"
    path = written(tmp_path, HEAD.encode() + row.encode("mac_roman"))
    (remark,) = [each for each in find(read(path), CRC, SAMPLE, Said(), "x").remarks if "garbled" in each]
    assert remark.startswith(
        '2 cells look garbled, as "Ren\u017de" (row 2), "Caf\u017ds" (row 2): ask for the list'
    )


def test_a_start_long_ago_is_told_and_a_window_leaves_out(tmp_path: Path) -> None:
    rows = (
        "X1,Smith,Al,01/01/1980,M,CO,Low,01/05/1999,,North,N1,Off",
        "X2,Jones,Bo,02/01/1980,M,CO,Low,01/05/2026,,North,N1,Off",
    )
    told = listed(tmp_path, *rows)
    assert "began before 2021 (row 2)." in told.remarks
    window = Said(since=date(2026, 1, 1), until=date(2026, 4, 30))
    assert [each.reason for each in listed(tmp_path, *rows, said=window).left_out] == [
        "began on 01/05/1999, before 01/01/2026",
        "began on 01/05/2026, after 30/04/2026",
    ]


def test_a_column_of_blanks_is_told(tmp_path: Path) -> None:
    told = listed(tmp_path, "X1,Smith,Al,01/01/1980,M,CO,Low,01/05/2026,,,N1,TBC")
    assert '"Cluster": every cell is blank.' in told.remarks
    assert '"Officer": every cell is blank.' in told.remarks


def test_what_was_said_of_the_last_list_is_no_error_in_another(tmp_path: Path) -> None:
    before = ListReading(columns={"Tier": "rosh_service", "Old": "no_such_field"})
    assert (
        len(listed(tmp_path, "X1,S,A,01/01/1980,M,CO,Low,01/05/2026,,N,N1,O", said=Said(before=before)).taken)
        == 1
    )
    said = replace(Said(before=before), columns={"Grade": "officer_grade"})
    assert said.for_the_next.columns == {
        "Tier": "rosh_service",
        "Old": "no_such_field",
        "Grade": "officer_grade",
    }
