"""From signals to a verdict: pure arithmetic on arrays, no models and no I/O.

A *target* is anything that may win: an entry or a signpost. Signals score each target for a
question; a weighted sum ranks them. A few features of the ranking then tell how probable it is
that the text is somebody's own case, another matter, an expert's, and that the best entry is
right; thresholds learnt with the index turn these into a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bussola.knowledge.scope import ELSEWHERE, EXPERT, GENERAL, PERSONAL, SCOPES

Floats = NDArray[np.float64]
SIGNALS = ("encoder", "answer", "head", "words", "characters", "whole")
ENCODER, HEAD = SIGNALS.index("encoder"), SIGNALS.index("head")
FEATURES = (
    "best", "ahead", "ahead_of_personal", "ahead_of_elsewhere", "ahead_of_expert",
    "share", *(f"all_{name}" for name in SCOPES), "cosine", "head", *SCOPES,
    "coverage", "coverage_lead", "agreement", "usual",
)  # fmt: skip
Verdict = Literal["answer", "ask_which", "off_topic", "personal_case", "expert", "dont_know"]
_FURTHEST = 3.0
"""Where a scope has no target at all, everything is this far ahead of it."""


@dataclass(frozen=True)
class Scale:
    """Per signal, what an unrelated target scores (`low`) and what a right one does (`high`)."""

    low: Floats
    high: Floats

    def apply(self, signals: Floats) -> Floats:
        """Signals of any shape (..., signals) on a common scale: 0 unrelated, 1 typically right."""
        scaled = (signals - self.low) / np.maximum(self.high - self.low, 1e-6)
        return np.asarray(np.clip(scaled, -0.5, 1.5), dtype=np.float64)


@dataclass(frozen=True)
class Logit:
    """A fitted logistic model of one yes or no: `centre`, `width`, `weights` (features,)."""

    centre: Floats
    width: Floats
    weights: Floats
    offset: float

    def probability(self, features: Floats) -> Floats:
        """Shape (texts,) from (texts, features)."""
        # An array beyond what was ever seen must not decide alone, hence the clip.
        standard = np.clip((features - self.centre) / self.width, -4, 4)
        return np.asarray(1 / (1 + np.exp(-(self.offset + standard @ self.weights))))


@dataclass(frozen=True)
class Judges:
    """The four questions asked of every text, one model each."""

    personal: Logit
    elsewhere: Logit
    expert: Logit
    right: Logit


@dataclass(frozen=True)
class Calibration:
    """All numbers that turn scores into a verdict; recomputed with each index, never by hand.

    `weights` (signals,); `usual_*` are sorted values of right winners, unseen by the index.
    """

    scale: Scale
    weights: Floats
    usual_cosine: Floats
    usual_fused: Floats
    usual_head: Floats
    judges: Judges
    silent_below: float
    unusual_below: float
    answer_above: float
    option_above: float
    personal_hint: float
    personal_sure: float
    elsewhere_sure: float
    expert_sure: float


@dataclass(frozen=True)
class Reading:
    """What a knowledge has to say of some texts.

    `signals` (texts, targets, signals) in the order of SIGNALS; `scopes` (texts, scopes);
    `coverage` (texts, targets).
    """

    signals: Floats
    scopes: Floats
    coverage: Floats

    def of(self, texts: list[int]) -> Reading:
        """Only some of the texts, by their place."""
        return Reading(self.signals[texts], self.scopes[texts], self.coverage[texts])

    def joined_with(self, joined: Reading, quoted: int, share: float) -> Reading:
        """For one text: `share` of it as read together with a quoted target's question.

        The quoted target keeps what it gets from the text alone.
        """
        signals = (1 - share) * self.signals + share * joined.signals
        signals[:, quoted] = self.signals[:, quoted]
        return Reading(
            signals,
            (1 - share) * self.scopes + share * joined.scopes,
            np.maximum(self.coverage, joined.coverage),
        )

    def with_parts(self, parts: Reading) -> Reading:
        """For one long text: each target takes the mean of the whole and of its best part."""
        best = np.maximum(self.signals, parts.signals.max(axis=0, keepdims=True))
        return Reading((self.signals + best) / 2, self.scopes, self.coverage)


@dataclass(frozen=True)
class Ranked:
    """Targets by falling fused score, with the probabilities of the four judges."""

    order: NDArray[np.int64]
    fused: Floats
    likely: Floats
    """Share of each target if one of them is right, (targets,), all together 1."""
    features: Floats
    usual: float
    personal: float
    elsewhere: float
    expert: float
    probability: float
    """That the best entry is a right answer."""


def fuse(signals: Floats, scale: Scale, weights: Floats) -> Floats:
    """Fused score of each target: (..., targets, signals) -> (..., targets)."""
    return np.asarray(scale.apply(signals) @ weights)


def rank(
    reading: Reading, scopes: NDArray[np.int64], calibration: Calibration,
    bonus: Floats | None = None,
) -> Ranked:  # fmt: skip
    """Order the targets for the one text of `reading`.

    `scopes` gives each target's scope; `bonus` (targets,) is what the context adds.
    """
    fused = fuse(reading.signals, calibration.scale, calibration.weights)
    if bonus is not None:
        fused = fused + bonus
    measured = features(reading, fused, scopes, calibration)
    judges = calibration.judges
    return Ranked(
        np.argsort(-fused[0], kind="stable"),
        fused[0],
        shares(fused)[0],
        measured[0],
        float(measured[0, FEATURES.index("usual")]),
        float(judges.personal.probability(measured)[0]),
        float(judges.elsewhere.probability(measured)[0]),
        float(judges.expert.probability(measured)[0]),
        float(judges.right.probability(measured)[0]),
    )


def shares(fused: Floats) -> Floats:
    """Softmax over targets: the weights were fitted so that this is a likelihood."""
    raised = np.exp(fused - fused.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def features(
    reading: Reading, fused: Floats, scopes: NDArray[np.int64], calibration: Calibration
) -> Floats:
    """What the judges look at, (texts, features) in the order of FEATURES."""
    texts = np.arange(len(fused))
    entries = scopes == GENERAL
    of_entries = np.where(entries, fused, -np.inf)
    best = of_entries.argmax(axis=1)
    top = of_entries[texts, best]
    rest = of_entries.copy()
    rest[texts, best] = -np.inf
    likely = shares(fused)
    cosine = reading.signals[texts, best, ENCODER]
    head = reading.signals[texts, best, HEAD]
    covered = reading.coverage[texts, best]
    others = np.where(entries, reading.coverage, 0.0)
    others[texts, best] = 0.0
    firsts = np.where(entries[:, None], reading.signals, -np.inf).argmax(axis=1)
    columns = [
        top,
        np.minimum(top - rest.max(axis=1), _FURTHEST),
        *(_ahead(top, fused, scopes == scope) for scope in (PERSONAL, ELSEWHERE, EXPERT)),
        _log(likely[texts, best]),
        *(_log(likely[:, scopes == scope].sum(axis=1)) for scope in range(len(SCOPES))),
        cosine,
        head,
        *reading.scopes.T,
        covered,
        covered - others.max(axis=1),
        (firsts == best[:, None]).mean(axis=1),
        usualness(cosine, top, head, calibration),
    ]
    return np.stack(columns, axis=1)


def _ahead(top: Floats, fused: Floats, rivals: NDArray[np.bool_]) -> Floats:
    if not rivals.any():
        return np.full(len(top), _FURTHEST)
    ahead = top - fused[:, rivals].max(axis=1)
    return np.asarray(np.clip(ahead, -_FURTHEST, _FURTHEST))


def _log(share: Floats) -> Floats:
    return np.log(np.clip(share, 1e-6, 1.0))


def usualness(cosine: Floats, fused: Floats, head: Floats, calibration: Calibration) -> Floats:
    """Geometric mean of three percentiles among right winners, 0 to 1; all shapes (texts,).

    Percentiles hold on every knowledge base, where a fixed cosine threshold does not.
    """
    parts = [
        percentile(calibration.usual_cosine, cosine),
        percentile(calibration.usual_fused, fused),
        percentile(calibration.usual_head, head),
    ]
    return np.asarray(np.prod(parts, axis=0) ** (1 / len(parts)))


def percentile(ordered: Floats, values: Floats) -> Floats:
    """Share of `ordered` (rising) at or below each value, never quite 0 so that products live."""
    below = np.searchsorted(ordered, values, side="right")
    return np.asarray((below + 0.5) / (len(ordered) + 1))


def decide(
    ranked: Ranked, scopes: NDArray[np.int64], calibration: Calibration
) -> tuple[Verdict, int]:
    """The verdict for one question and the target it rests on.

    A general answer to a personal case does harm, so that comes first; a mere hint of one is
    enough not to give a single answer in a sure tone.
    """
    if ranked.personal >= calibration.personal_sure:
        return "personal_case", _first(ranked, scopes, PERSONAL)
    if ranked.elsewhere >= calibration.elsewhere_sure:
        return "off_topic", _first(ranked, scopes, ELSEWHERE)
    if ranked.expert >= calibration.expert_sure:
        return "expert", _first(ranked, scopes, EXPERT)
    best = _first(ranked, scopes, GENERAL)
    if ranked.usual < calibration.unusual_below or ranked.probability < calibration.silent_below:
        return "dont_know", best
    hint = ranked.personal >= calibration.personal_hint
    if ranked.probability >= calibration.answer_above and not hint:
        return "answer", best
    return "ask_which", best


def _first(ranked: Ranked, scopes: NDArray[np.int64], scope: int) -> int:
    """The best target of `scope`, or the best of all where it has none."""
    return next((int(t) for t in ranked.order if scopes[t] == scope), int(ranked.order[0]))


def options(
    ranked: Ranked, scopes: NDArray[np.int64], calibration: Calibration, most: int = 3
) -> list[int]:
    """The two or three entries worth offering, best first: a third only if it may be right."""
    entries = [int(t) for t in ranked.order if scopes[t] == GENERAL][:most]
    everything = ranked.likely[scopes == GENERAL].sum()
    return [
        t
        for place, t in enumerate(entries)
        if place < 2 or ranked.likely[t] >= calibration.option_above * everything
    ]
