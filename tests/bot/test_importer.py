"""What curators wrote reaches NLU training."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, TEXT

from bot.faq_importer import FAQ_FOLDER, FaqImporter, lone_words, questions


@pytest.fixture(scope="module")
def taught() -> Counter[tuple[str, str]]:
    """How often each (text, intent) is an example when Rasa trains."""
    importer = TrainingDataImporter.load_from_config(
        "config.yml", "domain.yml", ["data/nlu", "data/rules"]
    )
    messages = importer.get_nlu_data("it").intent_examples
    return Counter((m.get(TEXT), m.get(INTENT)) for m in messages if m.get(TEXT))


def test_every_question_is_an_example_once(taught: Counter[tuple[str, str]]) -> None:
    """Each FAQ question is learnt as `ask_faq` exactly once, unless data/nlu says otherwise."""
    acts = {text.casefold() for text, intent in taught if intent != "ask_faq"}
    asked = {text for text in questions(FAQ_FOLDER) if text.casefold() not in acts}
    assert len(asked) > 1000
    assert {text: taught[text, "ask_faq"] for text in asked} == dict.fromkeys(asked, 1)


def test_no_text_stands_for_two_acts(taught: Counter[tuple[str, str]]) -> None:
    """No example is taught with two intents, whatever its capitals."""
    intents = Counter(text for text, _ in {(text.casefold(), intent) for text, intent in taught})
    assert [text for text, count in intents.items() if count > 1] == []


def test_every_act_of_the_domain_is_taught(taught: Counter[tuple[str, str]]) -> None:
    """Each dialogue act has at least fifteen examples."""
    sizes = Counter(intent for _, intent in taught)
    assert len(sizes) == 20
    assert min(sizes.values()) >= 15


def test_questions_are_texts() -> None:
    """YAML reads 730 as a number: no question may be one."""
    assert all(isinstance(text, str) and text.strip() for text in questions(FAQ_FOLDER))


def test_reads_entries_and_signposts(tmp_path: Path) -> None:
    """Questions, variants and signpost examples are read; other files give nothing."""
    theme = tmp_path / "tema"
    theme.mkdir()
    (theme / "a.yml").write_text("entries: [{question: 'Uno?', variants: [due, tre]}]\n")
    (tmp_path / "signposts.yml").write_text("signposts: [{examples: [quattro]}]\n")
    (tmp_path / "themes.yml").write_text("themes: []\n")
    assert sorted(questions(tmp_path)) == ["Uno?", "due", "quattro", "tre"]


def test_the_same_question_twice_is_one_example(tmp_path: Path) -> None:
    """A question that two entries share is learnt once."""
    (tmp_path / "a.yml").write_text("entries: [{question: 'Uno?', variants: [due, due]}]\n")
    (tmp_path / "b.yml").write_text("entries: [{question: 'Uno?', variants: []}]\n")
    importer = FaqImporter("config.yml", "domain.yml", [])
    importer.folder = tmp_path
    assert [m.get(TEXT) for m in importer.get_nlu_data().intent_examples] == ["Uno?", "due"]


def test_a_dialogue_act_wins(tmp_path: Path) -> None:
    """What data/nlu teaches as another act is not taught as a question too."""
    (tmp_path / "a.yml").write_text(
        "entries: [{question: 'Sei un robot?', variants: [quarantadue]}]\n"
    )
    importer = FaqImporter("config.yml", "domain.yml", ["data/nlu"])
    importer.folder = tmp_path
    assert [m.get(TEXT) for m in importer.get_nlu_data().intent_examples] == ["quarantadue"]


def test_gives_questions_only() -> None:
    """The importer adds no domain, stories or configuration."""
    importer = FaqImporter("config.yml", "domain.yml", [])
    assert importer.get_domain().is_empty()
    assert importer.get_stories().is_empty()
    assert importer.get_config() == {}


def test_the_words_of_the_subject_are_questions_too() -> None:
    """Those of many questions that acts hardly use; a greeting stays a greeting."""
    asked = [f"quanto tfr per {n} mesi" for n in range(12)] + ["ciao, e la tredicesima?"] * 9
    words = lone_words(asked, ["ciao", "ciao a tutti", "per me va bene"])
    assert "tfr" in words
    assert "ciao" not in words
    assert "tredicesima" not in words  # in too few
