"""Which encoder runs: the bundled one taught our questions, the bundled one, or another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bussola.knowledge import bundled_encoder, onnx_encoder, tuning
from bussola.knowledge.embedding import Encoder, SentenceEncoder
from bussola.knowledge.index import to_teach
from bussola.knowledge.loading import load

TUNED, BUNDLED = "tuned", "bundled"
ONNX = "onnx"
Say = Callable[[str], None]


def folder_of(which: str, cache: Path) -> Path:
    """Where the encoder of that name is, or will be once it is made."""
    if which not in (TUNED, BUNDLED):
        return Path(which)
    return cache / "encoders" / ("e5-small-tuned" if which == TUNED else "e5-small")


def is_made(which: str, backend: str, cache: Path) -> bool:
    """True when nothing of it is missing; whether it is out of date is not asked."""
    if which not in (TUNED, BUNDLED):
        return True
    wanted = [onnx_encoder.FILE if backend == ONNX else "config.json"]
    wanted += [tuning.RECORD] if which == TUNED else []
    return all((folder_of(which, cache) / name).is_file() for name in wanted)


def prepare(which: str, backend: str, cache: Path, faq: Path, say: Say, anew: bool = False) -> Path:
    """The folder of the encoder, made when missing or out of date: unpacked, taught, exported.

    `which` is TUNED, BUNDLED, or a folder or hub name, which is used as it is. With `anew` the
    encoder is taught again. Raises KnowledgeError when `faq` has errors.
    """
    folder = folder_of(which, cache)
    if which not in (TUNED, BUNDLED):
        return folder
    base = bundled_encoder.prepare(folder_of(BUNDLED, cache), say)
    if which == TUNED:
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
    return f"{TUNED} {tuning.weights_of(folder)}"


def open_encoder(which: str, backend: str, folder: Path) -> Encoder:
    """The encoder in a folder made by `prepare`. A hub name always runs on torch."""
    name, taught = name_of(which, folder), tuning.taught_by(folder)
    if backend == ONNX and which in (TUNED, BUNDLED):
        return onnx_encoder.OnnxEncoder(folder, name, taught)
    return SentenceEncoder(str(folder), name, taught)
