"""Weights and thresholds learnt from the knowledge itself and from calibration questions.

Every question of the index is scored as if it were not in it; questions of real people, which
the index has never seen, say how its own variants differ from life. No threshold is written in
code: a `Policy` declares which mistakes are accepted, and the thresholds follow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import StandardScaler

from bussola.knowledge.asked import Asked
from bussola.knowledge.index import Index
from bussola.knowledge.kernel import SHAPES, Head, Nearness, Shape, fit
from bussola.knowledge.ranking import (
    ENCODER,
    HEAD,
    SIGNALS,
    Calibration,
    Floats,
    Judges,
    Logit,
    Reading,
    Scale,
    features,
    fuse,
)
from bussola.knowledge.scope import ELSEWHERE, EXPERT, GENERAL, PERSONAL, SCOPES
from bussola.knowledge.tuning import key_of

_PRIOR = 1e-3
"""Pull of the fusion weights towards being equal, in nats a question."""
_STRENGTH = 0.1
"""Inverse regularisation of the judges: few calibration questions, so strong."""
_FOLDS = 5
_MOST_TOGETHER = 12_000
"""Questions that the head and the weights are learnt from; the system grows with the cube."""
_MOST_TO_CHOOSE = 2_000
"""Questions on which the shapes of the kernel are compared."""
_MOST_OFFERED = 3
_FEWEST = 100
"""Questions unseen by the encoder below which all are used."""


@dataclass(frozen=True)
class Policy:
    """The declared trade between silence and mistakes; everything else is computed from it.

    Shares are of general questions unless they say otherwise.
    """

    wrong_at_most: float = 0.025
    """Share of all messages that may get one wrong answer in a sure tone, one mistake more than
    seen being counted: about 2 % is then found."""
    refused: float = 0.015
    """Met with silence although among those offered the right answer would have been."""
    taken_as_personal: float = 0.02
    taken_as_elsewhere: float = 0.035
    taken_as_expert: float = 0.01
    hinting: float = 0.06
    """Look personal enough not to get a single answer."""
    option_above: float = 0.02
    """Least likelihood at which a third entry is offered."""


@dataclass(frozen=True)
class Learnt:
    """All that is fitted for an index, in plain arrays."""

    head: Head
    calibration: Calibration


@dataclass(frozen=True)
class Sample:
    """Texts with what the index says of them when it does not hold them.

    `scope` (texts,) is what each text is about; `right` (texts, targets) every target that is
    right, none where no entry is.
    """

    reading: Reading
    scope: NDArray[np.int64]
    right: NDArray[np.bool_]
    rows: NDArray[np.int64]
    """Places of the texts among the questions of the index; empty for people's questions."""


def learn(index: Index, policy: Policy, asked: list[Asked] | None = None) -> Learnt:
    """Fit the head, weigh the signals, and set the thresholds for `policy`."""
    head, own = leave_one_out(index)
    own = unseen(own, index)
    scale = scale_of(own)
    weights = weights_of(own, scale)
    life = _of_people(index, head, asked) if asked else None
    return Learnt(head, _calibrate(index, own, life, scale, weights, policy))


def unseen(own: Sample, index: Index) -> Sample:
    """Without the questions that the encoder was taught: it knows those too well."""
    siblings = np.bincount(index.owner)[index.owner]
    rows = [
        place
        for place, row in enumerate(own.rows)
        if siblings[row] > 1 and key_of(index.plain[row]) not in index.encoder.taught
    ]
    if len(rows) < min(_FEWEST, len(own.rows)):
        return own
    return Sample(own.reading.of(rows), own.scope[rows], own.right[rows], own.rows[rows])


def leave_one_out(index: Index) -> tuple[Head, Sample]:
    """The head, and the signals of its questions as if each were not in the index."""
    rows = _spread(len(index.owner), _MOST_TOGETHER)
    owner, plain = index.owner[rows], [index.plain[row] for row in rows]
    vectors = index.question_vectors[rows]
    for_head, near = index.nearness(plain, vectors)
    scope = index.scopes[owner]
    truth = np.zeros((len(rows), len(index.targets) + len(SCOPES)), dtype=np.float32)
    each = np.arange(len(rows))
    truth[each, owner] = 1.0
    truth[each, len(index.targets) + scope] = 1.0
    among = for_head.to(rows)
    head, outputs = fit(among, truth, _best_shape(among, truth, owner, len(index.targets)))

    signals = index.signals(plain, vectors, outputs[:, : len(index.targets)], near, but=rows)
    reading = Reading(signals, outputs[:, len(index.targets) :], index.coverage.left_out(rows))
    right = np.zeros(signals.shape[:2], dtype=bool)
    right[each, owner] = True
    return replace(head, questions=rows), Sample(reading, scope, right, rows)


def _spread(many: int, most: int) -> NDArray[np.int64]:
    """At most `most` of `many` places, evenly spread: every target has its share."""
    if many <= most:
        return np.arange(many)
    return np.unique(np.linspace(0, many - 1, most).astype(np.int64))


def _best_shape(
    among: Nearness, truth: NDArray[np.float32], owner: NDArray[np.int64], targets: int
) -> Shape:
    """Of the shapes of the kernel, the one that finds most questions of others, on a few."""
    few = _spread(len(owner), _MOST_TO_CHOOSE)
    near = among.of(few).to(few)

    def found(shape: Shape) -> float:
        _, unseen_outputs = fit(near, truth[few], shape)
        return mean_reciprocal_rank(unseen_outputs[:, :targets], owner[few])

    return max(SHAPES, key=found)


def mean_reciprocal_rank(scores: Floats, owner: NDArray[np.int64]) -> float:
    """Of the right target of each text; `scores` (texts, targets)."""
    right = scores[np.arange(len(owner)), owner]
    return float((1 / ((scores > right[:, None]).sum(axis=1) + 1)).mean())


def _of_people(index: Index, head: Head, asked: list[Asked]) -> Sample:
    """What the index says of the calibration questions; those of unknown entries are left out."""
    place = {target.id: number for number, target in enumerate(index.targets)}
    known = [q for q in asked if not q.expect or any(e in place for e in q.expect)]
    plain = [index.as_read(q.text) for q in known]
    reading = index.read_all(plain, index.encoder.encode(plain, "query"), head)
    right = np.zeros(reading.coverage.shape, dtype=bool)
    for row, question in enumerate(known):
        right[row, [place[e] for e in question.expect if e in place]] = True
    scope = np.array([SCOPES.index(q.scope) for q in known])
    return Sample(reading, scope, right, np.empty(0, np.int64))


def _tells(own: Sample) -> bool:
    """False when targets have one question each: left out, nothing of them is left to find."""
    words = own.reading.signals[own.right][:, SIGNALS.index("words")]
    return bool((words >= 0).mean() > 0.5)


def scale_of(own: Sample) -> Scale:
    """Puts each signal's ordinary wrong score at 0 and its usual right one at 1."""
    signals = own.reading.signals
    if not _tells(own):
        # Nothing right to look at: what the nearest wrong target scores for one text in ten.
        others = np.where(own.right[:, :, None], np.nan, signals)
        low = np.nanmedian(others.reshape(-1, signals.shape[2]), axis=0)
        return Scale(low, np.nanquantile(np.nanmax(others, axis=1), 0.9, axis=0))
    high = np.median(signals[own.right], axis=0)
    return Scale(low=np.median(signals.reshape(-1, signals.shape[2]), axis=0), high=high)


def weights_of(own: Sample, scale: Scale) -> Floats:
    """Non-negative weights that make the right targets most likely (softmax over targets)."""
    if not _tells(own):
        return np.ones(len(SIGNALS))
    scaled = scale.apply(own.reading.signals).astype(np.float32)
    rows, truth = np.arange(len(scaled)), own.right.argmax(axis=1)
    equal = np.ones(scaled.shape[2])

    def loss(weights: Floats) -> tuple[float, Floats]:
        fused = scaled @ weights.astype(np.float32)
        fused -= fused.max(axis=1, keepdims=True)
        share = np.exp(fused)
        share /= share.sum(axis=1, keepdims=True)
        slope = np.einsum("ij,ijk->k", share, scaled) - scaled[rows, truth].sum(axis=0)
        pull = weights - equal
        lost = -np.log(share[rows, truth] + 1e-12).mean() + _PRIOR * float(pull @ pull)
        return float(lost), np.asarray(slope / len(scaled) + 2 * _PRIOR * pull, dtype=np.float64)

    found = minimize(
        loss, equal, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * len(equal),
        options={"maxiter": 60},
    )  # fmt: skip
    return np.asarray(found.x, dtype=np.float64)


def _calibrate(
    index: Index, own: Sample, life: Sample | None, scale: Scale, weights: Floats, policy: Policy
) -> Calibration:
    samples = [sample for sample in (own, life) if sample is not None]
    fused = [fuse(sample.reading.signals, scale, weights) for sample in samples]
    ranked = [np.where(index.scopes == GENERAL, scores, -np.inf) for scores in fused]
    draft = _draft(own, ranked[0], scale, weights, policy)
    measured = [
        features(sample.reading, scores, index.scopes, draft)
        for sample, scores in zip(samples, fused, strict=True)
    ]
    weight = np.concatenate([np.full(len(m), 1 / len(m)) for m in measured])
    weight *= len(weight) / weight.sum()
    x = np.concatenate(measured)
    scope = np.concatenate([sample.scope for sample in samples])
    best_right, among = (
        np.concatenate([_among_best(s, r, most) for s, r in zip(samples, ranked, strict=True)])
        for most in (1, _MOST_OFFERED)
    )
    judged = (scope == GENERAL) | (scope == EXPERT)
    personal, p_personal = _judge(x, scope == PERSONAL, weight)
    elsewhere, p_elsewhere = _judge(x, scope == ELSEWHERE, weight)
    expert, p_expert = _judge(x, scope == EXPERT, weight)
    right, p_right = _judge(x, best_right, weight, judged)
    general = scope == GENERAL

    def above(values: Floats, share: float) -> float:
        return quantile(values[general], weight[general], 1 - share)

    learnt = replace(
        draft,
        judges=Judges(personal, elsewhere, expert, right),
        personal_sure=above(p_personal, policy.taken_as_personal),
        personal_hint=above(p_personal, policy.hinting),
        elsewhere_sure=above(p_elsewhere, policy.taken_as_elsewhere),
        expert_sure=above(p_expert, policy.taken_as_expert),
        silent_below=quantile(p_right[general & among], weight[general & among], policy.refused),
        unusual_below=quantile(x[general & among, -1], weight[general & among], policy.refused / 2),
    )
    settled = (
        (p_personal >= learnt.personal_hint)
        | (p_elsewhere >= learnt.elsewhere_sure)
        | (p_expert >= learnt.expert_sure)
    )
    last = len(measured[-1])  # people's questions where there are any, our own otherwise
    sure = np.where(settled, -1.0, p_right)[-last:]
    return replace(
        learnt, answer_above=answer_above(sure, best_right[-last:], policy.wrong_at_most)
    )


def _draft(
    own: Sample, fused: Floats, scale: Scale, weights: Floats, policy: Policy
) -> Calibration:
    """A calibration that can measure features: the percentiles are there, the judges are not.

    `fused` (texts, targets) is -inf for what is no entry.
    """
    signals = own.reading.signals
    winner, rows = fused.argmax(axis=1), np.arange(len(signals))
    right = own.right[rows, winner]
    nobody = Logit(np.zeros(1), np.ones(1), np.zeros(1), 0.0)
    return Calibration(
        scale, weights,
        usual_cosine=np.sort(signals[rows, winner, ENCODER][right]),
        usual_fused=np.sort(fused[rows, winner][right]),
        usual_head=np.sort(signals[rows, winner, HEAD][right]),
        judges=Judges(nobody, nobody, nobody, nobody),
        silent_below=0.0, unusual_below=0.0, answer_above=1.0, option_above=policy.option_above,
        personal_hint=1.0, personal_sure=1.0, elsewhere_sure=1.0, expert_sure=1.0,
    )  # fmt: skip


def _among_best(sample: Sample, ranked: Floats, most: int) -> NDArray[np.bool_]:
    """Whether a right target is among the `most` best of each text, (texts,)."""
    order = np.argsort(-ranked, axis=1)[:, :most]
    return np.asarray(np.take_along_axis(sample.right, order, axis=1).any(axis=1))


def _judge(
    x: Floats, truth: NDArray[np.bool_], weight: Floats, among: NDArray[np.bool_] | None = None
) -> tuple[Logit, Floats]:
    """A judge, and its probability for each text as given by one that did not see that text.

    `among` are the texts it learns from; it gives a probability to all.
    """
    among = np.ones(len(x), dtype=bool) if among is None else among
    ruler = StandardScaler().fit(x)
    width = np.maximum(ruler.scale_, 1e-6)
    standard = np.clip((x - ruler.mean_) / width, -4, 4)
    if min(truth[among].sum(), (~truth[among]).sum()) < _FOLDS:
        # Nothing to learn from: the share itself, which no threshold above it lets decide.
        share = float(np.clip(truth[among].mean(), 1e-3, 1 - 1e-3))
        never = Logit(ruler.mean_, width, np.zeros(x.shape[1]), float(np.log(share / (1 - share))))
        return never, np.full(len(x), share)
    model = LogisticRegression(C=_STRENGTH, max_iter=1000)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    fitted = model.fit(standard[among], truth[among], sample_weight=weight[among])
    unseen = fitted.predict_proba(standard)[:, 1]
    unseen[among] = cross_val_predict(
        model, standard[among], truth[among], cv=folds, method="predict_proba",
        params={"sample_weight": weight[among]},
    )[:, 1]  # fmt: skip
    logit = Logit(ruler.mean_, width, fitted.coef_[0], float(fitted.intercept_[0]))
    return logit, unseen


def quantile(values: Floats, weight: Floats, share: float) -> float:
    """The value below which lies `share` of the weight."""
    order = np.argsort(values)
    below = np.cumsum(weight[order]) / weight.sum()
    place = min(int(np.searchsorted(below, share)), len(values) - 1)
    return float(values[order][place])


def answer_above(probability: Floats, right: NDArray[np.bool_], wrong_at_most: float) -> float:
    """The lowest threshold that keeps wrong sure answers within the declared share.

    Conformal risk control (Angelopoulos and others, 2022): one more mistake than was seen is
    counted, so that the share holds for the next message and not only for these.
    """
    order = np.argsort(-probability)
    wrong = np.cumsum(~right[order])
    risk = (wrong + 1) / (len(order) + 1)
    allowed = np.flatnonzero(risk <= wrong_at_most)
    if len(allowed) == 0 or probability[order][allowed[-1]] < 0:
        sure = probability[probability >= 0]
        return float(sure.min()) if len(allowed) and len(sure) else 1.0
    return float(probability[order][allowed[-1]])
