"""Our ranking as one more ranker of the benchmark: index, head and weights, no verdicts."""

from __future__ import annotations

import numpy as np

from benchmarks.baselines import Floats, Indices
from bussola.knowledge.calibration import leave_one_out, scale_of, unseen, weights_of
from bussola.knowledge.embedding import Encoder
from bussola.knowledge.index import Index, Material, Target
from bussola.knowledge.ranking import fuse

_NOTHING = "niente"
"""Where there is no answer: the same for all, so that it weighs nothing."""


class OurRanker:
    """What the service ranks with; a passage is the first question of a target and its answer."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = f"Bussola, {encoder.name}"
        self._encoder = encoder

    def fit(self, questions: list[str], owner: Indices, answers: list[str | None]) -> None:
        order = np.argsort(owner, kind="stable")
        mine = [(questions[i], int(owner[i])) for i in order]
        first = {target: text for text, target in reversed(mine)}
        # Without answers nothing may stand for them: a target's own questions, left out one by
        # one, would still be found there.
        wholes = [f"{first.get(t, '')} {a}" if a else _NOTHING for t, a in enumerate(answers)]
        targets = [Target(str(t), "entry", None, first.get(t, "")) for t in range(len(answers))]
        self._index = Index(Material(targets, mine, wholes, wholes), self._encoder)
        self._head, own = leave_one_out(self._index)
        own = unseen(own, self._index)
        self._scale = scale_of(own)
        self._weights = weights_of(own, self._scale)

    def scores(self, texts: list[str]) -> Floats:
        reading = self._index.read(texts, self._head)
        return fuse(reading.signals, self._scale, self._weights)
