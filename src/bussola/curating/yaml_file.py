"""One YAML file of the knowledge, changed in place: comments, order and layout stay."""

from __future__ import annotations

import io
import re
import textwrap
from collections import Counter
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString

_FOLD_AT, _LONG_LINE = 92, 100
_FLOW = {"links", "sources", "values", "facts", "related", "valid", "review", "source"}
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$")
_DATES = {"date", "from", "until", "on", "next"}


class YamlFile:
    """A file to be changed; `save` writes it."""

    def __init__(self, file: Path) -> None:
        self._file, self._yaml = file, _writer()
        self._text = file.read_text(encoding="utf-8") if file.is_file() else ""
        self._document = self._yaml.load(self._text) or CommentedMap()

    def add(self, section: str, identity: str, raw: dict[str, Any]) -> None:
        """Append an item to a section."""
        item = CommentedMap((key, _written(key, value)) for key, value in raw.items())
        if section == "figures":
            self._document.setdefault(section, CommentedMap())[identity] = item
        else:
            self._document.setdefault(section, CommentedSeq()).append(item)

    def change(self, section: str, identity: str, fields: dict[str, Any]) -> None:
        """Set `fields` of an item that is there."""
        items = self._document[section]
        item = items[identity] if section == "figures" else _by_id(items, identity)
        for name, value in fields.items():
            key = "from" if name == "from_" else name
            old = item.get(key)
            if isinstance(old, CommentedSeq) and _all_text(value):
                _edit(old, [_written("", text) for text in value])
            elif isinstance(old, CommentedMap) and key in {"valid", "review", "source"}:
                _update(old, value)
            else:
                item[key] = _written(key, value)

    def save(self) -> list[str]:
        """Write the file; returns the comments that got lost, for the caller to refuse."""
        out = io.StringIO()
        self._yaml.dump(self._document, out)
        self._file.write_text(out.getvalue(), encoding="utf-8")
        return list((_comments(self._text) - _comments(out.getvalue())).elements())


def _comments(text: str) -> Counter[str]:
    """Every comment of a YAML text, with how often it stands there."""
    found: Counter[str] = Counter()
    for line in text.splitlines():
        comment = _COMMENT.search(line)
        if comment and line[: comment.start()].count('"') % 2 == 0:
            found[comment.group().strip()] += 1
    return found


def _writer() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def _by_id(items: CommentedSeq, identity: str) -> CommentedMap:
    found: CommentedMap = next(item for item in items if item["id"] == identity)
    return found


def _all_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _edit(old: CommentedSeq, new: list[Any]) -> None:
    """Make `old` hold `new`, touching only the lines that differ: comments keep their line."""
    # What follows the last item (a blank line, a comment before the next field) stays last.
    after_last = old.ca.items.pop(len(old) - 1, None) if _is_below(old) else None
    changes = SequenceMatcher(None, [str(x) for x in old], [str(x) for x in new]).get_opcodes()
    for tag, first, last, start, end in reversed(changes):
        if tag == "equal":
            continue
        for position in reversed(range(first, last)):
            del old[position]
        for offset, item in enumerate(new[start:end]):
            old.insert(first + offset, item)
    if after_last is not None and old:
        old.ca.items[len(old) - 1] = after_last


def _is_below(items: CommentedSeq) -> bool:
    """True when the comment after the last item begins on a line of its own."""
    tokens = [token for token in items.ca.items.get(len(items) - 1, []) if token is not None]
    return bool(tokens) and all(token.value.startswith("\n") for token in tokens)


def _update(old: CommentedMap, new: dict[str, Any]) -> None:
    for key in [key for key in old if key not in new]:
        del old[key]
    for key, value in new.items():
        if str(old.get(key)) != str(value):
            old[key] = _written(key, value)


def _written(key: str, value: Any) -> Any:
    """`value` as this house lays it out: long prose folded, short lists on one line."""
    if isinstance(value, str):
        return _text(key, value)
    if isinstance(value, list):
        items = CommentedSeq(_written("", item) for item in value)
        if not value or key in {"facts", "related"}:
            items.fa.set_flow_style()
        return items
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        mapping = CommentedMap((k, _written(k, v)) for k, v in value.items())
        if key in _FLOW or key == "":
            mapping.fa.set_flow_style()
        return mapping
    return value


def _text(key: str, value: str) -> Any:
    if key in _DATES:
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if key == "url":
        return DoubleQuotedScalarString(value)
    if len(value) <= _LONG_LINE or "\n" in value:
        return value
    folded = FoldedScalarString(value)
    lines = textwrap.wrap(value, _FOLD_AT, break_long_words=False, break_on_hyphens=False)
    if " ".join(lines) != value:
        return value
    positions, at = [], 0
    for line in lines[:-1]:
        at += len(line)
        positions.append(at)
        at += 1
    folded.fold_pos = positions
    return folded
