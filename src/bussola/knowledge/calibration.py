"""Weights and thresholds learnt from the knowledge itself, by leave-one-out over its variants."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from bussola.knowledge.index import Index
from bussola.knowledge.ranking import (
    ENCODER,
    HEAD,
    Calibration,
    Floats,
    Scale,
    fuse,
    usualness,
)
from bussola.knowledge.scope import PERSONAL, scopes_of
from bussola.knowledge.softmax import Softmax, fit


@dataclass(frozen=True)
class Policy:
    """The declared trade between silence and mistakes; everything else is computed from it."""

    refused: float = 0.03
    """Share of in-scope questions that may be met with silence."""
    answer_above: float = 0.76
    """Least estimated probability of being right at which one answer is given alone."""
    option_above: float = 0.62
    """Least share of the winner's fused score at which another entry is offered."""
    personal_hint: float = 0.80
    """Share of general questions that must look less personal than one we call a hint."""
    personal_sure: float = 0.97
    """The same for a text that is taken as personal whatever entry is near."""


@dataclass(frozen=True)
class Learnt:
    """All that is fitted for an index, in plain arrays."""

    head: Softmax
    gate: Softmax
    calibration: Calibration


def learn(index: Index, policy: Policy) -> Learnt:
    """Fit the head and the gate on everything; learn thresholds from held-out parts."""
    vectors, owner = index.question_vectors, index.owner
    kinds = [index.targets[t].kind for t in owner]
    scopes = scopes_of(kinds)
    features = index.scope_features(index.questions, vectors)
    unseen = _cross_validated(_gate_model(), features, scopes)[:, PERSONAL]
    general = unseen[scopes == 0]
    calibration = _calibrate(index, policy)
    calibration = _replace(
        calibration,
        personal_hint=float(np.quantile(general, policy.personal_hint)),
        personal_sure=float(np.quantile(general, policy.personal_sure)),
    )
    return Learnt(
        fit(_head_model(), vectors, owner), fit(_gate_model(), features, scopes), calibration
    )


def _head_model() -> LogisticRegression:
    """A head on the embeddings: learns what the variants of a target share."""
    return LogisticRegression(C=100.0, max_iter=300, class_weight="balanced")


def _gate_model() -> LogisticRegression:
    return LogisticRegression(C=3.0, max_iter=300, class_weight="balanced")


def _cross_validated(model: LogisticRegression, features: Any, truth: NDArray[np.int64]) -> Floats:
    folds = StratifiedKFold(n_splits=4, shuffle=True, random_state=0)
    return np.asarray(cross_val_predict(model, features, truth, cv=folds, method="predict_proba"))


def _calibrate(index: Index, policy: Policy) -> Calibration:
    """Learn scale, weights, percentiles and probabilities for `index`."""
    signals, truth = leave_one_out(index)
    scale = scale_of(signals, truth)
    weights = weights_of(scale.apply(signals), truth)
    rows = np.arange(len(truth))
    draft = Calibration(
        scale, weights, np.empty(0), np.empty(0), np.empty(0), np.zeros(3), 0.0, 0.0,
        policy.answer_above, policy.option_above, 1.0, 1.0,
    )  # fmt: skip
    fused = fuse(signals, draft)
    winner = fused.argmax(axis=1)
    right = winner == truth
    draft = _replace(
        draft,
        right_cosine=np.sort(signals[rows, winner, ENCODER][right]),
        right_fused=np.sort(fused[rows, winner][right]),
        right_head=np.sort(signals[rows, winner, HEAD][right]),
    )
    usual = np.array(
        [usualness(signals[i, w], float(fused[i, w]), draft) for i, w in enumerate(winner)]
    )
    ordered = np.sort(fused, axis=1)
    margin = ordered[:, -1] - ordered[:, -2]
    features = np.stack([usual, margin, signals[rows, winner, HEAD]], axis=1)
    slope, offset = _probability(features, right)
    return _replace(
        draft,
        slope=slope,
        offset=offset,
        silent_below=float(np.quantile(usual[right], policy.refused)),
    )


def leave_one_out(index: Index) -> tuple[Floats, NDArray[np.int64]]:
    """Signals of each question when it is not in the index: (questions, targets, 5) and truth.

    The head cannot be fitted once a question, so it is cross-validated in four parts.
    """
    vectors = index.question_vectors.astype(np.float64)

    def without_self(scores: Floats) -> Floats:
        scores = scores.copy()
        np.fill_diagonal(scores, -1.0)
        return index.best_per_target(scores)

    head = _cross_validated(_head_model(), vectors, index.owner)
    signals = np.stack(
        [
            without_self(vectors @ vectors.T),
            vectors @ index.answer_vectors.T.astype(np.float64),
            head,
            without_self(index.bm25.scores(index.questions)),
            without_self(index.characters.scores(index.questions)),
        ],
        axis=2,
    )
    return signals, index.owner


def scale_of(signals: Floats, truth: NDArray[np.int64]) -> Scale:
    """Puts each signal's ordinary wrong score at 0 and its usual right one at 1."""
    rows = np.arange(len(truth))
    right = signals[rows, truth]
    others = signals.copy()
    others[rows, truth] = np.nan
    return Scale(
        low=np.nanmedian(others.reshape(-1, signals.shape[2]), axis=0),
        high=np.median(right, axis=0),
    )


def weights_of(scaled: Floats, truth: NDArray[np.int64]) -> Floats:
    """The best of a coarse grid by mean reciprocal rank; the grid keeps every signal in play."""
    best, best_value = np.full(scaled.shape[2], 1 / scaled.shape[2]), -1.0
    rows = np.arange(len(truth))
    for grid in itertools.product((1, 2, 3), repeat=scaled.shape[2]):
        weights = np.array(grid, dtype=float) / sum(grid)
        fused = scaled @ weights
        rank = (fused > fused[rows, truth][:, None]).sum(axis=1) + 1
        value = float((1 / rank).mean())
        if value > best_value + 1e-9:
            best, best_value = weights, value
    return best


def _probability(features: Floats, right: NDArray[np.bool_]) -> tuple[Floats, float]:
    if right.all() or not right.any():
        return np.zeros(features.shape[1]), 3.0 if right.all() else -3.0
    model = LogisticRegression(C=1.0).fit(features, right)
    return model.coef_[0].astype(np.float64), float(model.intercept_[0])


def _replace(calibration: Calibration, **changes: object) -> Calibration:
    return Calibration(**{**calibration.__dict__, **changes})
