"""Questions that curators foresaw word for word, over the shipped knowledge."""

from __future__ import annotations

import pytest

from bussola.knowledge.service import KnowledgeService


@pytest.mark.parametrize(
    ("text", "verdict", "target"),
    [
        ("Come assumo una BADANTE?", "answer", "domestico-come-assumere"),
        ("a che punto è la mia domanda", "personal_case", "personale-stato-domanda"),
        ("ricarica del libretto al portatore in posta", None, None),
    ],
)
def test_the_very_words_of_a_curator_win(
    knowledge: KnowledgeService, text: str, verdict: str | None, target: str | None
) -> None:
    """Capitals, accents and punctuation do not matter; other words are weighed as usual."""
    found = knowledge.match(text)
    if verdict is None:
        assert found.probability < 1.0
        return
    assert (found.verdict, found.matches[0].entry_id, found.probability) == (verdict, target, 1.0)


def test_a_few_words_still_lean_on_what_was_said(knowledge: KnowledgeService) -> None:
    """After another answer, a short question is read with it, whoever else is asked so."""
    found = knowledge.match("come assumo una badante", previous_entry="domestico-ferie")
    assert found.probability < 1.0


def test_a_translated_question_finds_its_entry(knowledge: KnowledgeService) -> None:
    """Also one whose translation is only a draft; the language comes back with it."""
    for entry in knowledge.snapshot.knowledge.entries.values():
        for language, words in entry.translations.items():
            found = knowledge.match(words.question)
            assert (found.matches[0].entry_id, found.language) == (entry.id, language)


@pytest.mark.parametrize(
    "word", ["voucher", "la laurea", "TFR", "tredicesima?", "ferie", "permessi", "730", "colf"]
)
def test_a_subject_alone_is_asked_back(knowledge: KnowledgeService, word: str) -> None:
    """On a phone the subject is often the whole message: nobody is sent away for that."""
    found = knowledge.match(word)
    assert found.verdict in {"answer", "ask_which"}
    assert any(match.offered for match in found.matches)


@pytest.mark.parametrize("word", ["elettrodomestici", "oroscopo", "buono sconto", "asdfgh"])
def test_a_word_of_no_entry_is_another_matter(knowledge: KnowledgeService, word: str) -> None:
    """A lone word that no entry uses, or two words, are weighed as usual."""
    assert knowledge.match(word).verdict in {"off_topic", "dont_know"}
