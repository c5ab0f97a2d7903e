"""The questions we are measured on are not among those we learn from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bussola import settings
from bussola.evaluating.gold import EvaluationError, read_gold
from bussola.knowledge.duplicates import all_questions, nearest_by_letters
from bussola.knowledge.loading import load

FOLDER = Path("evaluation")
NEAR = 0.80


def questions(part: str) -> list[str]:
    return [gold.text for gold in read_gold(FOLDER / f"{part}.jsonl")]


def taught() -> list[str]:
    """Everything knowledge learns from."""
    knowledge = load(settings.load().faq)
    return [q for _, questions in all_questions(knowledge) for q in questions]


def nearest(asked: list[str], known: list[str]) -> list[tuple[float, str, str]]:
    """Each question with its nearest known text by character 3-5 grams."""
    near = nearest_by_letters(asked, known)
    return [(likeness, text, other) for text, (likeness, other) in zip(asked, near, strict=True)]


@pytest.mark.parametrize(
    ("part", "too_near"), [("test", NEAR), ("calibration", 0.92), ("development", 0.95)]
)
def test_no_question_is_taught(part: str, too_near: float) -> None:
    """Neither the same words nor, for the test part, nearly the same."""
    leaked = [row for row in nearest(questions(part), taught()) if row[0] > too_near]
    assert leaked == []


def test_the_parts_do_not_share_questions() -> None:
    """What is tuned on development says nothing about the wording of the test."""
    others = [*questions("development"), *questions("calibration")]
    shared = [row for row in nearest(questions("test"), others) if row[0] > NEAR]
    assert shared == []


@pytest.mark.parametrize(
    "part",
    ["test", "development", "calibration", "conversations-test", "conversations-development"],
)
def test_every_expected_entry_exists(part: str) -> None:
    """A renamed entry must be renamed here too."""
    entries = load(settings.load().faq).entries
    gold = read_gold(FOLDER / f"{part}.jsonl")
    expected = {e for g in gold for e in (*g.expect, *g.also, *([g.before] if g.before else []))}
    assert expected <= set(entries)


def test_the_test_part_is_large_and_varied() -> None:
    """Five hundred questions or more, in every style and language; sixty conversations."""
    gold = read_gold(FOLDER / "test.jsonl")
    assert len(gold) >= 500
    assert {
        "phone", "keywords", "story", "two_questions", "wrong_words", "no_accents", "foreigner",
        "other_language", "near_miss", "autocorrect",
    } <= {g.style for g in gold}  # fmt: skip
    assert {"it", "en", "ro", "es", "uk", "fr", "sq"} == {g.language for g in gold}
    assert len(read_gold(FOLDER / "conversations-test.jsonl")) >= 60


def test_a_bad_file_names_its_line(tmp_path: Path) -> None:
    """A curator can find the mistake."""
    file = tmp_path / "bad.jsonl"
    file.write_text(json.dumps({"text": "ciao", "kind": "general"}) + "\n{oops\n")
    with pytest.raises(EvaluationError, match="riga 2"):
        read_gold(file)
