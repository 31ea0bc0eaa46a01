"""A sample in words: each number is told as it came about, and the words hold for any list."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from builders.cases import CRC
from fieldtool.domain.method.sampling import CaseOnList, Draw, draw
from fieldtool.domain.words.samples import explained, officers_in_words, shortfall_in_words, titles_of

KNOWN = {"women": 454, "low": 138, "other": 327, "custody_low": 129, "custody": 169}


def listed(populations: Mapping[str, int], *, officers: int = 60, units: int = 4) -> list[CaseOnList]:
    return [
        CaseOnList(f"{name}-{n}", name, f"c{n % 2}", f"u{n % units}", f"o{n % officers}")
        for name, population in populations.items()
        for n in range(population)
    ]


def told(drawn: Draw) -> dict[str, tuple[str, ...]]:
    return {section.title: section.sentences for section in explained(drawn, {})}


def test_the_known_answers_in_words() -> None:
    found = told(draw(listed(KNOWN), list(KNOWN), 148, buffer=20, seed=7))
    assert found["Size"] == (
        "148 cases, and 20 per cent of reserve cases on top: 148 × 120 / 100 = 177.60, so 178 of 1,217.",
    )
    assert found["Strata"] == (
        "women: 454 / 1,217 × 148 = 55.21, rounded 55; one fewer, makes 54.",
        "low: 138 / 1,217 × 148 = 16.78, rounded 17.",
        "other: 327 / 1,217 × 148 = 39.77, rounded 40.",
        "custody_low: 129 / 1,217 × 148 = 15.69, rounded 16.",
        "custody: 169 / 1,217 × 148 = 20.55, rounded 21.",
        "The rounded shares came to 149, not 148: the largest first give one, as far as they have.",
        "women: with reserve cases, 454 / 1,217 × 178 = 66.40, rounded 66.",
        "low: with reserve cases, 138 / 1,217 × 178 = 20.18, rounded 20.",
        "other: with reserve cases, 327 / 1,217 × 178 = 47.83, rounded 48.",
        "custody_low: with reserve cases, 129 / 1,217 × 178 = 18.87, rounded 19.",
        "custody: with reserve cases, 169 / 1,217 × 178 = 24.72, rounded 25.",
    )
    assert found["women"][0] == "66 cases to be drawn of 454, 12 of them in reserve."
    assert "c0: 227 / 454 × 66 = 33.00, rounded 33." in found["women"]
    assert any(sentence.startswith("c0, u0, by officer: o0 ") for sentence in found["women"])


def test_a_surplus_that_others_take_over_and_one_that_nobody_can() -> None:
    busy = [CaseOnList(f"B{n:03}", "women", "c", "north", "busy") for n in range(80)]
    calm = [CaseOnList(f"C{n:03}", "women", "c", "north", f"calm{n % 2}") for n in range(4)]
    found = told(draw([*busy, *calm], ["women"], 9, seed=1))["women"]
    assert "c, north, by officer: busy 6 of 80, calm0 2 of 2, calm1 1 of 2." in found or (
        "c, north, by officer: busy 6 of 80, calm0 1 of 2, calm1 2 of 2." in found
    )
    (moved,) = [sentence for sentence in found if "take over" in sentence]
    assert moved.startswith("c, north: busy had a share of 9 and room for 6, as no officer gives more than 6")
    assert "of the 3 beyond that" in moved
    short = draw([*busy, *calm], ["women"], 15, seed=1)
    assert "c, north: 5 could not be placed." in told(short)["women"]
    assert "Short of 5: no officer gives more than 6 cases" in told(short)["women"][-1]
    assert shortfall_in_words(short, {"women": "Women"}) == "Short of 5 cases: 5 of Women."


def test_the_lot_names_every_pick_in_its_order() -> None:
    drawn = draw(listed(KNOWN), list(KNOWN), 148, buffer=20, seed=7)
    lot = told(drawn)["The lot"]
    assert lot[0].startswith("Seed 7 decides ")
    named = [ref for sentence in lot[1:] for ref in re.findall(r"[a-z_]+-\d+", sentence)]
    assert named == [each.case.ref for each in drawn.cases]


def test_a_list_that_is_too_short_and_cases_that_are_elsewhere() -> None:
    drawn = draw(listed({"women": 4}), ["women"], 10, seed=7)
    size = explained(drawn, {}, left_out=2)[0].sentences
    assert size == (
        "2 cases of the list cannot be drawn, being in another sample already.",
        "10 cases of 4, without reserve cases.",
        "The list has 4 cases in all: that is all that can be drawn.",
    )
    assert shortfall_in_words(drawn, {}) == "Short of 6 cases: 6 because the list has no more."
    assert officers_in_words(drawn).startswith("4 responsible officers; at most 1 case of one (o0, o1, o2")


def test_strata_are_called_by_their_titles() -> None:
    titles = titles_of(CRC)
    drawn = draw([CaseOnList("X1", "women", "c", "u", "o")], CRC.strata_for("case_supervision"), 1, seed=1)
    sections = explained(drawn, titles)
    assert [section.title for section in sections] == ["Size", "Strata", "Women", "The lot"]
    assert explained(draw([], ["all"], 3, seed=1), titles)[1].sentences == ("All cases: none of 0, so none.",)


@given(
    st.dictionaries(st.sampled_from("abcde"), st.integers(0, 60), min_size=1, max_size=5),
    st.integers(1, 80), st.integers(0, 50), st.integers(1, 30),
)  # fmt: skip
def test_the_shares_that_are_told_are_those_of_the_draw(
    populations: dict[str, int], size: int, buffer: int, officers: int
) -> None:
    drawn = draw(listed(populations, officers=officers), list(populations), size, buffer=buffer, seed=1)
    found = told(drawn)
    for stratum in drawn.strata:
        (line,) = [s for s in found["Strata"] if s.startswith(f"{stratum.id}: ") and "reserve" not in s]
        last = re.findall(r"(?:makes|rounded|so) (\d+|none)", line)[-1]
        assert last == str(stratum.size) or (stratum.size == 0 and last in {"none", "0"})
        given = sum(
            int(n)
            for sentence in found.get(stratum.id, ())
            if ", by officer: " in sentence
            for n in re.findall(r"o\d+ (\d+) of", sentence)
        )
        assert given == stratum.drawn
