"""Ratings: the band of a percentage, the lowest key question, what could still happen, the overall score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from fieldtool.domain.method.framework import Band, Framework, KeyQuestion, Standard
from fieldtool.domain.method.tally import Count
from fieldtool.domain.words.numbers import listed


def band_of(framework: Framework, count: Count) -> Band | None:
    """The band that a count earns, as the framework reads it; None while nothing counts."""
    return _exact_band(framework, count) if framework.rounding == "exact" else _rounded_band(framework, count)


def _rounded_band(framework: Framework, count: Count) -> Band | None:
    percent = count.percent
    if percent is None:
        return None
    return next(band for band in reversed(framework.bands) if percent >= band.from_percent)


def _exact_band(framework: Framework, count: Count) -> Band | None:
    exact = count.exact
    if exact is None:
        return None
    return next(band for band in reversed(framework.bands) if exact >= band.from_percent)


@dataclass(frozen=True)
class KeyQuestionStanding:
    """Where one key question stands over the cases counted."""

    framework: Framework
    key_question: KeyQuestion
    count: Count

    @property
    def percent(self) -> int | None:
        """Its percentage, whole."""
        return self.count.percent

    @cached_property
    def band(self) -> Band | None:
        """Its band; None while no case is judged."""
        return band_of(self.framework, self.count)

    @cached_property
    def lowest(self) -> Band | None:
        """The lowest band that it can still end in; None if it has no case at all."""
        return band_of(self.framework, self.count.lowest)

    @cached_property
    def highest(self) -> Band | None:
        """The highest band that it can still end in; None if it has no case at all."""
        return band_of(self.framework, self.count.highest)

    @property
    def settled(self) -> bool:
        """Whether nothing that is still open can move its band."""
        return self.band is not None and self.lowest == self.highest

    @cached_property
    def rounding_decides(self) -> bool:
        """Whether the whole per cent and the exact fraction fall into different bands."""
        return _rounded_band(self.framework, self.count) != _exact_band(self.framework, self.count)

    @property
    def near_boundary(self) -> bool:
        """Whether the percentage is within the framework's points of a boundary between bands."""
        percent = self.percent
        if percent is None:
            return False
        points = self.framework.discretion_points
        return any(abs(percent - band.from_percent) <= points for band in self.framework.bands[1:])

    @cached_property
    def one_case_decides(self) -> bool:
        """Whether one case judged the other way would change the band."""
        yes, no = self.count.yes, self.count.no
        flips = []
        if yes:
            flips.append(self.count._replace(yes=yes - 1, no=no + 1))
        if no:
            flips.append(self.count._replace(yes=yes + 1, no=no - 1))
        return any(band_of(self.framework, flip) != self.band for flip in flips)


@dataclass(frozen=True)
class StandardStanding:
    """Where a standard stands: its key questions, its provisional rating, and why."""

    framework: Framework
    standard: Standard
    key_questions: tuple[KeyQuestionStanding, ...]

    @cached_property
    def deciding(self) -> tuple[KeyQuestionStanding, ...]:
        """The key questions with the lowest percentage; none while no case is judged."""
        judged = [standing for standing in self.key_questions if standing.count.exact is not None]
        if not judged:
            return ()
        lowest = min(standing.count.exact or 0 for standing in judged)
        return tuple(standing for standing in judged if standing.count.exact == lowest)

    @property
    def provisional(self) -> Band | None:
        """The lowest band among the key questions; None for a judged standard and while nothing counts."""
        return self.deciding[0].band if self.deciding else None

    @cached_property
    def possible(self) -> tuple[Band, ...]:
        """The ratings that the cases still open leave possible, from the lowest; none if there is no case.

        Each key question can move by itself, so every band between the ends is named.
        """
        bands = self.framework.bands
        lows = [bands.index(s.lowest) for s in self.key_questions if s.lowest is not None]
        highs = [bands.index(s.highest) for s in self.key_questions if s.highest is not None]
        return bands[min(lows) : min(highs) + 1] if lows else ()

    @property
    def settled(self) -> bool:
        """Whether nothing that is still open can move the provisional rating."""
        return self.provisional is not None and self.possible == (self.provisional,)

    @property
    def discretion_possible(self) -> bool:
        """Whether the lowest key question leaves room for professional discretion; people decide."""
        return any(s.near_boundary or s.one_case_decides for s in self.deciding)


@dataclass(frozen=True)
class OverallStanding:
    """The overall rating, or why there is none."""

    score: int | None
    """The sum over the counting standards; None if one of them has no rating."""
    rating: str | None
    """The title of the overall band."""
    reason: str
    """One sentence."""


def standings(framework: Framework, counts: Mapping[str, Count]) -> tuple[StandardStanding, ...]:
    """Where every standard stands with these counts by item; an item that is not named counts as zeros."""
    return tuple(standing_of(framework, standard, counts) for standard in framework.standards)


def standing_of(framework: Framework, standard: Standard, counts: Mapping[str, Count]) -> StandardStanding:
    """Where one standard stands with these counts by item."""
    questions = tuple(
        KeyQuestionStanding(framework, question, counts.get(question.id, Count()))
        for question in standard.counted
    )
    return StandardStanding(framework, standard, questions)


def overall(
    framework: Framework, ratings: Mapping[str, Band | None], why_unrated: Mapping[str, str]
) -> OverallStanding:
    """Sum the scores of the standards that count.

    Args:
        ratings: the rating of each standard by its number; one that is absent or None is not rated.
        why_unrated: what was recorded about standards that get no rating, by number.
    """
    counting = [standard for standard in framework.standards if standard.counts]
    unrated = [standard for standard in counting if ratings.get(standard.id) is None]
    if unrated:
        return OverallStanding(None, None, _why_none(unrated, why_unrated))
    bands = [ratings[standard.id] for standard in counting]
    score = sum(band.score for band in bands if band is not None)
    highest = max(band.score for band in framework.bands) * len(counting)
    band = next(band for band in framework.overall if band.from_score <= score <= band.to_score)
    reason = f"{score} of {highest} points over {len(counting)} standards."
    return OverallStanding(score, band.title, reason)


def _why_none(unrated: list[Standard], why_unrated: Mapping[str, str]) -> str:
    names = [f"{standard.id} {standard.title}" for standard in unrated]
    sentence = f"No overall rating: {listed(names)} {'has' if len(names) == 1 else 'have'} no rating"
    whys = dict.fromkeys(why_unrated[s.id].rstrip(".") for s in unrated if why_unrated.get(s.id))
    return f"{sentence} ({'; '.join(whys)})." if whys else f"{sentence}."
