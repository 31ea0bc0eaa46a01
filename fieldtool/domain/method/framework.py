"""The instrument of an inspection: standards, key questions, prompts, case facts, bands.

All of it is data. Nothing here, and nothing anywhere in the code, knows the number of a standard or
the name of a fact: two frameworks differ by their TOML files alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from fieldtool.domain.base import Applicability, Model, Number, Slug, Text
from fieldtool.domain.method.strata import ALL, DrawFacts, Stratum


class Applies(StrEnum):
    """Whether an item applies to a case, as far as the case facts tell."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"
    """A fact that decides it has not been recorded yet."""


class Band(Model):
    """A rating, and the whole per cents that earn it: `from_percent` to `to_percent`, both included."""

    id: Slug
    title: Text
    from_percent: int = Field(alias="from", ge=0, le=100)
    to_percent: int = Field(alias="to", ge=0, le=100)
    score: int = Field(ge=0)
    """What a standard with this rating adds to the overall score."""


class OverallBand(Model):
    """An overall rating, and the total scores that earn it, both ends included."""

    id: Slug
    title: Text
    from_score: int = Field(alias="from", ge=0)
    to_score: int = Field(alias="to", ge=0)


class SampleType(Model):
    """A kind of case that is sampled and assessed by its own standards."""

    id: Slug
    title: Text
    short: Annotated[str, StringConstraints(min_length=1, max_length=12)]
    """The title for narrow columns."""


class Choice(Model):
    """One value that a case fact may have."""

    id: Slug
    title: Text


class Fact(Model):
    """Something recorded of a case before its prompts: either one of `choices`, or a short text."""

    id: Slug
    title: Text
    kind: Literal["choice", "text"] = "choice"
    choices: tuple[Choice, ...] = ()
    samples: tuple[Slug, ...]
    """The sample types whose cases have this fact."""
    required: bool = True
    """Whether a case is incomplete without it."""
    guidance: str = ""

    def label(self, value: str | None) -> str:
        """The wording of a value: the title of the choice, or the text itself; empty for none."""
        if value is None:
            return ""
        return next((choice.title for choice in self.choices if choice.id == value), value)


class ListColumn(Model):
    """A column of the case lists that services send, and the case fact that is read from it."""

    fact: Slug
    headings: tuple[Text, ...]
    """What services call it; capitals, spaces and punctuation make no difference."""
    values: Mapping[Slug, tuple[str, ...]] = {}
    """For each choice of the fact, the words that mean it, beside its title; an empty one stands for a blank cell,
    and for words that are not known."""
    required: bool = False
    """Whether a case without it is left out."""


class AgendaKind(StrEnum):
    """What the team attends beside its cases."""

    MEETING = "meeting"
    FOCUS_GROUP = "focus_group"
    OFFICER_INTERVIEW = "officer_interview"
    USER_INTERVIEW = "user_interview"
    OBSERVATION = "observation"

    @property
    def words(self) -> str:
        """What people call it."""
        return _AGENDA_WORDS[self]


_AGENDA_WORDS = {
    AgendaKind.MEETING: "Meeting",
    AgendaKind.FOCUS_GROUP: "Focus group",
    AgendaKind.OFFICER_INTERVIEW: "Officer interview",
    AgendaKind.USER_INTERVIEW: "Service user interview",
    AgendaKind.OBSERVATION: "Observation",
}


class FormAnswer(Choice):
    """One answer to a question of an interview form."""

    counts: bool = True
    """Whether it is part of the whole that percentages are of; "cannot say" is not."""


class FormQuestion(Model):
    """A question of an interview form."""

    id: Slug
    wording: Text
    answers: tuple[FormAnswer, ...]

    def label(self, answer: str) -> str:
        """The wording of an answer, or its id where it is none of this question's."""
        return next((known.title for known in self.answers if known.id == answer), answer)


class Form(Model):
    """A short interview form: asked at every item of one kind on the agenda, and counted over all of them."""

    id: Slug
    title: Text
    kind: AgendaKind
    questions: tuple[FormQuestion, ...]


class Prompt(Model):
    """A point that the inspector answers: yes, no, or not relevant."""

    id: Number
    wording: Text
    applies: Applicability = {}
    guidance: str = ""


class KeyQuestion(Model):
    """What the inspector judges of a case, yes or no, having answered its prompts."""

    id: Number
    wording: Text
    topic: Annotated[str, StringConstraints(max_length=40)] = ""
    """What it is about, in a few words, for outlines and reasons; empty: the wording must do."""
    qualitative: bool = False
    """Judged for the inspection as a whole by words, never counted over cases."""
    applies: Applicability = {}
    guidance: str = ""
    prompts: tuple[Prompt, ...] = ()

    @property
    def name(self) -> str:
        """Its topic, or where it has none its wording."""
        return self.topic or self.wording


class Standard(Model):
    """What a service is rated on."""

    id: Number
    title: Text
    statement: Text
    sample: Slug | None = None
    """The sample type whose cases it is assessed by; none for a standard that is judged as a whole."""
    judged_as_a_whole: bool = False
    """One rating, proposed by the lead inspector with reasons; it has no percentages."""
    counts: bool = True
    """Whether its score is part of the overall score."""
    key_questions: tuple[KeyQuestion, ...] = ()

    @property
    def counted(self) -> tuple[KeyQuestion, ...]:
        """The key questions that have percentages."""
        if self.judged_as_a_whole:
            return ()
        return tuple(question for question in self.key_questions if not question.qualitative)


class Domain(Model):
    """A group of standards."""

    id: Number
    title: Text
    standards: tuple[Standard, ...]


class Framework(Model):
    """A whole instrument. Its cross-references are checked by `fieldtool.frameworks.loader`."""

    id: Slug
    title: Text
    licence: Text
    """Whose wording it is, and on what terms it is used."""
    rounding: Literal["rounded", "exact"] = "rounded"
    """Whether bands are read off the whole per cent or off the exact fraction."""
    discretion_points: int = Field(default=5, ge=0, le=50)
    """How near to a boundary, in per cent points, professional discretion is possible."""
    list_fact: Slug | None = None
    """The case fact that lists of cases show in a column of its own, as the hub."""
    subgroup_facts: tuple[Slug, ...] = ()
    """The case facts by which the data annexe breaks the key questions down."""
    draw_facts: DrawFacts = DrawFacts()
    strata: tuple[Stratum, ...] = ()
    list_columns: tuple[ListColumn, ...] = ()
    forms: tuple[Form, ...] = ()
    """The interview forms, one at most for each kind of item on the agenda."""
    bands: tuple[Band, ...]
    """From the lowest to the highest, without a hole."""
    overall: tuple[OverallBand, ...]
    """From the lowest to the highest, without a hole."""
    samples: tuple[SampleType, ...]
    facts: tuple[Fact, ...] = ()
    domains: tuple[Domain, ...]

    @field_validator("draw_facts", mode="before")
    @classmethod
    def _named_by_place(cls, value: object) -> object:
        """Frameworks that were recorded before these facts had names list them in this order."""
        return dict(zip(DrawFacts.model_fields, value, strict=False)) if isinstance(value, list) else value

    @cached_property
    def standards(self) -> tuple[Standard, ...]:
        """All standards, in the order of the instrument."""
        return tuple(standard for domain in self.domains for standard in domain.standards)

    @cached_property
    def standards_by_id(self) -> Mapping[str, Standard]:
        """Standard by its number."""
        return {standard.id: standard for standard in self.standards}

    @cached_property
    def facts_by_id(self) -> Mapping[str, Fact]:
        """Case fact by its id."""
        return {fact.id: fact for fact in self.facts}

    @cached_property
    def samples_by_id(self) -> Mapping[str, SampleType]:
        """Sample type by its id."""
        return {sample.id: sample for sample in self.samples}

    def sample_title(self, id: str) -> str:
        """The title of a sample type; its id where this framework has no such one, as where somebody made it up."""
        return self.samples_by_id[id].title if id in self.samples_by_id else id

    @cached_property
    def form_questions_by_id(self) -> Mapping[str, FormQuestion]:
        """Question of an interview form by its id."""
        return {question.id: question for form in self.forms for question in form.questions}

    def form_for(self, kind: AgendaKind) -> Form | None:
        """The interview form of a kind of item on the agenda, if it has one."""
        return next((form for form in self.forms if form.kind is kind), None)

    @cached_property
    def key_questions_by_id(self) -> Mapping[str, KeyQuestion]:
        """Key question by its number, those of judged standards among them."""
        return {q.id: q for standard in self.standards for q in standard.key_questions}

    @cached_property
    def prompts_by_id(self) -> Mapping[str, Prompt]:
        """Prompt by its number."""
        return {p.id: p for q in self.key_questions_by_id.values() for p in q.prompts}

    @cached_property
    def standard_of(self) -> Mapping[str, Standard]:
        """The standard that a key question or a prompt belongs to, by the item's number."""
        return {
            item: standard
            for standard in self.standards
            for question in standard.key_questions
            for item in (question.id, *(prompt.id for prompt in question.prompts))
        }

    @cached_property
    def key_question_of(self) -> Mapping[str, KeyQuestion]:
        """The key question that a prompt belongs to, by the prompt's number."""
        return {p.id: q for q in self.key_questions_by_id.values() for p in q.prompts}

    @cached_property
    def conditions(self) -> Mapping[str, tuple[Applicability, ...]]:
        """What decides whether an item applies: its own mapping and, of a prompt, its key question's too."""
        mappings: dict[str, tuple[Applicability, ...]] = {}
        for question in self.key_questions_by_id.values():
            mappings[question.id] = (question.applies,) if question.applies else ()
            for prompt in question.prompts:
                mappings[prompt.id] = mappings[question.id] + ((prompt.applies,) if prompt.applies else ())
        return mappings

    @cached_property
    def decided_by(self) -> Mapping[str, frozenset[str]]:
        """For each case fact, the prompts and key questions that it can close or reopen."""
        items_of: dict[str, set[str]] = {fact.id: set() for fact in self.facts}
        for item, mappings in self.conditions.items():
            for mapping in mappings:
                for fact in mapping:
                    items_of.setdefault(fact, set()).add(item)
        return {fact: frozenset(items) for fact, items in items_of.items()}

    def standards_for(self, sample: str) -> tuple[Standard, ...]:
        """The standards that cases of a sample type are assessed by."""
        return self._standards_by_sample.get(sample, ())

    def facts_for(self, sample: str) -> tuple[Fact, ...]:
        """The case facts of a sample type, in the order in which they are asked."""
        return self._facts_by_sample.get(sample, ())

    def items_for(self, sample: str) -> tuple[str, ...]:
        """The counted items of a sample type: each key question after its prompts."""
        return self._items_by_sample.get(sample, ())

    def strata_for(self, sample: str) -> tuple[str, ...]:
        """The ids of the strata of a sample type, in their order."""
        return tuple(s.id for s in self.strata if s.sample == sample) or (ALL,)

    def deciding_facts(self, sample: str) -> tuple[str, ...]:
        """The ids of the facts by which the strata of a sample type are told apart."""
        own = (stratum for stratum in self.strata if stratum.sample == sample)
        return tuple(dict.fromkeys(fact for stratum in own for fact in stratum.when))

    def stratum_of(self, sample: str, facts: Mapping[str, str]) -> str | None:
        """The stratum of a case with these facts; None if it fits none."""
        own = [stratum for stratum in self.strata if stratum.sample == sample]
        for stratum in own:
            if all(facts.get(fact) in values for fact, values in stratum.when.items()):
                return stratum.id
        return None if own else ALL

    def applies(self, item: str, facts: Mapping[str, str]) -> Applies:
        """Say whether a prompt or key question applies to a case with these facts.

        One fact that excludes it is enough for NO, whatever else is still unknown.
        """
        undecided = False
        for mapping in self.conditions[item]:
            for fact, values in mapping.items():
                value = facts.get(fact)
                if value is None:
                    undecided = True
                elif value not in values:
                    return Applies.NO
        return Applies.UNDECIDED if undecided else Applies.YES

    @cached_property
    def _standards_by_sample(self) -> Mapping[str, tuple[Standard, ...]]:
        return {
            sample.id: tuple(s for s in self.standards if s.sample == sample.id) for sample in self.samples
        }

    @cached_property
    def _facts_by_sample(self) -> Mapping[str, tuple[Fact, ...]]:
        return {sample.id: tuple(f for f in self.facts if sample.id in f.samples) for sample in self.samples}

    @cached_property
    def _items_by_sample(self) -> Mapping[str, tuple[str, ...]]:
        return {
            sample: tuple(
                item
                for standard in standards
                for question in standard.counted
                for item in (*(prompt.id for prompt in question.prompts), question.id)
            )
            for sample, standards in self._standards_by_sample.items()
        }
