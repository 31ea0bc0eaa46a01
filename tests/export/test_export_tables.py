"""The tables of the report and their writers."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from builders.commands import asked, refused, supervision, tiny
from fieldtool.cli.exporting import _contents
from fieldtool.domain.method.figures import Figure
from fieldtool.domain.method.tally import Bucket, bucket_of, item_slot, whole_percent
from fieldtool.export import csv_table, markdown_table
from fieldtool.export.contents import Contents
from fieldtool.export.table import Column, Table
from fieldtool.export.tables import tables
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import replacements
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.setting_up import propose_figures


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny(tmp_path / "tiny.db")


def contents(path: Path, *, complete_only: bool = False, with_notes: bool = False) -> Contents:
    with InspectionFile.open(path, to_write=False) as inspection_file:
        return _contents(Inspection(inspection_file), complete_only, with_notes)


def records(table: Table) -> list[dict[str, object]]:
    ids = [column.id for column in table.columns]
    assert len(set(ids)) == len(ids)
    assert all(len(row) == len(ids) for row in table.rows)
    return [dict(zip(ids, row, strict=True)) for row in table.rows]


def by_id(made: Contents) -> dict[str, list[dict[str, object]]]:
    return {table.id: records(table) for table in tables(made)}


def test_every_table_is_whole_and_carries_the_licence(path: Path) -> None:
    made = tables(contents(path))
    assert [table.id for table in made] == [
        "answers",
        "cases",
        "key_questions",
        "prompts",
        "ratings",
        "subgroups",
    ]
    for table in made:
        assert records(table)
        assert "Made up for the tests; no rights reserved." in table.note
        assert "Over all cases, complete or not: 4." in table.note


def test_ratings(path: Path) -> None:
    quiet, lending, overall = by_id(contents(path))["ratings"]
    assert list(quiet.values()) == [
        "Q",
        "Quiet",
        "Fair",
        4,
        "yes",
        "Fair",
        67,
        "Qa Is it quiet?",
        "yes",
        None,
    ]
    assert lending["possible"] == "Poor; Fair; Splendid"
    assert (overall["rating"], overall["score"]) == ("To stay open", 13)


def test_a_standard_judged_as_a_whole_has_no_figures(tmp_path: Path) -> None:
    rows = by_id(contents(supervision(tmp_path / "crc.db")))["ratings"]
    first = rows[0]
    assert (first["standard"], first["rating"], first["remark"]) == ("1.1", None, "fieldwork was cut short")
    assert rows[1]["remark"] == "Judged as a whole."
    assert rows[-1]["rating"] is None
    assert str(rows[-1]["remark"]).startswith("No overall rating")


def test_key_questions_and_prompts_equal_a_plain_recount(path: Path) -> None:
    for complete_only in (False, True):
        made = contents(path, complete_only=complete_only)
        found = by_id(made)
        for row, item in [
            *((row, str(row["key_question"])) for row in found["key_questions"]),
            *((row, str(row["prompt"])) for row in found["prompts"]),
        ]:
            yes = no = 0
            for case in made.cases:
                value = case.values.get(item_slot(made.framework, item))
                bucket = bucket_of(made.framework, item, case.facts, value)
                yes, no = yes + (bucket is Bucket.YES), no + (bucket is Bucket.NO)
            assert (row["n"], row["of"], row["no"]) == (yes, yes + no, no)
            assert row["percent"] == whole_percent(yes, yes + no)


def test_figures_to_compare_with_are_columns_of_their_own(path: Path) -> None:
    bare = by_id(contents(path))["key_questions"][0]
    assert not any(name.startswith(("previous", "comparison")) for name in bare)
    with InspectionFile.open(path, to_write=True) as inspection_file:
        lead = Lead(Inspection(inspection_file, "LEAD-1"))
        propose_figures(
            lead, "previous", {"Qb": Figure(n=1, of=4), "Qax": Figure(stated=40)}, "Visit of 2019"
        ).carry_out()
        propose_figures(lead, "comparison", {"Qb": Figure(n=3, of=4)}).carry_out()
    found = by_id(contents(path))
    names = ("percent", "n", "of", "points", "significant")
    quiet, voices = found["key_questions"][:2]
    assert [quiet[f"previous_{name}"] for name in names] == [None] * 5
    assert [voices[f"previous_{name}"] for name in names] == [25, 1, 4, 75, "yes"]
    assert [voices[f"comparison_{name}"] for name in names] == [75, 3, 4, 25, "no"]
    assert [found["prompts"][0][f"previous_{name}"] for name in names] == [40, None, None, 10, None]
    notes = {table.id: table.note for table in tables(contents(path))}
    assert "Previous inspection: Visit of 2019. Significant: by a two-proportion" in notes["key_questions"]
    assert notes["prompts"] == notes["key_questions"]
    assert "Significant" not in notes["ratings"]


def test_subgroups_add_up_to_their_key_question(path: Path) -> None:
    found = by_id(contents(path))
    for question in found["key_questions"]:
        rows = [row for row in found["subgroups"] if row["key_question"] == question["key_question"]]
        assert [row["group"] for row in rows] == [
            "Books alone",
            "Books and records",
            "Tools to borrow",
            "Not recorded",
        ]
        for figure in ("n", "of", "open", "not_applicable"):
            assert sum(int(str(row[figure])) for row in rows) == question[figure]


def test_subgroups_by_the_facts_of_the_sample_alone(tmp_path: Path) -> None:
    rows = by_id(contents(supervision(tmp_path / "crc.db")))["subgroups"]
    unpaid = {row["fact"] for row in rows if row["standard"] == "3.1"}
    assert "Disposal" not in unpaid
    assert "Gender" in unpaid


def test_answers_have_a_row_for_each_case_and_item(path: Path) -> None:
    found = by_id(contents(path))["answers"]
    rows = {(row["ref"], row["item"]): row for row in found}
    assert len(rows) == len(found) == 4 * 7
    given = rows["B-02", "Qax"]
    assert (given["answer"], given["counts_as"], given["kind"]) == ("no", "no", "prompt")
    assert (given["fact_borough"], given["fact_stock"]) == ("=1+1", "Tools to borrow")
    assert (given["standard"], given["key_question"]) == ("Q", "Qa")
    assert (rows["B-01", "La"]["answer"], rows["B-01", "La"]["counts_as"]) == (None, "not applicable")
    assert (rows["B-02", "Lay"]["answer"], rows["B-02", "Lay"]["counts_as"]) == (
        "not relevant",
        "not relevant",
    )
    assert rows["B-04", "Qa"]["counts_as"] == "open"
    assert rows["B-04", "Qa"]["kind"] == "judgement"


def test_cases(path: Path) -> None:
    rows = by_id(contents(path))["cases"]
    assert [(row["ref"], row["state"], row["holder"]) for row in rows] == [
        ("B-01", "complete", "INS-01"),
        ("B-02", "complete", "INS-01"),
        ("B-03", "in progress", "INS-01"),
        ("B-04", "untouched", None),
    ]


def test_what_dropped_out_has_a_sheet_of_its_own(path: Path) -> None:
    assert "eliminated" not in by_id(contents(path))
    with InspectionFile.open(path, to_write=True) as inspection_file:
        lead = Lead(Inspection(inspection_file, "LEAD-1"))
        replacements.propose(lead, "B-01", "no_file", "lost in the move", without_reserve=True).carry_out()
    made = contents(path)
    assert "B-01" not in {row["ref"] for row in by_id(made)["answers"]}
    (row,) = by_id(made)["eliminated"]
    assert "why" not in row
    assert {name: row[name] for name in ("ref", "sample", "criterion", "replaced_by", "who", "holder")} == {
        "ref": "B-01",
        "sample": made.framework.samples_by_id["branch"].title,
        "criterion": "Case file not available",
        "replaced_by": None,
        "who": "LEAD-1",
        "holder": "INS-01",
    }
    assert (row["fact_borough"], row["fact_stock"]) == ("Avon", "Books alone")
    (row,) = by_id(contents(path, with_notes=True))["eliminated"]
    assert row["why"] == "lost in the move"


def test_complete_only_leaves_the_others_out(path: Path) -> None:
    made = contents(path, complete_only=True)
    assert {row["ref"] for row in by_id(made)["answers"]} == {"B-01", "B-02"}
    assert "Over the complete cases alone: 2." in made.note


WRITTEN = ["HYPERLINK", "a case note", "a reason", "half a thou", "a second line"]


def test_texts_about_people_stay_out_unless_asked_for(path: Path, tmp_path: Path) -> None:
    without, with_notes = tmp_path / "without", tmp_path / "with"
    assert asked("export", path, "--to", without).exit_code == 0
    assert asked("export", path, "--to", with_notes, "--with-notes").exit_code == 0
    for folder, there in (
        (without, []),
        (with_notes, ["HYPERLINK", "a case note", "a reason", "a second line"]),
    ):
        for ending in ("csv", "md"):
            whole = "".join(file.read_text(encoding="utf-8-sig") for file in folder.glob(f"*.{ending}"))
            assert [text for text in WRITTEN if text in whole] == there


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(path: Path) -> None:
    for table in tables(contents(path, with_notes=True)):
        data = csv_table.write(table)
        assert data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        assert rows[0] == [column.id for column in table.columns]
        assert len(rows) == len(table.rows) + 1
        for cells, row in zip(rows[1:], table.rows, strict=True):
            for written, cell in zip(cells, row, strict=True):
                assert not written.startswith(("=", "+", "-", "@"))
                assert written.removeprefix("'") == ("" if cell is None else str(cell))


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1", "－x"])
def test_csv_guards_whatever_starts_a_formula(text: str) -> None:
    table = Table("t", "T", (Column("a", "A"), Column("b", "B")), ((text, -1),), "")
    rows = list(csv.reader(io.StringIO(csv_table.write(table).decode("utf-8-sig"), newline="")))
    assert rows[1] == [f"'{text}", "-1"]


def test_markdown_is_one_table_whose_cells_cannot_break_out(path: Path) -> None:
    for table in tables(contents(path, with_notes=True)):
        lines = markdown_table.write(table).decode("utf-8").splitlines()
        assert lines[0] == f"# {table.title}"
        body = [line for line in lines if line.startswith("|")]
        assert len(body) == len(table.rows) + 2
        for line in body:
            assert line.replace("\\|", "").count("|") == len(table.columns) + 1
        assert "<b>" not in "\n".join(body)


def test_markdown_says_numbers_to_the_right_and_keeps_names_with_underscores() -> None:
    table = Table(
        "t", "A_b", (Column("a", "Text"), Column("b", "Number")), (("x_y *z*", 4), ("a\nb", None)), "N"
    )
    assert markdown_table.write(table).decode() == (
        "# A_b\n\n| Text | Number |\n| --- | ---: |\n| x_y \\*z\\* | 4 |\n| a<br>b |  |\n\nN\n"
    )


def test_files_are_there_whole_and_nothing_else(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "tables"
    answer = asked("export", path, "--to", folder)
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert answer.stdout == f"6 tables as CSV and as Markdown: {folder}\n"
    names = ("ratings", "key_questions", "prompts", "subgroups", "answers", "cases")
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        f"{name}.{ending}" for name in names for ending in ("csv", "md")
    )


def test_what_is_there_is_replaced_only_by_force(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    mine = folder / "cases.csv"
    mine.write_text("mine")
    assert refused(asked("export", path, "--to", folder)) == (
        f"{mine} is there already: name another folder, or say --force."
    )
    assert [file.name for file in folder.iterdir()] == ["cases.csv"]
    assert mine.read_text() == "mine"
    assert asked("export", path, "--to", folder, "--force").exit_code == 0
    assert mine.read_text() != "mine"
    assert "11 more are there already" in refused(asked("export", path, "--to", folder))


def test_a_failure_leaves_nothing_behind(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    folder = tmp_path / "tables"
    assert refused(asked("export", path, "--to", folder)) == (
        f"The tables could not be written into {folder}: no space left on device."
    )
    assert list(folder.iterdir()) == []


def test_a_file_where_the_folder_should_be(path: Path) -> None:
    assert "could not be written into" in refused(asked("export", path, "--to", path))
