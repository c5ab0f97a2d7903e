"""The index: everything computed once from the knowledge, so that a question costs milliseconds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bussola.knowledge.embedding import Encoder, Vectors
from bussola.knowledge.entry import FIGURE_REFERENCE
from bussola.knowledge.kernel import Head, Nearness
from bussola.knowledge.lexical import Bm25, Coverage, Tfidf, stems
from bussola.knowledge.loading import Knowledge
from bussola.knowledge.ranking import SIGNALS, Floats, Reading
from bussola.knowledge.scope import GENERAL, scopes_of
from bussola.knowledge.speller import Speller
from bussola.knowledge.spelling import written_out
from bussola.text import folded


@dataclass(frozen=True)
class Target:
    """Something that may win: an entry or a signpost."""

    id: str
    kind: str
    theme: str | None
    question: str


@dataclass(frozen=True)
class Material:
    """What an index is made of. Questions of one target stand together, in the targets' order."""

    targets: list[Target]
    questions: list[tuple[str, int]]
    """A question, and the number of its target."""
    passages: list[str]
    """One a target: the question with its answer."""
    wholes: list[str]
    """One a target: all that it says."""

    @property
    def digest(self) -> str:
        """Identifies what can be learnt: a new date, figure or link changes nothing of it."""
        targets = [[t.id, t.kind, t.theme] for t in self.targets]
        told = json.dumps([targets, self.questions, self.passages, self.wholes])
        return hashlib.sha256(told.encode()).hexdigest()


class Index:
    """Signals of any text against all targets of one knowledge version."""

    def __init__(self, material: Material, encoder: Encoder) -> None:
        self.encoder = encoder
        self.targets, self.digest = material.targets, material.digest
        self.scopes = scopes_of([target.kind for target in self.targets])
        self.questions = [text for text, _ in material.questions]
        self.owner: NDArray[np.int64] = np.array([target for _, target in material.questions])
        self.exact = {folded(text): target for text, target in material.questions}
        """The very words of a curator, folded, and whose they are."""
        self._bounds = np.flatnonzero(np.r_[True, np.diff(self.owner) != 0])
        self.plain = plain = [written_out(text) for text in self.questions]
        """The questions with the shorthand of phones written out."""
        self.question_vectors = encoder.encode(plain, "query")
        self.answer_vectors = encoder.encode(material.passages, "passage")
        self._centre = self.question_vectors.mean(axis=0)
        self._to_centre = self.question_vectors @ self._centre
        self.bm25 = Bm25(plain)
        self.words = Tfidf(plain, "words")
        self.characters = Tfidf(plain, "characters")
        self.whole = Bm25(material.wholes)
        mine = np.flatnonzero(self.scopes[self.owner] == GENERAL)
        self._subjects = frozenset(stem for row in mine for stem in stems(plain[row]))
        self._speller = Speller([*plain, *material.passages, *material.wholes])
        self.coverage = Coverage(plain, self.owner, material.wholes)

    def _best_per_target(self, scores: NDArray[Any]) -> Floats:
        """Highest score of each target's questions: (texts, questions) -> (texts, targets)."""
        return np.asarray(np.maximum.reduceat(scores, self._bounds, axis=1), dtype=np.float64)

    def is_lone_word(self, text: str) -> bool:
        """True for one word, stop words aside, that the questions of some entry use."""
        words = stems(self.as_read(text))
        return len(words) == 1 and words[0] in self._subjects

    def read(self, texts: list[str], head: Head) -> Reading:
        """What the signals say of each text, all encoded at once."""
        plain = [self.as_read(text) for text in texts]
        return self.read_all(plain, self.encoder.encode(plain, "query"), head)

    def as_read(self, text: str) -> str:
        """`text` with shorthand written out and slips in unknown words forgiven."""
        return self._speller.corrected(written_out(text))

    def read_all(self, texts: list[str], vectors: Vectors, head: Head) -> Reading:
        """The same of texts already written out, with their vectors."""
        near, lexical = self.nearness(texts, vectors)
        outputs = head.outputs(near)
        signals = self.signals(texts, vectors, outputs[:, : len(self.targets)], lexical)
        return Reading(signals, outputs[:, len(self.targets) :], self.coverage.of(texts))

    def nearness(self, texts: list[str], vectors: Vectors) -> tuple[Nearness, Nearness]:
        """For the head (meaning without what all questions share), and as it is."""
        words, letters = self.words.scores(texts), self.characters.scores(texts)
        plain = vectors @ self.question_vectors.T
        return Nearness(self._centred(vectors, plain), words, letters), Nearness(
            plain, words, letters
        )

    def _centred(self, vectors: Vectors, plain: Vectors) -> Vectors:
        """Cosines around the centre of the questions, from the cosines as they are."""
        middle = float(self._centre @ self._centre)
        towards = vectors @ self._centre
        product = plain - towards[:, None] - self._to_centre[None, :] + middle
        # |v - c| of unit vectors; the floor keeps a lone question from dividing by zero
        left = np.sqrt(np.maximum(1 - 2 * towards + middle, 1e-9))
        right = np.sqrt(np.maximum(1 - 2 * self._to_centre + middle, 1e-9))
        return np.asarray(product / left[:, None] / right[None, :], dtype=np.float32)

    def signals(
        self,
        texts: list[str],
        vectors: Vectors,
        head: Floats,
        near: Nearness,
        but: NDArray[np.int64] | None = None,
    ) -> Floats:
        """Shape (texts, targets, signals). With `but`, each text as if that question were not there."""

        def best(scores: NDArray[Any]) -> Floats:
            if but is not None:
                scores = scores.copy()
                scores[np.arange(len(but)), but] = -1.0
            return self._best_per_target(scores)

        columns = [
            best(near.meaning),
            np.asarray(vectors @ self.answer_vectors.T, dtype=np.float64),
            head,
            best(self.bm25.scores(texts)),
            best(near.letters),
            self.whole.scores(texts),
        ]
        assert len(columns) == len(SIGNALS)
        return np.stack(columns, axis=2)

    def nearest_question(self, target: int, text: str) -> str:
        """The question of `target` that is nearest in meaning to `text`."""
        mine = np.flatnonzero(self.owner == target)
        vector = self.encoder.encode([written_out(text)], "query")[0]
        return self.questions[int(mine[np.argmax(self.question_vectors[mine] @ vector)])]


def to_teach(knowledge: Knowledge) -> tuple[list[str], list[int]]:
    """Every question as the encoder reads it, and the number of its target."""
    asked = material_of(knowledge).questions
    return [written_out(text) for text, _ in asked], [target for _, target in asked]


def material_of(knowledge: Knowledge) -> Material:
    """Entries first, then signposts, in the order of the files."""
    targets: list[Target] = []
    questions: list[tuple[str, int]] = []
    passages: list[str] = []
    wholes: list[str] = []
    for entry in knowledge.entries.values():
        asked = dict.fromkeys([*entry.questions, *entry.foreign_questions])
        questions += [(q, len(targets)) for q in asked]
        theme = knowledge.theme_of[entry.id]
        targets.append(Target(entry.id, "entry", theme, entry.question))
        # A figure's value changes with the day; the index must not.
        answer, details, *steps = (
            FIGURE_REFERENCE.sub("", text)
            for text in (entry.answer, entry.details or "", *entry.steps)
        )
        passages.append(f"{entry.question} {answer}")
        wholes.append(" ".join([entry.question, answer, details, *steps]))
    for post in knowledge.signposts.values():
        questions += [(q, len(targets)) for q in post.examples]
        targets.append(Target(post.id, post.kind, None, post.title))
        passages.append(f"{post.title} {post.examples[0]}")
        wholes.append(f"{post.title} {post.text}")
    return Material(targets, questions, passages, wholes)
