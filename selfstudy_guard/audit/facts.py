"""Facts written for the audit, and the same fact in different presentations: only the outer form changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Rewrite = Literal[
    "moved first", "moved last", "bold", "heading", "list", "table", "quotation", "number formatting", "casing"
]
REWRITES: tuple[Rewrite, ...] = (
    "moved first",
    "moved last",
    "bold",
    "heading",
    "list",
    "table",
    "quotation",
    "number formatting",
    "casing",
)
"""Every presentation that is compared with the plain sentence in its place."""


@dataclass(frozen=True)
class Fact:
    """One fact: a sentence whose number is spelt out.

    Attributes:
        subject: what it is about, as the first cell of a table.
        tells: the rest of the sentence behind the subject, with `{}` where the number stands.
        words, digits: the number, spelt out and in digits.
    """

    subject: str
    tells: str
    words: str
    digits: str

    @property
    def sentence(self) -> str:
        """The plain sentence."""
        return f"{self.subject} {self.tells.format(self.words)}."

    @property
    def with_digits(self) -> str:
        """The same with its number in digits."""
        return f"{self.subject} {self.tells.format(self.digits)}."


@dataclass(frozen=True)
class Topic:
    """Facts of one page, with its title."""

    title: str
    facts: tuple[Fact, ...]


def _topic(title: str, *rows: tuple[str, str, str, str]) -> Topic:
    return Topic(title, tuple(Fact(*row) for row in rows))


TOPICS: tuple[Topic, ...] = (
    _topic(
        "The rope walk at Harle",
        ("The spinning shed", "is {} metres long", "two hundred and ten", "210"),
        ("Hemp from the eastern marshes", "is soaked for {} hours", "thirty-six", "36"),
        ("The tarring copper", "was cast by {} founders", "three", "3"),
        ("A mooring cable", "needs {} strands of yarn", "ninety", "90"),
        ("The master roper", "trained {} apprentices in her life", "fourteen", "14"),
        ("Night work", "was forbidden after a fire in {}", "eighteen hundred and twelve", "1812"),
        ("The sledge with its brake", "weighs {} kilograms", "seventy", "70"),
    ),
    _topic(
        "Bees of the Ottery valley",
        ("A straw skep", "holds about {} workers", "twelve thousand", "12,000"),
        ("Heather honey", "sets after {} days in the comb", "nine", "9"),
        ("The valley society", "keeps {} mating stations", "five", "5"),
        ("Queens from the north slope", "fly at {} degrees already", "eleven", "11"),
        ("A swarm in the church tower", "stayed for {} winters", "eight", "8"),
        ("The yearly levy for every hive", "is {} pence", "forty", "40"),
        ("Foulbrood inspectors", "visit each garden {} times", "two", "2"),
    ),
    _topic(
        "The Calder cable ferry",
        ("The pontoon", "carries {} carts at once", "six", "6"),
        ("Its winch", "is turned by {} men", "four", "4"),
        ("The steel cable", "is renewed every {} months", "thirty", "30"),
        ("A crossing at high water", "takes {} minutes", "seventeen", "17"),
        ("The landing on the west bank", "was raised by {} centimetres", "eighty-five", "85"),
        ("Passengers with livestock", "pay {} groats", "three", "3"),
        ("The ferryman's bell", "dates from {}", "seventeen hundred and sixty", "1760"),
    ),
    _topic(
        "Growing saffron at Thornleigh",
        ("A good corm", "gives {} flowers", "three", "3"),
        ("Pickers", "start at {} in the morning", "five", "5"),
        ("The stigmas", "lose {} per cent of their weight over charcoal", "eighty", "80"),
        ("Voles", "destroyed {} beds in one winter", "sixteen", "16"),
        ("The drying loft", "stays below {} degrees", "forty-five", "45"),
        ("Fallow land", "rests for {} years between plantings", "seven", "7"),
        ("The last toll on saffron", "was paid in {}", "seventeen hundred and five", "1705"),
    ),
    _topic(
        "The glass works of Immering",
        ("The great furnace", "burns {} cords of beech in a week", "twenty-two", "22"),
        ("Blue flasks", "contain {} grains of cobalt", "sixty", "60"),
        ("A gaffer's team", "counts {} hands", "seven", "7"),
        ("The annealing oven", "cools for {} hours", "fifty", "50"),
        ("Broken cullet", "makes up {} per cent of every batch", "thirty", "30"),
        ("Window crowns", "measure {} inches across", "forty-four", "44"),
        ("The guild's pattern book", "shows {} shapes of goblet", "one hundred and nine", "109"),
    ),
    _topic(
        "Signals of the Morwen pass",
        ("The upper hut", "stands at {} metres", "nineteen hundred", "1,900"),
        ("Fog horns", "sound {} times for an avalanche", "five", "5"),
        ("The keeper of the beacon", "is relieved after {} days", "ten", "10"),
        ("Red lanterns", "are seen over {} miles", "twelve", "12"),
        ("The mule track", "has {} hairpin bends", "thirty-three", "33"),
        ("Travellers caught by snow", "find bread for {} nights", "three", "3"),
        ("Carrier pigeons", "reach the town in {} minutes", "forty-one", "41"),
    ),
    _topic(
        "The paper mill at Sallow Brook",
        ("The stamping hammers", "strike {} times a minute", "sixty", "60"),
        ("Linen rags", "rot for {} weeks before they are beaten", "six", "6"),
        ("A vat man", "lifts {} sheets on a good day", "two thousand", "2,000"),
        ("The felt blankets", "last {} years", "four", "4"),
        ("Size from boiled hooves", "is warmed to {} degrees", "fifty-five", "55"),
        ("The watermark of the heron", "was drawn in {}", "sixteen hundred and ninety", "1690"),
        ("Drying ropes of horsehair", "run over {} poles", "eighty-two", "82"),
    ),
    _topic(
        "Tides at Kerrow sands",
        ("The causeway", "is dry for {} hours", "three", "3"),
        ("Cockle gatherers", "walk {} miles to the outer bank", "two", "2"),
        ("The refuge box on stilts", "shelters {} people", "fifteen", "15"),
        ("Spring tides", "rise by {} feet", "twenty-eight", "28"),
        ("The guide's staff", "is cut from {} year old hazel", "five", "5"),
        ("Quicksand near the wreck", "swallowed {} wagons", "nine", "9"),
        ("Oyster beds", "were closed for {} seasons", "eleven", "11"),
    ),
    _topic(
        "Printing the Fenby almanac",
        ("The hand press", "makes {} sheets an hour", "two hundred and fifty", "250"),
        ("Woodcuts of the zodiac", "were bought from {} workshops", "two", "2"),
        ("The compositor's case", "has {} compartments", "one hundred and fifty-two", "152"),
        ("Weather sayings", "fill {} pages", "twenty-six", "26"),
        ("Hawkers", "sell it at {} fairs", "thirteen", "13"),
        ("Ink from lamp soot", "ripens for {} months", "eight", "8"),
        ("The stamp duty", "rose to {} pence", "four", "4"),
    ),
    _topic(
        "The salt pans of Lymmer",
        ("A boiling pan of iron plates", "empties after {} hours", "twenty", "20"),
        ("Brine from the third pit", "holds {} per cent of salt", "twenty-four", "24"),
        ("The wind pump", "lifts water over {} sluices", "six", "6"),
        ("Lumpmen", "shape {} loaves in a shift", "three hundred", "300"),
        ("Oxen in the crushing yard", "work for {} years", "ten", "10"),
        ("The excise officer's book", "names {} smugglers", "seventeen", "17"),
        ("Cats in the storehouse", "guard {} tons against mice", "ninety-five", "95"),
    ),
)
"""Pages whose facts are all of one length and weight, so that nothing but presentation makes one stand out."""


def page(title: str, facts: Sequence[Fact], focal: int, rewrite: Rewrite | None = None) -> str:
    """The facts as one Markdown page, with the presentation of one of them changed.

    Args:
        title: its heading.
        facts: in the order in which they stand.
        focal: index of the fact that is rewritten.
        rewrite: how; None leaves plain prose.
    """
    fact = facts[focal]
    before = [one.sentence for one in facts[:focal]]
    after = [one.sentence for one in facts[focal + 1 :]]
    if rewrite == "moved first":
        body = " ".join([fact.sentence, *before, *after])
    elif rewrite == "moved last":
        body = " ".join([*before, *after, fact.sentence])
    elif rewrite in ("heading", "list", "table", "quotation"):
        body = "\n\n".join(part for part in (" ".join(before), _block(fact, rewrite), " ".join(after)) if part)
    else:
        body = " ".join([*before, _inline(fact, rewrite), *after])
    return f"# {title}\n\n{body}\n"


def _block(fact: Fact, rewrite: Rewrite) -> str:
    """A fact as a block of its own."""
    sentence = fact.sentence
    if rewrite == "heading":
        return "## " + sentence.rstrip(".")
    if rewrite == "list":
        return "- " + sentence
    if rewrite == "quotation":
        return "> " + sentence
    tells = fact.tells.format(fact.words)
    return f"| What | Detail |\n| --- | --- |\n| {fact.subject} | {tells} |"


def _inline(fact: Fact, rewrite: Rewrite | None) -> str:
    """A fact inside its paragraph."""
    if rewrite == "bold":
        return f"**{fact.sentence}**"
    if rewrite == "number formatting":
        return fact.with_digits
    if rewrite == "casing":
        return fact.sentence.upper()
    return fact.sentence
