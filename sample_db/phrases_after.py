"""What inspectors write about delivery and reviewing, prompt by prompt.

Curly brackets are filled from the case; square brackets keep a phrase to cases of that kind.
"""

from __future__ import annotations

NO = {
    "2.3.1.a": (
        "First appointment {weeks} weeks after sentence; no reason given",
        "Activity days had not begun by {month}",
        "Programme start put off three times for want of places",
        "Induction done, then nothing until {month}",
    ),
    "2.3.1.b": (
        "Three officers since {month}; {he} had to begin again each time",
        "Contact by text message for most of the period; no relationship to speak of",
        "Sessions are check-ins of a few minutes, going by the log",
        "Handover between officers left {weeks} weeks without contact",
    ),
    "2.3.1.c": (
        "New job made the appointments impossible, and no other time was offered",
        "[disability] Hospital visits were treated as absences",
        "Two letters sent to an address that {he} had left",
    ),
    "2.3.1.d": (
        "No contact before release beyond a letter",
        "[released] {Officer} was allocated the case a week before release and had not met {him}",
        "Video link was booked in {month}, cancelled and not booked again",
    ),
    "2.3.1.e": (
        "Pattern of late attendance plain by {month} and not taken up",
        "Risk of non-compliance known from the last {order}; no step taken until breach",
        "Reasons for absence accepted without asking",
    ),
    "2.3.1.f": (
        "Two unacceptable absences, no warning",
        "Breach decided in {month} and not lodged",
        "Absences marked acceptable after the event without evidence",
    ),
    "2.3.1.g": (
        "After the warning, nothing was tried beyond the next standard letter",
        "[released] No visit or call while {he} was back in custody on recall",
        "Returned from court in {month} and given the same plan as before",
    ),
    "2.3.2.a": (
        "Work on {need} planned for early in the {order} and not yet begun",
        "Sessions follow whatever came up on the day; no sequence to be seen",
        "Workbook on {need} given out, not gone through",
        "Referral to {service} made in {month}, too late for the time left",
    ),
    "2.3.2.b": (
        "{Strength} was there to be used and was not",
        "Progress in {month} passed without comment",
        "Nothing done to support {strength}",
    ),
    "2.3.2.c": (
        "{Service} saw {him} weekly; no exchange recorded",
        "Three services on the case and nobody co-ordinating them",
        "Referral to {service} closed for non-attendance; {officer} learned of it {weeks} weeks on",
    ),
    "2.3.2.d": (
        "Parent rang in with concerns twice and was not called back",
        "Partner attends with {him} and has never been spoken to",
        "Family support was the main strength and was left untouched",
    ),
    "2.3.2.e": (
        "Telephone contact of a few minutes a month; not enough for work on {need}",
        "No face-to-face contact in {month} or {later}",
        "Contact dropped to monthly before any work had been done",
        "Seven appointments kept in six months, none with offence-focused work",
    ),
    "2.3.2.f": (
        "Nothing arranged for after the {order} ends",
        "Local recovery groups not mentioned to {him}, by {his} account",
        "No link made with {service}, the obvious place for support after the {order}",
    ),
    "2.3.3.a": (
        "Monthly contact at medium risk, without a reason",
        "Contact cut by telephone arrangement in {month}, just as concerns rose",
        "Gaps of {weeks} weeks with nobody looking at risk",
        "Appointments are about practical matters; risk is not raised",
    ),
    "2.3.3.b": (
        "[abuse] Partner's safety not asked about after the call-out in {month}",
        "No check that {he} was keeping away from the victim's address",
        "Victim's concerns passed on by {agency} and not acted on",
        "New partner known since {month}; no thought of what a partner should be told",
    ),
    "2.3.3.c": (
        "Police intelligence of {month} not followed up",
        "[children] Social worker's calls unanswered; invited to the meeting, did not attend",
        "{Agency} held information that mattered and was not asked",
        "Responsibility for risk passed to {agency} without agreement",
    ),
    "2.3.3.d": (
        "[abuse] Partner not contacted, though she had asked to be",
        "[drugs] Parents share the house and could have told of the drinking; not approached",
        "No contact with the relative {he} lives with",
    ),
    "2.3.3.e": (
        "Home never visited; address shared with a family",
        "[children] Home visit agreed in supervision in {month} and not made",
        "Visit planned for {month}, cancelled for staffing, not rearranged",
        "Living arrangements taken on trust throughout",
        "Home visit was needed after the move; policy on lone visits given as the reason",
        "No home visit in {weeks} months of concern about who lives there",
    ),
    "2.4.1.a": (
        "Attendance fell off in {month} and the review does not mention it",
        "Review repeats the first plan word for word on engagement",
        "Barriers named by {him} in {month} not considered",
    ),
    "2.4.1.b": (
        "Change of shifts known, pattern of contact unchanged",
        "Review finds poor engagement and alters nothing",
        "Plan not adjusted after the return from breach",
    ),
    "2.4.1.c": (
        "Review done without {him}",
        "No record that progress was ever talked over with {him}",
        "{He} learned of the review at our interview with {officer}, it seems",
        "{His} views are copied from the first assessment",
    ),
    "2.4.1.d": (
        "No written review in the period",
        "Review overdue since {month}",
        "Transfer in {month} should have brought a review and did not",
    ),
    "2.4.2.a": (
        "{Need} got worse from {month}; the plan is still the first one",
        "Loss of the tenancy should have led to a new look at the plan",
        "Review notes changes and leaves every objective as it was",
        "[drugs] Relapse in {month} recorded in the log and not in any review",
    ),
    "2.4.2.b": (
        "Real progress with {strength} and no word of it in the review",
        "Review lists what is left to do and nothing that was achieved",
        "{Strength} came about in {month}; not taken up",
    ),
    "2.4.2.c": (
        "No word from {service} sought for the review",
        "{Service} ended its work in {month}; the review says that it goes on",
        "Feedback from the programme not on file",
    ),
    "2.4.2.d": (
        "Written review missing at six months",
        "Review opened in {month} and never completed",
        "Completed in bulk for several cases on one day; text is generic",
    ),
    "2.4.3.a": (
        "Police call-out in {month} did not lead to a review of risk",
        "Home circumstances last discussed in {month}; no check with others after the move",
        "[abuse] New relationship disclosed in {month}; risk assessment untouched",
        "Risk section pulled through from the first assessment without change",
        "[drugs] Drinking again by {month}, which is when the risk rises; nothing adjusted",
        "Level of risk confirmed without saying what had been looked at",
        "[children] Baby expected since {month}; no new look at the risk to children",
    ),
    "2.4.3.b": (
        "[children] No check with children's services before the review",
        "Nothing asked of the police since the start of the {order}",
        "{Agency} would have told of the incident in {month}; not contacted",
        "Review rests on {his} own account alone",
    ),
    "2.4.3.c": (
        "Risk not talked about with {him} at any review",
        "[abuse] Partner willing to talk and not asked",
        "{He} was told the level of risk, not asked about it",
        "Family could have helped to see the change in {month}",
    ),
    "2.4.3.d": (
        "Arrest in {month} should have led to a written review",
        "No formal review of risk since the start",
        "Review left in draft, not countersigned",
    ),
}

YES = {
    "2.3.1.a": (
        "Seen within the week and work under way by the third appointment",
        "Prompt start; the wait for the programme was used well",
    ),
    "2.3.1.b": (
        "{Officer} knows {him} well and speaks of {him} with respect",
        "Same officer throughout; {he} rings when things go wrong",
        "Warm and firm, by the log",
    ),
    "2.3.1.c": (
        "Evening appointments offered when {he} found work",
        "[disability] Seen at the surgery when {he} could not travel",
        "Persistent and flexible; travel fares paid",
        "Reporting moved to the nearer office",
    ),
    "2.3.1.d": (
        "[released] Two visits and a video link before release",
        "Met {him} in prison in {month} and agreed the first fortnight",
    ),
    "2.3.1.e": (
        "Absence taken up the same day",
        "Saw the dip in {month} coming and rang before the appointment",
    ),
    "2.3.1.f": (
        "Warning, then breach, each on time and explained",
        "Enforced fairly; medical evidence asked for and seen",
    ),
    "2.3.1.g": (
        "Meeting straight after court to begin again",
        "Good effort to re-engage, {service} included",
    ),
    "2.3.2.a": (
        "Work on {need} came first and was finished by {month}",
        "Programme complete and followed up one to one",
    ),
    "2.3.2.b": (
        "Used {strength} throughout",
        "Praise where it was due; {he} took up training in {month}",
    ),
    "2.3.2.c": (
        "Three-way meetings with {service}",
        "{Service} and {officer} share notes after each session",
    ),
    "2.3.2.d": (
        "Parent involved from the start, with consent",
        "Partner brought in and helpful",
    ),
    "2.3.2.e": (
        "Weekly, face to face, with a purpose each time",
        "Contact stepped up in {month} when it was needed",
    ),
    "2.3.2.f": (
        "Settled with {service} well before the end",
        "Introduced to a local group, which {he} still attends",
    ),
    "2.3.3.a": (
        "Frequency rose with the concerns and risk was raised each time",
        "Enough contact to notice the change in {month}",
    ),
    "2.3.3.b": (
        "[abuse] Kept in touch with the women's safety worker all along",
        "Victim's wishes known and respected",
    ),
    "2.3.3.c": (
        "Monthly contact with the neighbourhood police officer, recorded",
        "Joint meeting with {agency} in {month}; actions carried out",
    ),
    "2.3.3.d": (
        "Spoke with the family about warning signs",
        "Partner knows whom to ring",
    ),
    "2.3.3.e": (
        "Visited within a fortnight of the move, with a colleague",
        "Two home visits, both well recorded",
    ),
    "2.4.1.a": (
        "Review looks squarely at the missed appointments",
        "Engagement considered at each review and credit given",
    ),
    "2.4.1.b": (
        "Moved to evenings after the review, and it worked",
        "Contact re-planned in {month} to fit the new job",
    ),
    "2.4.1.c": (
        "Reviewed together; {his} comments are on the form",
        "{He} set the agenda for the last review",
    ),
    "2.4.1.d": (
        "Written reviews on time",
        "Timely review after the change of address in {month}",
    ),
    "2.4.2.a": (
        "Plan changed when {need} became the main thing",
        "Change in {need} picked up within weeks and acted on",
    ),
    "2.4.2.b": (
        "Builds on {strength} since {month}",
        "Recognises how far {he} has come",
    ),
    "2.4.2.c": (
        "Report from {service} used in the review",
        "{Service} joined the review by telephone",
    ),
    "2.4.2.d": (
        "Good written reviews at three and six months",
        "Clear record of progress towards each objective",
    ),
    "2.4.3.a": (
        "Move in {month} led to new checks and a new plan",
        "Risk raised on good grounds in {month} and contact with it",
    ),
    "2.4.3.b": (
        "Police and {service} both asked before the review",
        "Review informed by the multi-agency meeting in {month}",
    ),
    "2.4.3.c": (
        "Frank talk about risk with {him}, written down",
        "Partner's view sought, separately",
    ),
    "2.4.3.d": (
        "Written risk review at the right moments",
        "Formal review promptly after the incident in {month}",
    ),
}

NOT_RELEVANT = {
    "2.3.1.e": ("Has kept every appointment", "Full compliance from the start"),
    "2.3.1.f": ("No absence that called for enforcement", "All absences acceptable and evidenced"),
    "2.3.1.g": ("No enforcement or recall in the period", "No breach"),
    "2.3.1.d": ("Transferred in after release; contact before was another area's",),
    "2.3.2.c": ("No other organisation was needed",),
    "2.3.2.d": (
        "{He} did not want family involved and the reasons are sound",
        "Lives alone, no one to involve",
    ),
    "2.3.2.f": ("Too early in the {order} to say",),
    "2.3.3.d": ("Nobody whom it would have been right to involve",),
    "2.3.3.e": ("Lives in staffed accommodation; visit not needed", "No reason for a visit in this case"),
    "2.3.3.b": ("No identifiable victim",),
    "2.4.1.a": ("Compliance has been complete; nothing to consider",),
    "2.4.1.b": ("No adjustment was called for",),
    "2.4.2.c": ("No other agency at work in the period",),
    "2.4.3.a": ("No change in the period that bears on risk",),
    "2.4.3.b": ("Nobody else involved in managing risk",),
    "2.4.1.d": ("No review was due in the period looked at",),
    "2.4.2.d": ("Not due in the period looked at",),
}

SUMMING_UP = {
    "2.3.1": (
        "The {order} has drifted.",
        "{He} has been left to engage by {himself}.",
        "Not implemented in a way that would hold {him}.",
        "Too many gaps for the sentence to have meaning.",
    ),
    "2.3.2": (
        "Supervision in name; little delivered that would reduce reoffending.",
        "Contact without content.",
        "What was needed was clear and did not happen.",
        "The {order} is more than half over and the main work is still to come.",
    ),
    "2.3.3": (
        "Delivery did too little to keep other people safe.",
        "Others were left to manage the risk.",
        "Warning signs were recorded and not acted on.",
        "Safety depends here on {his} own word.",
    ),
    "2.4.1": (
        "Reviewing is a form, not a conversation.",
        "The plan was not kept alive.",
        "Review came too late to make a difference.",
        "Changes in engagement went by unremarked.",
    ),
    "2.4.2": (
        "Review does not show whether {he} is nearer to stopping.",
        "No stock taken of what had been done.",
        "The first plan still stands, overtaken by events.",
        "Progress and setbacks alike were missed.",
    ),
    "2.4.3": (
        "Risk was not looked at afresh when it should have been.",
        "Reviewing would not have picked up a rise in risk.",
        "The review reassures without grounds.",
        "Significant change and no response to it.",
    ),
}
