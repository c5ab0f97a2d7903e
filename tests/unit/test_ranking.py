"""knowledge/ranking.py: from signals to a verdict, pure arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.knowledge.ranking import (
    SIGNALS,
    Calibration,
    Floats,
    Scale,
    decide,
    fuse,
    options,
    percentile,
    rank,
    usualness,
)

WIDTH = len(SIGNALS)
KINDS = ["entry", "entry", "entry", "personal_case", "out_of_scope"]
GOOD, FAIR, POOR = 0.9, 0.6, 0.1
unit = st.floats(0, 1, allow_nan=False)
matrices = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(unit, min_size=WIDTH, max_size=WIDTH), min_size=n, max_size=n)
).map(lambda rows: np.array(rows, dtype=np.float64))  # fmt: skip


def calibration(**changes: object) -> Calibration:
    """Equal weights over a plain scale; right winners scored 0.5 to 1."""
    usual = np.linspace(0.5, 1.0, 101)
    values: dict[str, object] = {
        "scale": Scale(np.zeros(WIDTH), np.ones(WIDTH)),
        "weights": np.full(WIDTH, 1 / WIDTH),
        "right_cosine": usual, "right_fused": usual, "right_head": usual,
        "slope": np.array([4.0, 4.0, 0.0]), "offset": -2.0,
        "silent_below": 0.1, "answer_above": 0.62, "option_above": 0.62,
        "personal_hint": 0.2, "personal_sure": 0.8,
    }  # fmt: skip
    return Calibration(**{**values, **changes})  # type: ignore[arg-type]


def scores(*levels: float) -> Floats:
    """One target a level, the same in all signals."""
    return np.array([[level] * WIDTH for level in levels], dtype=np.float64)


def verdict(*levels: float, personal: float = 0.0) -> str:
    own = calibration()
    return decide(rank(scores(*levels), own), KINDS, personal, own)[0]


def test_scale_maps_low_to_0_and_high_to_1() -> None:
    """What an unrelated target scores is 0, what a right one scores is 1, and it is clipped."""
    scale = Scale(np.full(WIDTH, 0.2), np.full(WIDTH, 0.6))
    assert scale.apply(np.array([0.2, 0.6, 0.4, -9.0, 9.0])) == pytest.approx(
        [0, 1, 0.5, -0.5, 1.5]
    )


def test_a_scale_without_width_does_not_divide_by_zero() -> None:
    """A signal that never varies stays finite."""
    flat = Scale(np.ones(WIDTH), np.ones(WIDTH))
    assert np.isfinite(flat.apply(np.full(WIDTH, 0.5))).all()


@given(matrices)
def test_the_order_falls(signals: Floats) -> None:
    """Targets come by falling fused score, each once."""
    ranked = rank(signals, calibration())
    assert sorted(ranked.order) == list(range(len(signals)))
    assert (np.diff(ranked.fused[ranked.order]) <= 0).all()


@given(matrices)
def test_probabilities_are_probabilities(signals: Floats) -> None:
    """Probability and usualness are from 0 to 1, and the margin is never negative."""
    ranked = rank(signals, calibration())
    assert 0 <= ranked.probability <= 1
    assert 0 < ranked.usual <= 1
    assert ranked.margin >= 0


@given(matrices, st.integers(0, WIDTH - 1))
def test_a_better_signal_never_lowers_a_score(signals: Floats, column: int) -> None:
    """Raising a signal of a target raises its fused score or leaves it."""
    better = signals.copy()
    better[0, column] += 0.2
    assert fuse(better, calibration())[0] >= fuse(signals, calibration())[0]


@given(matrices)
def test_the_order_of_targets_does_not_matter(signals: Floats) -> None:
    """Targets the other way round get the same scores."""
    turned = signals[::-1]
    assert fuse(turned, calibration()) == pytest.approx(fuse(signals, calibration())[::-1])


def test_ties_keep_the_order_of_the_curators() -> None:
    """Of two equal targets the one written first wins."""
    assert list(rank(scores(0.7, 0.7, 0.7), calibration()).order) == [0, 1, 2]


def test_a_bonus_moves_only_near_targets() -> None:
    """What the context adds turns a near tie, and leaves the fused scores as they are."""
    bonus = np.array([0.0, 0.04, 0.0])
    ranked = rank(scores(0.7, 0.68, 0.1), calibration(), bonus)
    assert list(ranked.order[:2]) == [1, 0]
    assert ranked.fused == pytest.approx([0.7, 0.68, 0.1])


def test_one_target_alone_has_a_full_margin() -> None:
    """With one target there is nothing to hesitate about."""
    assert rank(scores(0.7), calibration()).margin == 1.0


@given(st.lists(unit, max_size=50), unit, unit)
def test_percentiles_rise(values: list[float], low: float, high: float) -> None:
    """A percentile is strictly between 0 and 1 and never falls when the value rises."""
    ordered = np.sort(np.array(values, dtype=np.float64))
    low, high = sorted((low, high))
    assert 0 < percentile(ordered, low) <= percentile(ordered, high) < 1


def test_usualness_is_high_only_when_all_parts_are() -> None:
    """One unusual part pulls the whole down."""
    own = calibration()
    good = usualness(np.full(WIDTH, 0.95), 0.95, own)
    odd = np.full(WIDTH, 0.95)
    odd[0] = 0.0
    assert usualness(odd, 0.95, own) < good / 3


def test_a_clear_winner_is_answered() -> None:
    """A usual winner far ahead of the rest is given alone."""
    assert verdict(GOOD, POOR, POOR, POOR, POOR) == "answer"


def test_a_close_race_asks_which() -> None:
    """Two near winners are a question back."""
    assert verdict(FAIR, FAIR - 0.01, POOR, POOR, POOR) == "ask_which"


def test_unusual_scores_are_silence() -> None:
    """A winner with scores no right winner had is "I do not know"."""
    assert verdict(POOR, 0.05, 0.05, 0.05, 0.05) == "dont_know"


def test_a_signpost_elsewhere_is_off_topic() -> None:
    """A winner that is a signpost for other matters is off topic."""
    assert verdict(POOR, POOR, POOR, POOR, GOOD) == "off_topic"


def test_a_sure_personal_case_wins_over_any_entry() -> None:
    """A sure sign of somebody's own case wins over the best entry."""
    assert verdict(GOOD, POOR, POOR, POOR, POOR, personal=0.95) == "personal_case"


def test_a_hinted_personal_case_wins_when_it_is_first() -> None:
    """With a hint of an own case, the personal signpost that ranks first wins."""
    assert verdict(POOR, POOR, POOR, GOOD, POOR, personal=0.5) == "personal_case"


def test_without_a_hint_no_personal_case_wins() -> None:
    """Without any hint of an own case the best other target is weighed, never given alone."""
    assert verdict(FAIR, POOR, POOR, GOOD, POOR, personal=0.0) == "ask_which"


@given(st.lists(unit, min_size=5, max_size=5), unit)
def test_every_verdict_rests_on_a_fitting_target(levels: list[float], personal: float) -> None:
    """Answers rest on entries, personal cases on personal signposts, off topic on the others."""
    own = calibration()
    said, target = decide(rank(scores(*levels), own), KINDS, personal, own)
    fitting = {
        "answer": {"entry"}, "ask_which": {"entry"}, "personal_case": {"personal_case"},
        "off_topic": {"out_of_scope"}, "dont_know": set(KINDS),
    }  # fmt: skip
    assert KINDS[target] in fitting[said]


@given(st.lists(unit, min_size=5, max_size=5), st.integers(1, 4))
def test_options_are_near_entries(levels: list[float], most: int) -> None:
    """What is offered are entries near the winner, best first, no more than asked for."""
    own = calibration()
    ranked = rank(scores(*levels), own)
    offered = options(ranked, KINDS, own, most)
    assert len(offered) <= most
    assert all(KINDS[target] == "entry" for target in offered)
    assert all(ranked.fused[t] >= max(levels) * own.option_above - 1e-9 for t in offered)
    assert sorted(offered, key=lambda t: -ranked.fused[t]) == offered
