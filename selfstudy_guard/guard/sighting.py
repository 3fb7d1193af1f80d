"""What a call holds: its arguments, the texts in them, and the pieces of registered documents in those.

A call is looked at once, at the door; whatever is done with it is handed what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from selfstudy_guard.guard.arguments import Arguments, Path, Slot, text_slots
from selfstudy_guard.guard.locate.alignment import Located
from selfstudy_guard.guard.locate.shingle_index import DocumentIndex
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
    """

    arguments: Arguments
    slots: tuple[Slot, ...]
    sightings: tuple[Sighting, ...]

    @classmethod
    def of(cls, arguments: Arguments, index: DocumentIndex) -> SightedCall:
        """Look a call through."""
        slots = tuple(text_slots(arguments))
        found = [(slot, located) for slot in slots for located in index.locate(slot.text)]
        return cls(arguments, slots, tuple(Sighting(slot, one, _foreign(slot, one)) for slot, one in found))

    @property
    def streams(self) -> bool:
        """Whether the reply will come in pieces, so that nothing can be asked again."""
        return bool((self.arguments.kwargs or {}).get("stream"))

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

    def own_question(self) -> str | None:
        """The last question in the user's own words: the text outside the document parts."""
        for slot in reversed(self.slots):
            own = slot.text
            for located in reversed(self.located_in(slot)):
                own = own[: located.start] + "\n\n" + own[located.end :]
            for line in reversed(own.splitlines()):
                if line.rstrip(" \"'`*_)").endswith(("?", "？", "؟")):
                    found = parse_question(line)
                    if found:
                        return found[-1]
        return None


def _foreign(slot: Slot, located: Located) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in located.unmatched if len(slot.text[start:end].split()) >= _FOREIGN)
