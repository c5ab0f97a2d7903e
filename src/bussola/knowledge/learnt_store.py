"""What was learnt for a version of the knowledge, kept as plain arrays: a restart learns nothing anew.

No pickle: a file in a cache must never be able to run code.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from bussola.knowledge.calibration import Learnt, Policy
from bussola.knowledge.ranking import Calibration, Scale
from bussola.knowledge.softmax import Softmax

_FORMAT = "1"
"""Raised when the arrays, or the code that learns them, change meaning."""
_MOST_KEPT = 8
_NUMBERS = [f.name for f in fields(Calibration) if f.type == "float"]
_ARRAYS = [f.name for f in fields(Calibration) if f.type == "Floats"]


def learnt_key(knowledge_version: str, encoder_name: str, policy: Policy) -> str:
    """What a set of learnt numbers depends on."""
    return f"{knowledge_version} {encoder_name} {policy}"


class LearntStore:
    """One file a key in `folder`; the newest few are kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _file(self, key: str) -> Path:
        digest = hashlib.sha256(f"{_FORMAT} {key}".encode()).hexdigest()[:24]
        return self._folder / f"{digest}.npz"

    def load(self, key: str) -> Learnt | None:
        """What was saved under `key`, or None; a damaged file counts as absent."""
        try:
            with np.load(self._file(key), allow_pickle=False) as kept:
                a = {name: kept[name] for name in kept.files}
            values: dict[str, Any] = {name: a[name] for name in _ARRAYS}
            values |= {name: float(a[name]) for name in _NUMBERS}
            calibration = Calibration(
                scale=Scale(a["scale_low"], a["scale_high"]),
                **values,
            )
            head = Softmax(a["head_weights"], a["head_bias"])
            return Learnt(head, Softmax(a["gate_weights"], a["gate_bias"]), calibration)
        except (OSError, ValueError, KeyError, EOFError):
            return None

    def save(self, key: str, learnt: Learnt) -> None:
        """Keep `learnt` under `key`; the file appears whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        calibration, file = learnt.calibration, self._file(key)
        draft = file.with_suffix(f".{os.getpid()}.part.npz")
        arrays: dict[str, Any] = {
            name: np.asarray(getattr(calibration, name)) for name in [*_ARRAYS, *_NUMBERS]
        }
        np.savez(
            draft,
            scale_low=calibration.scale.low,
            scale_high=calibration.scale.high,
            head_weights=learnt.head.weights,
            head_bias=learnt.head.bias,
            gate_weights=learnt.gate.weights,
            gate_bias=learnt.gate.bias,
            **arrays,
        )
        draft.replace(file)
        kept = sorted(self._folder.glob("*.npz"), key=lambda f: f.stat().st_mtime)
        for old in kept[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
