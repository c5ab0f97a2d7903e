"""Our ranking beside the others, on the same data in one run: `make benchmark-understanding`.

    python -m benchmarks.understanding [--data FOLDER] [--only NAME ...] [--out FOLDER]

Data: the general questions of our test part, and the public sets when FOLDER has them (see
public_sets.py). Each system learns and answers in a process of its own; Rasa's in its own
environment. Prints a Markdown table. Takes hours, nearly all of them DIET's on one core: what an
earlier run measured is kept, unless --fresh says otherwise, so that a run cut short goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.baselines import (
    Bm25Ranker,
    CharacterRanker,
    Figures,
    LazyEncoder,
    NearestRanker,
    Ranker,
    Row,
    measure,
    row,
)
from benchmarks.ours import OurRanker
from benchmarks.public_sets import LabelledSet, qa4faq, xsid_italian
from bussola import settings
from bussola.evaluating.gold import read_gold
from bussola.knowledge import encoders
from bussola.knowledge.embedding import Encoder
from bussola.knowledge.index import material_of
from bussola.knowledge.loading import load
from bussola.settings import Settings

OURS = "Bussola, test part"
RASA = {
    "logistic": "Rasa LogisticRegression",
    "response_selector": "Rasa ResponseSelector",
    "diet": "Rasa DIET, 100 epochs",
}


def our_set(now: Settings) -> LabelledSet:
    """What the bot learns from, and the general questions of the test part."""
    material = material_of(load(now.faq))
    place = {target.id: number for number, target in enumerate(material.targets)}
    gold = [g for g in read_gold(now.root / "evaluation" / "test.jsonl") if g.kind == "general"]
    return LabelledSet(
        name=OURS,
        targets=list(place),
        questions=[text for text, _ in material.questions],
        owner=[target for _, target in material.questions],
        answers=[
            p.removeprefix(t.question)
            for p, t in zip(material.passages, material.targets, strict=True)
        ],
        asked=[g.text for g in gold],
        right=[frozenset(place[e] for e in (*g.expect, *g.also)) for g in gold],
    )


def an_encoder(which: str) -> Encoder:
    """The encoder of that name, as the service runs it."""
    now = settings.load()
    folder = encoders.prepare(which, now.encoder_backend, now.cache, now.faq, lambda _: None)
    return encoders.open_encoder(which, now.encoder_backend, folder)


def our_side(data: LabelledSet) -> list[Ranker]:
    """The systems that run in our environment; the tuned encoder knows only our own subject."""
    known = [encoders.BUNDLED, encoders.TUNED] if data.name == OURS else [encoders.BUNDLED]
    lazy = [LazyEncoder(f"{which} encoder", partial(an_encoder, which)) for which in known]
    return [
        *(OurRanker(encoder) for encoder in reversed(lazy)),
        Bm25Ranker(stemmed=True),
        Bm25Ranker(stemmed=False),
        CharacterRanker(),
        *(NearestRanker(encoder) for encoder in lazy),
    ]


def with_rasa(system: str, data: LabelledSet, root: Path) -> Row:
    """One of Rasa's systems, in its own environment, one intent a target."""
    request = {
        "system": system, "epochs": 100, "questions": data.questions, "owner": data.owner,
        "names": data.targets, "answers": data.answers, "asked": data.asked,
    }  # fmt: skip
    done = subprocess.run(
        [str(root / ".venv-rasa" / "bin" / "python"), "-m", "benchmarks.rasa_rankers"],
        input=json.dumps(request), capture_output=True, text=True, check=False, cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "TF_CPP_MIN_LOG_LEVEL": "3"},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    said = json.loads(done.stdout)
    figures = Figures(
        np.array(said["scores"]), said["train_seconds"], said["ms_p50"], said["ms_p95"],
        said["peak_mb"], tuple(said["left_out"]),
    )  # fmt: skip
    return row(RASA[system], data, figures)


def table(rows: list[Row]) -> str:
    """One line a system and set, best first within a set."""
    lines = [
        "| data | system | success@1 | success@3 | MRR | learns in s | ms p50 | ms p95 | MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(r.labelled_set for r in rows):
        mine = sorted((r for r in rows if r.labelled_set == name), key=lambda r: -r.success_at_1)
        lines += [
            f"| {name} | {r.system} | {r.success_at_1:.3f} | {r.success_at_3:.3f} | {r.mrr:.3f} "
            f"| {r.train_seconds:.1f} | {r.ms_p50:.1f} | {r.ms_p95:.1f} | {r.peak_mb:.0f} |"
            for r in mine
        ]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    now = settings.load()
    options = _options(arguments)
    data = [our_set(now)]
    if options.data:
        data += [qa4faq(options.data), xsid_italian(options.data)]
    out = options.out or now.home / "benchmarks"
    out.mkdir(parents=True, exist_ok=True)
    kept = out / "understanding.json"
    known = [] if options.fresh or not kept.is_file() else json.loads(kept.read_text())
    rows = [Row(**row) for row in known]
    measured = {(row.labelled_set, row.system) for row in rows}

    def told(found: Row) -> None:
        """Written after each system: a run takes long, and one cut short has still measured."""
        rows.append(found)
        print(f"  {found.labelled_set}: {found.system} {found.success_at_1:.3f}", file=sys.stderr)
        (out / "understanding.json").write_text(json.dumps([asdict(r) for r in rows], indent=1))
        (out / "understanding.md").write_text(table(rows) + "\n")

    def due(one: LabelledSet, name: str) -> bool:
        wanted = not options.only or name in options.only
        return wanted and (one.name, name) not in measured

    for one in data:
        for ranker in our_side(one):
            if due(one, ranker.name):
                told(measure(ranker, one))
    # Rasa's last, the slowest of them at the very end: a run cut short has the rest.
    for system, name in RASA.items():
        for one in reversed(data):
            # A selector chooses between answers, which xSID has none of.
            missing = system == "response_selector" and one.answers[0] is None
            if not missing and due(one, name):
                told(with_rasa(system, one, now.root))
    print(table(rows))
    return 0


def _options(arguments: list[str]) -> Any:
    parser = argparse.ArgumentParser(prog="benchmarks.understanding", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with qa4faq/ and xsid-it/")
    parser.add_argument("--only", nargs="*", default=[], help="names of systems, as in the table")
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier run measured")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
