"""Lexical signals over documents: stemmed BM25, word and character TF-IDF, and what is covered."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from bussola.knowledge.ranking import Floats
from bussola.text import folded, without_accents

_K1, _B = 1.2, 0.5
_WORD = re.compile(r"\w+", re.UNICODE)
_STOP_WORDS = (
    "a ad al allo alla ai agli alle con col da dal dalla dai di del dello della dei degli delle e ed "
    "gli ho i il in io l la le lo ma mi ne nel nella nei o per si su sul sulla un una uno"
)
_STOP = frozenset(_STOP_WORDS.split())
_stem = lru_cache(maxsize=50_000)(snowballstemmer.stemmer("italian").stemWord)
"""A question is stemmed for several signals, and stemming in Python is slow."""


def stems(text: str) -> list[str]:
    """Italian stems without accents, stop words left out."""
    words = _WORD.findall(text.lower())
    return [without_accents(_stem(w)) for w in words if w not in _STOP]


def rarity(present: NDArray[Any], documents: int) -> tuple[Floats, float]:
    """Inverse document frequency of terms `present` in so many, and of one never seen."""
    idf = np.log(1 + (documents - present + 0.5) / (present + 0.5))
    return idf, float(idf.max(initial=1.0))


def _unseen(texts: list[str], counter: CountVectorizer) -> Floats:
    """How many different stems of each text the vocabulary does not hold."""
    known = counter.vocabulary_
    return np.array([len({t for t in stems(text) if t not in known}) for text in texts], float)


class Bm25:
    """BM25 with Italian stemming; a score is a share of a perfect match (0-1)."""

    def __init__(self, documents: list[str]) -> None:
        self._counter = CountVectorizer(analyzer=stems)
        counts = csr_matrix(self._counter.fit_transform(documents), dtype=np.float64)
        present = np.asarray((counts > 0).sum(axis=0)).ravel()
        self._idf, self._unseen_idf = rarity(present, counts.shape[0])
        length = np.asarray(counts.sum(axis=1)).ravel()
        norm = _K1 * (1 - _B + _B * length / max(float(length.mean()), 1.0))
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        counts.data = counts.data * (_K1 + 1) / (counts.data + norm[rows])
        # By term, so that a question multiplies it without turning it round each time.
        self._weights = csr_matrix(counts.multiply(self._idf).T)

    def scores(self, texts: list[str]) -> Floats:
        """Shape (texts, documents). A word never seen counts against every document."""
        asked = csr_matrix(self._counter.transform(texts), dtype=np.float64)
        asked.data[:] = 1.0
        raw = (asked @ self._weights).toarray()
        known = asked @ self._idf
        most = (known + _unseen(texts, self._counter) * self._unseen_idf) * (_K1 + 1) / 1.6
        return np.asarray(np.minimum(raw / np.maximum(most, 1e-9)[:, None], 1.0))


class Tfidf:
    """Cosine of TF-IDF vectors: of stems, or of character 2-5 grams, which forgive slips."""

    def __init__(self, documents: list[str], analyzer: str) -> None:
        ways: dict[str, dict[str, Any]] = {
            "words": {"analyzer": lambda text: [_stem(w) for w in folded(text).split()]},
            "characters": {"analyzer": "char_wb", "ngram_range": (2, 5), "preprocessor": folded},
        }
        self._vectorizer = TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **ways[analyzer])
        self._by_term = csr_matrix(self._vectorizer.fit_transform(documents).T)

    def scores(self, texts: list[str]) -> NDArray[np.float32]:
        """Shape (texts, documents), 0 to 1."""
        return np.asarray((self._vectorizer.transform(texts) @ self._by_term).toarray())


class Coverage:
    """How much of what a text says a target has ever said: a word it never uses is a warning.

    "Buono pasto" is near the vouchers in every other way; no entry on vouchers says "pasto".
    """

    def __init__(self, questions: list[str], owner: NDArray[np.int64], wholes: list[str]) -> None:
        self._counter = CountVectorizer(analyzer=stems, binary=True)
        said = csr_matrix(self._counter.fit_transform([*questions, *wholes]), dtype=np.float32)
        present = np.asarray(said.sum(axis=0)).ravel()
        self._idf, self._unseen_idf = rarity(present, said.shape[0])
        places = np.r_[owner, np.arange(len(wholes))]
        belongs = csr_matrix(
            (np.ones(len(places), np.float32), (places, np.arange(len(places)))),
            shape=(len(wholes), len(places)),
        )
        self._uses = csr_matrix(belongs @ said)
        self._ever = csr_matrix(self._uses.T)
        self._ever.data[:] = 1.0
        self._questions = said[: len(questions)]
        self._owner = owner

    def of(self, texts: list[str]) -> Floats:
        """Shape (texts, targets): the share of the weight of the words of a text, 0 to 1."""
        asked = csr_matrix(self._counter.transform(texts), dtype=np.float32)
        return self._shares(asked, _unseen(texts, self._counter) * self._unseen_idf)

    def left_out(self, rows: NDArray[np.int64]) -> Floats:
        """The same for some questions of the index, each as if it were not there itself."""
        asked, owner = csr_matrix(self._questions[rows]), self._owner[rows]
        shares = self._shares(asked, np.zeros(len(rows)))
        others = asked.multiply(self._uses[owner] > 1)
        known = np.asarray(others @ self._idf).ravel()
        shares[np.arange(len(rows)), owner] = known / np.maximum(asked @ self._idf, 1e-9)
        return shares

    def _shares(self, asked: csr_matrix, unseen: Floats) -> Floats:
        weighted = csr_matrix(asked.multiply(self._idf))
        known = (weighted @ self._ever).toarray()
        total = np.asarray(weighted.sum(axis=1)).ravel() + unseen
        return np.asarray(known / np.maximum(total, 1e-9)[:, None], dtype=np.float64)
