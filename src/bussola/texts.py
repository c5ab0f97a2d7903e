"""The one catalogue of fixed texts: everything staff and citizens read that is not an entry."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML


class Catalogue:
    """Texts by key, from a YAML file of `key: text`."""

    def __init__(self, file: Path) -> None:
        raw = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
        self._texts = {str(key): str(text).strip() for key, text in raw.items()}

    def say(self, key: str, **values: object) -> str:
        """The text of `key` with its `{values}` filled in. Raises KeyError for an unknown key."""
        return self._texts[key].format_map(values) if values else self._texts[key]

    def keys(self) -> frozenset[str]:
        return frozenset(self._texts)
