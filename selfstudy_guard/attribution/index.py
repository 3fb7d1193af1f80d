"""Attribution: which targets of a document a question, and its answer, draw on.

A target's score joins the share of the question that it holds, a little of what its neighbours and its paragraph hold
(pronouns refer back), the share of the answer that it holds, and whether it holds the answer word for word. All parts
lie in 0 to 1, so scores can be compared between targets, questions and documents.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from selfstudy_guard.attribution.postings import Floats, Ints, Matches, Postings
from selfstudy_guard.attribution.terms import canonical
from selfstudy_guard.errors import InputError
from selfstudy_guard.protocols import Embedder
from selfstudy_guard.records import Footprint, Target

# Fitted with the weights in terms.py, in the same way (benchmark of attribution).
_NEIGHBOUR = 0.15
_PARAGRAPH, _PARAGRAPH_WITH_ANSWER = 0.3, 1.0
_ANSWER, _HELD = 0.5, 0.7
_HEADING, _HEADING_ITSELF = 0.4, 0.5
_WHOLE, _WHOLE_WITH_ANSWER = 1.3, 2.2
"""What a target scores that holds everything, before scores are put on 0 to 1."""

_PRESENT, _PRESENT_WITH_ANSWER = (0.13, 0.035), (0.25, 0.05)
"""A lower best score means: not in this document. The best of many is higher by chance, so the second number is added
for each tenfold of 30 targets."""
_GAIN, _GAIN_WITH_ANSWER = 0.3, 0.15
"""Share of the question, or of the answer, that a further target must explain to stand in the footprint."""
_NEAR = 0.4
"""Share of the best score that a further target needs."""
_CANDIDATES = 12
_EMBEDDED = 0.3
"""Weight of the embedder's cosine, where there is one."""

_INSIDE = 3
"""Shorter answers count as held only where they are whole words."""
_SPAN = 3
"""Most neighbouring targets over which an answer may run."""
_SMALL = 200
"""Up to this many targets, looking into each is quicker than choosing where to look."""


class AttributionIndex:
    """Finds the targets that a question draws on, among the targets of one document (or of several).

    Args:
        targets: all targets, eligible or not, in text order within each document.
        embedder: optional sentence embeddings; the cosine of question (and answer) and target joins the score.
    """

    def __init__(self, targets: Sequence[Target], *, embedder: Embedder | None = None) -> None:
        self.targets: tuple[Target, ...] = tuple(targets)
        self._embedder = embedder
        self._vectors = None
        if embedder is not None and self.targets:
            self._vectors = self._embed(embedder, [target.text for target in self.targets])
        tenfold = max(0.0, np.log10(max(1, len(self.targets)) / 30))
        self._least = tuple(float(base + step * tenfold) for base, step in (_PRESENT, _PRESENT_WITH_ANSWER))
        # A table row or code block is read with its header row or caption.
        self._postings = Postings([f"{one.lead} {one.text}" if one.lead else one.text for one in self.targets])
        self._canonical = [canonical(target.text) for target in self.targets]
        self._squeezed = [text.replace(" ", "") for text in self._canonical]
        self._all_canonical, self._all_squeezed = "\n".join(self._canonical), "".join(self._squeezed)
        before = (None, *self.targets)
        new = [_starts_block(one, two) for one, two in zip(before, self.targets, strict=False)]
        self._block = np.cumsum(np.array(new, dtype=np.int64)) - 1
        starts = np.flatnonzero(np.diff(self._block, prepend=-1))
        self._block_start = starts
        self._block_size = np.diff(starts, append=len(self.targets)).astype(np.float64)
        self._follows = _NEIGHBOUR * (np.diff(self._block, prepend=-1)[1:] == 0)
        self._titles = np.flatnonzero([target.kind == "heading" for target in self.targets])
        title_of = _nearest_headings(self.targets)
        self._under = np.flatnonzero(title_of >= 0)
        self._title_of = title_of[self._under]

    def __len__(self) -> int:
        return len(self.targets)

    def _surrounded(self, share: Floats, paragraph: float) -> Floats:
        """`share` with a part of what the neighbours in its paragraph, the whole paragraph and its heading hold."""
        score = share.copy()
        score[1:] += share[:-1] * self._follows
        score[:-1] += share[1:] * self._follows
        means = np.add.reduceat(share, self._block_start) / self._block_size
        score += (paragraph * means)[self._block]
        if self._titles.size:
            # A heading names what the targets under it are about; it rarely says anything itself.
            score[self._under] += _HEADING * share[self._title_of]
            score[self._titles] *= _HEADING_ITSELF
        return score

    def _held(self, answer: str, phrase: str, said: Floats) -> Floats:
        """How far each target holds `answer` word for word (0 or 1), case, accents and punctuation aside.

        Where none holds it as whole words, those that hold it inside words (compounds, and affixes as in Arabic or
        Turkish), or together with the targets that follow (the first 1, the others a little less). `phrase` is the
        canonical answer. `said` is each target's share of the answer: in large indexes only the best are looked into;
        it stands in where nothing holds.
        """
        inside = phrase.strip()
        small = len(self.targets) <= _SMALL
        held: dict[int, float] = {}
        if inside and phrase in self._all_canonical:
            rows = range(len(self.targets)) if small else self._postings.rarest(answer).tolist()
            held = {row: 1.0 for row in rows if phrase in self._canonical[row]}
        squeezed = inside.replace(" ", "")
        if not held and len(inside) >= _INSIDE and not inside.isdigit() and squeezed in self._all_squeezed:
            rows = range(len(self.targets)) if small else np.argpartition(-said, _SMALL)[:_SMALL].tolist()
            held = {row: 1.0 for row in rows if inside in self._canonical[row]}
            if not held:
                for row in rows:
                    for follower in self._spanning(row, squeezed):
                        held[follower] = max(held.get(follower, 0.0), 1.0 if follower == row else 0.9)
        if not held:
            return np.minimum(said, 1.0)
        found = np.zeros(len(self.targets))
        found[list(held)] = list(held.values())
        return found

    def _spanning(self, row: int, phrase: str) -> range:
        """The few targets from `row` on that hold `phrase` (without spaces) only together; none where they do not."""
        text = self._squeezed[row]
        if phrase[:2] not in text:
            return range(0)
        for last in range(row + 1, min(row + _SPAN, len(self.targets))):
            if self.targets[last].document_id != self.targets[row].document_id:
                break
            begun = len(text)
            text += self._squeezed[last]
            place = text.find(phrase)
            if place >= 0:
                spans = place < len(self._squeezed[row]) and place + len(phrase) > begun
                return range(row, last + 1) if spans else range(0)
        return range(0)

    def scores(self, question: str, answer: str | None = None) -> Floats:
        """Score of every target, 0 to 1, in the order of `targets` (shape: number of targets)."""
        return self._scored(question, answer)[0]

    def knows(self, scores: Floats) -> bool:
        """Whether a question with these `scores` (without its answer) is about any of the targets."""
        return bool(scores.size) and float(scores.max()) >= self._least[False]

    def met(self, question: str, scores: Floats) -> int:
        """The most distinct words of `question` that one target holds, among those with the best `scores` above 0."""
        best = self._best(scores, _SMALL)
        best = best[scores[best] > 0]
        held = self._postings.match(question).held(best) > 0
        return int(held.sum(axis=1).max(initial=0))

    def fits(self, question: str) -> Floats:
        """How well each target fits a question without its answer, 0 to 1 (shape: number of targets).

        Its score as a share of the best one, times that of the best target of its paragraph: a question about a
        sentence shares words with the paragraph too, a chance match elsewhere does not (benchmark of anchoring).
        """
        scores = self.scores(question)
        best = float(scores.max(initial=0.0))
        if best <= 0:
            return np.zeros(len(self.targets))
        around = np.maximum.reduceat(scores, self._block_start)[self._block]
        return np.asarray(scores * around / best**2)

    def _scored(self, question: str, answer: str | None) -> tuple[Floats, Matches, tuple[str, ...]]:
        """Scores, what the answer (without one: the question) met, and the words of the question."""
        asked = self._postings.match(question)
        if not self.targets:
            return np.zeros(0), asked, asked.words
        if answer is None or not answer.strip():
            answer, matches = None, asked
            scores = self._surrounded(asked.share, _PARAGRAPH) / _WHOLE
        else:
            matches = self._postings.match(answer)
            scores = self._surrounded(asked.share, _PARAGRAPH_WITH_ANSWER) + _ANSWER * matches.share
            scores += _HELD * self._held(answer, canonical(answer), matches.share)
            scores /= _WHOLE_WITH_ANSWER
        np.minimum(scores, 1.0, out=scores)
        if self._embedder is not None and self._vectors is not None:
            text = question if answer is None else f"{question} {answer}"
            near = self._vectors @ self._embed(self._embedder, [text])[0]
            scores = (1 - _EMBEDDED) * scores + _EMBEDDED * np.clip(near, 0.0, 1.0)
        return scores, matches, asked.words

    def _embed(self, embedder: Embedder, texts: Sequence[str]) -> Floats:
        vectors = np.asarray(embedder.embed(texts), dtype=np.float64)
        if vectors.ndim != 2 or vectors.shape[0] != len(texts):
            raise InputError(
                f"the embedder returned shape {vectors.shape} for {len(texts)} texts: it must be (texts, dimensions)"
            )
        return vectors

    def rank(self, question: str, answer: str | None = None, *, top: int = 8) -> Footprint:
        """The `top` targets by score, best first, whether or not the question really draws on them.

        For checks that need to know how near a given target comes; `attribute` tells what a question draws on.
        """
        scores = self.scores(question, answer)
        return self._footprint(self._best(scores, top), scores)

    def attribute(self, question: str, answer: str | None = None, *, top: int = 5) -> Footprint:
        """The targets that the question (and its answer) draws on, best first, at most `top`.

        The best target, and further ones where each explains words of the answer (without an answer: of the question)
        that those before it leave open. An empty footprint means: not in this document.
        """
        if not self.targets or top < 1:
            return Footprint()
        scores, matches, asked = self._scored(question, answer)
        with_answer = answer is not None and bool(answer.strip())
        candidates = self._best(scores, max(top, _CANDIDATES))
        if scores[candidates[0]] < self._least[with_answer]:
            return Footprint()
        if not with_answer:
            chosen = _explaining(matches, candidates, _GAIN, top)
        elif canonical(answer or "") in self._canonical[candidates[0]]:
            chosen = candidates[:1]
        else:
            # What an answer repeats of its question says nothing about where its own words come from.
            chosen = _explaining(matches, candidates, _GAIN_WITH_ANSWER, top, set(asked))
        near = scores[chosen] >= _NEAR * scores[candidates[0]]
        return self._footprint(chosen[near], scores, candidates)

    def _best(self, scores: Floats, top: int) -> Ints:
        keep = min(top, scores.size)
        if keep < 1:
            return np.zeros(0, dtype=np.int64)
        falling = -scores
        best = falling.argpartition(keep - 1)[:keep] if keep < scores.size else np.arange(scores.size)
        return best[np.lexsort((best, falling[best]))]

    def _footprint(self, chosen: Ints, scores: Floats, ranking: Ints | None = None) -> Footprint:
        if not chosen.size:
            return Footprint()
        ranking = chosen if ranking is None else ranking
        first = float(scores[chosen[0]])
        rows = chosen.tolist()
        return Footprint(
            targets=tuple([self.targets[row] for row in rows]),
            scores=tuple(scores[chosen].tolist()),
            artefact=self.targets[rows[0]].is_artefact,
            margin=first - float(scores[ranking[1]]) if ranking.size > 1 else first,
        )


def _explaining(matches: Matches, candidates: Ints, gain: float, top: int, known: Set[str] = frozenset()) -> Ints:
    """The first candidate, and greedily each further one that adds at least `gain` of the query to what is explained.

    Words in `known` need no explanation, unless the query has no others. Greedy cover (Chvatal 1979,
    doi:10.1287/moor.4.3.233), where a word may be explained in part; best score first.
    """
    held, whole = matches.held(candidates), matches.whole
    if known:
        open_ = [place for place, word in enumerate(matches.words) if word not in known]
        if open_:
            held, whole = held[:, open_], whole[open_]
    least = gain * float(np.add.reduce(whole))
    chosen, explained = [0], held[0]
    while len(chosen) < min(top, candidates.size):
        gains = np.add.reduce(np.maximum(held - explained, 0.0), axis=1)
        best = int(gains.argmax())
        if gains[best] < least or not gains[best]:
            break
        chosen.append(best)
        explained = np.maximum(explained, held[best])
    return np.asarray(candidates[sorted(chosen)])


def _starts_block(before: Target | None, target: Target) -> bool:
    """Whether a new paragraph, list or table begins at `target`."""
    if before is None or before.document_id != target.document_id or before.section != target.section:
        return True
    together = before.kind == target.kind and target.kind in ("list_item", "table_row")
    return not -1 <= target.start - before.end <= (8 if together else 1)


def _nearest_headings(targets: Sequence[Target]) -> Ints:
    """Row of the heading that each target stands under; -1 for headings and for targets without one."""
    rows = np.full(len(targets), -1, dtype=np.int64)
    last, document = -1, ""
    for row, target in enumerate(targets):
        if target.document_id != document:
            last, document = -1, target.document_id
        if target.kind == "heading":
            last = row
        elif target.section:
            rows[row] = last
    return rows
