"""Variants that, left out of the index, would find another entry with confidence."""

from __future__ import annotations

import numpy as np

from bussola.knowledge.calibration import leave_one_out, scale_of, weights_of
from bussola.knowledge.findings import Finding
from bussola.knowledge.index import Index
from bussola.knowledge.ranking import fuse

CLEARLY = 0.9
"""How far the other entry must be ahead, where 0 is an ordinary wrong entry and 1 the usual
right one. Below it, neighbours on one subject are only neighbours."""


def misplaced_variants(index: Index) -> list[tuple[str, Finding]]:
    """(owner, finding) for each such variant, the clearest first."""
    _, own = leave_one_out(index)
    scale = scale_of(own)
    truth = index.owner[own.rows]
    # Divided by the sum of the weights: 0 is an ordinary wrong entry, 1 the usual right one.
    weights = weights_of(own, scale)
    fused = fuse(own.reading.signals, scale, weights / weights.sum())
    rows, winner = np.arange(len(truth)), fused.argmax(axis=1)
    ahead = fused[rows, winner] - fused[rows, truth]
    found: list[tuple[str, Finding]] = []
    for i in np.argsort(-ahead):
        if ahead[i] < CLEARLY:
            break
        owner, other = index.targets[truth[i]].id, index.targets[winner[i]].id
        message = f"«{index.questions[own.rows[i]]}» somiglia più alle domande di {other}: spostala o cambiala"
        found.append((owner, ("warning", message)))
    return found
