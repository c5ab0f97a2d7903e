"""knowledge/ranking.py: from signals to a verdict, pure arithmetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bussola.knowledge.ranking import (
    ENCODER,
    FEATURES,
    SIGNALS,
    Calibration,
    Floats,
    Judges,
    Logit,
    Ranked,
    Reading,
    Scale,
    decide,
    features,
    fuse,
    options,
    percentile,
    rank,
    shares,
    usualness,
)
from bussola.knowledge.scope import ELSEWHERE, EXPERT, GENERAL, PERSONAL, SCOPES

WIDTH = len(SIGNALS)
TARGETS = np.array([GENERAL, GENERAL, GENERAL, PERSONAL, ELSEWHERE, EXPERT])
GOOD, FAIR, POOR = 0.9, 0.6, 0.1
unit = st.floats(0, 1, allow_nan=False)
matrices = st.lists(
    st.lists(unit, min_size=WIDTH, max_size=WIDTH), min_size=len(TARGETS), max_size=len(TARGETS)
).map(lambda rows: np.array(rows, dtype=np.float64))


def on(feature: str, weight: float = 4.0, offset: float = 0.0) -> Logit:
    """A judge of one feature."""
    weights = np.zeros(len(FEATURES))
    weights[FEATURES.index(feature)] = weight
    return Logit(np.zeros(len(FEATURES)), np.ones(len(FEATURES)), weights, offset)


def calibration(**changes: object) -> Calibration:
    """Equal weights over a plain scale; right winners scored 0.5 to 1."""
    usual = np.linspace(0.5, 1.0, 101)
    values: dict[str, object] = {
        "scale": Scale(np.zeros(WIDTH), np.ones(WIDTH)),
        "weights": np.full(WIDTH, 1 / WIDTH),
        "usual_cosine": usual, "usual_fused": usual, "usual_head": usual,
        "judges": Judges(
            on("personal_case", offset=-2), on("off_topic", offset=-2), on("expert", offset=-2),
            on("best", 8.0, offset=-4),
        ),
        "silent_below": 0.1, "unusual_below": 0.05, "answer_above": 0.8, "option_above": 0.1,
        "personal_hint": 0.3, "personal_sure": 0.6, "elsewhere_sure": 0.6, "expert_sure": 0.6,
    }  # fmt: skip
    return Calibration(**{**values, **changes})  # type: ignore[arg-type]


def read(*levels: float, **scopes: float) -> Reading:
    """One level a target in all signals; the rest of TARGETS are unrelated."""
    padded = [*levels, *([0.0] * (len(TARGETS) - len(levels)))]
    signals = np.array([[[level] * WIDTH for level in padded]])
    outputs = np.array([[scopes.get(name, 0.0) for name in SCOPES]])
    return Reading(signals, outputs, np.ones((1, len(TARGETS))))


def verdict(*levels: float, **scopes: float) -> str:
    own = calibration()
    return decide(rank(read(*levels, **scopes), TARGETS, own), TARGETS, own)[0]


def test_scale_maps_low_to_0_and_high_to_1() -> None:
    """What an unrelated target scores is 0, what a right one scores is 1, and it is clipped."""
    scale = Scale(np.full(WIDTH, 0.2), np.full(WIDTH, 0.6))
    row = np.full((5, WIDTH), [[0.2], [0.6], [0.4], [-9.0], [9.0]])
    assert scale.apply(row)[:, 0] == pytest.approx([0, 1, 0.5, -0.5, 1.5])


def test_a_scale_without_width_does_not_divide_by_zero() -> None:
    """A signal that never varies stays finite."""
    flat = Scale(np.ones(WIDTH), np.ones(WIDTH))
    assert np.isfinite(flat.apply(np.full(WIDTH, 0.5))).all()


@given(matrices)
def test_the_order_falls(signals: Floats) -> None:
    """Targets come by falling fused score, each once."""
    reading = Reading(signals[None], np.zeros((1, 4)), np.ones((1, len(TARGETS))))
    ranked = rank(reading, TARGETS, calibration())
    assert sorted(ranked.order) == list(range(len(signals)))
    assert (np.diff(ranked.fused[ranked.order]) <= 0).all()


@given(matrices)
def test_probabilities_are_probabilities(signals: Floats) -> None:
    """Every judge and the shares stay between 0 and 1, and no feature is without a number."""
    reading = Reading(signals[None], np.zeros((1, 4)), np.ones((1, len(TARGETS))))
    ranked = rank(reading, TARGETS, calibration())
    for value in (ranked.personal, ranked.elsewhere, ranked.expert, ranked.probability):
        assert 0 <= value <= 1
    assert 0 < ranked.usual <= 1
    assert np.isfinite(ranked.features).all()
    assert ranked.likely.sum() == pytest.approx(1.0)


@given(matrices, st.integers(0, WIDTH - 1))
def test_a_better_signal_never_lowers_a_score(signals: Floats, column: int) -> None:
    """Raising a signal of a target raises its fused score or leaves it."""
    better = signals.copy()
    better[0, column] += 0.2
    own = calibration()
    assert fuse(better, own.scale, own.weights)[0] >= fuse(signals, own.scale, own.weights)[0]


@given(matrices)
def test_the_order_of_targets_does_not_matter(signals: Floats) -> None:
    """Targets the other way round get the same scores."""
    own = calibration()
    turned = fuse(signals[::-1], own.scale, own.weights)
    assert turned == pytest.approx(fuse(signals, own.scale, own.weights)[::-1])


def test_ties_keep_the_order_of_the_curators() -> None:
    """Of equal targets the one written first wins."""
    ranked = rank(read(0.7, 0.7, 0.7), TARGETS, calibration())
    assert list(ranked.order[:3]) == [0, 1, 2]


def test_a_bonus_turns_a_near_tie() -> None:
    """What the context adds counts as score, and a far target stays far."""
    bonus = np.array([0.0, 0.04, 0.04, 0, 0, 0])
    ranked = rank(read(0.7, 0.68, 0.1), TARGETS, calibration(), bonus)
    assert list(ranked.order[:2]) == [1, 0]


def test_a_lone_entry_has_the_largest_lead() -> None:
    """Where there are no rivals of a scope, everything is far ahead of it, and finite."""
    only = np.array([GENERAL, GENERAL])
    reading = Reading(np.full((1, 2, WIDTH), 0.5), np.zeros((1, 4)), np.ones((1, 2)))
    own = calibration()
    measured = features(reading, fuse(reading.signals, own.scale, own.weights), only, own)
    assert measured[0, FEATURES.index("ahead_of_personal")] == 3.0


@given(st.lists(unit, max_size=50), unit, unit)
def test_percentiles_rise(values: list[float], low: float, high: float) -> None:
    """A higher value never has a lower percentile, and none is 0 or 1."""
    ordered = np.sort(np.array(values, dtype=np.float64))
    a, b = sorted((low, high))
    found = percentile(ordered, np.array([a, b]))
    assert 0 < found[0] <= found[1] < 1


def test_usualness_needs_all_three() -> None:
    """One unusual value pulls the geometric mean down."""
    own = calibration()

    def usual(cosine: float, fused: float, head: float) -> float:
        return float(usualness(*(np.array([v]) for v in (cosine, fused, head)), own)[0])

    assert usual(0.9, 0.9, 0.9) > 0.75
    assert usual(0.1, 0.9, 0.9) < 0.25


@given(matrices)
def test_shares_are_a_distribution(fused: Floats) -> None:
    """Softmax: no overflow, all together 1."""
    found = shares(fused * 500)
    assert found.sum(axis=1) == pytest.approx(1.0)


def test_a_judge_is_not_carried_away_by_the_unheard_of() -> None:
    """A value beyond anything seen counts as very unusual, not as proof."""
    judge = on("best", weight=1.0)
    far = np.zeros((1, len(FEATURES)))
    far[0, FEATURES.index("best")] = 1e9
    assert judge.probability(far)[0] < 0.99


def test_a_clear_winner_is_answered() -> None:
    assert verdict(GOOD, POOR, POOR) == "answer"


def test_a_middling_winner_is_asked_back() -> None:
    assert verdict(FAIR, FAIR, POOR) == "ask_which"


def test_something_unheard_of_is_met_with_silence() -> None:
    assert verdict(POOR, POOR, POOR) == "dont_know"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("personal_case", "personal_case"), ("off_topic", "off_topic"), ("expert", "expert")],
)
def test_a_sure_scope_wins_over_any_entry(scope: str, expected: str) -> None:
    """However good the entry is: a general answer to somebody's own case does harm."""
    assert verdict(GOOD, POOR, POOR, FAIR, FAIR, FAIR, **{scope: 0.9}) == expected


def test_a_hint_of_a_personal_case_forbids_a_sure_tone() -> None:
    """Between the two thresholds the citizen chooses, and nothing is said as if it were sure."""
    assert verdict(GOOD, POOR, POOR, personal_case=0.4) == "ask_which"


@given(matrices, st.lists(unit, min_size=4, max_size=4))
def test_a_verdict_rests_on_a_target_of_its_kind(signals: Floats, outputs: list[float]) -> None:
    """No verdict ever points to a target of another scope."""
    own = calibration()
    reading = Reading(signals[None], np.array([outputs]), np.ones((1, len(TARGETS))))
    said, target = decide(rank(reading, TARGETS, own), TARGETS, own)
    kind = {"personal_case": PERSONAL, "off_topic": ELSEWHERE, "expert": EXPERT}.get(said, GENERAL)
    assert TARGETS[target] == kind


def ranked(*fused: float) -> Ranked:
    whole = np.array([*fused, *([-9.0] * (len(TARGETS) - len(fused)))])
    order: NDArray[np.int64] = np.argsort(-whole, kind="stable")
    return Ranked(order, whole, shares(whole), np.zeros(len(FEATURES)), 0.5, 0, 0, 0, 0.5)


def test_two_are_always_offered_and_a_third_if_it_may_be_right() -> None:
    """Three choices only where the third has a chance."""
    own = calibration(option_above=0.1)
    assert options(ranked(2.0, 1.9, 1.8), TARGETS, own) == [0, 1, 2]
    assert options(ranked(5.0, 1.0, 0.0), TARGETS, own) == [0, 1]


def test_signposts_are_never_offered() -> None:
    """A choice is between entries."""
    own = calibration()
    found = options(ranked(0.1, 0.2, 0.1, 5.0, 5.0, 5.0), TARGETS, own)
    assert all(TARGETS[t] == GENERAL for t in found)


def test_the_best_part_of_a_long_text_counts_half() -> None:
    """The mean of the whole and of its best sentence; a worse sentence takes nothing away."""
    whole, good, bad = read(0.2), read(0.8), read(0.0)
    parts = Reading(
        np.concatenate([good.signals, bad.signals]),
        np.concatenate([good.scopes, bad.scopes]),
        np.concatenate([good.coverage, bad.coverage]),
    )
    assert whole.with_parts(parts).signals[0, 0, ENCODER] == pytest.approx(0.5)
    assert whole.with_parts(bad).signals[0, 0, ENCODER] == pytest.approx(0.2)


def test_a_quoted_entry_gains_nothing_from_being_quoted() -> None:
    """Read together with the entry before, only the other targets change."""
    alone, joined = read(0.2, 0.2), read(1.0, 0.7)
    mixed = alone.joined_with(joined, quoted=0, share=0.5)
    assert mixed.signals[0, 0, ENCODER] == pytest.approx(0.2)
    assert mixed.signals[0, 1, ENCODER] == pytest.approx(0.45)


def test_a_reading_keeps_its_rows_together() -> None:
    """`of` picks the same texts in all arrays."""
    both = Reading(np.arange(12.0).reshape(2, 1, 6), np.eye(2, 4), np.array([[0.1], [0.2]]))
    second = both.of([1])
    assert second.signals[0, 0, 0] == 6
    assert second.coverage[0, 0] == 0.2
    assert replace(both, scopes=both.scopes).of([0]).scopes[0, 0] == 1
