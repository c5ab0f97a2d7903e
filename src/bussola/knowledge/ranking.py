"""From signals to a verdict: pure arithmetic on arrays, no models and no I/O.

A *target* is anything that may win: an entry or a signpost. Five signals score each target
for a question; a weighted sum ranks them; how usual the winner's scores are among right
winners says how sure we are; the calibration then chooses the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SIGNALS = ("encoder", "answer", "head", "words", "characters")
ENCODER, HEAD = SIGNALS.index("encoder"), SIGNALS.index("head")
Verdict = Literal["answer", "ask_which", "off_topic", "personal_case", "dont_know"]


@dataclass(frozen=True)
class Scale:
    """Per signal, what an unrelated target scores (`low`) and what a right one does (`high`)."""

    low: Floats
    high: Floats

    def apply(self, signals: Floats) -> Floats:
        """Signals of any shape (..., 5) on a common scale: 0 unrelated, 1 typically right."""
        scaled = (signals - self.low) / np.maximum(self.high - self.low, 1e-6)
        return np.asarray(np.clip(scaled, -0.5, 1.5), dtype=np.float64)


@dataclass(frozen=True)
class Calibration:
    """All numbers that turn scores into a verdict; recomputed with each index, never by hand.

    `weights` (5,); `right_*` are sorted values of right winners under leave-one-out;
    `slope` and `offset` give P(right) = sigmoid(offset + slope . features).
    """

    scale: Scale
    weights: Floats
    right_cosine: Floats
    right_fused: Floats
    right_head: Floats
    slope: Floats
    offset: float
    silent_below: float
    answer_above: float
    option_above: float
    personal_hint: float
    personal_sure: float


@dataclass(frozen=True)
class Ranked:
    """Targets by falling fused score; `usual` is how usual the winner's scores are (0-1)."""

    order: NDArray[np.int64]
    fused: Floats
    usual: float
    margin: float
    probability: float


def fuse(signals: Floats, calibration: Calibration) -> Floats:
    """Fused score of each target: `signals` (targets, 5) -> (targets,)."""
    return np.asarray(calibration.scale.apply(signals) @ calibration.weights)


def rank(signals: Floats, calibration: Calibration, bonus: Floats | None = None) -> Ranked:
    """Order the targets of one question; `bonus` (targets,) is what the context adds."""
    fused = fuse(signals, calibration)
    order = np.argsort(-(fused if bonus is None else fused + bonus), kind="stable")
    best = order[0]
    usual = usualness(signals[best], float(fused[best]), calibration)
    margin = float(fused[best] - fused[order[1]]) if len(order) > 1 else 1.0
    features = np.array([usual, margin, signals[best, HEAD]])
    probability = 1 / (1 + np.exp(-(calibration.offset + float(features @ calibration.slope))))
    return Ranked(order, fused, usual, margin, float(probability))


def usualness(signals: Floats, fused: float, calibration: Calibration) -> float:
    """Geometric mean of three percentiles among right winners: cosine, fused score, head.

    Percentiles hold on every knowledge base, where a fixed cosine threshold does not.
    """
    parts = (
        percentile(calibration.right_cosine, float(signals[ENCODER])),
        percentile(calibration.right_fused, fused),
        percentile(calibration.right_head, float(signals[HEAD])),
    )
    return float(np.prod(parts) ** (1 / len(parts)))


def percentile(ordered: Floats, value: float) -> float:
    """Share of `ordered` (rising) at or below `value`, never quite 0 so that products live."""
    return float((np.searchsorted(ordered, value, side="right") + 0.5) / (len(ordered) + 1))


def decide(
    ranked: Ranked, kinds: list[str], personal: float, calibration: Calibration
) -> tuple[Verdict, int]:
    """The verdict for one question and the target it rests on.

    `kinds` gives each target's kind ("entry" or a signpost's); `personal` is the probability
    that the text is about somebody's own case. A general answer to a personal case does harm,
    so a sure sign of one wins over any entry; without a hint of one, no personal signpost wins.
    """
    first_personal = next((int(t) for t in ranked.order if kinds[t] == "personal_case"), None)
    if first_personal is not None and personal >= calibration.personal_sure:
        return "personal_case", first_personal
    best = int(ranked.order[0])
    if kinds[best] == "personal_case" and personal < calibration.personal_hint:
        best = next((int(t) for t in ranked.order if kinds[t] != "personal_case"), best)
    if ranked.usual < calibration.silent_below:
        return "dont_know", best
    if kinds[best] == "personal_case":
        return "personal_case", best
    if kinds[best] != "entry":
        return "off_topic", best
    sure = ranked.probability >= calibration.answer_above and best == ranked.order[0]
    return ("answer" if sure else "ask_which"), best


def options(ranked: Ranked, kinds: list[str], calibration: Calibration, most: int = 3) -> list[int]:
    """The entries worth offering: those whose score is near the winner's, best first."""
    best = ranked.fused[ranked.order[0]]
    near = [
        int(t)
        for t in ranked.order
        if kinds[t] == "entry" and ranked.fused[t] >= best * calibration.option_above
    ]
    return near[:most]
