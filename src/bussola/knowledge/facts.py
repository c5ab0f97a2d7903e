"""The fact sheets in `docs/facts`: which fact ids exist and how sure each one is."""

from __future__ import annotations

import re
from pathlib import Path

_FACT = re.compile(r"^- \*\*([A-Z]+\d+[a-z]?)(?:\.\*\*|\*\*)", re.MULTILINE)
# In the sheets a bold letter is also a pay level ("**C** cook"): a grade is followed by the end of
# a sentence, a bracket, or "for"/"that", never by another word.
_CONFIDENCE = re.compile(
    r"Conf: ([ABCN])\b|\*\*([ABCN])(?:/[ABCN])?(?: – verify| verify)?\*\*(?! (?!for |that )[a-z])"
)


_TOPICS_HEADING = re.compile(r"^## .*\btopics\b.*$", re.MULTILINE | re.IGNORECASE)
_TOPIC = re.compile(r"^(\d+)\. (.+?)\s*(?:→|: (?=[A-Z]+\d))", re.MULTILINE)


def known_topics(folder: Path) -> dict[str, str]:
    """Map ``sheet/number`` to the words of each topic in the list that ends a sheet."""
    topics: dict[str, str] = {}
    for sheet in sorted(folder.glob("*.md")):
        text = sheet.read_text(encoding="utf-8")
        heading = _TOPICS_HEADING.search(text)
        if heading is None:
            continue
        listed = text[heading.end() :].split("\n## ", 1)[0]
        for topic in _TOPIC.finditer(listed):
            topics[f"{sheet.stem}/{topic.group(1)}"] = topic.group(2)
    return topics


def known_facts(folder: Path) -> dict[str, str]:
    """Map ``sheet/id`` to its lowest stated confidence (A, B, C or N; C when unstated).

    A fact that carries two grades is as weak as its weaker part, because an answer
    cannot be held to the stronger half alone.
    """
    facts: dict[str, str] = {}
    for sheet in sorted(folder.glob("*.md")):
        text = sheet.read_text(encoding="utf-8")
        starts = list(_FACT.finditer(text))
        for start, following in zip(starts, [*starts[1:], None], strict=True):
            block = text[start.end() : following.start() if following else len(text)]
            block = block.split("\n#", 1)[0]
            grades = [a or b for a, b in _CONFIDENCE.findall(block)]
            facts[f"{sheet.stem}/{start.group(1)}"] = max(grades, default="C")
    return facts
