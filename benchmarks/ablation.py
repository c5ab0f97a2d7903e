"""What each part of the ranking is worth, on the development questions: `make benchmark-ablation`.

    python -m benchmarks.ablation

For the bundled encoder and for the one taught our questions: each signal alone, the weights
learnt, equal weights, reciprocal-rank fusion, and the learnt weights without each signal. Prints
a Markdown table. The test part is not touched.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from benchmarks.baselines import Floats, ranks
from benchmarks.understanding import an_encoder
from bussola import settings
from bussola.evaluating.gold import Gold, read_gold
from bussola.knowledge import encoders
from bussola.knowledge.calibration import (
    Sample,
    leave_one_out,
    scale_of,
    unseen,
    weights_of,
)
from bussola.knowledge.embedding import CachedEncoder
from bussola.knowledge.index import Index, material_of
from bussola.knowledge.loading import load
from bussola.knowledge.ranking import SIGNALS
from bussola.knowledge.scope import GENERAL

_RRF = 60
"""The usual constant of reciprocal-rank fusion."""


def variants(signals: Floats, own: Sample) -> Iterator[tuple[str, Floats]]:
    """(what it is, fused scores of shape (texts, targets)) from (texts, targets, signals)."""
    scale = scale_of(own)
    scaled, weights = scale.apply(signals), weights_of(own, scale)
    for place, name in enumerate(SIGNALS):
        yield f"{name} alone", signals[:, :, place]
    yield "weights learnt", scaled @ weights
    yield "equal weights", scaled.sum(axis=2)
    places = np.argsort(np.argsort(-signals, axis=1), axis=1) + 1
    yield "reciprocal ranks", (1 / (_RRF + places)).sum(axis=2)
    for place, name in enumerate(SIGNALS):
        yield (
            f"weights learnt, without {name}",
            np.delete(scaled, place, 2) @ np.delete(weights, place),
        )


def lines(which: str, gold: list[Gold]) -> Iterator[str]:
    now = settings.load()
    encoder = an_encoder(which)
    index = Index(material_of(load(now.faq)), CachedEncoder(encoder, now.cache / "vectors"))
    head, own = leave_one_out(index)
    own = unseen(own, index)
    index.encoder = encoder
    reading = index.read([g.text for g in gold], head)
    place = {target.id: number for number, target in enumerate(index.targets)}
    right = [frozenset(place[e] for e in (*g.expect, *g.also)) for g in gold]
    entries = index.scopes == GENERAL
    for name, scores in variants(reading.signals, own):
        found = ranks(np.where(entries, scores, -np.inf), right)
        yield (
            f"| {which} | {name} | {(found <= 1).mean():.3f} | {(found <= 3).mean():.3f} "
            f"| {(1 / found).mean():.3f} |"
        )


def main() -> int:
    now = settings.load()
    file = now.root / "evaluation" / "development.jsonl"
    gold = [g for g in read_gold(file) if g.kind == "general"]
    print(f"{len(gold)} general questions of the development part, entries only.\n")
    print("| encoder | ranking | success@1 | success@3 | MRR |\n|---|---|---|---|---|")
    for which in (encoders.BUNDLED, encoders.TUNED):
        for line in lines(which, gold):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
