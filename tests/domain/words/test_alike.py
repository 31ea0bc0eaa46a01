"""Texts alike: what counts as one, and what does not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.words.alike import plain, plain_name, spellings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Unit-1", "unit 1"),
        ("  East   Hub ", "EAST HUB"),
        ("Seán", unicodedata.normalize("NFD", "Seán")),
        ("Straße", "STRASSE"),
        ("North–East", "north-east"),
    ],
)
def test_texts_that_are_one(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Unit 1", "Unit 2"), ("Núñez", "Nunez"), ("-", "East"), ("?", "!")]
)
def test_texts_that_are_not(one: str, other: str) -> None:
    assert plain(one) != plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("King, Lisa", "Lisa King"),
        ("KING, LISA", "Lisa  King "),
        ("D’Arcy, Nicola", "NICOLA D'ARCY"),
        ("Smith-Jones, Ann", "Ann Smith Jones"),
        ("SMITH ANNA", "Smith, Anna"),
    ],
)
def test_names_in_any_order(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


def test_a_code_is_no_name() -> None:
    assert plain_name("3-1") != plain_name("1-3")
    assert plain_name("Unallocated (N07)") == plain_name("UNALLOCATED N07")


def test_ways_to_write_are_told_the_most_usual_first() -> None:
    told = spellings(["Lisa King", "KING, LISA", "Lisa King", "", "Tom Ash"], plain_name)
    assert [*told.values()] == [
        ("Lisa King", ["Lisa King", "KING, LISA"]),
        ("Tom Ash", ["Tom Ash"]),
    ]


@given(st.text())
def test_any_text_has_one_plain_form(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert plain(text) == plain(f" {text} ")
