"""knowledge/facts.py: which facts exist and how sure each one is."""

from __future__ import annotations

from pathlib import Path

import pytest
from curated import FACTS

from bussola.knowledge.facts import known_facts


@pytest.fixture
def facts(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "prova.md").write_text(FACTS, encoding="utf-8")
    (tmp_path / "altra.md").write_text("- **R1** Un altro. Conf: B.\n", encoding="utf-8")
    return known_facts(tmp_path)


def test_facts_are_named_by_sheet(facts: dict[str, str]) -> None:
    """The same id in two sheets is two facts."""
    assert (facts["prova/R1"], facts["altra/R1"]) == ("A", "B")


def test_the_weaker_grade_counts(facts: dict[str, str]) -> None:
    """A fact with two grades is as weak as its weaker part."""
    assert facts["prova/R3"] == "N"


def test_no_grade_is_a_c(facts: dict[str, str]) -> None:
    """A fact without a grade has to be verified."""
    assert facts["prova/R4"] == "C"


def test_a_grade_after_a_heading_is_not_the_facts(tmp_path: Path) -> None:
    """What stands under the next heading does not belong to the fact above it."""
    (tmp_path / "p.md").write_text("- **R1.** Uno. Conf: A.\n\n## Dopo\n\nConf: C.\n")
    assert known_facts(tmp_path) == {"p/R1": "A"}


def test_no_sheets_are_no_facts(tmp_path: Path) -> None:
    """An absent folder holds no facts."""
    assert known_facts(tmp_path / "nulla") == {}


def test_the_shipped_sheets_are_read(root: Path) -> None:
    """The four sheets are read, each with facts of each grade we may publish."""
    facts = known_facts(root / "docs" / "facts")
    sheets = {name.split("/", maxsplit=1)[0] for name in facts}
    assert {"riscatto-laurea", "buoni-lavoro", "lavoro-domestico", "canali-inps"} <= sheets
    assert {"A", "B"} <= set(facts.values())
