"""Teaching the encoder our questions: variants of one target move together, others apart.

Supervised contrastive learning on pairs of variants (the multiple-negatives loss of Henderson
and others, 2017) on the upper layers only; the lower ones run once and are kept, and texts are
padded only to the longest of a few of their length. Minutes on two cores, once.

One question in five is held out, so that weights and thresholds can be learnt from questions
that the encoder has never seen.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

RECORD = "tuned.json"
ENOUGH = 0.8
"""Share of the questions of today that a kept encoder must have been taught."""


@dataclass(frozen=True)
class Recipe:
    """How the encoder is taught. A change of it makes the old result stale."""

    frozen_layers: int = 6
    epochs: float = 4.0
    rate: float = 5e-5
    targets_a_batch: int = 64
    scale: float = 20.0
    """Inverse temperature of the loss."""
    longest: int = 64
    """Tokens of a question beyond which the rest is not read while learning."""
    held_out: float = 0.2
    seed: int = 0


def key_of(text: str) -> str:
    """Stands for a question in the record of what was taught."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def is_held_out(text: str, share: float) -> bool:
    """True for the share of questions that are never taught, always the same ones."""
    return int(key_of(text), 16) / 16**12 < share


def tune(
    base: Path,
    folder: Path,
    questions: list[str],
    owner: list[int],
    recipe: Recipe = Recipe(),
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Teach the sentence-transformers encoder in `base` and save it as `folder`.

    `owner` is the target of each question; targets with fewer than two taught questions teach
    nothing. The folder appears whole or not at all.
    """
    from sentence_transformers import SentenceTransformer

    taught = [i for i, text in enumerate(questions) if not is_held_out(text, recipe.held_out)]
    by_target: dict[int, list[int]] = {}
    for i in taught:
        by_target.setdefault(owner[i], []).append(i)
    by_target = {target: mine for target, mine in by_target.items() if len(mine) > 1}
    encoder = SentenceTransformer(str(base), device="cpu")
    _teach(encoder, questions, by_target, recipe, say)
    draft = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    shutil.rmtree(draft, ignore_errors=True)
    encoder.save(str(draft), create_model_card=False)
    with (draft / "model.safetensors").open("rb") as weights:
        digest = hashlib.file_digest(weights, "sha256").hexdigest()
    keys = sorted({key_of(questions[i]) for i in taught})
    record = {"recipe": asdict(recipe), "weights": digest, "taught": keys}
    (draft / RECORD).write_text(json.dumps(record))
    shutil.rmtree(folder, ignore_errors=True)
    draft.replace(folder)
    return folder


def is_tuned(folder: Path, questions: list[str], recipe: Recipe = Recipe()) -> bool:
    """True when `folder` holds an encoder taught by this recipe, and most of `questions`.

    An entry more or less changes little: the head and the weights are learnt anew anyway.
    """
    record = _record(folder)
    if record.get("recipe") != asdict(recipe) or "weights" not in record:
        return False
    due = [key_of(text) for text in questions if not is_held_out(text, recipe.held_out)]
    known = set(record["taught"])
    return sum(key in known for key in due) >= ENOUGH * len(due)


def weights_of(folder: Path) -> str:
    """The SHA-256 of the weights in `folder`, taken when they were taught. KeyError if never."""
    return str(_record(folder)["weights"])


def taught_by(folder: Path) -> frozenset[str]:
    """The keys of the questions that the encoder in `folder` was taught; none if it was not."""
    return frozenset(_record(folder).get("taught", ()))


def _record(folder: Path) -> dict[str, Any]:
    file = folder / RECORD
    return dict(json.loads(file.read_text())) if file.is_file() else {}


def _teach(
    encoder: Any,
    questions: list[str],
    by_target: dict[int, list[int]],
    recipe: Recipe,
    say: Callable[[str], None],
) -> None:
    import torch

    torch.manual_seed(recipe.seed)
    states = _lower_states(encoder, questions, by_target, recipe)
    bert = encoder[0].auto_model
    upper = bert.encoder.layer[recipe.frozen_layers :]
    for parameter in bert.parameters():
        parameter.requires_grad = False
    learning = [p for layer in upper for p in layer.parameters()]
    for parameter in learning:
        parameter.requires_grad = True
    optimizer = torch.optim.AdamW(learning, lr=recipe.rate, weight_decay=0.01)
    many = sum(len(mine) for mine in by_target.values())
    steps = max(1, int(recipe.epochs * many / (2 * recipe.targets_a_batch)))
    warm = max(1, steps // 10)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
    )
    bert.train()
    for step, batch in zip(range(steps), _batches(by_target, recipe), strict=False):
        vectors = _vectors(upper, states, [i for side in zip(*batch, strict=True) for i in side])
        likeness = vectors @ vectors.T * recipe.scale
        likeness.fill_diagonal_(-1e4)
        half = len(batch)
        partner = torch.cat([torch.arange(half, 2 * half), torch.arange(half)])
        loss = torch.nn.functional.cross_entropy(likeness, partner)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        rate.step()
        if (step + 1) % 20 == 0 or step + 1 == steps:
            say(f"teaching the encoder: {step + 1} of {steps} steps, loss {loss.item():.2f}")
    bert.eval()


def _batches(by_target: dict[int, list[int]], recipe: Recipe) -> Iterator[list[tuple[int, ...]]]:
    """For ever: pairs of questions of one target, each target at most once a batch."""
    chance = random.Random(recipe.seed)  # noqa: S311
    waiting: list[int] = []
    while True:
        if len(waiting) < recipe.targets_a_batch:
            fresh = list(by_target)
            chance.shuffle(fresh)
            waiting += fresh
        now = list(dict.fromkeys(waiting[: recipe.targets_a_batch]))
        waiting = waiting[recipe.targets_a_batch :]
        yield [tuple(chance.sample(by_target[target], 2)) for target in now]


def _lower_states(
    encoder: Any, questions: list[str], by_target: dict[int, list[int]], recipe: Recipe
) -> dict[int, Any]:
    """What comes out of the frozen layers for each question, computed once."""
    import torch

    bert, tokenizer = encoder[0].auto_model, encoder.tokenizer
    prefix = encoder.prompts["query"]
    wanted = sorted(
        (i for mine in by_target.values() for i in mine), key=lambda i: len(questions[i])
    )
    found: dict[int, Any] = {}
    bert.eval()
    with torch.no_grad():
        for start in range(0, len(wanted), 64):
            now = wanted[start : start + 64]
            read = tokenizer(
                [prefix + questions[i] for i in now], padding=True, truncation=True,
                max_length=recipe.longest, return_tensors="pt",
            )  # fmt: skip
            mask = read["attention_mask"]
            state = bert.embeddings(read["input_ids"])
            for layer in bert.encoder.layer[: recipe.frozen_layers]:
                state = _through(layer, state, mask)
            for row, i in enumerate(now):
                found[i] = state[row, : int(mask[row].sum())].clone()
    return found


def _vectors(upper: Any, states: dict[int, Any], rows: list[int]) -> Any:
    """Unit vectors of `rows` through the learning layers, (rows, dimensions), in order."""
    import torch

    order = np.argsort([len(states[i]) for i in rows], kind="stable")
    parts = []
    for few in np.array_split(order, max(1, len(rows) // 16)):
        mine = [states[rows[int(place)]] for place in few]
        state = torch.nn.utils.rnn.pad_sequence(mine, batch_first=True)
        mask = torch.zeros(state.shape[:2])
        for row, one in enumerate(mine):
            mask[row, : len(one)] = 1
        for layer in upper:
            state = _through(layer, state, mask)
        mean = (state * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        parts.append(torch.nn.functional.normalize(mean, dim=1))
    back = torch.from_numpy(np.argsort(order, kind="stable"))
    return torch.cat(parts)[back]


def _through(layer: Any, state: Any, mask: Any) -> Any:
    hidden = layer(state, (1 - mask[:, None, None, :].float()) * -1e9)
    return hidden[0] if isinstance(hidden, tuple) else hidden
