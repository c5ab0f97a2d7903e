"""The same encoder on onnxruntime: the same vectors in about a third of the time, without torch."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bussola.knowledge.bundled_encoder import PROMPTS
from bussola.knowledge.embedding import Prompt, Vectors
from bussola.text import one_line

FILE = "model.onnx"
_BATCH = 32
_SPREAD = 1.5
"""How much longer than its shortest text the longest of a batch may be."""
_LONGEST = 512


class OnnxEncoder:
    """Runs `folder`/model.onnx; the tokenizer of the folder is used as it is."""

    def __init__(
        self, folder: Path, name: str, taught: frozenset[str] = frozenset(), threads: int = 2
    ) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self.name, self.taught = name, taught
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()
        self._padding = self._tokenizer.token_to_id("<pad>") or 0
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Threads that spin while they wait take the cores from what comes after the encoder.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / FILE), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts: list[str], prompt: Prompt) -> Vectors:
        """Shape (len(texts), dimensions), rows of length 1."""
        read = self._tokenizer.encode_batch([PROMPTS[prompt] + one_line(text) for text in texts])
        lengths = np.array([len(one.ids) for one in read])
        vectors: Vectors | None = None
        for now in _of_like_length(lengths):
            shape = (len(now), int(lengths[now].max()))
            ids, mask = np.full(shape, self._padding, np.int64), np.zeros(shape, np.int64)
            for row, i in enumerate(now):
                ids[row, : lengths[i]] = read[i].ids
                mask[row, : lengths[i]] = 1
            found = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            if vectors is None:
                vectors = np.empty((len(texts), found.shape[1]), dtype=np.float32)
            vectors[now] = found
        assert vectors is not None
        return vectors


def _of_like_length(lengths: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Positions in batches of much the same length: padding is work for nothing."""
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        longest = lengths[order[start]] * _SPREAD
        end = int(np.searchsorted(lengths[order], longest, side="right"))
        end = min(max(end, start + 1), start + _BATCH)
        yield order[start:end]
        start = end


def export(folder: Path) -> Path:
    """Write `folder`/model.onnx from the sentence-transformers encoder in `folder`, whole or not.

    Mean over tokens and unit length are part of the graph.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(str(folder), device="cpu")

    class Whole(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.bert = encoder[0].auto_model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            read = self.bert(input_ids=input_ids, attention_mask=attention_mask)
            mask = attention_mask.unsqueeze(-1).to(read.last_hidden_state.dtype)
            mean = (read.last_hidden_state * mask).sum(1) / mask.sum(1)
            return mean / mean.norm(dim=1, keepdim=True)

    example = encoder.tokenizer(["query: a", "query: a b"], padding=True, return_tensors="pt")
    draft = folder / f"{FILE}.{os.getpid()}.part"
    several = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Whole().eval(),
            (example["input_ids"], example["attention_mask"]),
            str(draft),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": several, "attention_mask": several, "vectors": {0: "texts"}},
            opset_version=17,
            dynamo=False,  # the tracing exporter needs no further package
        )
    draft.replace(folder / FILE)
    return folder / FILE
