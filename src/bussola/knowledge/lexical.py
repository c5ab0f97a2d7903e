"""Two lexical signals: stemmed BM25 and character TF-IDF, both over single questions."""

from __future__ import annotations

import re

import numpy as np
import snowballstemmer
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from bussola.knowledge.ranking import Floats
from bussola.text import without_accents

_K1, _B = 1.2, 0.5
_WORD = re.compile(r"\w+", re.UNICODE)
_STOP_WORDS = (
    "a ad al allo alla ai agli alle con col da dal dalla dai di del dello della dei degli delle e ed "
    "gli ho i il in io l la le lo ma mi ne nel nella nei o per si su sul sulla un una uno"
)
_STOP = frozenset(_STOP_WORDS.split())


class Bm25:
    """BM25 over questions, with Italian stemming; a score is a share of a perfect match (0-1)."""

    def __init__(self, questions: list[str]) -> None:
        self._stem = snowballstemmer.stemmer("italian").stemWord
        self._counter = CountVectorizer(analyzer=self._tokens)
        counts = csr_matrix(self._counter.fit_transform(questions), dtype=np.float64)
        present = np.asarray((counts > 0).sum(axis=0)).ravel()
        self._idf = np.log(1 + (counts.shape[0] - present + 0.5) / (present + 0.5))
        self._unseen_idf = float(self._idf.max(initial=1.0))
        length = np.asarray(counts.sum(axis=1)).ravel()
        norm = _K1 * (1 - _B + _B * length / max(float(length.mean()), 1.0))
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        counts.data = counts.data * (_K1 + 1) / (counts.data + norm[rows])
        self._weights = csr_matrix(counts.multiply(self._idf))

    def _tokens(self, text: str) -> list[str]:
        words = _WORD.findall(text.lower())
        return [without_accents(self._stem(w)) for w in words if w not in _STOP]

    def scores(self, texts: list[str]) -> Floats:
        """Shape (texts, questions). A word never seen counts against every question."""
        asked = csr_matrix(self._counter.transform(texts), dtype=np.float64)
        asked.data[:] = 1.0
        raw = (asked @ self._weights.T).toarray()
        known = asked @ self._idf
        unseen = [
            len({t for t in self._tokens(text) if t not in self._counter.vocabulary_})
            for text in texts
        ]
        most = (known + np.array(unseen) * self._unseen_idf) * (_K1 + 1) / 1.6
        return np.asarray(np.minimum(raw / np.maximum(most, 1e-9)[:, None], 1.0))


class CharacterTfidf:
    """Cosine of character 2-5 grams inside words: forgives typing slips and lost accents."""

    def __init__(self, questions: list[str]) -> None:
        self._vectorizer = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, strip_accents="unicode"
        )
        self._matrix = csr_matrix(self._vectorizer.fit_transform(questions))

    def scores(self, texts: list[str]) -> Floats:
        """Shape (texts, questions), 0 to 1."""
        return np.asarray((self._vectorizer.transform(texts) @ self._matrix.T).toarray())
