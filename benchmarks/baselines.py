"""Plain rankers to compare with, and how any ranker is measured: in a process of its own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Protocol

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from benchmarks.memory import peak_mb
from benchmarks.public_sets import LabelledSet
from bussola.knowledge.embedding import Encoder, Prompt, Vectors

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
TIMED = 200
"""So many questions are asked one at a time, to measure how long one takes."""
_K1, _B = 1.2, 0.75
_WORD = re.compile(r"\w+")


class Ranker(Protocol):
    """Learns from questions, then scores every target for any text. It must pickle."""

    @property
    def name(self) -> str:
        """What the table calls it."""
        ...

    def fit(self, questions: list[str], owner: Indices, answers: list[str | None]) -> None:
        """`owner` is the target of each question, `answers` has one place a target."""
        ...

    def scores(self, texts: list[str]) -> Floats:
        """Shape (texts, targets), higher is better; -inf where a target was not learnt."""
        ...


class Bm25Ranker:
    """BM25; every question and every answer is a document, a target is as good as its best."""

    def __init__(self, stemmed: bool) -> None:
        self.name = "BM25, Italian stems" if stemmed else "BM25, words"
        self._stem = snowballstemmer.stemmer("italian").stemWord if stemmed else str

    def fit(self, questions: list[str], owner: Indices, answers: list[str | None]) -> None:
        answered = [(text, target) for target, text in enumerate(answers) if text is not None]
        documents = [*questions, *(text for text, _ in answered)]
        self._owner = np.r_[owner, np.array([target for _, target in answered], dtype=np.int64)]
        self._targets = len(answers)
        self._counter = CountVectorizer(analyzer=self._words)
        counts = csr_matrix(self._counter.fit_transform(documents), dtype=np.float64)
        present = np.asarray((counts > 0).sum(axis=0)).ravel()
        idf = np.log(1 + (len(documents) - present + 0.5) / (present + 0.5))
        length = np.asarray(counts.sum(axis=1)).ravel()
        norm = _K1 * (1 - _B + _B * length / length.mean())
        counts.data *= (_K1 + 1) / (counts.data + np.repeat(norm, np.diff(counts.indptr)))
        self._weights = csr_matrix(counts.multiply(idf))

    def scores(self, texts: list[str]) -> Floats:
        asked = csr_matrix(self._counter.transform(texts), dtype=np.float64)
        return best(np.asarray((asked @ self._weights.T).toarray()), self._owner, self._targets)

    def _words(self, text: str) -> list[str]:
        return [self._stem(word) for word in _WORD.findall(text.lower())]


class CharacterRanker:
    """TF-IDF of character 2-5 grams inside words; a target is as near as its nearest question."""

    name = "character TF-IDF 2-5"

    def fit(self, questions: list[str], owner: Indices, answers: list[str | None]) -> None:
        self._owner, self._targets = owner, len(answers)
        self._vectorizer = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, strip_accents="unicode"
        )
        self._matrix = csr_matrix(self._vectorizer.fit_transform(questions))

    def scores(self, texts: list[str]) -> Floats:
        cosines = self._vectorizer.transform(texts) @ self._matrix.T
        return best(np.asarray(cosines.toarray()), self._owner, self._targets)


class NearestRanker:
    """Cosine of sentence vectors; a target is as near as its nearest question."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = f"nearest question, {encoder.name}"
        self._encoder = encoder

    def fit(self, questions: list[str], owner: Indices, answers: list[str | None]) -> None:
        self._owner, self._targets = owner, len(answers)
        self._vectors = self._encoder.encode(questions, "query")

    def scores(self, texts: list[str]) -> Floats:
        cosines = self._encoder.encode(texts, "query") @ self._vectors.T
        return best(cosines.astype(np.float64), self._owner, self._targets)


class LazyEncoder:
    """Loads its encoder when first used, or when unpickled: in the child, before clocks run."""

    def __init__(self, name: str, load: Callable[[], Encoder]) -> None:
        self.name = name
        self._load = load
        self._loaded: Encoder | None = None

    @property
    def taught(self) -> frozenset[str]:
        return self._ready().taught

    def encode(self, texts: list[str], prompt: Prompt) -> Vectors:
        return self._ready().encode(texts, prompt)

    def _ready(self) -> Encoder:
        self._loaded = self._loaded or self._load()
        return self._loaded

    def __getstate__(self) -> tuple[str, Callable[[], Encoder]]:
        return self.name, self._load

    def __setstate__(self, state: tuple[str, Callable[[], Encoder]]) -> None:
        self.name, self._load = state
        self._loaded = self._load()


@dataclass(frozen=True)
class Row:
    """A line of the table. Success and MRR are shares; `peak_mb` is the whole process."""

    system: str
    labelled_set: str
    success_at_1: float
    success_at_3: float
    mrr: float
    train_seconds: float
    ms_p50: float
    ms_p95: float
    peak_mb: float
    left_out: tuple[int, ...]
    """Targets that were not learnt, and so never found."""


@dataclass(frozen=True)
class Figures:
    """What came out of a ranker: scores of shape (asked, targets), and what they cost."""

    scores: Floats
    train_seconds: float
    ms_p50: float
    ms_p95: float
    peak_mb: float
    left_out: tuple[int, ...]


def best(scores: Floats, owner: Indices, targets: int) -> Floats:
    """Highest score of each target's documents: (texts, documents) -> (texts, targets)."""
    found = np.full((len(scores), targets), -np.inf)
    order = np.argsort(owner, kind="stable")
    owners, starts = np.unique(owner[order], return_index=True)
    found[:, owners] = np.maximum.reduceat(scores[:, order], starts, axis=1)
    return found


def ranks(scores: Floats, right: list[frozenset[int]]) -> Floats:
    """Of the best right target: 1 + those above it + half of the wrong ones level with it.

    Shape (asked,). Another right target at the same score costs nothing.
    """
    found = np.empty(len(right))
    for place, (row, wanted) in enumerate(zip(scores, right, strict=True)):
        mine = np.zeros(len(row), dtype=bool)
        mine[list(wanted)] = True
        top = row[mine].max()
        found[place] = 1 + (row > top).sum() + ((row == top) & ~mine).sum() / 2
    return found


def row(system: str, labelled_set: LabelledSet, figures: Figures) -> Row:
    """The line of a system, ours or one that answered from another environment."""
    places = ranks(figures.scores, labelled_set.right)
    return Row(
        system=system,
        labelled_set=labelled_set.name,
        success_at_1=float((places <= 1).mean()),
        success_at_3=float((places <= 3).mean()),
        mrr=float((1 / places).mean()),
        train_seconds=figures.train_seconds,
        ms_p50=figures.ms_p50,
        ms_p95=figures.ms_p95,
        peak_mb=figures.peak_mb,
        left_out=figures.left_out,
    )


def measure(ranker: Ranker, labelled_set: LabelledSet) -> Row:
    """Learn and answer in a fresh process, so that memory is this ranker's alone."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as child:
        figures = child.submit(run, ranker, labelled_set).result()
    return row(ranker.name, labelled_set, figures)


def run(ranker: Ranker, labelled_set: LabelledSet) -> Figures:
    """Learn and answer in this process; `peak_mb` is then whatever it ever held."""
    started = time.perf_counter()
    owner = np.array(labelled_set.owner, dtype=np.int64)
    ranker.fit(labelled_set.questions, owner, labelled_set.answers)
    trained = time.perf_counter()
    scores = ranker.scores(labelled_set.asked)  # also warms up what is timed next
    took = []
    for text in labelled_set.asked[:TIMED]:
        asked = time.perf_counter()
        ranker.scores([text])
        took.append(1000 * (time.perf_counter() - asked))
    p50, p95 = np.percentile(took, [50, 95])
    left_out = np.flatnonzero(np.isneginf(scores).all(axis=0))
    return Figures(
        scores, trained - started, float(p50), float(p95), peak_mb(), tuple(left_out.tolist())
    )
