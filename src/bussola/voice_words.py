"""Reads the curated lists of the desk's voice (data/voice.yml) and compiles them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

from bussola.conversations.phrases import Phrase, fold, phrase
from bussola.conversations.voice import VoiceWords


def load_voice_words(file: Path, insults: Iterable[str] = ()) -> VoiceWords:
    """The lists of `file`, and the guards' `insults` with them: staff may say neither.

    Raises ValueError, in Italian and with the line, for a line that cannot be read. Compiling
    hundreds of patterns takes seconds, so a file is read again only when it changed.
    """
    return _loaded(file, file.stat().st_mtime_ns, tuple(sorted(insults)))


@lru_cache(maxsize=4)
def _loaded(file: Path, _changed: int, insults: tuple[str, ...]) -> VoiceWords:
    raw = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    names = "|".join(raw["called"])
    calling = _named(raw["calling"], names)
    return VoiceWords(
        insults=_compiled([*raw["insults"], *calling, *insults], disguised=True),
        sarcasm=_compiled(raw["sarcasm"]),
        promises=_compiled(raw["promises"]),
        condescension=_compiled(raw["condescension"]),
        harmless=_compiled(_named(raw["harmless"], names)),
        greetings=_compiled(raw["greetings"]),
        farewells=_compiled(raw["farewells"]),
        bureaucratic={phrase(written): plain for written, plain in raw["bureaucratic"].items()},
        acronyms=frozenset(acronym.upper() for acronym in raw["acronyms"]),
        pointers=frozenset(fold(word).text for word in raw["pointers"]),
    )


def _named(lines: Iterable[str], names: str) -> list[str]:
    """An X in a line is any of the names that a person may be called."""
    return [" ".join(names if word == "X" else word for word in line.split()) for line in lines]


def _compiled(lines: Iterable[str], disguised: bool = False) -> tuple[Phrase, ...]:
    return tuple(phrase(written, disguised) for written in lines)
