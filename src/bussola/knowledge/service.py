"""The knowledge as the rest of the house sees it: match a question, read an entry."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from bussola.knowledge.asked import Asked
from bussola.knowledge.calibration import Learnt, Policy, learn
from bussola.knowledge.embedding import Encoder
from bussola.knowledge.entry import Entry, Link, Signpost, Source, Theme
from bussola.knowledge.figures import Figure, references, render
from bussola.knowledge.index import Index, Target, material_of
from bussola.knowledge.languages import ITALIAN, language_of
from bussola.knowledge.learnt_store import LearntStore, learnt_key
from bussola.knowledge.loading import Knowledge, load
from bussola.knowledge.ranking import (
    FEATURES,
    SIGNALS,
    Ranked,
    Reading,
    Verdict,
    decide,
    options,
    rank,
)
from bussola.knowledge.scope import GENERAL
from bussola.knowledge.sentences import questions, sentences
from bussola.knowledge.spelling import written_out
from bussola.text import folded

SHORT_QUESTION_WORDS = 9
"""Up to this many words a question may lean on the one before ("e per la badante?")."""
_LEANS = 0.6
"""How much of the reading of such a question comes from the two together."""
_SAME_THEME, _RELATED = 0.3, 0.3
"""What an entry gains by being of the theme just read, and by being related to that entry."""
_THEME_BONUS = 0.04
_MOST_FURTHER = 2
_VERDICTS: dict[str, Verdict] = {
    "entry": "answer", "personal_case": "personal_case", "expert": "expert"
}  # fmt: skip
"""What a target of each kind means in a curator's own words; the others are other matters."""


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
    second: Match | None = None
    """What answers the other question of the same message; `offered` when it is not sure."""


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
    languages: dict[str, str]
    """The language of the words that translations bring, by those words, folded."""


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
        asked: list[Asked] | None = None,
    ) -> None:
        self._asked = asked or []
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
            index = Index(material_of(knowledge), self._encoder)
            learnt = self._learnt(index)
            index.encoder = self._query_encoder
            self._snapshot = Snapshot(knowledge, index, learnt, _languages(knowledge))
            return knowledge.version

    def _learnt(self, index: Index) -> Learnt:
        """What was learnt for this very version before, or learnt now and kept."""
        key = learnt_key(index.digest, index.encoder.name, self._policy, self._asked)
        kept = self._store.load(key) if self._store else None
        learnt = kept or learn(index, self._policy, self._asked)
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
        known = now.languages.get(folded(text))
        spoken = known or language_of(text, language or ITALIAN)
        previous = now.knowledge.entries.get(previous_entry or "")
        leaning = previous is not None and len(text.split()) <= SHORT_QUESTION_WORDS
        exact = now.index.exact.get(folded(text))
        if exact is not None and not leaning:
            return self._in_so_many_words(now, now.index.targets[exact], spoken)
        asked = questions(written_out(text))
        asked = asked if len(asked) > 1 else []
        read = now.index.read([text, *asked], now.learnt.head)
        reading, parts = read.of([0]), read.of(list(range(1, len(asked) + 1)))
        ranked = self._rank(now, reading, theme)
        if previous is not None and leaning:
            ranked = self._after(now, previous, text, reading, ranked)
        matched = self._matched(now, ranked, spoken, now.index.is_lone_word(text))
        told = sentences(text) if matched.verdict != "answer" else []
        if told:
            # The question is often one sentence of a story.
            closer = reading.with_parts(now.index.read(told, now.learnt.head))
            matched = self._matched(now, self._rank(now, closer, theme), spoken)
        return self._both(now, matched, parts, spoken)

    def _both(self, now: Snapshot, whole: Matched, parts: Reading, language: str) -> Matched:
        """Two questions in one message: the second is answered too, or offered."""
        if whole.verdict in {"personal_case", "off_topic"}:
            return whole
        each = [
            self._matched(now, self._rank(now, parts.of([place]), whole.theme), language)
            for place in range(len(parts.signals))
        ]
        sure = {part.matches[0].entry_id: part for part in each if part.verdict == "answer"}
        if whole.verdict == "answer":
            first = whole
        elif len(sure) > 1:
            first = next(iter(sure.values()))
        else:
            return whole
        others = [
            part
            for part in each
            if part.verdict in {"answer", "ask_which"}
            and part.matches[0].entry_id != first.matches[0].entry_id
        ]
        if not others:
            return whole
        best = max(others, key=lambda part: (part.verdict == "answer", part.probability))
        return replace(first, second=replace(best.matches[0], offered=best.verdict != "answer"))

    @staticmethod
    def _in_so_many_words(now: Snapshot, target: Target, language: str) -> Matched:
        """A curator foresaw exactly this question: there is nothing to weigh."""
        verdict = _VERDICTS.get(target.kind, "off_topic")
        match = Match(target.id, target.theme, target.question, 1.0)
        return Matched(verdict, 1.0, [match], target.theme, language, now.knowledge.version)

    def _after(
        self, now: Snapshot, previous: Entry, text: str, alone: Reading, ranked: Ranked
    ) -> Ranked:
        """A few words after an answer are read with its question, unless they stand alone.

        The entry just read does not win by being quoted, and its neighbours are likelier.
        """
        scopes, calibration = now.index.scopes, now.learnt.calibration
        verdict, _ = decide(ranked, scopes, calibration)
        if verdict == "personal_case":
            return ranked
        joined = now.index.read([f"{previous.question} {text}"], now.learnt.head)
        theme = now.knowledge.theme_of[previous.id]
        near = np.array(
            [_SAME_THEME * (t.theme == theme) + _RELATED * (t.id in previous.related)
             for t in now.index.targets]
        )  # fmt: skip
        place = next(i for i, t in enumerate(now.index.targets) if t.id == previous.id)
        mixed = rank(alone.joined_with(joined, place, _LEANS), scopes, calibration, near)
        if verdict == "answer" and (
            decide(mixed, scopes, calibration)[0] != "answer"
            or mixed.probability <= ranked.probability
        ):
            return ranked
        return mixed

    @staticmethod
    def _rank(now: Snapshot, reading: Reading, theme: str | None) -> Ranked:
        bonus = None
        if theme is not None:
            bonus = np.array([_THEME_BONUS * (t.theme == theme) for t in now.index.targets])
        return rank(reading, now.index.scopes, now.learnt.calibration, bonus)

    @staticmethod
    def _matched(now: Snapshot, ranked: Ranked, language: str, names: bool = False) -> Matched:
        """The verdict with what goes with it; a text that only `names` a subject asks nothing
        yet, so it is asked back rather than sent away.
        """
        targets, scopes = now.index.targets, now.index.scopes
        verdict, best = decide(ranked, scopes, now.learnt.calibration)
        if names and verdict != "answer":
            verdict = "ask_which"
        entries = [int(t) for t in ranked.order if scopes[t] == GENERAL]
        if verdict == "ask_which":
            offered = len(options(ranked, scopes, now.learnt.calibration))
            chosen = entries[: offered + _MOST_FURTHER]
        elif verdict == "dont_know":
            chosen, offered = entries[:3], 0
        else:
            chosen, offered = [best], 1
        matches = [
            Match(
                targets[t].id,
                targets[t].theme,
                targets[t].question,
                round(float(ranked.likely[t]), 4),
                offered=position < offered,
            )
            for position, t in enumerate(chosen)
        ]
        theme = targets[chosen[0]].theme if chosen else None
        return Matched(
            verdict, round(ranked.probability, 4), matches, theme, language, now.knowledge.version
        )

    def search(self, text: str, most: int = 12) -> list[Entry]:
        """The entries nearest to `text`, best first: for the page with all questions."""
        now = self.snapshot
        reading = now.index.read([text], now.learnt.head)
        ranked = self._rank(now, reading, None)
        ids = [now.index.targets[int(t)].id for t in ranked.order]
        return [now.knowledge.entries[i] for i in ids if i in now.knowledge.entries][:most]

    def explain(self, text: str, most: int = 5) -> dict[str, object]:
        """Why: the judges with their thresholds, and each signal's part in the best targets."""
        now = self.snapshot
        reading = now.index.read([text], now.learnt.head)
        ranked = self._rank(now, reading, None)
        calibration = now.learnt.calibration
        scaled = calibration.scale.apply(reading.signals[0])
        verdict, _ = decide(ranked, now.index.scopes, calibration)
        return {
            "verdict": verdict,
            "read_as": now.index.as_read(text),
            "judges": {
                "personal": [ranked.personal, calibration.personal_hint, calibration.personal_sure],
                "elsewhere": [ranked.elsewhere, calibration.elsewhere_sure],
                "expert": [ranked.expert, calibration.expert_sure],
                "right": [ranked.probability, calibration.silent_below, calibration.answer_above],
                "usual": [ranked.usual, calibration.unusual_below],
            },
            "features": dict(zip(FEATURES, np.round(ranked.features, 3).tolist(), strict=True)),
            "targets": [
                {
                    "id": now.index.targets[t].id,
                    "fused": round(float(ranked.fused[t]), 3),
                    "likely": round(float(ranked.likely[t]), 3),
                    "covers": round(float(reading.coverage[0, t]), 3),
                    "nearest": now.index.nearest_question(t, text),
                    "signals": {
                        name: {
                            "raw": round(float(reading.signals[0, t, i]), 3),
                            "part": round(float(scaled[t, i] * calibration.weights[i]), 3),
                        }
                        for i, name in enumerate(SIGNALS)
                    },
                }
                for t in map(int, ranked.order[:most])
            ],
        }

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


def _languages(knowledge: Knowledge) -> dict[str, str]:
    return {
        folded(question): language
        for entry in knowledge.entries.values()
        for language, words in entry.translations.items()
        for question in (words.question, *words.variants)
    }


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
