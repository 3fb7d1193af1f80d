"""The instruction filter: takes out of a document what addresses a model instead of informing the reader."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.errors import InputError
from selfstudy_guard.filter.apply import ACTIONS, apply_findings, check_mode
from selfstudy_guard.filter.beliefs import beliefs_of, lowered, raised
from selfstudy_guard.filter.detection import Hit, Look, detect, looks, merged, prepare
from selfstudy_guard.filter.model.inputs import TOGETHER
from selfstudy_guard.filter.model.scoring import SentenceModel, load_model
from selfstudy_guard.filter.rest import Rest
from selfstudy_guard.protocols import Detector
from selfstudy_guard.records import Belief, FilterMode, FilterResult, Finding

CAP_FROM = 2000
"""Code points: shorter texts may be emptied, longer ones are stopped by the cap."""


class Allows(Protocol):
    """An entry of the allow list."""

    def allows(self, finding: Finding) -> bool:
        """Whether the finding must stay in the text (its offsets are those of the text being cleaned)."""
        ...


class _Found(NamedTuple):
    """What is found in a text, whether the cap stopped some of it, and what is believed of the rest."""

    findings: tuple[Finding, ...]
    capped: bool
    beliefs: tuple[Belief, ...]


@dataclass(frozen=True)
class _Quote:
    """Allow or block list entry: one exact passage, however its white space is set."""

    words: tuple[str, ...]

    def allows(self, finding: Finding) -> bool:
        return tuple(finding.quote.split()) == self.words

    def detect(self, text: str) -> list[Finding]:
        if not self.words:
            return []
        found: list[Finding] = []
        at = text.find(self.words[0])
        while at >= 0:
            end = at
            for word in self.words:
                while end < len(text) and text[end].isspace():
                    end += 1
                if not text.startswith(word, end):
                    break
                end += len(word)
            else:
                found.append(
                    Finding(
                        start=at,
                        end=end,
                        quote=text[at:end],
                        intent="blocked",
                        channel="prose",
                        score=1.0,
                        detector="block-list",
                    )
                )
            at = text.find(self.words[0], max(at + 1, found[-1].end if found else 0))
        return found


def _letters(text: str) -> NDArray[np.int64]:
    """Where the letters and digits of a text stand that a reader sees: those of tags and of other markup are none."""
    units, canonical = prepare(text)
    places = np.flatnonzero(np.fromiter(map(str.isalnum, units.text), dtype=bool, count=len(units.text)))
    return places if canonical.offsets is None else canonical.offsets[places]


def _read(text: object) -> str:
    if not isinstance(text, str):
        raise InputError(f"the filter reads text, not {type(text).__name__}: decode bytes, and leave out what is None")
    return text


def _examined(text: str, found: _Found) -> FilterResult:
    taken = sum(finding.end - finding.start for finding in found.findings)
    return FilterResult(
        text=text,
        findings=found.findings,
        mode="flag",
        retention=1.0 - taken / len(text) if text else 1.0,
        beliefs=found.beliefs,
    )


def _between_line_ends(text: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits, none of which takes one half of a line end of two characters and leaves the other."""
    out = []
    for hit in hits:
        start, end = hit.start, hit.end
        if text[start : start + 1] == "\n" and text[start - 1 : start] == "\r":
            start += 1
        if text[end - 1 : end + 1] == "\r\n":
            end -= 1
        if start < end:
            out.append(hit if (start, end) == (hit.start, hit.end) else hit.stretched(start, end))
    return out


class InstructionFilter:
    """Finds instruction-like spans of a text, and removes, masks, quotes or flags them.

    Args:
        mode: "remove", "mask" (same length, so every offset stays valid), "quote" (fenced as data) or "flag" (text
            untouched).
        threshold: score from 0 to 1 from which a span is a finding; None takes the one that ships with the weights.
            Lower finds more and keeps less.
        allow: what must stay: exact passages (white space does not matter), or objects with `allows(finding) -> bool`.
        block: what must go: exact passages, or detectors whose findings always count.
        detectors: further layers; their findings count from the threshold on.
        cap: largest share of a text of at least 2000 code points (1000 letters and digits) that may be taken out, in
            code points and in letters and digits. Where more looks like instructions, only what is certain goes
            (blocked, encoded or invisible text), and the result says `capped`.

    Raises:
        InputError: unknown mode, or a threshold or cap outside 0 to 1.
    """

    def __init__(
        self,
        mode: FilterMode = "remove",
        *,
        threshold: float | None = None,
        allow: Iterable[str | Allows] = (),
        block: Iterable[str | Detector] = (),
        detectors: Iterable[Detector] = (),
        cap: float = 0.97,
    ) -> None:
        self.mode: FilterMode = check_mode(mode)
        for name, value in (("threshold", threshold), ("cap", cap)):
            if value is not None and not 0 <= value <= 1:
                raise InputError(f"{name} must lie between 0 and 1, not {value!r}")
        if isinstance(allow, str) or isinstance(block, str):
            raise InputError("allow and block take a list of passages, not one string")
        self._threshold = threshold
        self.cap = cap
        self._allow: tuple[Allows, ...] = tuple(_Quote(tuple(a.split())) if isinstance(a, str) else a for a in allow)
        self._block: tuple[Detector, ...] = tuple(_Quote(tuple(b.split())) if isinstance(b, str) else b for b in block)
        if not isinstance(detectors, Iterable):
            raise InputError(f"detectors is a sequence of layers, not {detectors!r}")
        self._detectors = tuple(detectors)
        for layer in (*self._block, *self._detectors):
            if not callable(getattr(layer, "detect", None)):
                raise InputError(
                    f"{layer!r} is no detector: a layer is an object with detect(text), which returns Findings"
                )

    @property
    def threshold(self) -> float:
        """The score from which a span is a finding."""
        return self._model.threshold if self._threshold is None else self._threshold

    def with_threshold(self, threshold: float) -> InstructionFilter:
        """The same filter with another threshold (0 to 1); raises InputError outside that range."""
        if not 0 <= threshold <= 1:
            raise InputError(f"threshold must lie between 0 and 1, not {threshold!r}")
        other = copy.copy(self)
        other._threshold = threshold
        return other

    def uncapped(self) -> InstructionFilter:
        """The same filter without a cap, for texts that a model is going to read.

        There, a text in which nearly everything is an order must not pass because it is so full of them.
        """
        if self.cap >= 1:
            return self
        other = copy.copy(self)
        other.cap = 1.0
        return other

    @property
    def _model(self) -> SentenceModel:
        return load_model()

    def clean(self, text: str, question: str | None = None) -> FilterResult:
        """The text after the filter, with every finding in code points of the raw `text`.

        Args:
            text: any string.
            question: the question about to be answered: what has nothing to do with it weighs a little more.
        """
        return self._applied(text, self._find([text], question)[0])

    def _applied(self, text: str, found: _Found) -> FilterResult:
        """The result of treating the findings of a text."""
        findings, capped, beliefs = found
        if capped:
            warnings.warn(
                f"nearly all of a text of {len(text):,} characters looks like instructions, and the cap of {self.cap} "
                "left what is not certain: show the result to no model, or use InstructionFilter.uncapped()",
                stacklevel=3,
            )
        action = ACTIONS[self.mode]
        if self.mode != "flag":
            findings = tuple(finding.model_copy(update={"action": action}) for finding in findings)
        taken = sum(finding.end - finding.start for finding in findings)
        return FilterResult(
            text=apply_findings(text, findings, self.mode),
            findings=findings,
            mode=self.mode,
            retention=1.0 - taken / len(text) if text else 1.0,
            capped=capped,
            beliefs=beliefs,
        )

    def clean_many(self, texts: Iterable[str], question: str | None = None) -> list[FilterResult]:
        """`clean` of every text, in order; short texts are judged side by side, which is faster than one by one."""
        if isinstance(texts, str):
            raise InputError("clean_many takes a list of texts, not one string: use clean")
        results: list[FilterResult] = []
        batch: list[str] = []
        size = 0
        for text in texts:
            batch.append(_read(text))
            size += len(text)
            if size >= TOGETHER:
                results.extend(self._clean_batch(batch, question))
                batch, size = [], 0
        results.extend(self._clean_batch(batch, question))
        return results

    def _clean_batch(self, texts: list[str], question: str | None) -> list[FilterResult]:
        return [self._applied(text, found) for text, found in zip(texts, self._find(texts, question), strict=True)]

    def find(self, text: str, question: str | None = None) -> tuple[Finding, ...]:
        """The findings alone, sorted and disjoint, in code points of the raw `text`; `action` is "flagged".

        No cap holds here, since flows decide by these findings what a model may read.
        """
        return self.uncapped()._find([text], question)[0].findings

    def examine(self, text: str, question: str | None = None) -> FilterResult:
        """Findings and beliefs alone, for choosing evidence: nothing is treated, and as in `find` no cap holds.

        A sentence before a finding, which `find` takes along, is one only if it is believed in by itself.
        """
        return self.examine_many([text], question)[0]

    def examine_many(self, texts: Sequence[str], question: str | None = None) -> list[FilterResult]:
        """`examine` of every text, in order; short texts are judged side by side, which is faster than one by one."""
        if isinstance(texts, str):
            raise InputError("examine_many takes a list of texts, not one string: use examine")
        found = self.uncapped()._find(texts, question, strict=True)
        return [_examined(text, one) for text, one in zip(texts, found, strict=True)]

    def _find(self, texts: Sequence[str], question: str | None = None, *, strict: bool = False) -> list[_Found]:
        """What is found in each of the texts; the looks at all of them that are still open are made side by side.

        Taking a passage out changes what stands beside what, so the text that is left is judged again until nothing
        more is found: that makes cleaning a cleaned text change nothing. Masked characters are not part of the judged
        text, so the same holds for a masked text.
        """
        rests = [Rest(_read(text)) for text in texts]
        open_ = rests
        while open_:
            for rest, look in zip(
                open_, looks([rest.text for rest in open_], self._model, self.threshold, question), strict=True
            ):
                rest.take(look, *self._round(rest.text, look, strict))
            open_ = [rest for rest in open_ if rest.open]
        return [self._found(text, rest) for text, rest in zip(texts, rests, strict=True)]

    def _found(self, text: str, rest: Rest) -> _Found:
        findings = tuple(self._finding(text, hit) for hit in merged(rest.hits))
        if not rest.text or rest.look is None:
            return _Found(findings, rest.capped, ())
        return _Found(findings, rest.capped, self._beliefs(text, findings, rest.look, rest.places))

    def _beliefs(
        self, text: str, findings: tuple[Finding, ...], look: Look, places: NDArray[np.int64] | None
    ) -> tuple[Belief, ...]:
        """What is believed of the units outside the findings; `look` is the last one, at what is left of the text."""
        found = beliefs_of(look, places, findings)
        if self._detectors:
            low = [finding for layer in self._detectors for finding in layer.detect(text)]
            found = raised(found, [(one.start, one.end, one.score) for one in low])
        if self._allow:
            quoted = (finding for entry in self._allow if isinstance(entry, _Quote) for finding in entry.detect(text))
            others = [entry for entry in self._allow if not isinstance(entry, _Quote)]
            believed = (self._believed(text, one) for one in found) if others else ()
            said = (one for one in believed if any(entry.allows(one) for entry in others))
            found = lowered(found, [(finding.start, finding.end) for finding in (*quoted, *said)])
        return found

    def _believed(self, text: str, belief: Belief) -> Finding:
        """A unit as a finding, for entries of the allow list that look at findings."""
        return self._finding(text, Hit(belief.start, belief.end, "task", "prose", belief.score, "sentence-model"))

    def _finding(self, text: str, hit: Hit) -> Finding:
        return Finding(
            start=hit.start, end=hit.end, quote=text[hit.start : hit.end], intent=hit.intent, channel=hit.channel,
            score=round(min(1.0, max(0.0, hit.score)), 4), detector=hit.detector, decoded=hit.decoded,
        )  # fmt: skip

    def _round(self, text: str, look: Look, strict: bool = False) -> tuple[list[Hit], bool]:
        """Hits of one look at `text`, sorted and disjoint, and whether the cap stopped some."""
        if not text:
            return [], False
        hits = detect(text, self._model, self.threshold, look=look, strict=strict)
        hits.extend(self._from_layers(text, self._detectors, certain=False))
        blocked = self._from_layers(text, self._block, certain=True)
        if self._allow:
            hits = [hit for hit in hits if not any(entry.allows(self._finding(text, hit)) for entry in self._allow)]
        hits = _between_line_ends(text, merged([*hits, *blocked]))
        if self._allow:
            hits = [hit for hit in hits if not any(entry.allows(self._finding(text, hit)) for entry in self._allow)]
        if len(text) < CAP_FROM or sum(hit.end - hit.start for hit in hits) <= self.cap * len(text):
            return hits, False
        # Padding that goes with an order (blank space, marks of lines, tags) must not make it look like everything.
        letters = _letters(text)
        gone = sum(int(np.searchsorted(letters, hit.end) - np.searchsorted(letters, hit.start)) for hit in hits)
        if len(letters) < CAP_FROM // 2 or gone <= self.cap * len(letters):
            return hits, False
        hits = [hit for hit in hits if hit.certain]
        taken = sum(hit.end - hit.start for hit in hits)
        return (hits if taken <= self.cap * len(text) and len(text) - taken >= CAP_FROM else []), True

    def _from_layers(self, text: str, layers: Sequence[Detector], *, certain: bool) -> list[Hit]:
        hits: list[Hit] = []
        for layer in layers:
            for finding in layer.detect(text):
                if not 0 <= finding.start <= finding.end <= len(text):
                    raise InputError(
                        f"detector {type(layer).__name__} returned {finding.start}..{finding.end} "
                        f"for a text of {len(text)} characters"
                    )
                if finding.end > finding.start and (certain or finding.score >= self.threshold):
                    known = (finding.intent, finding.channel, finding.score, finding.detector, finding.decoded)
                    hits.append(Hit(finding.start, finding.end, *known, certain))
        return hits
