"""A fitted multinomial logistic model as two arrays: stored without pickle, read in a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bussola.knowledge.ranking import Floats


@dataclass(frozen=True)
class Softmax:
    """`weights` (classes, features) and `bias` (classes,)."""

    weights: Floats
    bias: Floats

    def probabilities(self, features: Any) -> Floats:
        """Shape (texts, classes); `features` is dense or sparse, (texts, features)."""
        scores = np.asarray(features @ self.weights.T) + self.bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def fit(model: LogisticRegression, features: Any, classes: NDArray[np.int64]) -> Softmax:
    """Fit on `classes` 0..n-1, each present at least once, n of three or more."""
    fitted = model.fit(features, classes)
    return Softmax(fitted.coef_.astype(np.float64), fitted.intercept_.astype(np.float64))
