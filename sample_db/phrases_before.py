"""What inspectors write about assessment and planning, prompt by prompt.

Curly brackets are filled from the case; square brackets keep a phrase to cases of that kind.
"""

from __future__ import annotations

NO = {
    "2.1.1.a": (
        "Motivation is scored but not explained; nothing says what {he} wants from the {order}",
        "Readiness to change taken from an assessment of an earlier {order} and not looked at again",
        "Missed appointments before sentence are listed, but not what lay behind them",
        "Assessment says that {he} is motivated; the contact log of {month} says the opposite",
    ),
    "2.1.1.b": (
        "Work shifts and travel are mentioned once and their effect on attendance is not considered",
        "Diversity section left at 'none identified', although {he} had spoken about {his} reading",
        "[disability] Disability is recorded on the system and absent from the assessment",
        "[children] Caring for children shapes {his} week and the assessment does not mention it",
        "Personal circumstances are a list; what they mean for keeping appointments is missing",
    ),
    "2.1.1.c": (
        "No self-assessment on file, and nothing in the text sounds like {him}",
        "Assessment was finished before {he} had been seen for the second time",
        "{His} view of {need} differs from the officer's and is nowhere recorded",
        "Self-assessment was completed in {month} and its answers were not used",
    ),
    "2.1.2.a": (
        "{Need} is named as linked to offending without any analysis of how",
        "Factors copied from the pre-sentence report; the move in {month} changed two of them",
        "All needs carry the same weight, so it is unclear what drives the offending",
        "[drugs] Substance misuse is described at length, its link to the offence is not",
        "Pattern of earlier convictions not explored; this is not {his} first offence of the kind",
    ),
    "2.1.2.b": (
        "Strengths section is empty, although {strength} is mentioned elsewhere",
        "{Strength} was known from the first interview and is not weighed",
        "Protective factors are stated as general hopes, not as things {he} has now",
    ),
    "2.1.2.c": (
        "Relied on self-report; the earlier assessments were on the system and not read",
        "Nothing was asked of {agency}, who had known {him} since {month}",
        "Pre-sentence report not on file and not requested",
        "Previous supervision records give a different picture of {need} and were not drawn on",
    ),
    "2.1.3.a": (
        "Who is at risk, and in what circumstances, cannot be read from the assessment",
        "Risk summary repeats the offence and stops there; previous behaviour not analysed",
        "[abuse] Risk to the present partner not considered; only the former partner is named",
        "[children] Risk to children judged low without saying what that rests on",
        "Risk to the public set at the level of two years ago with no sign of fresh thought",
    ),
    "2.1.3.b": (
        "The victim of the index offence does not appear in the analysis at all",
        "No thought given to the neighbour who reported the incident in {month}",
        "[abuse] A new relationship is mentioned in the log and not as a potential victim",
        "Assessment names a victim and not what could bring {him} into contact with them again",
    ),
    "2.1.3.c": (
        "Police information was asked for in {month}; no reply, and nobody asked again",
        "Behaviour behind earlier convictions not looked into; list of previous only",
        "Information from {agency} would have changed the picture and was not sought",
        "[released] Prison records on conduct and contacts not drawn into the assessment",
    ),
    "2.1.3.d": (
        "No domestic abuse check with the police, although {he} lives with a partner",
        "Check was sent in {month} and the answer never chased",
        "[abuse] Check made at the pre-sentence stage only; new address and partner since",
        "Domestic abuse box ticked 'no'; nothing shows that anybody was asked",
    ),
    "2.1.3.e": (
        "Children's services not contacted when {he} moved in with the family in {month}",
        "[children] Referral drafted and not sent; {officer} found it during the interview",
        "Contact with a partner's children known since {month}, no enquiry made",
    ),
    "2.2.1.a": (
        "Plan was written in the office and posted; no sign of a conversation about it",
        "Objectives are standard wording; {he} could not say what they were, by the log of {month}",
        "{His} own goal was {need}, and the plan is about other things",
        "Plan unsigned, and the interview does not suggest that {he} saw it",
    ),
    "2.2.1.b": (
        "Appointments set in working hours although shifts were known from the start",
        "[disability] No adjustment planned for {his} health, on which attendance depends",
        "[children] School times make morning reporting hard; plan takes no notice",
        "Difficulty with reading was known and the plan relies on workbooks",
    ),
    "2.2.1.c": (
        "Plan begins with group work for which {he} was by all accounts not ready",
        "Ambivalence about {need} is in the assessment and has no place in the plan",
        "Nothing planned to build motivation after the poor start in {month}",
    ),
    "2.2.1.d": (
        "Activity days are not mentioned; {weeks} weeks into the {order} none were arranged",
        "Plan covers the first three months only",
        "The programme requirement is named without a date or a waiting time",
        "Sequence of requirements unclear: everything starts 'as soon as possible'",
    ),
    "2.2.1.e": (
        "Monthly telephone contact planned from the start, too little for what was to be done",
        "Type of contact not stated; the pattern that followed was irregular",
        "Reporting frequency fixed by team rule and not by what {he} needed",
        "No link between planned contact and the work on {need}",
    ),
    "2.2.2.a": (
        "The most pressing factor, {need}, comes last of five objectives",
        "Plan addresses accommodation only; what drove the offending is left out",
        "[drugs] Substance misuse is the main driver and has no objective",
        "Objectives do not follow from the assessment",
    ),
    "2.2.2.b": (
        "{Strength} could have carried the plan and is not in it",
        "Family were willing to help, by the log of {month}; not taken up",
        "Plan is wholly about deficits; nothing builds on what was going well",
    ),
    "2.2.2.c": (
        "Signposting only; no service named that would deal with {need}",
        "Plan offers one-to-one work on {need} without saying what that work is",
        "An accredited programme was suitable and not considered",
        "[drugs] Treatment provider not named, no referral date",
    ),
    "2.2.3.a": (
        "Risk management plan lists controls and leaves out {need}, on which risk turns",
        "Risk factors from the assessment not carried over; objectives deal with employment",
        "[abuse] Domestic abuse was the main concern and no objective addresses it",
        "Plan written for the sentence before and not adapted to this offence",
    ),
    "2.2.3.b": (
        "To 'monitor' is the only intervention; no word on how or by whom",
        "[abuse] No work planned on relationships, and no condition on contact considered",
        "Restrictive measures named, constructive ones absent",
        "[released] Licence conditions listed without saying how they would be checked",
    ),
    "2.2.3.c": (
        "No link to the work of {service}, although both saw {him} weekly",
        "[children] Child in need plan exists and was not known to {officer}",
        "Police were dealing with an incident in {month}; the plan does not mention it",
        "Plan says 'liaise with agencies' and names none",
    ),
    "2.2.3.d": (
        "Contingency is 'discuss with manager' for every event",
        "No plan for the one thing likely to go wrong, a return to the former address",
        "[drugs] What happens on relapse is not said, though relapse came before each offence",
        "Contingency section blank",
    ),
}

YES = {
    "2.1.1.a": (
        "Good account of why {he} is ready now, in {his} own words",
        "Motivation considered honestly, the doubts included",
    ),
    "2.1.1.b": (
        "Work pattern and travel taken into account from the first appointment",
        "[disability] Effect of {his} health on attendance set out and allowed for",
        "Circumstances explored properly, and what they mean for the {order}",
    ),
    "2.1.1.c": (
        "Self-assessment used and discussed with {him}",
        "{His} views are clear on each page, also where they differ from the officer's",
    ),
    "2.1.2.a": (
        "Clear line from {need} to the offence",
        "Analysis of the offending pattern goes well beyond the list of convictions",
    ),
    "2.1.2.b": (
        "{Strength} recognised and weighed",
        "Balanced: what holds {him} steady is given as much room as the needs",
    ),
    "2.1.2.c": (
        "Drew on the pre-sentence report, earlier assessments and {agency}",
        "Information from {agency} checked against {his} own account",
    ),
    "2.1.3.a": (
        "Clear on who is at risk, when, and how serious it would be",
        "Analysis separates the partner, children and the public, with evidence for each",
    ),
    "2.1.3.b": (
        "Victim's position well understood and kept in view",
        "Potential victims considered beyond the index offence",
    ),
    "2.1.3.c": (
        "Earlier call-outs read and used",
        "Picture put together from police, {service} and past records",
    ),
    "2.1.3.d": (
        "Check made in the first week and repeated on the change of address",
        "Police reply on file and reflected in the assessment",
    ),
    "2.1.3.e": (
        "Children's services asked and answered within {weeks} weeks; result is in the assessment",
        "Prompt exchange with the social worker, recorded in full",
    ),
    "2.2.1.a": (
        "Plan agreed with {him}; signed copy given",
        "{His} goal of sorting out {need} became the first objective",
    ),
    "2.2.1.b": (
        "Appointments planned around shifts",
        "[disability] Home reporting and shorter sessions planned because of {his} health",
        "Childcare and travel considered when the pattern of contact was set",
    ),
    "2.2.1.c": (
        "Starts with motivational work, rightly",
        "Steps are small enough for where {he} was in {month}",
    ),
    "2.2.1.d": (
        "All requirements have a start and an end within the {order}",
        "Activity days laid out month by month",
    ),
    "2.2.1.e": (
        "Weekly at first, with reasons given for the later reduction",
        "Contact is matched to the work on {need}",
    ),
    "2.2.2.a": (
        "Objectives follow the assessment and the first things come first",
        "{Need} rightly put at the head of the plan",
    ),
    "2.2.2.b": (
        "Builds on {strength}",
        "Family's support is written into the plan with their agreement",
    ),
    "2.2.2.c": (
        "Right service for {need}, with a referral date",
        "Mix of group work and one-to-one sessions is well chosen",
    ),
    "2.2.3.a": (
        "Plan takes up each risk factor and starts with the gravest",
        "Risk objectives specific enough to be checked",
    ),
    "2.2.3.b": (
        "Constructive work on {need} beside sensible restrictions",
        "[released] Licence conditions explained to {him} and tied to the risk they manage",
        "Clear who will do what to keep risk in hand",
    ),
    "2.2.3.c": (
        "Roles of police and {service} set out",
        "Plan is joined to that of {service}",
    ),
    "2.2.3.d": (
        "Contingencies fit the case: loss of address, relapse, new partner",
        "{Officer} knew without looking what {he} would do if contact was lost",
    ),
}

NOT_RELEVANT = {
    "2.1.3.b": ("No direct victim, and none foreseeable", "Offence against a company; nobody identifiable"),
    "2.1.3.c": ("No other agency involved, first conviction",),
    "2.1.3.d": ("Check could not be expected: {he} was transferred in within days",),
    "2.1.3.e": (
        "Supervised contact twice a year; nothing to share at this stage",
        "Children grown up since the assessment",
        "Contact by telephone only, no concern raised by anybody",
    ),
    "2.2.3.c": ("No other agency involved when the plan was made",),
    "2.2.1.b": ("Nothing that could affect compliance came up, and {he} was asked",),
}

SUMMING_UP = {
    "2.1.1": (
        "Engagement is assumed rather than assessed.",
        "Too little of the person in it to plan from.",
        "One would not know from this how to get {him} through the door.",
        "Not enough to show how {he} was likely to respond to the {order}.",
    ),
    "2.1.2": (
        "Describes, and does not analyse.",
        "Not a sound base for deciding what work to do.",
        "The picture is incomplete where it matters.",
        "Reads as a form filled in.",
    ),
    "2.1.3": (
        "Keeping others safe was not given enough thought at this stage.",
        "The gaps are in information that could have been had for the asking.",
        "Level of risk may be right, but the assessment does not show why.",
        "I could not tell from this who needs protecting.",
    ),
    "2.2.1": (
        "A plan for {him}, not one made with {him}.",
        "Would not hold {his} engagement for long.",
        "Too general to tell {him} what the {order} would ask.",
        "Delivery is left to chance.",
    ),
    "2.2.2": (
        "Plan would not have changed much for {him}.",
        "The right need is identified and then not planned for.",
        "Does not add up to a route away from offending.",
    ),
    "2.2.3": (
        "Planning leaves others less safe than it could.",
        "The plan would not have helped a colleague covering the case.",
        "Not sufficient for this level of risk.",
        "Risk is described and not managed.",
    ),
}
