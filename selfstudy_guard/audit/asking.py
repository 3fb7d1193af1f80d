"""Asking for questions with and without the guard, at a counted number of calls: what the asking experiments share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from selfstudy_guard.audit.audit_settings import Setting
from selfstudy_guard.coverage import CoverageTracker
from selfstudy_guard.flow.checks import PairChecks
from selfstudy_guard.flow.draw_flow import DrawFlows
from selfstudy_guard.flow.pair import Asked, Compose, Flow, ask
from selfstudy_guard.flow.prepared import PreparedDocuments
from selfstudy_guard.questions import NearDuplicates, anchor_text, check_duplicate, parse_question
from selfstudy_guard.records import Document, Draw, Message, Reply, Request, Segmentation, Target, Verdict
from selfstudy_guard.sampling import TargetSampler

AT_ONCE = 8
"""Anchored flows that are open at a time; fixed, so that the same replies give the same result on any machine."""
ATTEMPTS = 3
"""Most requests for one anchored question, as in `generate`."""
_SMALL_WINDOW, _LARGE_WINDOW = 1500, 12_000
"""Characters of a passage that a small and a large model is asked about without the guard."""
_EXCERPT = 12
"""Fewest eligible targets of an excerpt, where the document has them."""
_EXAM = "You write short questions for an exam. Each question asks for one thing in the passage."
_PLAIN = (
    "Read the following text and write one question about it that the text answers. Reply with the question alone."
    "\n\n{text}"
)


@dataclass(frozen=True)
class Passage:
    """What one unguided request shows: a slice of a document, and the eligible targets in it."""

    document_id: str
    text: str
    start: int
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Tried:
    """One draw of the guard: the accepted question or None, and the calls used up when it ended."""

    draw: Draw
    question: str | None
    calls: int


def small_model(setting: Setting) -> bool:
    """Whether the model is asked in the few-shot manner that suits small ones."""
    return setting.prompts.window is not None and setting.prompts.window < _SMALL_WINDOW


def passage_characters(setting: Setting) -> int:
    """Most characters of a passage that the model is asked about without the guard."""
    return _SMALL_WINDOW if small_model(setting) else _LARGE_WINDOW


def seed_of(setting: Setting, key: str) -> int:
    """Sampling seed of a request, from the audit's seed and the request's key."""
    digest = hashlib.blake2b(f"{setting.seed}:{key}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") >> 1


def plain_request(
    setting: Setting, text: str, key: str, *, instruction: str = "", shots: Sequence[tuple[str, str]] = ()
) -> Request:
    """What scripts usually send: a text, and no word about which part of it to ask about.

    Args:
        setting: the user's `ask_prompt` is used where there is one.
        text: of the passage, raw.
        key: of the request; names the experiment first.
        instruction: replaces the plain one (a style); not with the user's own prompt, which it is put in front of.
        shots: pairs of passage and question for small models; those of the prompts where empty.
    """
    if setting.ask_prompt is not None:
        asked = setting.ask_prompt.replace("{text}", text)
        messages: tuple[Message, ...] = (
            Message(role="user", content=f"{instruction}\n\n{asked}" if instruction else asked),
        )
    elif small_model(setting):
        pairs = shots or _shots(setting)
        turns = [Message(role="system", content=instruction or _EXAM)]
        for passage, question in pairs:
            turns.append(Message(role="user", content=f"Passage: {passage}\nQuestion:"))
            turns.append(Message(role="assistant", content=question))
        messages = (*turns, Message(role="user", content=f"Passage: {text}\nQuestion:"))
    else:
        template = f"{instruction}\n\n{{text}}" if instruction else _PLAIN
        messages = (Message(role="user", content=template.replace("{text}", text)),)
    return Request(
        purpose="question",
        messages=messages,
        key=key,
        max_tokens=60 if small_model(setting) else 300,
        temperature=0.8,
        seed=seed_of(setting, key),
    )


def _shots(setting: Setting) -> list[tuple[str, str]]:
    """Three examples of the prompts, as a script would show them."""
    style = setting.prompts.styles.get("factual")
    examples = style.examples if style is not None else ()
    return [(example.target, example.questions[0]) for example in examples[:3]]


def with_anchor(request: Request, target: Target, feedback: str | None) -> Request:
    """`request` tied to a target, as the guard ties the requests of existing scripts."""
    last = request.messages[-1]
    tail = f"\n\nYour last try was refused. {feedback}" if feedback else ""
    tied = last.model_copy(update={"content": last.content + anchor_text(target) + tail})
    return request.model_copy(update={"messages": (*request.messages[:-1], tied)})


def first_questions(replies: Iterable[Reply | None]) -> list[str | None]:
    """The first question of every reply; None where there is none."""
    found: list[str | None] = []
    for reply in replies:
        candidates = parse_question(reply.text) if reply is not None else ()
        found.append(candidates[0] if candidates else None)
    return found


def passages_of(documents: Iterable[Document], segmentations: dict[str, Segmentation], most: int) -> list[Passage]:
    """Documents cut between targets into slices of at most `most` characters; slices without targets are left out."""
    found: list[Passage] = []
    for document in documents:
        pieces = segmentations[document.id].targets
        begin = 0
        inside: list[Target] = []
        for piece in pieces:
            if inside and piece.end - begin > most:
                found.append(_passage(document, begin, piece.start, inside))
                begin, inside = piece.start, []
            inside.append(piece)
        if inside:
            found.append(_passage(document, begin, min(len(document.text), max(begin + most, inside[-1].end)), inside))
    return [passage for passage in found if passage.targets]


def _passage(document: Document, start: int, end: int, pieces: Sequence[Target]) -> Passage:
    eligible = tuple(piece for piece in pieces if piece.eligible)
    return Passage(document.id, document.text[start:end].strip(), start, eligible)


def dealt(passages: Sequence[Passage], n: int, setting: Setting, name: str) -> list[Passage]:
    """`n` passages, each about as often as it has targets: unguided questions get the guard's own allocation."""
    homes = [passage for passage in passages for _ in passage.targets]
    order: list[Passage] = []
    rng = setting.random(name)
    while homes and len(order) < n:
        order.extend(rng.sample(homes, len(homes)))
    return order[:n]


def excerpts(documents: Sequence[Document], segmentations: dict[str, Segmentation], targets: int) -> list[Document]:
    """Beginnings of documents that hold about `targets` eligible targets together, spread over as many documents as
    give `_EXCERPT` each. Ids and offsets stay those of the whole documents."""
    found: list[Document] = []
    left = targets
    quota = max(_EXCERPT, -(-targets // max(1, len(documents))))
    for document in documents:
        eligible = segmentations[document.id].eligible
        if left <= 0:
            break
        if not eligible:
            continue
        share = min(quota, left)
        if len(eligible) <= share:
            found.append(document)
        else:
            found.append(document.model_copy(update={"text": document.text[: eligible[share - 1].end]}))
        left -= min(share, len(eligible))
    return found


def least_covered(sampler: TargetSampler, tracker: CoverageTracker) -> Iterator[Draw]:
    """The sampler's draws, every target once; after that the targets that no question draws on yet, then all again."""
    targets = [draw.target for draw in sampler.draws()]
    turn = 0
    while targets:
        todo = [target for target in targets if tracker.count(target) == 0] if turn else targets
        for target in todo or targets:
            if not turn or not todo or tracker.count(target) == 0:
                yield Draw(target=target, number=turn)
        turn += 1


Ways = tuple[PairChecks, Compose]
"""The checks of a draw, and how its question is asked."""


def own_ways(setting: Setting, flows: DrawFlows, prepared: PreparedDocuments, draw: Draw) -> Ways:
    """The guard's own way to ask; with the user's own prompt that prompt, masked and tied to the target."""
    flow = flows.of(draw)
    if setting.ask_prompt is None:
        return flow.checks, flow.compose_question
    home = prepared.get(draw.target.document_id)
    text = home.shown_when_asking(home.context(draw.target, passage_characters(setting)))

    def compose(attempt: int, feedback: str | None) -> Request:
        key = flow.compose_question(attempt, None).key
        return with_anchor(plain_request(setting, text, key), flow.draw.target, feedback)

    return flow.checks, compose


def ask_anchored(
    setting: Setting,
    name: str,
    draws: Iterable[Draw],
    ways_of: Callable[[Draw], Ways],
    calls: int,
    *,
    attempts: int = ATTEMPTS,
    on_question: Callable[[Tried], None] = lambda tried: None,
) -> list[Tried]:
    """Ask the guard's way until the draws or the calls are used up.

    Args:
        setting: whose caller sends the requests.
        name: prefix of the requests' keys.
        draws: what to ask about; drawn as flows end.
        ways_of: prompts and checks of a draw.
        calls: most requests; a flow that is cut off by it ends without a question.
        attempts: most requests of one draw.
        on_question: told of every draw that ended, in order.
    """
    opened: dict[str, Draw] = {}
    tried: list[Tried] = []

    def asking(draw: Draw) -> Flow[Asked]:
        checks, compose = ways_of(draw)

        def named(attempt: int, feedback: str | None) -> Request:
            request = compose(attempt, feedback)
            return request.model_copy(update={"key": f"{name}:{request.key}"})

        return ask(draw.target, checks, compose=named, attempts=attempts)

    def flows() -> Iterator[tuple[str, Flow[Asked]]]:
        for number, draw in enumerate(draws):
            key = f"{name}:{number}"
            opened[key] = draw
            yield key, asking(draw)

    def ended(key: str, asked: Asked | None, used: int) -> None:
        question = asked.question.text if asked is not None and asked.question is not None else None
        tried.append(Tried(opened.pop(key), question, used))
        on_question(tried[-1])

    setting.caller.drive(flows(), on_end=ended, admissions=_Distinct(), window=AT_ONCE, calls=calls)
    used = tried[-1].calls if tried else 0
    for key in list(opened):  # cut off by the number of calls
        ended(key, None, max(used, calls))
    return tried


class _Distinct:
    """Accepts a question that does not nearly repeat one that was accepted before."""

    def __init__(self) -> None:
        self._accepted = NearDuplicates()

    def admit(self, key: str, question: str, target: Target) -> Verdict:
        """Accept and remember, or refuse."""
        verdict = check_duplicate(question, self._accepted)
        if verdict.accepted:
            self._accepted.add(question)
        return verdict
