"""Ratings: bands at their edges, the lowest key question, what is possible, discretion, the overall score."""

from __future__ import annotations

import pytest

from builders.cases import CRC, TINY
from fieldtool.domain.method.framework import Band, Framework, KeyQuestion, Standard
from fieldtool.domain.method.rating import (
    KeyQuestionStanding,
    StandardStanding,
    band_of,
    overall,
    standing_of,
    standings,
)
from fieldtool.domain.method.tally import Count

EXACT = CRC.model_copy(update={"rounding": "exact"})


def of(yes: int, cases: int = 100, still_open: int = 0) -> Count:
    return Count(yes=yes, no=cases - yes, open=still_open)


def question(count: Count, framework: Framework = CRC) -> KeyQuestionStanding:
    return KeyQuestionStanding(framework, next(iter(framework.key_questions_by_id.values())), count)


def standard(*counts: Count, framework: Framework = CRC) -> StandardStanding:
    """A made-up standard with one key question for each count."""
    questions = tuple(KeyQuestion(id=f"9.9.{n}", wording="?") for n in range(len(counts)))
    made = Standard(id="9.9", title="T", statement="S", key_questions=questions)
    return standing_of(framework, made, {q.id: count for q, count in zip(questions, counts, strict=True)})


def title(band: Band | None) -> str | None:
    return None if band is None else band.title


@pytest.mark.parametrize(
    ("count", "band"),
    [
        (of(0), "Inadequate"),
        (of(49), "Inadequate"),
        (of(50), "Requires improvement"),
        (of(64), "Requires improvement"),
        (of(65), "Good"),
        (of(79), "Good"),
        (of(80), "Outstanding"),
        (of(100), "Outstanding"),
        (of(99, 200), "Requires improvement"),  # 49.5 is 50
        (of(98, 199), "Inadequate"),  # 49.2…
        (of(159, 200), "Outstanding"),  # 79.5 is 80
        (Count(), None),
        (Count(not_relevant=3, open=2, out=1), None),
    ],
)
def test_bands_by_the_whole_per_cent(count: Count, band: str | None) -> None:
    assert title(band_of(CRC, count)) == band


@pytest.mark.parametrize(
    ("count", "band"),
    [
        (of(99, 200), "Inadequate"),
        (of(100, 200), "Requires improvement"),
        (of(159, 200), "Good"),
        (of(799, 1000), "Good"),
        (of(80), "Outstanding"),
        (of(0), "Inadequate"),
        (Count(open=1), None),
    ],
)
def test_bands_by_the_exact_fraction(count: Count, band: str | None) -> None:
    assert title(band_of(EXACT, count)) == band


@pytest.mark.parametrize(("yes", "band"), [(33, "Poor"), (34, "Fair"), (89, "Fair"), (90, "Splendid")])
def test_bands_of_another_framework(yes: int, band: str) -> None:
    assert title(band_of(TINY, of(yes))) == band


@pytest.mark.parametrize("framework", [CRC, EXACT], ids=["rounded", "exact"])
def test_where_rounding_decides_it_is_flagged(framework: Framework) -> None:
    assert question(of(99, 200), framework).rounding_decides
    assert question(of(159, 200), framework).rounding_decides
    assert not question(of(100, 200), framework).rounding_decides
    assert not question(of(97, 200), framework).rounding_decides  # 48.5 is 49, no boundary
    assert not question(Count(open=3), framework).rounding_decides


def test_a_standard_is_as_good_as_its_lowest_key_question() -> None:
    found = standard(of(90), of(66), of(70))
    assert title(found.provisional) == "Good"
    assert [s.key_question.id for s in found.deciding] == ["9.9.1"]


def test_ties_decide_together_by_the_exact_share() -> None:
    tied = standard(of(2, 3), of(4, 6), of(67))  # 66.67, 66.67, 67
    assert [s.key_question.id for s in tied.deciding] == ["9.9.0", "9.9.1"]
    assert {s.percent for s in tied.key_questions} == {67}


def test_a_question_without_cases_decides_nothing() -> None:
    found = standard(Count(out=5), of(70))
    assert [s.key_question.id for s in found.deciding] == ["9.9.1"]
    assert standard(Count(out=5), Count()).provisional is None
    assert standard(Count(out=5), Count()).possible == ()
    assert standard().provisional is None


def test_what_is_possible() -> None:
    found = question(of(6, 8, still_open=2))  # from 6 of 10 to 8 of 10
    assert (title(found.lowest), title(found.band), title(found.highest)) == (
        "Requires improvement",
        "Good",
        "Outstanding",
    )
    assert not found.settled
    assert question(of(9, 10)).settled
    assert question(of(0, 10, still_open=9)).settled  # 9 of 19 at best
    assert not question(of(0, 10, still_open=10)).settled
    assert not question(Count(open=5)).settled
    assert question(Count(out=5)).lowest is None


def test_the_possible_ratings_of_a_standard() -> None:
    found = standard(of(6, 8, still_open=2), of(90))
    assert [b.title for b in found.possible] == ["Requires improvement", "Good", "Outstanding"]
    assert not found.settled
    capped = standard(of(6, 8, still_open=2), of(70))  # whatever happens, it is not better than Good
    assert [b.title for b in capped.possible] == ["Requires improvement", "Good"]
    settled = standard(of(6, 8, still_open=2), of(10))
    assert [b.title for b in settled.possible] == ["Inadequate"]
    assert settled.settled
    nothing_yet = standard(Count(open=4), of(70))
    assert [b.title for b in nothing_yet.possible] == ["Inadequate", "Requires improvement", "Good"]
    assert [b.title for b in standard(Count(open=1)).possible] == [b.title for b in CRC.bands]
    assert not standard(Count(open=1)).settled


@pytest.mark.parametrize(
    ("yes", "near"),
    [(44, False), (45, True), (50, True), (55, True), (56, False), (59, False), (60, True), (70, True)],
)
def test_near_a_boundary(yes: int, near: bool) -> None:
    assert question(of(yes)).near_boundary is near


def test_every_whole_per_cent_near_a_boundary() -> None:
    near = {yes for yes in range(101) if question(of(yes)).near_boundary}
    assert near == {*range(45, 56), *range(60, 71), *range(75, 86)}


def test_the_points_of_discretion_are_the_framework_s() -> None:
    assert [yes for yes in range(101) if question(of(yes), TINY).near_boundary] == [
        *range(32, 37),
        *range(88, 93),
    ]
    assert not question(Count(open=2)).near_boundary


@pytest.mark.parametrize(
    ("count", "decides"),
    [
        (of(10, 20), True),  # 50, one less is 45
        (of(9, 20), True),  # 45, one more is 50
        (of(11, 20), False),  # 55, then 50 or 60
        (of(8, 20), False),
        (of(0, 1), True),
        (of(1, 1), True),
        (of(0, 9), False),
        (of(9, 9), False),  # 8 of 9 is 89
        (of(4, 4), True),  # 3 of 4 is 75
        (Count(open=3), False),
        (Count(yes=10, no=10, not_relevant=5, open=50, out=3), True),
    ],
)
def test_one_case_the_other_way(count: Count, decides: bool) -> None:
    assert question(count).one_case_decides is decides


def test_discretion_looks_at_the_lowest_key_question_alone() -> None:
    assert standard(of(50), of(90)).discretion_possible
    assert not standard(of(57), of(64)).discretion_possible
    assert standard(of(4, 4), of(5, 5)).discretion_possible  # far from any boundary, few cases
    assert not standard(Count(open=1)).discretion_possible


# ---------------------------------------------------------------------- overall

BANDS = {band.title: band for band in CRC.bands}
GOOD = BANDS["Good"]


def all_rated(band: Band) -> dict[str, Band | None]:
    return {s.id: band for s in CRC.standards if s.counts}


@pytest.mark.parametrize(
    ("each", "score", "rating"),
    [
        ("Inadequate", 0, "Inadequate"),
        ("Requires improvement", 10, "Requires improvement"),
        ("Good", 20, "Good"),
        ("Outstanding", 30, "Outstanding"),
    ],
)
def test_overall_sums_the_scores(each: str, score: int, rating: str) -> None:
    found = overall(CRC, all_rated(BANDS[each]), {})
    assert (found.score, found.rating) == (score, rating)
    assert found.reason == f"{score} of 30 points over 10 standards."


@pytest.mark.parametrize(
    ("good", "improve", "outstanding", "score", "rating"),
    [
        (0, 5, 0, 5, "Inadequate"),
        (0, 6, 0, 6, "Requires improvement"),
        (5, 5, 0, 15, "Requires improvement"),
        (6, 4, 0, 16, "Good"),
        (5, 0, 5, 25, "Good"),
        (4, 0, 6, 26, "Outstanding"),
    ],
)
def test_overall_at_the_edges(good: int, improve: int, outstanding: int, score: int, rating: str) -> None:
    names = ["Good"] * good + ["Requires improvement"] * improve + ["Outstanding"] * outstanding
    names += ["Inadequate"] * (10 - len(names))
    counting = [s.id for s in CRC.standards if s.counts]
    ratings: dict[str, Band | None] = {id: BANDS[n] for id, n in zip(counting, names, strict=True)}
    found = overall(CRC, ratings, {})
    assert (found.score, found.rating) == (score, rating)


def test_a_standard_that_does_not_count_is_left_out() -> None:
    raw = TINY.model_dump(by_alias=True)
    raw["domains"][0]["standards"][0]["counts"] = False
    framework = Framework.model_validate(raw)
    splendid = framework.bands[-1]
    found = overall(framework, {"L": splendid}, {"Q": "not asked"})
    assert (found.score, found.reason) == (9, "9 of 9 points over 1 standards.")


def test_one_standard_without_a_rating_means_none_and_why() -> None:
    ratings = all_rated(GOOD) | {"2.1": None}
    found = overall(CRC, ratings, {})
    name = CRC.standards_by_id["2.1"].title
    assert (found.score, found.rating) == (None, None)
    assert found.reason == f"No overall rating: 2.1 {name} has no rating."
    found = overall(CRC, ratings, {"2.1": "Too few cases.", "2.2": "never asked for"})
    assert found.reason == f"No overall rating: 2.1 {name} has no rating (Too few cases)."


def test_an_absent_rating_is_a_missing_one() -> None:
    ratings = all_rated(GOOD)
    del ratings["3.2"]
    assert overall(CRC, ratings, {}).rating is None


def test_the_same_reason_is_said_once() -> None:
    left = ["2.1", "2.2", "3.1"]
    ratings = all_rated(GOOD) | dict.fromkeys(left)
    names = [f"{id} {CRC.standards_by_id[id].title}" for id in left]
    why = {"2.1": "Fieldwork was cut short.", "2.2": "Fieldwork was cut short", "3.1": "No cases."}
    assert overall(CRC, ratings, why).reason == (
        f"No overall rating: {names[0]}, {names[1]} and {names[2]} have no rating "
        "(Fieldwork was cut short; No cases)."
    )


def test_standings_are_all_standards_and_judged_ones_have_no_percentages() -> None:
    found = standings(CRC, {"2.1.1": of(80), "1.1.1": of(80)})
    assert [s.standard.id for s in found] == [s.id for s in CRC.standards]
    by_id = {s.standard.id: s for s in found}
    assert (by_id["1.1"].provisional, by_id["1.1"].key_questions) == (None, ())
    assert title(by_id["2.1"].provisional) == "Outstanding"
    assert by_id["2.2"].provisional is None


def test_a_qualitative_question_is_never_counted() -> None:
    found = standing_of(TINY, TINY.standards_by_id["L"], {"La": of(95), "Lb": of(1)})
    assert [s.key_question.id for s in found.key_questions] == ["La"]
    assert title(found.provisional) == "Splendid"
