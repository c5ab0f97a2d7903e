"""How building, memory and a question grow with the knowledge: `make benchmark-growth`.

    python -m benchmarks.growth [--sizes 300 3000 30000] [--out FOLDER]

Entries are made of random words with 15 questions each; vectors are random, so encoding is not
in the times: a line says what the real encoder takes for 1,000 questions of that length. Each
size runs in a process of its own. Prints a table and draws growth.svg.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.memory import peak_mb
from benchmarks.understanding import an_encoder
from bussola import settings
from bussola.knowledge.calibration import Policy, learn
from bussola.knowledge.embedding import Vectors
from bussola.knowledge.index import Index, Material, Target
from bussola.knowledge.ranking import rank

QUESTIONS = 15
DIMENSIONS = 384
_ASKED = 60
_MOST_LEARNT = 5_000
"""Entries beyond which weights are not learnt here: their matrices would not fit in memory."""


@dataclass(frozen=True)
class Size:
    """What one size of knowledge costs."""

    entries: int
    questions: int
    index_seconds: float
    learn_seconds: float | None
    ms_p50: float
    ms_p95: float
    memory_mb: float


class RandomEncoder:
    """A direction a word: texts that share words are near, as with a real encoder."""

    name = "random"
    taught: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._known: dict[str, Vectors] = {}

    def encode(self, texts: list[str], prompt: str) -> Vectors:  # noqa: ARG002  the port's
        found = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                found[row] += self._word(word)
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)

    def _word(self, word: str) -> Vectors:
        if word not in self._known:
            chance = np.random.default_rng(zlib.crc32(word.encode()))
            self._known[word] = chance.normal(size=DIMENSIONS).astype(np.float32)
        return self._known[word]


def material(entries: int) -> Material:
    """Entries of twelve words of their own out of many, questions of six of these and two more."""
    chance = np.random.default_rng(entries)
    letters = np.array(list("abcdefgilmnoprstuvz"))
    words = ["".join(chance.choice(letters, 7)) for _ in range(2000 + entries)]
    own = [chance.choice(len(words), 12, replace=False) for _ in range(entries)]
    asked = []
    for target, mine in enumerate(own):
        for _ in range(QUESTIONS):
            chosen = [*chance.choice(mine, 6, replace=False), *chance.choice(len(words), 2)]
            asked.append((" ".join(words[i] for i in chosen), target))
    passages = [" ".join(words[i] for i in mine) for mine in own]
    targets = [Target(str(n), "entry", None, passages[n]) for n in range(entries)]
    return Material(targets, asked, passages, passages)


def measure(entries: int) -> Size:
    """Build, learn and ask, in this process."""
    made = material(entries)
    started = time.perf_counter()
    index = Index(made, RandomEncoder())
    built = time.perf_counter()
    learnt = learn(index, Policy()) if entries <= _MOST_LEARNT else None
    learning = time.perf_counter() - built
    took = []
    for text, _ in made.questions[:: max(1, len(made.questions) // _ASKED)]:
        asked = time.perf_counter()
        if learnt is not None:
            rank(index.read([text], learnt.head), index.scopes, learnt.calibration)
        else:
            index.nearness([text], index.encoder.encode([text], "query"))
        took.append(1000 * (time.perf_counter() - asked))
    p50, p95 = np.percentile(took, [50, 95])
    return Size(
        entries, len(made.questions), built - started, learning if learnt is not None else None,
        float(p50), float(p95), peak_mb(),
    )  # fmt: skip


def table(sizes: list[Size], encoding: float) -> str:
    """One line a size."""
    lines = [
        "| entries | questions | index s | learning s | ms p50 | ms p95 | MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for s in sizes:
        learning = "-" if s.learn_seconds is None else f"{s.learn_seconds:.1f}"
        lines.append(
            f"| {s.entries} | {s.questions} | {s.index_seconds:.1f} | {learning} "
            f"| {s.ms_p50:.1f} | {s.ms_p95:.1f} | {s.memory_mb:.0f} |"
        )
    return "\n".join([*lines, "", f"Encoding 1,000 new questions takes {encoding:.1f} s more."])


def draw(sizes: list[Size], file: Path) -> None:
    """Time of a question and of building, and memory, on logarithmic scales."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(5.5, 4))
    at = [s.entries for s in sizes]
    axes.loglog(at, [s.ms_p50 for s in sizes], "o-", label="ms a question")
    axes.loglog(at, [s.index_seconds for s in sizes], "s-", label="s to build the index")
    axes.loglog(at, [s.memory_mb for s in sizes], "^-", label="MB of memory")
    axes.set(xlabel="entries, 15 questions each")
    axes.legend()
    axes.grid(alpha=0.3, which="both")
    figure.tight_layout()
    figure.savefig(file)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.growth")
    parser.add_argument("--sizes", nargs="*", type=int, default=[300, 3000, 30000])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    sizes = []
    for entries in options.sizes:
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as child:
            sizes.append(child.submit(measure, entries).result())
        print(f"  {sizes[-1]}", file=sys.stderr, flush=True)
    encoder, texts = an_encoder("bundled"), [text for text, _ in material(20).questions]
    started = time.perf_counter()
    encoder.encode(texts, "query")
    encoding = (time.perf_counter() - started) * 1000 / len(texts)
    out = options.out or settings.load().home / "benchmarks"
    out.mkdir(parents=True, exist_ok=True)
    (out / "growth.json").write_text(json.dumps([asdict(s) for s in sizes], indent=1))
    (out / "growth.md").write_text(table(sizes, encoding) + "\n")
    draw(sizes, out / "growth.svg")
    print(table(sizes, encoding))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
