"""Columns are known by their headings, leniently, or as somebody says; nothing is guessed in silence."""

from __future__ import annotations

import pytest

from builders.case_lists import HEADINGS, TODAY, person, sheet, table
from builders.cases import CRC, TINY
from fieldtool.caselist.checking import check
from fieldtool.caselist.columns import fields_of, find, title_of
from fieldtool.caselist.said import Said, ToBeSaid
from fieldtool.caselist.tables import Cell, ListError

FIELDS = [
    "family_name", "first_names", "date_of_birth", "gender", "disposal", "crn", "pnc", "rosh_service", "start",
    "terminated", "hub", "ldu", "officer",
]  # fmt: skip


def test_the_usual_headings() -> None:
    found = table(HEADINGS, person(1))
    assert {field: place for place, field in enumerate(FIELDS)} == found.places
    assert [row.number for row in found.rows] == [2]
    assert found.heading("rosh_service") == "RoSH"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("c.r.n.", "crn"),
        ("CRN Number", "crn"),
        ("PNC_ID", "pnc"),
        ("DateOfBirth", "date_of_birth"),
        ("D.O.B.", "date_of_birth"),
        ("Surname ", "family_name"),
        ("Reponsible Officer", "officer"),
        ("Local delivery unit (LDU)", "ldu"),
        ("Local Delivery Unit", "ldu"),
        ("RISK OF SERIOUS HARM", "rosh_service"),
        ("Sentence/Release Date", "start"),
        ("Date of sentence/release", "start"),
        ("Release Date", "release"),
        ("Manager", None),
        ("Team", None),
    ],
)
def test_headings_are_matched_leniently(heading: str, field: str | None) -> None:
    found = table((heading, "Sex", *(() if field == "crn" else ("CRN",))), ("a", "M", "X1"))
    assert [name for name, place in found.places.items() if place == 0] == ([field] if field else [])


def test_headings_below_other_rows_and_over_two() -> None:
    rows: list[tuple[Cell, ...]] = [
        ("Extract of 1 March", None),
        (None, None),
        ("Person", None, "Gender", "CRN", "Officer", None),
        ("Surname", "Forename", None, None, "Name", "Grade"),
        ("Smith", "Ann", "F", "X1", "RO-1", "PO"),
    ]
    found = find(
        [sheet(("About",), title="Cover"), sheet(*rows, title="Cases")], CRC, "case_supervision", Said(), "a"
    )
    assert found.sheet == "Cases"
    assert found.headings == (
        "Person Surname",
        "Person Forename",
        "Gender",
        "CRN",
        "Officer Name",
        "Officer Grade",
    )
    assert found.places == {
        "family_name": 0, "first_names": 1, "gender": 2, "crn": 3, "officer": 4, "officer_grade": 5,
    }  # fmt: skip
    assert [row.number for row in found.rows] == [5]


def test_a_row_of_words_that_are_headings_elsewhere_is_no_heading() -> None:
    found = table(("CRN", "Gender", "Notes"), ("X1", "F", "RO"), (None, "M", "sex"))
    assert [row.number for row in found.rows] == [2, 3]


def test_a_column_can_be_named_and_left_out() -> None:
    rows = (("Case ID", "Sex", "CRN", "Tier"), ("X1", "F", "1", "RLRH"))
    found = table(*rows, mapped={"case id": "crn", "CRN": "", "Tier": "rosh_service"})
    assert found.places == {"crn": 0, "gender": 1, "rosh_service": 3}


def test_what_somebody_says_of_a_column_counts() -> None:
    rows = (("Case ID", "Sex", "crn", "CRN"), ("X1", "F", "1", "2"))
    found = find([sheet(*rows)], CRC, "case_supervision", Said(), "list.csv")
    with pytest.raises(ToBeSaid) as raised:
        found.places  # noqa: B018  # it raises when it is asked for
    assert raised.value.what == 'list.csv has two columns that may be "crn", "crn" and "CRN"'
    assert found.said(2, "").places == {"gender": 1, "crn": 3}
    assert found.said(0, "crn").places == {"crn": 0, "gender": 1}
    with pytest.raises(ToBeSaid, match="has no column for Gender"):
        check(found.said(2, "").said(1, "pnc"), CRC, "case_supervision", TODAY, {})


def test_every_field_has_a_title() -> None:
    titles = {field: title_of(CRC, field) for field in fields_of(CRC, "case_supervision")}
    assert (titles["crn"], titles["start"], titles["hub"]) == ("CRN", "Date of sentence or release", "Hub")
    assert len(set(titles.values())) == len(titles)


def test_a_framework_without_list_columns_knows_its_facts_by_their_titles() -> None:
    found = find(
        [sheet(("CRN", "Stock", "borough"), ("X1", "Books alone", "Avon"))], TINY, "branch", Said(), "a"
    )
    assert found.places == {"crn": 0, "stock": 1, "borough": 2}


SPOILT: list[tuple[str, list[tuple[Cell, ...]], dict[str, str], str]] = [
    (
        "no headings",
        [("X1", "F"), ("X2", "M")],
        {},
        "list.csv has no known headings, as CRN: put them above",
    ),
    (
        "no CRN",
        [("Name", "Gender"), ("A", "F")],
        {},
        "has no column for CRN, Disposal and Risk of serious harm: as the service has it, by which the strata",
    ),
    (
        "no gender",
        [("CRN", "Name"), ("X1", "F")],
        {},
        'name them with --map "COLUMN=gender", --map "COLUMN=disposal" and --map "COLUMN=rosh_service"',
    ),
    (
        "two of a kind",
        [("CRN", "Gender", "crn "), ("X1", "F", "X1")],
        {},
        'list.csv has two columns that may be "crn", "CRN" and "crn ": give them different headings',
    ),
    (
        "mapped column that is not there",
        [("CRN", "Gender"), ("X1", "F")],
        {"Gendr": "gender"},
        'list.csv has no column "Gendr": did you mean "Gender"?',
    ),
    (
        "mapped to no field",
        [("CRN", "Sex of it"), ("X1", "F")],
        {"Sex of it": "gendre"},
        'There is no field "gendre": did you mean "gender"?',
    ),
]


@pytest.mark.parametrize(
    ("rows", "mapped", "words"), [each[1:] for each in SPOILT], ids=[each[0] for each in SPOILT]
)
def test_headings_that_will_not_do(rows: list[tuple[Cell, ...]], mapped: dict[str, str], words: str) -> None:
    with pytest.raises(ListError) as raised:
        check(table(*rows, mapped=mapped), CRC, "case_supervision", TODAY, {})
    assert words in str(raised.value)
