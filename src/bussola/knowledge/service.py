"""The knowledge as the rest of the house sees it: match a question, read an entry."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bussola.knowledge.calibration import Learnt, Policy, learn
from bussola.knowledge.embedding import Encoder
from bussola.knowledge.entry import Entry, Link, Signpost, Source, Theme
from bussola.knowledge.figures import Figure, references, render
from bussola.knowledge.index import Index, Reading, Target
from bussola.knowledge.languages import ITALIAN, language_of
from bussola.knowledge.learnt_store import LearntStore, learnt_key
from bussola.knowledge.loading import Knowledge, load
from bussola.knowledge.ranking import (
    SIGNALS,
    Ranked,
    Verdict,
    decide,
    options,
    rank,
)
from bussola.knowledge.scope import PERSONAL
from bussola.text import folded

SHORT_QUESTION_WORDS = 6
"""Up to this many words a question may lean on the one before ("e per la badante?")."""
_THEME_BONUS = 0.04
_MOST_FURTHER = 2


@dataclass(frozen=True)
class Match:
    """One target that fits a question; `question` is how a curator asks it."""

    entry_id: str
    theme: str | None
    question: str
    probability: float
    offered: bool = True
    """False for what comes next, should none of the offered ones be it."""


@dataclass(frozen=True)
class Matched:
    """What knowledge says of one question."""

    verdict: Verdict
    probability: float
    matches: list[Match]
    theme: str | None
    language: str
    index_version: str


@dataclass(frozen=True)
class Answer:
    """An entry as a citizen reads it on `valid_at`, figures in place."""

    entry_id: str
    theme: str
    question: str
    text: str
    details: str | None
    steps: list[str]
    links: list[Link]
    sources: list[Source]
    valid_at: date
    valid_until: date | None
    related: list[tuple[str, str]]
    """(entry id, question) pairs."""
    stale: bool
    escalate: bool
    index_version: str
    language: str
    """The language of question and text: Italian when no translation is approved."""


@dataclass(frozen=True)
class Snapshot:
    """One version of the knowledge with its index; replaced whole, never changed."""

    knowledge: Knowledge
    index: Index
    learnt: Learnt


class KnowledgeService:
    """Answers from one snapshot; `reload` swaps it while questions go on."""

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        query_encoder: Encoder,
        policy: Policy,
        today: Callable[[], date],
        store: LearntStore | None = None,
    ) -> None:
        self._folder = folder
        self._encoder = encoder
        self._query_encoder = query_encoder
        self._policy = policy
        self._today = today
        self._store = store
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot in use; built at the first call."""
        if self._snapshot is None:
            self.reload()
        assert self._snapshot is not None
        return self._snapshot

    @property
    def ready(self) -> bool:
        """True once the first index is built."""
        return self._snapshot is not None

    def reload(self) -> str:
        """Build an index of the folder as it is now and swap it in; returns its version.

        Raises KnowledgeError, and keeps the old snapshot, when the folder has errors.
        """
        with self._lock:
            knowledge = load(self._folder)
            index = Index(knowledge, self._encoder)
            learnt = self._learnt(index)
            index.encoder = self._query_encoder
            self._snapshot = Snapshot(knowledge, index, learnt)
            return knowledge.version

    def _learnt(self, index: Index) -> Learnt:
        """What was learnt for this very version before, or learnt now and kept."""
        key = learnt_key(index.digest, index.encoder.name, self._policy)
        kept = self._store.load(key) if self._store else None
        learnt = kept or learn(index, self._policy)
        if self._store and kept is None:
            self._store.save(key, learnt)
        return learnt

    def match(
        self,
        text: str,
        theme: str | None = None,
        previous_entry: str | None = None,
        language: str | None = None,
    ) -> Matched:
        """The verdict on `text`; the rest is what was talked about before, and in which language."""
        now = self.snapshot
        known = now.index.language.get(folded(text))
        spoken = known or language_of(text, language or ITALIAN)
        previous = now.knowledge.entries.get(previous_entry or "")
        leaning = previous is not None and len(text.split()) <= SHORT_QUESTION_WORDS
        exact = now.index.exact.get(folded(text))
        if exact is not None and not leaning:
            return self._in_so_many_words(now, now.index.targets[exact], spoken)
        reading, ranked = self._ranked(now, text, theme)
        if previous is not None and leaning:
            _, with_context = self._ranked(now, f"{previous.question} {text}", theme)
            if self._leans(with_context, ranked, previous, now):
                ranked = with_context
        return self._matched(now, ranked, float(reading.scope[PERSONAL]), spoken)

    @staticmethod
    def _in_so_many_words(now: Snapshot, target: Target, language: str) -> Matched:
        """A curator foresaw exactly this question: there is nothing to weigh."""
        verdict: Verdict = "answer"
        if target.kind != "entry":
            verdict = "personal_case" if target.kind == "personal_case" else "off_topic"
        match = Match(target.id, target.theme, target.question, 1.0)
        return Matched(verdict, 1.0, [match], target.theme, language, now.index.version)

    @staticmethod
    def _leans(with_context: Ranked, alone: Ranked, previous: Entry, now: Snapshot) -> bool:
        """True when the question only makes sense with the one before.

        A question that stands alone keeps its own reading, and a joined reading that only
        finds the previous entry again adds nothing new.
        """
        if alone.probability >= now.learnt.calibration.answer_above:
            return False
        winner = now.index.targets[int(with_context.order[0])]
        return with_context.probability > alone.probability and winner.id != previous.id

    @staticmethod
    def _ranked(now: Snapshot, text: str, theme: str | None) -> tuple[Reading, Ranked]:
        reading = now.index.read(text, now.learnt.head, now.learnt.gate)
        bonus = reading.signals[:, 0] * 0
        if theme is not None:
            for position, target in enumerate(now.index.targets):
                bonus[position] = _THEME_BONUS if target.theme == theme else 0.0
        return reading, rank(reading.signals, now.learnt.calibration, bonus)

    def _matched(self, now: Snapshot, ranked: Ranked, personal: float, language: str) -> Matched:
        targets, calibration = now.index.targets, now.learnt.calibration
        kinds = [target.kind for target in targets]
        verdict, best = decide(ranked, kinds, personal, calibration)
        entries = [int(t) for t in ranked.order if kinds[int(t)] == "entry"]
        if verdict == "ask_which":
            offered = max(2, len(options(ranked, kinds, calibration)))
            chosen = entries[: offered + _MOST_FURTHER]
        elif verdict == "dont_know":
            chosen, offered = entries[:3], 0
        else:
            chosen, offered = [best], 1
        top = max(float(ranked.fused[best]), 1e-6)
        matches = [
            Match(
                targets[t].id,
                targets[t].theme,
                targets[t].question,
                round(ranked.probability * max(0.0, float(ranked.fused[t])) / top, 4),
                offered=position < offered,
            )
            for position, t in enumerate(chosen)
        ]
        theme = targets[chosen[0]].theme if chosen else None
        return Matched(
            verdict, round(ranked.probability, 4), matches, theme, language, now.index.version
        )

    def search(self, text: str, most: int = 12) -> list[Entry]:
        """The entries nearest to `text`, best first: for the page with all questions."""
        now = self.snapshot
        _, ranked = self._ranked(now, text, None)
        ids = [now.index.targets[int(t)].id for t in ranked.order]
        return [now.knowledge.entries[i] for i in ids if i in now.knowledge.entries][:most]

    def explain(self, text: str, most: int = 5) -> list[dict[str, object]]:
        """Why the best targets are where they are: each signal's part and the nearest question."""
        now = self.snapshot
        reading, ranked = self._ranked(now, text, None)
        calibration = now.learnt.calibration
        scaled = calibration.scale.apply(reading.signals)
        return [
            {
                "id": now.index.targets[t].id,
                "fused": round(float(ranked.fused[t]), 3),
                "nearest": now.index.nearest_question(t, text),
                "signals": {
                    name: {
                        "raw": round(float(reading.signals[t, i]), 3),
                        "part": round(float(scaled[t, i] * calibration.weights[i]), 3),
                    }
                    for i, name in enumerate(SIGNALS)
                },
            }
            for t in map(int, ranked.order[:most])
        ]

    def answer(self, entry_id: str, language: str = ITALIAN) -> Answer | None:
        """The entry with its figures of today, or None when there is no such entry.

        In another language when an approved translation exists.
        """
        knowledge = self.snapshot.knowledge
        entry = knowledge.entries.get(entry_id)
        if entry is None:
            return None
        words = _words(entry, language)
        today, figures = self._today(), knowledge.figures
        texts = (words.answer, words.details or "", *words.steps)
        shown = [render(text, figures, today, words.language) for text in texts]
        stale = any(part.stale for part in shown) or not entry.valid.covers(today)
        return Answer(
            entry_id=entry.id,
            theme=knowledge.theme_of[entry.id],
            question=words.question,
            text=shown[0].text,
            details=shown[1].text or None,
            steps=[step.text for step in shown[2:]],
            links=entry.links,
            sources=entry.sources,
            valid_at=entry.review.on,
            valid_until=_until(entry, figures, today),
            related=[
                (other, knowledge.entries[other].question)
                for other in entry.related
                if other in knowledge.entries
            ],
            stale=stale,
            escalate=entry.escalate,
            index_version=knowledge.version,
            language=words.language,
        )

    def signpost(self, signpost_id: str) -> Signpost | None:
        """The signpost of that id, or None."""
        return self.snapshot.knowledge.signposts.get(signpost_id)

    def themes(self) -> list[Theme]:
        """The themes, in the order curators wrote them."""
        return list(self.snapshot.knowledge.themes.values())

    def entries_of(self, theme: str) -> list[Entry]:
        """The entries of one theme: those to start with, then the others in file order."""
        knowledge = self.snapshot.knowledge
        first = [i for i in knowledge.themes[theme].start_with if i in knowledge.entries]
        mine = [i for i, owner in knowledge.theme_of.items() if owner == theme]
        return [knowledge.entries[i] for i in dict.fromkeys([*first, *mine])]


@dataclass(frozen=True)
class _Words:
    """What of an entry is said, in one language."""

    language: str
    question: str
    answer: str
    details: str | None
    steps: list[str]


def _words(entry: Entry, language: str) -> _Words:
    translation = entry.translations.get(language)
    if translation is None or translation.status != "approved":
        return _Words(ITALIAN, entry.question, entry.answer, entry.details, entry.steps)
    return _Words(
        language, translation.question, translation.answer, translation.details, translation.steps
    )


def _until(entry: Entry, figures: dict[str, Figure], today: date) -> date | None:
    """The first day on which something the entry says stops holding."""
    ends = [entry.valid.until]
    for name in references(entry.answer, entry.details, *entry.steps):
        value = figures[name].on(today)
        ends.append(value.until if value else None)
    return min((end for end in ends if end is not None), default=None)
