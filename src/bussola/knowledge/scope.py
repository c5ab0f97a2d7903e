"""Is this a general question, somebody's own case, or another matter? A second look at the scope.

The ranking compares a text with single targets; this looks at the text as a whole, because
"my application", "I was born in", "did you receive" say personal whatever the subject is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bussola.knowledge.embedding import Vectors
from bussola.text import folded

SCOPES = ("general", "personal_case", "off_topic")
PERSONAL = SCOPES.index("personal_case")
_VECTOR_SHARE = 4.0
"""Puts centred embeddings on the same footing as the character features."""


def scopes_of(kinds: list[str]) -> NDArray[np.int64]:
    """The scope of each target's kind, as indices into SCOPES."""
    return np.array([0 if k == "entry" else PERSONAL if k == "personal_case" else 2 for k in kinds])


class ScopeFeatures:
    """Embedding and character features of a whole text."""

    def __init__(self, questions: list[str], vectors: Vectors) -> None:
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2
        )
        self._characters.fit([folded(text) for text in questions])
        self._centre = vectors.mean(axis=0)

    def __call__(self, texts: list[str], vectors: Vectors) -> csr_matrix:
        """Shape (texts, features), sparse."""
        dense = csr_matrix((vectors - self._centre) * _VECTOR_SHARE)
        characters = self._characters.transform([folded(text) for text in texts])
        return csr_matrix(hstack([dense, characters]))
