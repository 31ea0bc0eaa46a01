"""The next reserve case: of the right stratum, in its order, with room at its officer."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.method.drawing import CaseOnList
from fieldtool.domain.method.replacement import NextReserve, Skipped, next_reserve
from fieldtool.domain.method.sampling import MOST_FOR_AN_OFFICER


def on_list(ref: str, stratum: str = "women", officer: str = "RO-1") -> CaseOnList:
    return CaseOnList(ref, stratum, "East", "unit 1", officer)


def test_the_next_of_the_stratum_comes() -> None:
    reserve = [on_list("X1", "men"), on_list("X2"), on_list("X3"), on_list("X4", "men")]
    assert next_reserve(reserve, "women", {}, {"RO-1": 2}) == NextReserve(reserve[1], (), 1, 3)
    assert next_reserve(reserve, "men", {}, {}) == NextReserve(reserve[0], (), 1, 1)
    assert next_reserve(reserve, "others", {}, {}) == NextReserve(None, (), 0, 0)
    assert next_reserve([], "women", {}, {}) == NextReserve(None, (), 0, 0)


def test_what_cannot_come_is_passed_over_and_says_why() -> None:
    reserve = [on_list("X1"), on_list("X2", officer="RO-9"), on_list("X3", officer="RO-2")]
    found = next_reserve(reserve, "women", {"X1": "in the sample already"}, {"RO-9": 6, "RO-2": 5})
    assert found == NextReserve(
        reserve[2],
        (Skipped("X1", "in the sample already"), Skipped("X2", "RO-9 gives 6 cases already")),
        0,
        6,
    )
    none = next_reserve(reserve[:2], "women", {"X1": "gone"}, {"RO-9": 7})
    assert (none.case, [each.ref for each in none.skipped]) == (None, ["X1", "X2"])


def test_an_officer_whom_nobody_knows_is_never_full() -> None:
    assert next_reserve([on_list("X1", officer="")], "women", {}, {"": 40}).case is not None


def test_what_is_left_has_room_beside_the_one_that_comes() -> None:
    reserve = [on_list("X1"), on_list("X2"), on_list("X3", officer="RO-2")]
    assert next_reserve(reserve, "women", {}, {"RO-1": 5}).left == 1


@given(
    st.lists(
        st.tuples(st.sampled_from(["women", "men"]), st.sampled_from(["RO-1", "RO-2", ""])), max_size=40
    ),
    st.dictionaries(st.sampled_from(["RO-1", "RO-2"]), st.integers(0, 6)),
)
def test_one_after_another_no_officer_gives_more_than_six(
    drawn: list[tuple[str, str]], before: dict[str, int]
) -> None:
    reserve = [on_list(f"X{place:02}", stratum, officer) for place, (stratum, officer) in enumerate(drawn)]
    officers, gone = Counter(before), dict[str, str]()
    while (found := next_reserve(reserve, "women", gone, officers)).case is not None:
        assert found.case.stratum == "women"
        assert found.case.ref not in gone
        gone[found.case.ref] = "in the sample already"
        officers[found.case.officer] += bool(found.case.officer)
        assert max(officers.values(), default=0) <= MOST_FOR_AN_OFFICER
    women = [case for case in reserve if case.stratum == "women"]
    assert all(case.ref in gone or officers[case.officer] == MOST_FOR_AN_OFFICER for case in women)
