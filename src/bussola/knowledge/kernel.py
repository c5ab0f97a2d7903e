"""The head: regularised least squares in the space of questions, with exact leave-one-out.

A text is as near to a question as they are in meaning, words and letters together. From these
similarities a linear system gives every output (each target, and each scope) its share of each
question. One factorisation serves all outputs, and also says what each question would have got
had it not been there, so nothing is ever trained twice.

Source: Rifkin and Lippert, "Notes on regularized least squares", 2007.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from bussola.knowledge.ranking import Floats

Singles = NDArray[np.float32]
_RIDGE = 0.1


@dataclass(frozen=True)
class Nearness:
    """How near texts are to questions, each of shape (texts, questions), 1 for the same text."""

    meaning: Singles
    words: Singles
    letters: Singles

    def to(self, questions: NDArray[np.int64]) -> Nearness:
        """Nearness to some of the questions only."""
        return Nearness(
            self.meaning[:, questions], self.words[:, questions], self.letters[:, questions]
        )

    def of(self, texts: NDArray[np.int64]) -> Nearness:
        """Nearness of some of the texts only."""
        return Nearness(self.meaning[texts], self.words[texts], self.letters[texts])


@dataclass(frozen=True)
class Shape:
    """How the three make one similarity."""

    sharpness: float
    """How fast nearness in meaning fades; about the number of subjects told apart."""
    lexical: float
    """The share of words and of letters beside meaning."""

    def of(self, near: Nearness) -> Singles:
        """Shape (texts, questions)."""
        meaning = np.exp(self.sharpness * (near.meaning - 1))
        return np.asarray(meaning + self.lexical * (near.words + near.letters), dtype=np.float32)


SHAPES = (Shape(2.0, 0.5), Shape(4.0, 0.5))


@dataclass(frozen=True)
class Head:
    """`coefficients` (learnt, outputs); `questions` (learnt,) says of which questions."""

    shape: Shape
    questions: NDArray[np.int64]
    coefficients: Singles

    def outputs(self, near: Nearness) -> Floats:
        """Shape (texts, outputs), from (texts, all questions): near 1 where a text belongs."""
        if len(self.questions) < near.meaning.shape[1]:
            near = near.to(self.questions)
        return np.asarray(self.shape.of(near) @ self.coefficients, dtype=np.float64)


def fit(near: Nearness, truth: Singles, shape: Shape) -> tuple[Head, Floats]:
    """The head for `near` (questions, questions) and `truth` (questions, outputs).

    Also what each question gets when it is left out, (questions, outputs). Raises
    LinAlgError when the similarities are not those of real texts.
    """
    similar = shape.of(near)
    similar[np.diag_indices_from(similar)] += _RIDGE
    factor, failed = lapack.spotrf(similar, lower=1, overwrite_a=1)
    inverse, failed_too = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise np.linalg.LinAlgError("the similarities of the questions are not positive definite")
    diagonal = np.diag(inverse).copy()
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    coefficients = inverse @ truth
    unseen = truth - coefficients / diagonal[:, None]
    everything = np.arange(len(truth))
    return Head(shape, everything, coefficients), np.asarray(unseen, dtype=np.float64)
