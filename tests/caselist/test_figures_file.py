"""Figures out of files: lenient about how they are written, strict about what they say, and nothing half read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from builders.cases import CRC, TINY
from fieldtool.caselist.figures_file import FiguresRead, read_figures
from fieldtool.caselist.tables import ListError
from fieldtool.domain.method.figures import Figure, Whose

PLAIN = {"Qa": Figure(stated=62), "Qax": Figure(stated=0)}


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "figures.csv"
    path.write_bytes(text.encode(encoding))
    return path


def found(folder: Path, text: str, encoding: str = "utf-8", whose: Whose = "previous") -> FiguresRead:
    return read_figures(written(folder, text, encoding), TINY, whose)


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ListError) as refused:
        found(folder, text)
    return str(refused.value).splitlines()


def workbook(folder: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(folder / "figures.xlsx")
    return folder / "figures.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_way_of_writing_csv_says_the_same(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    text = "Library inspection, café\n\nId,Per cent\n\nQa,62%\nQAX, 0 \n,\n\n"
    text = text.replace("inspection, c", "inspection c").replace(",", delimiter).replace("\n", end)
    assert found(tmp_path, text, encoding).figures == PLAIN


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        ("id,n,N", "Qa,5,8"),
        ("Item;Yes;Total", "Qa;5;8"),
        ("Key question,Wording,n (yes),N (yes and no)", "Qa,Is it quiet?,5,8"),
        ("Standard,Key question,Prompt,n,of", "Q,Qb,Qa,5,8"),
        ("ID,N,OF", "Qa,5,8"),
        ("id,per cent,n,N", "Qa,63,5,8"),
        ("id,%,n,N", "Qa,,5,8"),
        ("question no.,n,base", "Qa. Is it quiet?,5,8"),
    ],
)
def test_columns_may_be_called_many_things(tmp_path: Path, headings: str, row: str) -> None:
    assert found(tmp_path, f"{headings}\n{row}\n").figures == {"Qa": Figure(n=5, of=8)}


@pytest.mark.parametrize(
    ("whose", "percent"), [("previous", 62), ("comparison", 68)], ids=["previous", "comparison"]
)
def test_a_table_with_both_sets_serves_for_each(tmp_path: Path, whose: Whose, percent: int) -> None:
    text = "key_question,wording,previous_percent,current_percent,all_crcs_percent\nQa,Is it?,62,48,68\n"
    read = found(tmp_path, text, whose=whose)
    assert read.figures == {"Qa": Figure(stated=percent)}
    assert read.columns["per cent"] == {62: "previous_percent", 68: "all_crcs_percent"}[percent]


def test_rows_without_a_figure_are_told(tmp_path: Path) -> None:
    read = found(tmp_path, "id,per cent\nQuiet,\nQa,62\nQb,\nLa,n/a\nSource: a report,\n")
    assert (read.figures, read.without, read.passed_over) == (
        {"Qa": Figure(stated=62)},
        ("Qb", "La"),
        (2, 6),
    )


def test_many_cases_are_written_with_commas(tmp_path: Path) -> None:
    assert found(tmp_path, 'id,n,N\nQa,"1,250","2,000"\n').figures == {"Qa": Figure(n=1250, of=2000)}


@pytest.mark.parametrize("cells", [(0.62, 1, 0), ("62%", "100%", "0%"), (62, 100, 0), (62.0, 100.0, 0.0)])
def test_a_workbook_may_keep_per_cents_as_shares(tmp_path: Path, cells: tuple[object, ...]) -> None:
    path = workbook(tmp_path, ("id", "per cent"), *zip(("Qa", "Qb", "La"), cells, strict=True))
    read = read_figures(path, TINY, "comparison").figures
    assert [figure.percent for figure in read.values()] == [62, 100, 0]


def test_in_a_csv_a_share_of_one_is_no_per_cent(tmp_path: Path) -> None:
    assert faults(tmp_path, "id,per cent\nQa,0.62\n") == [
        'figures.csv, row 2, column "per cent", Qa: "0.62" has decimals: round it to whole per cent, or give n '
        "and N."
    ]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("Qaz,1,2,50", 'column "id": "Qaz" is not a key question or prompt of this framework: did you mean '),
        (
            "Wurzel,1,2,50",
            '"Wurzel" is not a key question or prompt of this framework: see `fieldtool framework',
        ),
        (",1,2,50", 'column "id": a figure has no id here'),
        ("Q,1,2,50", 'column "id": Q is a standard: figures are of key questions and prompts.'),
        ("Lb,1,2,50", 'column "id": Lb is judged in words for the inspection as a whole'),
        ("Qa,3,2,", 'column "n", Qa: n is 3 and N is 2: n cannot be above N.'),
        ("Qa,0,0,", 'column "N", Qa: N is 0: where no case counted, leave n and N blank.'),
        ("Qa,1,,", 'column "N", Qa: N is missing, though n is there.'),
        ("Qa,,4,", 'column "n", Qa: n is missing, though N is there.'),
        ("Qa,1.5,4,", 'column "n", Qa: "1.5" has decimals: give whole cases.'),
        ("Qa,many,4,", 'column "n", Qa: "many" is not a number.'),
        ("Qa,-1,4,", 'column "n", Qa: "-1" is not a number.'),
        (
            "Qa,1,4,62.5%",
            'column "%", Qa: "62.5%" has decimals: round it to whole per cent, or give n and N.',
        ),
        ('Qa,,,"62,5"', '"62,5" has decimals'),
        ("Qa,,,101", 'column "%", Qa: 101 per cent is above 100.'),
        ("Qa,1,4,26", 'column "%", Qa: it says 26 per cent, but 1 of 4 is 25: correct one of them.'),
    ],
)
def test_each_fault_is_one_sentence_with_its_place(tmp_path: Path, rows: str, fault: str) -> None:
    (said,) = faults(tmp_path, f"id,n,N,%\nQb,1,2,50\n{rows}\n")
    assert said.startswith("figures.csv, row 3, ")
    assert fault in said


def test_an_item_twice(tmp_path: Path) -> None:
    assert faults(tmp_path, "id,%\nQa,5\nQb,6\nqa,5\n") == [
        'figures.csv, row 4, column "id", Qa: it is in row 2 already: leave one out.'
    ]


def test_all_faults_are_told_and_of_very_many_the_first(tmp_path: Path) -> None:
    said = faults(tmp_path, "id,%\n" + "".join(f"X{number},1\n" for number in range(25)))
    assert len(said) == 21
    assert said[-1] == "figures.csv has 5 more like these."
    assert len(faults(tmp_path, "id,%\nQa,x\nQb,200\nQz,1\n")) == 3


def test_what_excel_made_a_date_of(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("id", "per cent"), (date(2001, 1, 2), 40), ("Qa", date(2020, 3, 1)))
    with pytest.raises(ListError) as refused:
        read_figures(path, TINY, "previous")
    first, second = str(refused.value).splitlines()
    assert "figures.xlsx, row 2" in first
    assert "Excel has made a date of the id, 02/01/2001" in first
    assert second.endswith('row 3, column "per cent", Qa: "01/03/2020" is not a number.')


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "figures.csv is empty: export the table of figures again."),
        ("a,b\nQa,5\n", 'no known headings: put "id" and "per cent", or "id", "n" and "N", above'),
        ("id,what\nQa,5\n", 'no known column of figures: call it "per cent", or call two "n" and "N".'),
        ("id,n\nQa,5\n", 'figures.csv has a column "n", but none for "N": both are needed.'),
        ("id,of\nQa,5\n", 'figures.csv has a column "N", but none for "n": both are needed.'),
        ("id,%,percent\nQa,5,6\n", 'two columns that may be "per cent", "%" and "percent": leave one of them out.'),
        ("id,%\n\n", "figures.csv has no figures below its headings."),
        ("id,%\nQa,\n", "figures.csv has no figures below its headings."),
        ('id,%\n"Qa,5\n', "this is not valid CSV"),
        ("%PDF-1.7", "ask for the table of figures as XLSX or CSV."),
    ],
)  # fmt: skip
def test_what_is_no_table_of_figures(tmp_path: Path, text: str, sentence: str) -> None:
    (said,) = faults(tmp_path, text)
    assert sentence in said


def test_a_lone_n_beside_per_cents_is_not_used(tmp_path: Path) -> None:
    read = found(tmp_path, "id,per cent,N\nQa,62,100\n")
    assert read.figures == {"Qa": Figure(stated=62)}
    assert "N" not in read.columns


def test_every_counted_item_of_the_shipped_framework(tmp_path: Path) -> None:
    items = [i for sample in CRC.samples for i in CRC.items_for(sample.id)]
    text = "id,per cent\n" + "".join(f"{item},50\n" for item in items)
    assert set(read_figures(written(tmp_path, text), CRC, "previous").figures) == set(items)
