"""A sample in words: each number is told as it came about, and the words hold for any list."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from builders.cases import CRC
from fieldtool.domain.method.drawing import CaseOnList, Draw, draw, planned
from fieldtool.domain.words.samples import (
    explained,
    limited_in_words,
    officers_in_words,
    planned_in_words,
    same_officer_in_words,
    shortfall_in_words,
    titles_of,
)

KNOWN = {"women": 454, "low": 138, "other": 327, "custody_low": 129, "custody": 169}


def listed(populations: Mapping[str, int], *, officers: int = 60, units: int = 4) -> list[CaseOnList]:
    return [
        CaseOnList(f"{name}-{n}", name, f"c{n % 2}", f"u{n % units}", f"o{n % officers}")
        for name, population in populations.items()
        for n in range(population)
    ]


def told(drawn: Draw) -> dict[str, tuple[str, ...]]:
    return {section.title: section.sentences for section in explained(drawn.plan, {}, drawn=drawn)}


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
    assert found["women"][:2] == (
        "54 main cases of 454, and 12 reserve cases.",
        "Each of these cases has the same chance to be a main case: 11.9 per cent.",
    )
    assert re.fullmatch(
        r"c0, u0: 114 cases, 13\.56 on average, so 13 or 14; drawn 1[34]\.", found["women"][2]
    )
    assert found["Responsible officers"] == (
        "No officer gives more than 6 cases over the whole sample, reserve cases among them.",
        "Nobody reaches that on average: all cases of a stratum have the same chance.",
    )


def test_an_officer_at_the_limit_and_what_nobody_can_give() -> None:
    busy = [CaseOnList(f"B{n:03}", "women", "c", "north", "busy") for n in range(80)]
    calm = [CaseOnList(f"C{n:03}", "women", "c", "north", f"calm{n % 2}") for n in range(4)]
    found = told(draw([*busy, *calm], ["women"], 9, seed=1))
    assert found["women"][1] == (
        "Each of these cases has the same chance to be a main case, but for those of officers who reach the limit: "
        "75.0 per cent."
    )
    assert found["Responsible officers"][1:] == (
        "busy: 80 cases, which at the chance of others would give 60.00; with the limit 6.00, a chance of: women 7.5 "
        "per cent.",
        "What they give less, the other cases of the same stratum give more, all by the same factor.",
    )
    short = draw([*busy, *calm], ["women"], 15, seed=1)
    assert told(short)["women"][2].startswith("Short of 5: no officer gives more than 6 cases")
    assert shortfall_in_words(short, {"women": "Women"}) == "Short of 5 cases: 5 of Women."
    assert planned_in_words(short.plan, {"women": "Women"}) == "Short of 5 main cases: 5 of Women."
    assert limited_in_words(short.plan) == (
        "1 officer reaches the limit of 6: their cases have a smaller chance than others."
    )
    with_reserve = draw([*busy, *calm], ["women"], 9, buffer=50, seed=1)
    assert shortfall_in_words(with_reserve, {}) == "Short of 4 reserve cases: 4 of women."


def test_before_it_is_drawn_nothing_of_the_lot_is_told() -> None:
    plan = planned(listed(KNOWN), list(KNOWN), 148, buffer=20)
    sections = explained(plan, {})
    assert "drawn" not in " ".join(sentence for section in sections[:-1] for sentence in section.sentences)
    assert sections[-1].sentences[0].startswith("Which cases come is decided when the sample is drawn")


def test_officers_written_in_several_ways_are_named() -> None:
    ways = ("King, Lisa", "Lisa King", "KING, LISA")
    cases = [CaseOnList(f"X{n}", "women", "c", "u", ways[n % 3]) for n in range(9)]
    plan = planned(cases, ["women"], 3)
    assert same_officer_in_words(plan) == (
        'Written in several ways, counted as one officer: "KING, LISA" = "King, Lisa" = "Lisa King".'
    )
    assert same_officer_in_words(planned(listed(KNOWN), list(KNOWN), 9)) == ""


def test_the_lot_names_every_pick_in_its_order() -> None:
    drawn = draw(listed(KNOWN), list(KNOWN), 148, buffer=20, seed=7)
    lot = told(drawn)["The lot"]
    assert lot[0].startswith("Seed 7 decides where the average is rounded")
    named = [ref for sentence in lot[1:] for ref in re.findall(r"[a-z_]+-\d+", sentence)]
    assert named == [each.case.ref for each in drawn.cases]


def test_a_list_that_is_too_short_and_cases_that_are_elsewhere() -> None:
    drawn = draw(listed({"women": 4}), ["women"], 10, seed=7)
    size = explained(drawn.plan, {}, left_out=2, drawn=drawn)[0].sentences
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
    sections = explained(drawn.plan, titles, drawn=drawn)
    assert [section.title for section in sections] == [
        "Size",
        "Strata",
        "Women",
        "Responsible officers",
        "The lot",
    ]
    assert explained(planned([], ["all"], 3), titles)[1].sentences == ("All cases: none of 0, so none.",)


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
            int(sentence.rsplit(" ", 1)[1].strip("."))
            for sentence in found.get(stratum.id, ())
            if "; drawn " in sentence
        )
        assert given == sum(each.case.stratum == stratum.id and not each.reserve for each in drawn.cases)
