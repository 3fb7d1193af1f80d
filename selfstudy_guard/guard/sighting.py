"""What a call holds: its arguments, the texts in them, and the pieces of registered documents in those.

A call is looked at once, at the door; whatever is done with it is handed what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import regex

from selfstudy_guard.guard.arguments import Arguments, Path, Slot, text_slots
from selfstudy_guard.guard.locate.alignment import Located
from selfstudy_guard.guard.locate.shingle_index import DocumentIndex
from selfstudy_guard.guard.locate.words import said_words
from selfstudy_guard.guard.sources import Source, sources_in
from selfstudy_guard.languages import every
from selfstudy_guard.protocols import Examines
from selfstudy_guard.questions import parse_question

_FOREIGN = 4
"""Words in a row inside a copy, but not in the document, that are looked at (and reported) as foreign text."""
_SMALL = 0.25
"""A copy this much shorter than the longest one of the call (in words) is a mention, not a chunk to ask about."""


@dataclass(frozen=True)
class Sighting:
    """A piece of a registered document in one text of a call."""

    slot: Slot
    located: Located
    foreign: tuple[tuple[int, int], ...] = ()
    """Stretches of the message inside the copy that are not in the document, several words long."""

    @property
    def partial(self) -> bool:
        """Whether the message holds something else than the document where the document should be."""
        return bool(self.foreign)


@dataclass(frozen=True)
class SightedCall:
    """One call with what was found in it.

    Attributes:
        arguments: the call's arguments.
        slots: every text in them that could hold a piece of document, in order.
        sightings: the pieces of registered documents in those texts, in order; empty where there are none.
        look: looks through text that no registered document holds.
        reader: takes the response and gives its text; None reads the kinds that are known.
    """

    arguments: Arguments
    slots: tuple[Slot, ...]
    sightings: tuple[Sighting, ...]
    look: Examines
    reader: Callable[[Any], str] | None = None

    @classmethod
    def of(
        cls,
        arguments: Arguments,
        index: DocumentIndex,
        look: Examines,
        reader: Callable[[Any], str] | None = None,
    ) -> SightedCall:
        """Look a call through; `reader` reads its response."""
        slots = tuple(text_slots(arguments))
        found = [(slot, located) for slot in slots for located in index.locate(slot.text)]
        sightings = tuple(Sighting(slot, one, _foreign(slot, one)) for slot, one in found)
        return cls(arguments, slots, sightings, look, reader)

    @property
    def streams(self) -> bool:
        """Whether the reply will come in pieces, so that nothing can be asked again."""
        return bool((self.arguments.kwargs or {}).get("stream"))

    @property
    def replies(self) -> int:
        """How many replies one such call asks for: `n`, or a list of prompts."""
        given = self.arguments.kwargs or {}
        wanted = given.get("n")
        prompts = given.get("prompt")
        several = len(prompts) if isinstance(prompts, list) and all(isinstance(one, str) for one in prompts) else 1
        return max(several, wanted if isinstance(wanted, int) and not isinstance(wanted, bool) else 1)

    @property
    def texts(self) -> list[str]:
        """The texts of the call."""
        return [slot.text for slot in self.slots]

    @property
    def document_ids(self) -> list[str]:
        """Ids of the documents that were found, as often as they were."""
        return [sighting.located.document_id for sighting in self.sightings]

    @cached_property
    def chunks(self) -> list[int]:
        """Numbers of the sightings that the call is about, without mere mentions; longest first, then earliest."""
        words = [sighting.located.words for sighting in self.sightings]
        large = [number for number, count in enumerate(words) if count >= _SMALL * max(words)]
        return sorted(large, key=lambda number: -words[number])

    @property
    def near(self) -> Path:
        """Where the longest chunk stands: what is added to the call goes behind the user's own words there."""
        return self.sightings[self.chunks[0]].slot.path

    def located_in(self, slot: Slot) -> list[Located]:
        """What was found in one text, in order."""
        return [sighting.located for sighting in self.sightings if sighting.slot.path == slot.path]

    def beside(self, slot: Slot) -> Iterator[str]:
        """The stretches of one text outside the copies in it."""
        done = 0
        for located in self.located_in(slot):
            yield slot.text[done : located.start]
            done = located.end
        yield slot.text[done:]

    @cached_property
    def sources(self) -> dict[Path, list[Source]]:
        """By text, what reads like a document and is in none that is registered."""
        found = ((slot.path, sources_in(slot.text, self.located_in(slot), self.look)) for slot in self.slots)
        return {path: sources for path, sources in found if sources}

    @cached_property
    def own_words(self) -> str:
        """The user's own words: the texts of the call outside the chunks, mentions of a few words included."""
        return "\n".join(_MARKS.sub("", self._own_words_in(slot)) for slot in self.slots)

    def _own_words_in(self, slot: Slot) -> str:
        """The user's own words in one text; what they mention of a document stands on one line between two marks."""
        own = slot.text
        numbers = [number for number, one in enumerate(self.sightings) if one.slot.path == slot.path]
        for number in reversed(numbers):
            start, end = self.sightings[number].located.start, self.sightings[number].located.end
            middle = "\n\n" if number in self.chunks else _OPEN + " ".join(own[start:end].split()) + _CLOSE
            own = own[:start] + middle + own[end:]
        return own

    def own_question(self) -> str | None:
        """The last question in the user's own words: no line of the document (it may quote one), and no example."""
        for slot in reversed(self.slots):
            for line in reversed(self._own_words_in(slot).splitlines()):
                said = _MARKS.sub("", line)
                if said.rstrip(" \"'`*_)").endswith(("?", "？", "؟")) and any(map(str.isalnum, _MENTION.sub("", line))):
                    found = parse_question(said)
                    if found and not _is_example(said, found[-1]):
                        return found[-1]
        return None

    def mentioned_in(self, question: str) -> set[int]:
        """Numbers of the sightings that are part of the question: words of the user's own, which quote the document."""
        said = " ".join(question.split())
        return {
            number
            for number, one in enumerate(self.sightings)
            if number not in self.chunks
            and " ".join(one.slot.text[one.located.start : one.located.end].split()) in said
        }

    def own_task(self) -> str | None:
        """What the user wants of the chunks: the question, or else the last words of the user's own near them."""
        question = self.own_question()
        if question is not None or not self.sightings:
            return question
        first = self.slots.index(self.sightings[self.chunks[0]].slot)
        said = " ".join(_MARKS.sub("", " ".join(map(self._own_words_in, self.slots[first:]))).split())
        return said[-_TASK:] or None


_OPEN, _CLOSE = "\ue000", "\ue001"
_MARKS = regex.compile(f"[{_OPEN}{_CLOSE}]")
_MENTION = regex.compile(f"{_OPEN}[^{_CLOSE}]*+{_CLOSE}")
_TASK = 1000
"""Code points of the user's own words that are taken for the task, where they end in no question."""


def _labels(section: str) -> str:
    return "|".join(regex.escape(word) for word in every(section))


_KEY = regex.compile(r"""^\s*+[{\[]?\s*+["'](?P<key>[^"']{1,40}+)["']\s*+:""")
_EXAMPLE = regex.compile(rf"(?:^|[\s(*_#])(?:{_labels('example_labels')})\b[^?？؟]{{0,40}}[:：,]", regex.IGNORECASE)
_QUESTION_KEYS = frozenset(word.casefold() for word in every("question_labels"))


def _is_example(line: str, question: str) -> bool:
    """Whether a question stands in a line as an example, as a quotation, or as the value of a key of something else."""
    key = _KEY.match(line)
    if key is not None:
        return key["key"].casefold().rstrip("s0123456789_ ") not in _QUESTION_KEYS
    before = line[: max(0, line.find(question[:12]))]
    if _EXAMPLE.search(before):
        return True
    bare = before.rstrip().rstrip("\"'“‘«„「『`").rstrip()
    quoted = len(bare) < len(before.rstrip())
    lead = bare.rstrip(":： ").casefold().split()
    return quoted and bool(lead) and lead[-1].strip("*_#") not in _QUESTION_KEYS


def _foreign(slot: Slot, located: Located) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in located.unmatched if said_words(slot.text[start:end]) >= _FOREIGN)
