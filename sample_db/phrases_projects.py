"""What inspectors write about unpaid work and Through the Gate, prompt by prompt.

Curly brackets are filled from the case; square brackets keep a phrase to cases of that kind.
"""

from __future__ import annotations

NO = {
    "3.1.1.a": (
        "Induction form has no word on work pattern or travel, and both got in the way",
        "[disability] Health condition declared at induction; its effect on placement not considered",
        "Circumstances copied from the court report, out of date by {month}",
        "Assessment done on the day by the supervisor, on one line",
    ),
    "3.1.1.b": (
        "Trade skills known and not used; litter picking throughout",
        "No thought given to what {he} could gain from the hours",
        "Asked for work towards a certificate and heard nothing back",
        "Nothing links the project to {strength}",
    ),
    "3.1.1.c": (
        "Outdoor group although the medical note advised against it",
        "Placement clashed with shifts from the first week",
        "Project was too far off by public transport on a Sunday",
    ),
    "3.1.2.a": (
        "Risk information not passed to the project supervisor",
        "Allocated to a charity shop without checking the history",
    ),
    "3.1.2.b": (
        "No health and safety induction on file",
        "[disability] Medication known to the office, not to the supervisor",
        "Vulnerability in a group setting not considered",
    ),
    "3.1.2.c": (
        "{Officer} did not know of two absences from unpaid work",
        "No exchange between the unpaid work team and {officer} since {month}",
    ),
    "3.1.4.a": (
        "First session {weeks} weeks after sentence",
        "Stood down four times between {month} and {later}; hours fell behind",
        "Long gap in {month} without an explanation",
    ),
    "3.1.4.b": (
        "No offer of weekday work when the weekend group was full",
        "Travel costs a known obstacle and nothing done",
    ),
    "3.1.4.c": (
        "Absences accepted without asking for evidence",
        "Same reason accepted in {month} and refused in {later}, no rationale",
        "Decision on the missed session made by letter template",
    ),
    "3.1.4.d": (
        "Third absence in a row and no warning",
        "Breach letter prepared in {month} and not sent",
    ),
    "3.2.1.a": (
        "Plan completed in the last week, too late to be carried out",
        "Resettlement plan repeats the first screening",
        "No timescale for any action",
    ),
    "3.2.1.b": (
        "Rests on one interview; prison records not used",
        "Nothing asked of {service}, who had worked with {him} before",
    ),
    "3.2.1.c": (
        "Plan made without an interview; {he} was at work when they called",
        "{His} wish to move away from the old address is not mentioned",
    ),
    "3.2.1.d": ("{Strength} known and not made use of",),
    "3.2.1.e": (
        "[disability] Support needs on the wing record and not in the plan",
        "Circumstances taken from the reception screening months before",
        "Reading difficulty missed; forms given to fill in alone",
    ),
    "3.2.1.f": ("Contact restrictions not considered in the housing plan",),
    "3.2.2.a": (
        "Help with finances arranged, housing left open, and housing came first",
        "Referral to {service} not made before release",
    ),
    "3.2.2.b": ("Employer who would have taken {him} back was not contacted",),
    "3.2.2.c": (
        "Appointments set without regard to {his} health",
        "Release arrangements took no account of the journey home",
    ),
    "3.2.3.a": ("Prison's drug team and resettlement team unaware of each other's plan",),
    "3.2.3.c": (
        "No handover to local housing services",
        "Letter to {service} sent after release",
    ),
}

YES = {
    "3.1.1.a": (
        "Full induction, with work pattern and health allowed for",
        "Asked about childcare and travel and placed {him} accordingly",
    ),
    "3.1.1.b": (
        "Painting skills put to use; now helps to show others",
        "Working towards a certificate on the project",
    ),
    "3.1.1.c": (
        "Placement near home and within the doctor's advice",
        "Weekend group fits the job",
    ),
    "3.1.2.a": (
        "Risk sheet with the supervisor and up to date",
        "Kept apart from a co-defendant",
    ),
    "3.1.2.b": (
        "Lifting restricted and recorded",
        "Health and safety induction signed, repeated on change of project",
    ),
    "3.1.2.c": (
        "Weekly e-mail between the unpaid work team and {officer}",
        "{Officer} visits the project now and then",
    ),
    "3.1.4.a": (
        "Began within {weeks} weeks and kept up every weekend",
        "Regular, few stand-downs",
    ),
    "3.1.4.b": (
        "Moved to weekdays when the job ended",
        "Praise from the supervisor passed on",
        "Reminder texts before each session",
    ),
    "3.1.4.c": (
        "Fit note asked for and seen",
        "Sensible view taken of a family illness in {month}",
    ),
    "3.1.4.d": (
        "Warning within days, breach lodged on time",
        "Firm after the second absence; hours then completed",
    ),
    "3.2.1.a": (
        "Plan ready twelve weeks before release with a name for each action",
        "Clear plan, kept up to date to the day of release",
    ),
    "3.2.1.b": (
        "Prison, community and {service} records all drawn on",
        "First screening checked against the officer's own assessment",
    ),
    "3.2.1.c": (
        "{His} priorities lead the plan",
        "Seen three times while the plan was made",
    ),
    "3.2.1.d": (
        "Builds on {strength}",
        "Qualifications gained inside are part of the plan",
    ),
    "3.2.1.e": (
        "Health needs and the journey home both planned for",
        "Plan allows for {his} difficulty with reading",
    ),
    "3.2.1.f": (
        "Exclusion conditions considered in the choice of address",
        "Risk to others weighed with every housing option",
    ),
    "3.2.2.a": (
        "Housing first, then benefits; right order and in time",
        "Bank account and identity papers ready on the day",
    ),
    "3.2.2.b": (
        "Former employer contacted and willing",
        "Family brought into the plan for the first weekend",
    ),
    "3.2.2.c": (
        "Met at the gate because of {his} anxiety",
        "Appointments spaced to suit {his} medication",
    ),
    "3.2.2.d": (
        "Address agreed with police before it was offered",
        "Non-contact condition respected in all arrangements",
    ),
    "3.2.3.a": (
        "Good joint work with education and healthcare on the wing",
        "One meeting in {month} brought all prison services together",
    ),
    "3.2.3.b": (
        "{Officer} joined by telephone before release and had the plan the same day",
        "Called on the morning of release; first appointment kept",
    ),
    "3.2.3.c": (
        "Warm handover to {service}",
        "Local drug service saw {him} within two days",
    ),
}

NOT_RELEVANT = {
    "3.1.2.a": ("No risk to others that bears on a group project",),
    "3.1.2.b": ("Nothing declared, and {he} was asked",),
    "3.1.2.c": ("Other requirement had ended before unpaid work began",),
    "3.1.4.c": ("No missed appointments",),
    "3.1.4.d": ("All sessions attended", "No absence that called for enforcement"),
    "3.1.4.b": ("Hours nearly complete at once; no encouragement needed",),
    "3.1.1.b": ("Eleven hours left on transfer; too few to build on",),
    "3.2.1.d": ("Screening shows nothing to build on at this stage",),
    "3.2.1.f": ("No risk of harm factor bears on resettlement",),
    "3.2.2.b": ("{He} declined further help",),
    "3.2.2.d": ("No risk of harm factor bears on resettlement",),
    "3.2.3.a": ("No other service was working with {him} in the prison",),
    "3.2.3.c": ("Released to another area", "Support in the community was in place already"),
}

SUMMING_UP = {
    "3.1.1": (
        "The same induction for all; little sign of the person.",
        "Placement was found first and the assessment fitted to it.",
        "Not personalised to any useful degree.",
    ),
    "3.1.2": (
        "The supervisor did not have what was needed to run the project safely.",
        "No harm came of it, but by luck.",
        "Safety was left to the person on the day.",
    ),
    "3.1.4": (
        "The court would not have been satisfied with this pace.",
        "Delivery has been irregular from the start.",
        "Enforcement did not back up the order.",
    ),
    "3.2.1": ("Plan exists but could not have guided anybody.",),
    "3.2.2": ("Activity did not meet the need that mattered most.", "Too little done before the gate."),
    "3.2.3": ("Each service did its part alone.",),
}
