"""Whole everyday documents in English, as carriers and as clean text: mail, news, medicine, law, reviews, forums and others."""

# ruff: noqa: E501  (one template a line: breaking sentences would hide them)

from __future__ import annotations

import random
from collections.abc import Mapping

from training.data.grammar import capital, expand

EVERYDAY: dict[str, tuple[str, ...]] = {
    "letter": (
        "[Thanks|Many thanks|Thank you] for [sending|the draft of|your comments on] the [contract|offer|slides|report][ yesterday| so quickly|].",
        "I had a look at the [delivery dates|figures|layout|budget] and [they seem|it seems] fine to me.",
        "We can [sign|meet|ship|start] [next week|on @day|after the holidays] if [legal|the client|@first] agrees.",
        "The [invoice|quote|agenda|timetable] for [March|the workshop|the trip] is attached.",
        "[Let me know|Tell me] whether the [amount|address|spelling] is right.",
        "I am out of the office until @day and read my mail in the evening.",
        "[@first|The landlord|Our supplier] [called|wrote] [this morning|twice] about the [heating|parcel|contract].",
        "The flight lands at @mins past nine; [I will take a taxi|@first picks me up].",
        "[Sorry|Apologies] for the [late reply|mix-up], [the week was full|I was travelling].",
        "Attached you find [the minutes|two photos|my CV|the signed form].",
        "[Could|Can] we [move|postpone] our call to @day? [I have a dentist's appointment.|The train is late.|]",
        "Your order @id has been [shipped|cancelled|refunded] and should [arrive|reach you] by @day.",
        "Your statement is ready. You can view it in your account.",
        "We noticed a new sign-in to your account from @city. If this was you, no action is needed.",
        "[Looking forward to|See you on] @day.",
        "[Best|Kind regards|Cheers|Yours sincerely],\n@first",
        "The price is [45|120|900] euros, [travel included|plus tax|payable in advance].",
        "Our team [welcomes|says goodbye to] @person, who [joins|leaves] us [in spring|after ten years].",
    ),
    "news_story": (
        "The [city council|parliament|board] voted on @day to [extend the tram line|raise the fee|close the airport] [by a narrow margin|after a long debate|].",
        "Work is expected to [start in spring|last three years|cost two million].",
        "[Opponents|Residents|Critics] [had argued|said] that the money would be better spent on [buses|schools|flood protection].",
        "[The mayor|A spokesman|The minister] called the decision [historic|a mistake|overdue].",
        "Police [arrested|questioned] two men [after a chase|near the station]; nobody was hurt.",
        "Shares in @brand [rose|fell] [four|nine] percent after the [results|announcement].",
        "[Heavy rain|A storm|A power cut] [closed|delayed] [roads|trains|schools] [in the north|around @city] on @day.",
        "The [team|club] [won|lost] [two to one|on penalties] and [meets|plays] @city next.",
        '"We did not expect this," [said|told reporters] @person, who [has lived here|runs the shop] for twenty years.',
        "[According to|In] a [survey|study|report], [one in five|most] households [save|spend] [less|more] on [food|travel] than a year ago.",
        "The exhibition [opens|runs] until @day; admission is free.",
        "The court will decide on the appeal [in autumn|next month].",
    ),
    "abstract": (
        "[Patients|Participants|Mice] received [20 mg|a placebo|two doses] [once daily|for twelve weeks].",
        "Adverse events were [mild|rare] and included [headache|nausea|fatigue].",
        "The primary endpoint was the change in [blood pressure|body weight|pain score] from baseline.",
        "We [measured|sequenced|compared] [@number samples|soil from @number sites|the spectra of @number stars].",
        "The [effect|difference] was [significant|not significant] (p = 0.0@number).",
        "[No deaths|Two relapses] occurred during follow-up.",
        "[Our|These] [results|findings] [suggest|indicate] that @concept [depends on|is linked to] [temperature|age|diet].",
        "[Further|Larger] studies are [needed|under way].",
        "The [sample|model] [was heated|converged] [at|after] @mins [degrees|steps].",
        "[Limitations|A weakness] of the study [include|is] the small [sample|budget].",
        "Data are available from the authors on [reasonable|] request.",
    ),
    "law_text": (
        "[The tenant|The buyer|The carrier] bears the cost of [repairs|transport|insurance] up to [100|500] euros.",
        "Section @number applies [mutatis mutandis|to contracts made before 2020].",
        "[Notice|Objections] must be given in writing [within @mins days|no later than @day].",
        "The court found that the [contract|clause|notice] was [void|valid|ambiguous].",
        "The plaintiff [claims|seeks] damages of [4,000|90,000] euros.",
        "This regulation enters into force on the day after its publication.",
        "[Employees|Members] are entitled to @mins days of leave.",
        "Whoever [damages|removes] [a sign|public property] shall be [fined|liable].",
    ),
    "product_review": (
        "The [battery|screen|handle|sound] of this @gadget is [excellent|poor|better than expected].",
        "I [bought|returned] it [last month|after a week] because [the old one broke|it was too loud].",
        "[Setup|Assembly] took [five minutes|an hour] and [no tools|a friend].",
        "For the price you [cannot complain|get what you pay for].",
        "[Four|Two] stars: [delivery was slow|the manual is in @language only].",
        "My [wife|son|neighbour] [loves|hates] the colour.",
        "[Would|Will] I buy it again? [Yes|Probably not|In a heartbeat].",
        "Great food, slow service, lovely view of @city.",
    ),
    "forum": (
        "Has anyone [tried|fixed|replaced] the @part of a @device? [Mine leaks.|It makes a noise.]",
        "[Welcome|Hi] to the forum! [Please read the rules first.|Introduce yourself below.]",
        "You need to [bleed|clean|tighten] the @part [first|every year].",
        "[Thanks|Cheers], that [did the trick|worked|helped]!",
        "I [had|have] the same [problem|error] [last winter|after the update].",
        "[Posted|Edited] by @first on @day, @number replies.",
        "What would you [do|recommend] in my place?",
        "[Don't|Never] buy the cheap [seal|one]; it lasts a month.",
    ),
    "travel": (
        "[The old town|The harbour|The castle] of @city is best [seen|reached] [on foot|by tram|early in the morning].",
        "Take bus @number to the last stop and follow the path [uphill|along the river].",
        "Don't miss the [market|cathedral|sunset], and try the @food.",
        "Rooms [cost|start at] [60|140] euros; book early in summer.",
        "Where to eat? [Locals like|Try] the [inn|stall] behind the station.",
        "The weather in [May|October] is [mild|wet]; bring a [coat|hat].",
        "Visitors need [a visa|no visa] for stays of up to @mins days.",
        "Ask at the desk for a free map.",
    ),
    "minutes": (
        "Present: @person, @person. [Apologies|Absent]: @person.",
        "The [treasurer|chair] reported a [surplus|deficit] of [300|2,000] euros.",
        "[Decision|Agreed]: [the roof will be repaired|the fee stays the same|the fair moves to @day].",
        "[Action|To do]: @first to [book the hall|write to the council|order paint] by @day.",
        "[@first|A member] asked [whether the heating works|why the bill was late].",
        "Next meeting: @day, [room|hall] @number.",
        "Any other business: none.",
    ),
    "textbook": (
        "[A|The] [cell|atom|river|triangle|verb] [has|consists of] [three|several] parts, [as figure @number shows|which we name below].",
        "[Copper|Water|Light|Sound] [conducts heat well|expands when heated|travels in waves].",
        "Exercise @number: [draw|label|measure] the [angle|leaf|circuit] and [compare|discuss] with a partner.",
        "Why does [ice float|the moon have phases|bread rise]? Write your answer in your notebook.",
        "[Remember|Key point]: [force equals mass times acceleration|a sentence needs a verb].",
        "In @history, [prices|people|ideas] [rose|moved|spread] [quickly|to the towns].",
        "Read the text on page @mins and underline the [verbs|new words].",
        "Summary: [plants make sugar from light|energy is never lost].",
    ),
    "story": (
        "@first [closed|opened] the [door|window|letter] and [waited|listened|smiled].",
        "The [boy|captain|widow] asked whether [the bridge was safe|supper was ready|it would rain].",
        '"[Tell me a story|Stay a while|Who is there|Don\'t look back]," [the boy said|she whispered|said @first].',
        "[Rain|Snow|Dust] fell on [the roofs|the sea|the empty square].",
        "[Nobody|Only the dog] answered.",
        "The assistant [handed her the scissors|locked the shop|swept the floor].",
        "His reply was [short|angry|hard to hear].",
        "[Years|Weeks] later they [met again|sold the house|spoke of it].",
    ),
    "notice_board": (
        "Note: [figures|times|prices] are [rounded|approximate|in euros].",
        "[The teacher|Our trainer] told the class to [write an essay about rivers|bring a ball|read chapter two].",
        "[Our|Bank] [agents|staff] will never ask for your [PIN|password].",
        "The [system|terminal|form] prompts the user for a [password|name|date].",
        "[Applicants|Candidates] must submit [two letters of reference|a portfolio|proof of age].",
        "[Thank you|Thanks] for [flying with us|your visit|not smoking].",
        "[Contact|Write to] the [author|desk|secretary] for [the raw data|a copy|tickets].",
        "[Write|Print] your name in [block letters|ink] at the top of the [form|page].",
        "[Repeat|Do] the exercise [three times a day|on both sides|slowly].",
        "[Stir|Whisk|Simmer] the [sauce|soup|batter] until it [thickens|boils|is smooth], then add the [basil|cream|salt].",
        "[Do not|Never] exceed the [stated dose|speed limit|load].",
        "[Turn|Keep] [left|right] after the [church|bridge] and follow the signs.",
        "What a [view|day|game|mess]!",
        "Which [route|size|paint] is best? [Commuters|Experts|Opinions] [disagree|differ].",
        "[Please|Kindly] bring your own [cup|towel|chair].",
    ),
}
"""Genre to sentences."""

_OPENINGS = {"letter": ("Hi @first,\n\n", "Dear @person,\n\n", "Hello @first,\n", "Subject: @topic_line\n\n", "")}
_TOPIC_LINES = (
    "the contract",
    "Friday",
    "your order",
    "minutes of the meeting",
    "question about the invoice",
    "trip to @city",
)


def everyday(genre: str, rng: random.Random, tables: Mapping[str, tuple[str, ...]]) -> str:
    """A whole document of a genre of `EVERYDAY`: a few paragraphs, no sentence twice.

    Args:
        genre: a key of `EVERYDAY`.
        rng: source of every choice.
        tables: fillers.
    """
    given = {key: rng.choice(tables[key]) for key in ("city", "first", "gadget", "device", "brand", "concept")}
    lines = rng.sample(EVERYDAY[genre], min(len(EVERYDAY[genre]), rng.randint(4, 13)))
    if genre == "letter":
        lines.sort(key=lambda line: line.startswith("[Best"))
    text = expand(rng.choice(_OPENINGS.get(genre, ("",))), rng, {**tables, "topic_line": _TOPIC_LINES}, given)
    for line in lines:
        text += capital(expand(line, rng, tables, given)) + rng.choice((" ", " ", " ", "\n\n", "\n"))
    return text.strip()
