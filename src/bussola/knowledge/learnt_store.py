"""What was learnt for a version of the knowledge, kept as plain arrays: a restart learns nothing anew.

No pickle: a file in a cache must never be able to run code.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import numpy as np

from bussola.knowledge.asked import Asked
from bussola.knowledge.calibration import Learnt, Policy

_FORMAT = "5"
"""Raised when the arrays, or the code that learns them, change meaning."""
_MOST_KEPT = 8
T = TypeVar("T")


def learnt_key(digest: str, encoder_name: str, policy: Policy, asked: list[Asked]) -> str:
    """What a set of learnt numbers depends on."""
    return f"{digest} {encoder_name} {policy} {asked}"


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
                return _joined(Learnt, {name: kept[name] for name in kept.files})
        except (OSError, ValueError, KeyError, EOFError):
            return None

    def save(self, key: str, learnt: Learnt) -> None:
        """Keep `learnt` under `key`; the file appears whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._file(key)
        draft = file.with_suffix(f".{os.getpid()}.part.npz")
        np.savez(draft, **_apart(learnt))
        draft.replace(file)
        kept = sorted(self._folder.glob("*.npz"), key=lambda f: f.stat().st_mtime)
        for old in kept[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)


def _apart(value: Any, name: str = "") -> dict[str, Any]:
    """Nested dataclasses as a flat mapping of dotted names to arrays."""
    if not is_dataclass(value):
        return {name: np.asarray(value)}
    flat: dict[str, Any] = {}
    for field in fields(value):
        flat |= _apart(getattr(value, field.name), f"{name}.{field.name}".lstrip("."))
    return flat


def _joined(kind: type[T], arrays: dict[str, Any], name: str = "") -> T:
    """The dataclass whose parts `_apart` named. Raises KeyError when one is missing."""
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        part, full = hints[field.name], f"{name}.{field.name}".lstrip(".")
        if is_dataclass(part):
            values[field.name] = _joined(part, arrays, full)  # type: ignore[arg-type]
        else:
            values[field.name] = float(arrays[full]) if part is float else arrays[full]
    return kind(**values)
