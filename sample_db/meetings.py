"""The meetings, interviews and observations of the sample inspection, and what was noted there.

All of it is invented: nobody said any of this, and whom the team met is told by roles alone. Inspectors go where they
do not sit over cases, as `diary.PATTERNS` has it.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Noted(NamedTuple):
    """What was noted on a standard or key question."""

    on: str
    text: str
    person: str = ""
    """Whose note it is, if not that of the first of those who went."""


class Meeting(NamedTuple):
    """An item of the agenda."""

    id: str
    day: date
    at: str
    place: str
    whom: str
    goes: str
    """The ids of those of the team who go there, with blanks between; the first of them answers the form."""


_FIRST, _SECOND, _THIRD = ([date(2020, 3, monday + day) for day in range(5)] for monday in (2, 9, 16))

MEETINGS = (
    # The first week.
    Meeting("MT-01", _FIRST[0], "09:30", "Portsmouth", "senior managers, to open the fieldwork", "LEAD-1 INS-06"),
    Meeting("SU-01", _FIRST[0], "14:00", "by telephone", "woman on a community order", "INS-08"),
    Meeting("OB-01", _FIRST[0], "14:00", "Havant", "unpaid work group, gardening", "INS-05"),
    Meeting("RO-01", _FIRST[1], "09:30", "Fareham", "case manager", "INS-06"),
    Meeting("RO-02", _FIRST[1], "11:00", "Fareham", "senior case manager", "INS-06"),
    Meeting("RO-03", _FIRST[1], "09:45", "Southampton", "case manager", "INS-02"),
    Meeting("RO-04", _FIRST[1], "10:30", "Portsmouth", "case manager, since October", "INS-07"),
    Meeting("FG-01", _FIRST[1], "14:00", "Portsmouth", "eight case managers of the east hub", "INS-01 INS-03"),
    Meeting("RO-05", _FIRST[1], "14:30", "Havant", "case manager", "INS-08"),
    Meeting("RO-06", _FIRST[2], "14:00", "Eastleigh", "case manager", "INS-05"),
    Meeting("RO-07", _FIRST[2], "09:30", "Portsmouth", "probation service officer", "INS-09"),
    Meeting("OB-02", _FIRST[2], "10:00", "Southampton", "session of a programme", "INS-03"),
    Meeting("MT-02", _FIRST[2], "15:00", "Fareham", "manager for quality", "INS-06"),
    Meeting("FG-02", _FIRST[3], "10:00", "Southampton", "six senior case managers", "INS-01 INS-02"),
    Meeting("RO-08", _FIRST[3], "14:00", "Isle of Wight", "case manager", "INS-07"),
    Meeting("MT-03", _FIRST[3], "14:30", "Southampton", "managers of local delivery units", "LEAD-1 INS-01"),
    Meeting("SU-02", _FIRST[3], "14:00", "by telephone", "man on licence", "INS-04"),
    Meeting("RO-09", _FIRST[4], "10:00", "New Forest", "case manager", "INS-05"),
    Meeting("FG-03", _FIRST[4], "10:30", "Portsmouth", "supervisors of unpaid work", "INS-03 INS-04"),
    Meeting("RO-10", _FIRST[4], "11:00", "Fareham", "case manager", "INS-06"),
    # The second week.
    Meeting("RO-11", _SECOND[0], "09:30", "Southampton", "senior case manager", "INS-04"),
    Meeting("RO-12", _SECOND[0], "14:00", "Eastleigh", "case manager", "INS-02"),
    Meeting("FG-04", _SECOND[1], "10:00", "Winchester", "resettlement staff, for Through the Gate", "INS-07 INS-03"),
    Meeting("RO-13", _SECOND[1], "09:30", "Southampton", "case manager", "INS-02"),
    Meeting("RO-14", _SECOND[1], "11:00", "Basingstoke", "case manager", "INS-06"),
    Meeting("MT-04", _SECOND[1], "14:30", "Basingstoke", "managers of the north hub", "LEAD-1 INS-01"),
    Meeting("MT-05", _SECOND[2], "14:00", "by telephone", "public health and the two councils", "LEAD-1"),
    Meeting("FG-05", _SECOND[3], "09:30", "Portsmouth", "people on unpaid work", "INS-03"),
    Meeting("RO-15", _SECOND[3], "10:00", "Basingstoke", "case manager", "INS-09"),
    Meeting("OB-03", _SECOND[3], "10:00", "Portsmouth", "induction to unpaid work", "INS-01"),
    Meeting("MT-06", _SECOND[4], "13:00", "Fareham", "learning and development", "LEAD-1"),
    # The third week, which never was.
    Meeting("MT-07", _THIRD[0], "10:00", "Portsmouth", "chief executive", "LEAD-1"),
    Meeting("FG-06", _THIRD[0], "14:00", "Basingstoke", "case managers of the north hub", "INS-05 INS-07"),
    Meeting("MT-08", _THIRD[1], "09:30", "Portsmouth", "director of operations", "LEAD-1 INS-06"),
    Meeting("FG-07", _THIRD[1], "14:00", "Fareham", "middle managers of all hubs", "LEAD-1 INS-01"),
    Meeting("RO-16", _THIRD[1], "10:00", "Aldershot", "case manager", "INS-08"),
    Meeting("RO-17", _THIRD[1], "11:30", "Aldershot", "senior case manager", "INS-08"),
    Meeting("OB-04", _THIRD[2], "10:00", "Southampton", "women's group", "INS-02"),
    Meeting("MT-09", _THIRD[2], "11:00", "Southampton", "providers of services", "INS-04 INS-09"),
    Meeting("SU-03", _THIRD[2], "14:00", "Basingstoke", "people who were supervised for a year", "INS-03"),
    Meeting("MT-10", _THIRD[3], "10:00", "Winchester", "judges and magistrates", "LEAD-1"),
    Meeting("MT-11", _THIRD[3], "14:00", "Portsmouth", "estates and information technology", "INS-07"),
    Meeting("MT-12", _THIRD[4], "11:00", "Portsmouth", "chief executive, on what was found", "LEAD-1"),
)  # fmt: skip

NOTES = {
    "MT-01": (
        Noted(
            "1.1.1",
            "Five aims for the year. Of the four managers, two named all five when asked, and two named three.",
        ),
        Noted(
            "1.1.3",
            "Hubs were formed a year ago. Told that cases move to the nearest officer within ten days.",
            "INS-06",
        ),
    ),
    "SU-01": (
        Noted(
            "1.3.2", "Has what she was told that she would have, a course apart: that has no place until May."
        ),
    ),
    "OB-01": (
        Noted(
            "3.1.3", "Eight came of eleven. Supervisor explained the tools, and who must not work with whom."
        ),
    ),
    "RO-01": (
        Noted("1.2.1", "Holds 58 cases. Says that reviews are what is left undone when somebody is ill."),
    ),
    "RO-03": (
        Noted(
            "1.2.3",
            "Supervision each six weeks, by the diary; the last two were about leave and figures alone.",
        ),
    ),
    "RO-04": (
        Noted(
            "1.2.4",
            "Two weeks of induction, then cases. The course on domestic abuse came after the first such case.",
        ),
    ),
    "FG-01": (
        Noted(
            "1.2.1",
            "All eight hold more than the service says is right. Cases of those who left are shared out.",
        ),
        Noted(
            "1.2.5",
            "News comes by e-mail, and nobody could name anything that was changed because staff had said so.",
            "INS-03",
        ),
        Noted("1.4.3", "System stood still for half a day twice in January.", "INS-03"),
    ),
    "RO-06": (
        Noted(
            "1.3.2", "Refers to the alcohol service most; five weeks from referral to the first appointment."
        ),
    ),
    "OB-02": (
        Noted(
            "1.3.2",
            "Ten places, seven came. Kept to the manual, with room for what people brought themselves.",
        ),
        Noted("1.4.2", "Room can be overheard from the waiting area."),
    ),
    "MT-02": (
        Noted(
            "1.4.4",
            "Twelve cases are audited a month. Each officer hears of theirs; what they show together, nobody is told.",
        ),
    ),
    "FG-02": (
        Noted(
            "1.2.2",
            "Each has cases, newcomers to look after and a lead role; the cases come last, four of six say.",
        ),
        Noted("1.2.3", "They countersign plans, not reviews.", "INS-02"),
    ),
    "RO-08": (
        Noted(
            "1.4.2", "One interview room for six officers: what cannot wait is talked about in the kitchen."
        ),
    ),
    "MT-03": (
        Noted("1.2.1", "Six posts vacant of 64. Two adverts brought nobody with experience."),
        Noted(
            "1.1.2",
            "Register of risks names workload as the gravest, with actions; no date has been kept.",
            "INS-01",
        ),
    ),
    "SU-02": (Noted("1.3.3", "Housing provider and officer spoke to him together before he was released."),),
    "FG-03": (
        Noted("3.1.3", "They know who poses a risk to whom from a list that comes each Thursday."),
        Noted(
            "1.2.5", "Asked twice in a year how they fare; vans were replaced after the first time.", "INS-04"
        ),
    ),
    "RO-11": (
        Noted("1.2.2", "Has the gravest cases of the unit, 41 in all, and says that the mix is right."),
    ),
    "FG-04": (
        Noted("1.3.3", "Meet the prison's offender managers each week; know every case of theirs by name."),
        Noted("1.2.4", "All had the new course before the new work began.", "INS-03"),
    ),
    "RO-13": (Noted("1.4.3", "Types each review twice, in two systems that do not speak to one another."),),
    "RO-14": (Noted("1.2.1", "Third officer of most of these cases within a year."),),
    "MT-04": (
        Noted(
            "1.2.1",
            "More left here than elsewhere. Officers of the other hubs help out, by car and by video.",
        ),
        Noted(
            "1.1.3", "Whoever is moved between hubs waits about three weeks for their new officer.", "INS-01"
        ),
    ),
    "MT-05": (
        Noted(
            "1.3.3", "Meetings are attended, and by the same person. Councils would like figures by district."
        ),
    ),
    "RO-15": (
        Noted("1.2.3", "Manager is in the office two days a week and answers by telephone on all others."),
    ),
    "OB-03": (
        Noted(
            "3.1.3",
            "Forty minutes for five people. Childcare and working hours asked of each; one was given another day.",
        ),
    ),
    "MT-06": (
        Noted(
            "1.2.4",
            "Nine in ten have done what they must. What they may do besides was cut in half this year.",
        ),
    ),
}
"""What was noted at each of them."""

ANSWERS = {
    "workload": (3, 4, 8, 0),
    "case_mix": (8, 4, 2, 1),
    "prepared": (7, 5, 3, 0),
    "further_training": (9, 3, 3, 0),
    "supervision_often": (10, 2, 3, 0),
    "supervision_useful": (5, 6, 3, 1),
    "services_there": (6, 7, 2, 0),
    "services_in_time": (3, 6, 5, 1),
    "oversight_risk": (6, 5, 4, 0),
    "oversight_at_hand": (12, 2, 1, 0),
}
"""How often each question of the interview form was answered with each of its answers, over the 15 interviews."""

NOT_ASKED = {"RO-05": ("oversight_risk", "oversight_at_hand"), "RO-12": ("services_in_time",)}
"""What there was no time for."""
