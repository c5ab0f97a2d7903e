"""Careful reading of single fields: what has the wrong type reads as empty, and never raises."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

Json = dict[str, Any]

MOST_CHARACTERS = 20_000
"""Of a citizen's text: what is longer no honest keyboard wrote, and the core refuses it anyway."""
SHORT = 1_000
"""Of everything else; the platform's own limit for payloads and metadata."""
_EARLIEST_SECONDS = 1_072_915_200  # 2004, before the platform was
_LATEST_SECONDS = 4_102_444_800  # 2100
_IDENT = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_NUMBER = re.compile(r"[0-9]{1,16}")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def words(value: Any, most: int = SHORT) -> str:
    """A text that can be stored as UTF-8, at most `most` characters of it; "" for other types."""
    if not isinstance(value, str):
        return ""
    return _LONE_SURROGATES.sub("", value)[:most]


def ident(value: Any) -> str:
    """An id, which the platform writes as a string here and as a number there; "" if neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and _IDENT.fullmatch(value) else ""


def section(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[Any]:
    """A list as it is; what stands where a list should be, as the only row."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def flag(value: Any) -> bool:
    """True, or the word for it: parts of the platform write every value as a string."""
    return value is True or value == "true"


def moment(value: Any) -> int | None:
    """Milliseconds since 1970, or None for what is no time between 2004 and 2100.

    Page feeds, and some samples of messages, write seconds; some write numbers as strings.
    """
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    if _EARLIEST_SECONDS <= value < _LATEST_SECONDS:
        return value * 1000
    return value if _EARLIEST_SECONDS <= value // 1000 < _LATEST_SECONDS else None


def names(value: Any) -> list[str]:
    """The sorted names of an object's fields, never their values."""
    return sorted(words(name, 64) for name in section(value))[:50]


def mid_key(mid: str) -> str:
    """The key of a message, from its id: 42 characters."""
    return "m-" + hashlib.sha256(mid.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def event_key(*content: Any) -> str:
    """The key of what has no id of its own, from JSON values that tell it from others."""
    return "e-" + hashlib.sha256(_written(content).encode()).hexdigest()[:40]


def _written(content: tuple[Any, ...]) -> str:
    """One way of writing for each value; what is nested too deep counts by its fields' names."""
    try:
        return json.dumps(content, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        return json.dumps([names(p) if isinstance(p, dict | list) else p for p in content])
