"""Which encoder runs: the bundled one taught our questions, the bundled one, or another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from bussola.knowledge import bundled_encoder, onnx_encoder, tuning
from bussola.knowledge.embedding import Encoder, SentenceEncoder
from bussola.knowledge.index import to_teach
from bussola.knowledge.loading import load

TUNED, BUNDLED = "tuned", "bundled"
ONNX = "onnx"
Say = Callable[[str], None]


def prepare(which: str, backend: str, cache: Path, faq: Path, say: Say, anew: bool = False) -> Path:
    """The folder of the encoder, made when it is not there: unpacked, taught, exported.

    `which` is TUNED, BUNDLED, or a folder or hub name, which is used as it is. With `anew` the
    encoder is taught again. Raises KnowledgeError when `faq` has errors.
    """
    if which not in (TUNED, BUNDLED):
        return Path(which)
    folder = bundled_encoder.prepare(cache / "encoders" / "e5-small", say)
    if which == TUNED:
        base, folder = folder, cache / "encoders" / "e5-small-tuned"
        questions, owner = to_teach(load(faq))
        if anew or not tuning.is_tuned(folder, questions):
            say("teaching the encoder our questions (about six minutes on two cores, once)")
            tuning.tune(base, folder, questions, owner, say=say)
    if backend == ONNX and not (folder / onnx_encoder.FILE).is_file():
        say("exporting the encoder (about 10 s, once)")
        onnx_encoder.export(folder)
    return folder


def name_of(which: str, folder: Path) -> str:
    """Identifies the weights, whatever runs them."""
    if which == BUNDLED:
        return bundled_encoder.WEIGHTS_SHA256
    if which != TUNED:
        return which
    with (folder / "model.safetensors").open("rb") as weights:
        return f"{TUNED} {hashlib.file_digest(weights, 'sha256').hexdigest()}"


def open_encoder(which: str, backend: str, folder: Path) -> Encoder:
    """The encoder in a folder made by `prepare`. A hub name always runs on torch."""
    name, taught = name_of(which, folder), tuning.taught_by(folder)
    if backend == ONNX and which in (TUNED, BUNDLED):
        return onnx_encoder.OnnxEncoder(folder, name, taught)
    return SentenceEncoder(str(folder), name, taught)
