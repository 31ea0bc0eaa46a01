"""The figures that the sample inspection must come to, the make-up of its cases, and what it is compared with.

The published tables give whole per cents only. Where a prompt may be not relevant, its N is our
choice: one that prints the published per cent and that an inspector would believe.
"""

from __future__ import annotations

from typing import NamedTuple


class Target(NamedTuple):
    """Yes, out of the cases in which an item counts."""

    yes: int
    of: int


SUPERVISION_CASES = 100
UNPAID_WORK_CASES = 35
GATE_CASES = 24

UNFINISHED = "UW-35"
"""The case that the third week of fieldwork was kept for: facts and a note, no answer."""

KEY_QUESTIONS = {
    "2.1.1": Target(48, 100),
    "2.1.2": Target(60, 100),
    "2.1.3": Target(39, 100),
    "2.2.1": Target(54, 100),
    "2.2.2": Target(66, 100),
    "2.2.3": Target(34, 81),
    "2.3.1": Target(63, 100),
    "2.3.2": Target(43, 100),
    "2.3.3": Target(24, 81),
    "2.4.1": Target(59, 100),
    "2.4.2": Target(59, 100),
    "2.4.3": Target(22, 81),
    "3.1.1": Target(26, 34),
    "3.1.2": Target(28, 34),
    "3.1.4": Target(27, 34),
    "3.2.1": Target(23, 24),
    "3.2.2": Target(22, 24),
    "3.2.3": Target(23, 24),
}

PROMPTS = {
    "2.1.1.a": Target(46, 99),
    "2.1.1.b": Target(35, 97),
    "2.1.1.c": Target(52, 98),
    "2.1.2.a": Target(39, 100),
    "2.1.2.b": Target(63, 100),
    "2.1.2.c": Target(49, 99),
    "2.1.3.a": Target(38, 96),
    "2.1.3.b": Target(39, 87),
    "2.1.3.c": Target(27, 94),
    "2.1.3.d": Target(47, 96),
    "2.1.3.e": Target(20, 39),
    "2.2.1.a": Target(50, 100),
    "2.2.1.b": Target(50, 97),
    "2.2.1.c": Target(62, 98),
    "2.2.1.d": Target(58, 99),
    "2.2.1.e": Target(43, 100),
    "2.2.2.a": Target(68, 99),
    "2.2.2.b": Target(51, 97),
    "2.2.2.c": Target(66, 98),
    "2.2.3.a": Target(40, 81),
    "2.2.3.b": Target(42, 80),
    "2.2.3.c": Target(34, 71),
    "2.2.3.d": Target(37, 79),
    "2.3.1.a": Target(58, 99),
    "2.3.1.b": Target(67, 100),
    "2.3.1.c": Target(81, 96),
    "2.3.1.d": Target(20, 30),
    "2.3.1.e": Target(49, 71),
    "2.3.1.f": Target(38, 52),
    "2.3.1.g": Target(31, 41),
    "2.3.2.a": Target(46, 99),
    "2.3.2.b": Target(49, 95),
    "2.3.2.c": Target(45, 81),
    "2.3.2.d": Target(28, 66),
    "2.3.2.e": Target(35, 100),
    "2.3.2.f": Target(46, 83),
    "2.3.3.a": Target(35, 80),
    "2.3.3.b": Target(22, 69),
    "2.3.3.c": Target(33, 81),
    "2.3.3.d": Target(17, 55),
    "2.3.3.e": Target(8, 50),
    "2.4.1.a": Target(58, 86),
    "2.4.1.b": Target(39, 71),
    "2.4.1.c": Target(43, 92),
    "2.4.1.d": Target(64, 90),
    "2.4.2.a": Target(37, 91),
    "2.4.2.b": Target(55, 93),
    "2.4.2.c": Target(40, 77),
    "2.4.2.d": Target(62, 88),
    "2.4.3.a": Target(11, 75),
    "2.4.3.b": Target(19, 66),
    "2.4.3.c": Target(20, 71),
    "2.4.3.d": Target(47, 73),
    "3.1.1.a": Target(20, 32),
    "3.1.1.b": Target(19, 30),
    "3.1.1.c": Target(27, 34),
    "3.1.2.a": Target(25, 28),
    "3.1.2.b": Target(23, 31),
    "3.1.2.c": Target(15, 17),
    "3.1.4.a": Target(24, 34),
    "3.1.4.b": Target(25, 29),
    "3.1.4.c": Target(21, 26),
    "3.1.4.d": Target(16, 21),
    "3.2.1.a": Target(21, 24),
    "3.2.1.b": Target(22, 24),
    "3.2.1.c": Target(22, 24),
    "3.2.1.d": Target(14, 15),
    "3.2.1.e": Target(21, 24),
    "3.2.1.f": Target(16, 17),
    "3.2.2.a": Target(20, 22),  # no per cent was published
    "3.2.2.b": Target(13, 14),
    "3.2.2.c": Target(19, 21),
    "3.2.2.d": Target(17, 17),
    "3.2.3.a": Target(19, 20),
    "3.2.3.b": Target(23, 23),
    "3.2.3.c": Target(14, 16),
}

SUBGROUPS = {
    "2.2.3": ("hub", {"East": Target(21, 33), "West": Target(9, 34), "North": Target(4, 14)}),
    "2.3.3.c": (
        "officer_grade",
        {
            "senior_case_manager": Target(12, 18),
            "case_manager": Target(13, 47),
            "other": Target(8, 16),
        },
    ),
}
"""Published for parts of the sample: the fact that divides it, and the target of each part."""

SUPERVISION_MIX = {
    "gender": {"male": 82, "female": 18},
    "ethnicity": {"white": 88, "mixed": 3, "asian": 2, "black": 3, "other": 1, "not_recorded": 3},
    "disability": {"yes": 54, "no": 42, "not_recorded": 4},
    "substance_misuse": {"yes": 75, "no": 25},
    "domestic_abuse": {"yes": 37, "no": 63},
    "children": {"safeguarding": 23, "contact": 25, "none": 52},
    "disposal": {"community": 66, "post_release": 31, "other": 3},
}

UNPAID_WORK_MIX = {
    "gender": {"male": 29, "female": 6},
    "ethnicity": {"white": 30, "mixed": 2, "asian": 1, "black": 1, "not_recorded": 1},
    "disability": {"yes": 11, "no": 22, "not_recorded": 2},
    "disposal": {"community": 32, "other": 3},
}

GATE_MIX = {
    "gender": {"male": 24},
    "ethnicity": {"white": 20, "mixed": 1, "asian": 1, "black": 2},
    "disability": {"yes": 10, "no": 13, "not_recorded": 1},
    "disposal": {"post_release": 24},
}

NOT_LOW = {"medium": 73, "high": 8}
"""Risk of serious harm in the inspector's judgement, of the supervision cases that are not low."""

OTHER_WORK = 18
"""Of the 34 finished unpaid work cases, those with other activity beside the unpaid work."""

PREVIOUS = {
    "2.1.1": 79, "2.1.1.a": 82, "2.1.1.c": 71,
    "2.1.2": 77, "2.1.2.a": 65, "2.1.2.b": 74, "2.1.2.c": 77,
    "2.1.3": 75, "2.1.3.a": 61,
    "2.2.1": 79, "2.2.1.a": 72, "2.2.1.b": 77, "2.2.1.c": 73, "2.2.1.d": 76, "2.2.1.e": 68,
    "2.2.2": 78, "2.2.2.a": 79, "2.2.2.c": 83,
    "2.2.3": 63, "2.2.3.a": 64, "2.2.3.b": 68, "2.2.3.c": 66, "2.2.3.d": 62,
    "2.3.1": 75, "2.3.1.a": 78, "2.3.1.b": 80, "2.3.1.c": 91, "2.3.1.d": 62,
    "2.3.1.e": 76, "2.3.1.f": 73, "2.3.1.g": 75,
    "2.3.2": 59, "2.3.2.a": 57, "2.3.2.b": 73, "2.3.2.c": 69, "2.3.2.d": 57, "2.3.2.e": 55,
    "2.3.3": 49, "2.3.3.a": 58, "2.3.3.b": 53, "2.3.3.c": 56, "2.3.3.d": 41, "2.3.3.e": 36,
    "2.4.1": 70, "2.4.1.a": 77, "2.4.1.b": 60, "2.4.1.c": 63, "2.4.1.d": 77,
    "2.4.2": 64, "2.4.2.a": 50, "2.4.2.b": 66, "2.4.2.c": 64, "2.4.2.d": 77,
    "2.4.3": 44, "2.4.3.a": 32, "2.4.3.b": 41, "2.4.3.c": 49, "2.4.3.d": 59,
    "3.2.1": 65, "3.2.1.a": 78, "3.2.1.b": 50, "3.2.1.c": 86, "3.2.1.d": 27, "3.2.1.e": 59,
    "3.2.2": 61,
    "3.2.3": 64, "3.2.3.b": 65,
}  # fmt: skip
"""The whole per cents that were published of the inspection before, in January 2019."""

ALL_CRCS = {
    "2.1.1": 68, "2.1.2": 63, "2.1.3": 55,
    "2.2.1": 63, "2.2.2": 64, "2.2.3": 46,
    "2.3.1": 70, "2.3.2": 52, "2.3.3": 41,
    "2.4.1": 65, "2.4.2": 60, "2.4.3": 44,
    "3.2.1": 69, "3.2.2": 62, "3.2.3": 59,
}  # fmt: skip
"""The whole per cents that were published of all CRCs together."""
