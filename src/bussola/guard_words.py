"""Reads the curated word lists of the guards (data/guards.yml)."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from bussola.conversations.guards import Words
from bussola.text import folded


def load_words(file: Path) -> Words:
    """The lists, folded as the guards compare them."""
    raw = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return Words(
        emergencies={
            kind: tuple(folded(phrase) for phrase in phrases)
            for kind, phrases in raw["emergencies"].items()
        },
        insults=frozenset(folded(word) for word in raw["insults"]),
        persons=frozenset(folded(word) for word in raw["persons"]),
        harmless=tuple(folded(phrase) for phrase in raw["harmless"]),
        forget=frozenset(folded(phrase) for phrase in raw["forget"]),
    )
