"""The index: everything computed once from the knowledge, so that a question costs milliseconds."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bussola.knowledge.embedding import Encoder
from bussola.knowledge.entry import FIGURE_REFERENCE
from bussola.knowledge.lexical import Bm25, CharacterTfidf
from bussola.knowledge.loading import Knowledge
from bussola.knowledge.ranking import SIGNALS, Floats
from bussola.knowledge.scope import ScopeFeatures
from bussola.knowledge.softmax import Softmax
from bussola.text import folded

_SENTENCE = re.compile(r"(?<=[.!?;\n])\s+")
LONG_TEXT = 120
"""Characters from which a text is also read sentence by sentence."""
_MOST_SENTENCES = 8


@dataclass(frozen=True)
class Target:
    """Something that may win: an entry or a signpost."""

    id: str
    kind: str
    theme: str | None
    question: str


@dataclass(frozen=True)
class Reading:
    """`signals` (targets, 5) in the order of SIGNALS; `scope` (3,) in the order of SCOPES."""

    signals: Floats
    scope: Floats


class Index:
    """Signals of any text against all targets of one knowledge version."""

    def __init__(self, knowledge: Knowledge, encoder: Encoder) -> None:
        self.version = knowledge.version
        self.encoder = encoder
        self.targets, questions, passages = _targets(knowledge)
        self.digest = _digest(self.targets, questions, passages)
        self.questions = [text for text, _ in questions]
        self.owner: NDArray[np.int64] = np.array([target for _, target in questions])
        self.exact = {folded(text): target for text, target in questions}
        """The very words of a curator, folded, and whose they are."""
        self.language = {
            folded(question): language
            for entry in knowledge.entries.values()
            for language, words in entry.translations.items()
            for question in (words.question, *words.variants)
        }
        """The language of the words that translations bring, folded."""
        self._bounds = np.flatnonzero(np.r_[True, np.diff(self.owner) != 0])
        self.question_vectors = encoder.encode(self.questions, "query")
        self.answer_vectors = encoder.encode(passages, "passage")
        self.scope_features = ScopeFeatures(self.questions, self.question_vectors)
        self.bm25 = Bm25(self.questions)
        self.characters = CharacterTfidf(self.questions)

    def best_per_target(self, scores: NDArray[Any]) -> Floats:
        """Highest score of each target's questions: (texts, questions) -> (texts, targets)."""
        return np.asarray(np.maximum.reduceat(scores, self._bounds, axis=1), dtype=np.float64)

    def read(self, text: str, head: Softmax, gate: Softmax) -> Reading:
        """What the signals say of one text.

        A long text is read whole and sentence by sentence: the question is often one
        sentence of a story, so the meaning signals take the best reading of each target.
        """
        units = [text, *_sentences(text)]
        vectors = self.encoder.encode(units, "query")
        columns = [
            self.best_per_target(vectors @ self.question_vectors.T).max(axis=0),
            (vectors @ self.answer_vectors.T).max(axis=0),
            head.probabilities(vectors).max(axis=0),
            self.best_per_target(self.bm25.scores(units)).max(axis=0),
            self.best_per_target(self.characters.scores(units)).max(axis=0),
        ]
        assert len(columns) == len(SIGNALS)
        scope = gate.probabilities(self.scope_features([text], vectors[:1]))[0]
        return Reading(np.stack(columns, axis=1).astype(np.float64), scope)

    def nearest_question(self, target: int, text: str) -> str:
        """The question of `target` that is nearest in meaning to `text`."""
        mine = np.flatnonzero(self.owner == target)
        vector = self.encoder.encode([text], "query")[0]
        return self.questions[int(mine[np.argmax(self.question_vectors[mine] @ vector)])]


def digest(knowledge: Knowledge) -> str:
    """Identifies what can be learnt: a new date, figure or link changes nothing of it."""
    return _digest(*_targets(knowledge))


def _digest(targets: list[Target], questions: list[tuple[str, int]], passages: list[str]) -> str:
    told = json.dumps([[t.id, t.kind, t.theme] for t in targets] + [questions, passages])
    return hashlib.sha256(told.encode()).hexdigest()


def _targets(
    knowledge: Knowledge,
) -> tuple[list[Target], list[tuple[str, int]], list[str]]:
    targets: list[Target] = []
    questions: list[tuple[str, int]] = []
    passages: list[str] = []
    for entry in knowledge.entries.values():
        asked = dict.fromkeys([*entry.questions, *entry.foreign_questions])
        questions += [(q, len(targets)) for q in asked]
        theme = knowledge.theme_of[entry.id]
        targets.append(Target(entry.id, "entry", theme, entry.question))
        # A figure's value changes with the day; the index must not.
        passages.append(f"{entry.question} {FIGURE_REFERENCE.sub('', entry.answer)}")
    for post in knowledge.signposts.values():
        questions += [(q, len(targets)) for q in post.examples]
        targets.append(Target(post.id, post.kind, None, post.title))
        passages.append(f"{post.title} {post.examples[0]}")
    return targets, questions, passages


def _sentences(text: str) -> list[str]:
    if len(text) < LONG_TEXT:
        return []
    parts = [part.strip() for part in _SENTENCE.split(text) if len(part.strip()) >= 12]
    return parts[-_MOST_SENTENCES:] if len(parts) > 1 else []
