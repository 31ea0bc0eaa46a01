"""Which rows are taken, and that every other one is told with its row, its column and the reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.case_lists import TODAY, checked, person, table
from builders.cases import CRC
from fieldtool.caselist.checking import Checked, check
from fieldtool.caselist.said import ToBeSaid
from fieldtool.caselist.tables import Cell
from fieldtool.domain.method.case_list import ListedCase


def left(found: Checked) -> tuple[tuple[int, str, str], ...]:
    """The rows that are left out, without their sheets."""
    return tuple((each.row, each.column, each.reason) for each in found.left_out)


def test_a_row_becomes_a_case_without_its_names() -> None:
    found = checked(person(1, CRN=" x 12 "))
    assert found.taken == (
        ListedCase(
            "X12",
            {
                "gender": "male", "disposal": "community", "rosh_service": "medium", "hub": "East", "ldu": "Havant",
                "officer": "RO-1",
            },
        ),
    )  # fmt: skip
    assert found.left_out == ()
    assert "Family1" not in repr(found)


ONE_ROW: list[tuple[dict[str, Cell], str, str]] = [
    ({"CRN": None}, "CRN", "no CRN"),
    ({"CRN": "X1 & X2"}, "CRN", "not a valid CRN"),
    ({"CRN": "X999999"}, "CRN", "already in the inspection, as Unpaid work"),
    ({"Family_Name": "****"}, "Family Name", "restricted: asterisks in the name"),
    ({"First_Names": "A***"}, "First Names", "restricted: asterisks in the name"),
    ({"Family_Name": "(Restricted)"}, "Family Name", "restricted"),
    ({"Gender": None}, "Gender", "gender missing"),
    ({"Gender": "Q"}, "Gender", '"Q" is not a known gender'),
    (
        {"Date_of_Sentence_or_Release": "03/03/2020"},
        "Date of Sentence or Release",
        "starts in the future, on 03/03/2020",
    ),
    (
        {"Date_of_Sentence_or_Release": "31/02/2019"},
        "Date of Sentence or Release",
        "not a valid date: write it as 31/01/2020",
    ),
]


@pytest.mark.parametrize(("changes", "column", "reason"), ONE_ROW, ids=[each[2][:24] for each in ONE_ROW])
def test_rows_that_are_left_out(changes: dict[str, Cell], column: str, reason: str) -> None:
    found = checked(
        person(1), person(2, **changes), there={"X999999": "already in the inspection, as Unpaid work"}
    )
    assert [case.ref for case in found.taken] == ["X000001"]
    assert left(found) == ((3, column, reason),)


def test_a_row_with_more_cells_than_headings() -> None:
    found = checked((*person(1), None), (*person(2), "more"))
    assert left(found) == ((3, "column 14", "more cells than there are headings"),)


def test_what_begins_today_is_taken() -> None:
    assert len(checked(person(1, Date_of_Sentence_or_Release=TODAY)).taken) == 1


@pytest.mark.parametrize(
    ("changes", "column", "what"),
    [
        ({"CRN": "x000001"}, "CRN", "the same CRN"),
        ({"PNC": "10/1A"}, "PNC", "the same PNC"),
        (
            {
                "Family_Name": "FAMÍLY1",
                "First_Names": "first1",
                "Date_of_Birth": date(1980, 3, 2),
                "PNC": None,
            },
            "Date of Birth",
            "the same names and date of birth",
        ),
    ],
)
def test_of_duplicates_the_earliest_is_kept(changes: dict[str, Cell], column: str, what: str) -> None:
    found = checked(person(1), person(2, **changes, Date_of_Sentence_or_Release="31/01/2019"))
    assert left(found) == ((2, column, f"duplicate: {what} as row 3, which began earlier"),)
    found = checked(person(1), person(2, **changes))
    assert left(found) == ((3, column, f"duplicate: {what} as row 2"),)
    assert len(checked(person(1), person(2, Date_of_Birth="02/03/1980")).taken) == 2


def test_duplicates_by_way_of_a_third() -> None:
    found = checked(
        person(1, Date_of_Sentence_or_Release="03/01/2019"),
        person(2, PNC="2010/0000001A", CRN="X000003", Date_of_Sentence_or_Release="02/01/2019"),
        person(3, Date_of_Sentence_or_Release="01/01/2019"),
    )
    assert [case.ref for case in found.taken] == ["X000003"]
    assert left(found) == (
        (2, "PNC", "duplicate: the same PNC as row 3, and that person is in row 4, which began earlier"),
        (3, "CRN", "duplicate: the same CRN as row 4, which began earlier"),
    )


def test_what_stands_for_no_pnc_makes_no_duplicate() -> None:
    assert len(checked(person(1, PNC="N/A"), person(2, PNC="N/A"), person(3, PNC=None)).taken) == 3


@pytest.mark.parametrize(
    ("cell", "ended"), [("N", False), (None, False), ("00:00:00", False), ("12/02/2020", True)]
)
@pytest.mark.parametrize("more", [False, True])
def test_the_terminated_are_taken_and_told(cell: Cell, ended: bool, more: bool) -> None:
    found = checked(person(1, Terminated=cell), *([person(2, Terminated="12/12/2020")] if more else []))
    assert len(found.taken) == 1 + more
    assert found.terminated == ((2,) if ended else ())


@pytest.mark.parametrize(
    ("heading", "words", "fact", "value", "remark"),
    [
        ("Case Type", "Licence", "disposal", "post_release", ""),
        ("Case Type", "suspended sentence order", "disposal", "community", ""),
        ("Case Type", "ORA Adult Custody (<12m)", "disposal", "post_release", ""),
        ("Case Type", None, "disposal", "other", ""),
        ("Case Type", "Mystery", "disposal", "other", "is not known, and taken as Other or not recorded"),
        ("Case Type", "Licence and Community Order", "disposal", "other", "is not known, and taken as"),
        ("RoSH", "RLRH", "rosh_service", "low", ""),
        ("RoSH", "RVRH", "rosh_service", "very_high", ""),
        ("RoSH", "Very High", "rosh_service", "very_high", ""),
        ("RoSH", "Very high RoSH", "rosh_service", "very_high", ""),
        ("RoSH", "", "rosh_service", "not_recorded", ""),
    ],
)
def test_words_for_facts(heading: str, words: Cell, fact: str, value: str, remark: str) -> None:
    found = checked(person(1, **{heading: words}))
    assert found.taken[0].facts[fact] == value
    assert [each.value for each in found.values if each.text == (words or "")][-1] == value
    said = [each for each in found.remarks if heading in each]
    assert [remark in each and "(row 2)" in each for each in said] == ([True] if remark else [])


def test_what_the_list_lacks_is_told() -> None:
    found = check(table(("CRN", "Gender"), ("X1", "F")), CRC, "unpaid_work", TODAY, {})
    assert found.taken == (ListedCase("X1", {"gender": "female"}),)
    assert "There is no column for Hub: it is not recorded." in found.remarks
    assert any(each.startswith("There is no column for names") for each in found.remarks)


def test_a_list_that_lacks_what_its_strata_are_told_apart_by_is_refused() -> None:
    columns = table(("CRN", "Gender", "Case Type"), ("X1", "F", "Licence"))
    with pytest.raises(ToBeSaid) as raised:
        check(columns, CRC, "case_supervision", TODAY, {})
    assert raised.value.what == (
        "list.csv has no column for Risk of serious harm: as the service has it, by which the strata of the sample "
        "are told apart"
    )
    assert str(raised.value).startswith(f'{raised.value.what}: name it with --map "COLUMN=rosh_service"')


@given(st.lists(st.tuples(*([st.integers(0, 6)] * 5)), max_size=30))
def test_every_row_is_taken_or_told_and_nobody_is_in_twice(numbers: list[tuple[int, ...]]) -> None:
    rows = [
        person(
            0, CRN=f"X{crn}", PNC=f"2010/000000{pnc}A" if pnc else None, Family_Name=f"F{name}", First_Names="A",
            Date_of_Birth="01/01/1980", Gender="M" if gender else None,
            Date_of_Sentence_or_Release=f"{day + 1}/01/2019",
        )
        for crn, pnc, name, gender, day in numbers
    ]  # fmt: skip
    found = checked(*rows)
    told = [each.row for each in found.left_out]
    assert told == sorted(set(told))
    assert len(found.taken) + len(told) == found.rows == len(rows)
    kept = [numbers[place - 2] for place in range(2, len(rows) + 2) if place not in told]
    assert len({each[0] for each in kept}) == len(kept)
    # Two of one name and birthday are two people where both have a number, and not the same.
    assert len({(each[2], each[1]) for each in kept}) == len(kept)
    unnumbered = {each[2] for each in kept if not each[1]}
    assert all([each[2] for each in kept].count(name) == 1 for name in unnumbered)
    pncs = [each[1] for each in kept if each[1]]
    assert len(set(pncs)) == len(pncs)
