"""The encoder: texts in, unit vectors out, with a cache on disk for what curators wrote."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bussola.text import one_line

Vectors = NDArray[np.float32]
Prompt = Literal["query", "passage"]


class Encoder(Protocol):
    """Turns texts into vectors of unit length."""

    @property
    def name(self) -> str:
        """Identifies the weights: vectors of different names are never compared."""
        ...

    @property
    def taught(self) -> frozenset[str]:
        """Keys (`tuning.key_of`) of the questions it was taught: it is no judge of those."""
        ...

    def encode(self, texts: list[str], prompt: Prompt) -> Vectors:
        """Shape (len(texts), dimensions), float32, rows of length 1."""
        ...


class SentenceEncoder:
    """A `sentence_transformers.SentenceTransformer`, from a folder or a hub name."""

    def __init__(self, source: str, name: str, taught: frozenset[str] = frozenset()) -> None:
        # Slow to import (torch), so only when an encoder is really needed.
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        self._model = SentenceTransformer(source, device="cpu")
        self.name, self.taught = name, taught

    def encode(self, texts: list[str], prompt: Prompt) -> Vectors:
        prefix = prompt if prompt in self._model.prompts else None
        vectors = self._model.encode(
            [one_line(text) for text in texts],
            prompt_name=prefix,
            normalize_embeddings=True,
            batch_size=64,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


class CachedEncoder:
    """Remembers vectors on disk, so that an index build encodes only what changed.

    Only for curated text: what citizens write is never kept here.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self.name, self.taught = encoder.name, encoder.taught
        key = hashlib.sha256(encoder.name.encode()).hexdigest()[:16]
        self._file = folder / f"vectors-{key}.npz"
        self._known: dict[str, Vectors] = {}
        if self._file.is_file():
            with np.load(self._file) as stored:
                self._known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))

    def encode(self, texts: list[str], prompt: Prompt) -> Vectors:
        keys = [hashlib.sha256(f"{prompt}\0{text}".encode()).hexdigest() for text in texts]
        missing = [i for i, key in enumerate(keys) if key not in self._known]
        if missing:
            fresh = self._encoder.encode([texts[i] for i in missing], prompt)
            self._known |= {keys[i]: vector for i, vector in zip(missing, fresh, strict=True)}
            self._store()
        return np.stack([self._known[key] for key in keys])

    def _store(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(f".{os.getpid()}.part.npz")
        np.savez(draft, keys=np.array(list(self._known)), vectors=np.stack([*self._known.values()]))
        draft.replace(self._file)
