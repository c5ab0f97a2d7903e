"""Feeds what curators wrote to NLU training, as examples of the one intent `ask_faq`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import rasa.shared.utils.io
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

INTENT_NAME = "ask_faq"
FAQ_FOLDER = Path("data/faq")
FEWEST_QUESTIONS = 10
MUCH_MORE = 5
"""How many times more often than acts the questions must use a word for it to be theirs."""
_WORD = re.compile(r"\w{3,}")


class FaqImporter(TrainingDataImporter):
    """Reads questions, variants and signpost examples; it gives no domain, stories or config.

    What data/nlu teaches as another act stays that act: one text never stands for two.
    """

    def __init__(
        self,
        config_file: Any = None,
        domain_path: Any = None,
        training_data_paths: Any = None,
        **_: Any,
    ) -> None:
        self.folder = FAQ_FOLDER
        self.acts = RasaFileImporter(config_file, domain_path, training_data_paths)

    def get_domain(self) -> Domain:
        return Domain.empty()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        return {}

    def get_config_file_for_auto_config(self) -> str | None:
        return None

    def get_nlu_data(self, language: str | None = "it") -> TrainingData:
        acts = self.acts.get_nlu_data(language).intent_examples
        taught = {message.get(TEXT).casefold() for message in acts}
        asked = list(dict.fromkeys(questions(self.folder)))
        examples = dict.fromkeys([*asked, *lone_words(asked, taught)])
        return TrainingData(
            [
                Message({TEXT: text, INTENT: INTENT_NAME})
                for text in examples
                if text.casefold() not in taught
            ]
        )


def lone_words(asked: Iterable[str], acts: Iterable[str]) -> list[str]:
    """The words of the subject, one at a time: on a phone "tredicesima" is a whole question.

    Those of several questions that acts hardly ever use: without them any unknown word is
    taken for a greeting.
    """
    of_questions, of_acts = _count(asked), _count(acts)
    return sorted(
        word
        for word, many in of_questions.items()
        if many >= FEWEST_QUESTIONS and many > MUCH_MORE * of_acts[word]
    )


def _count(texts: Iterable[str]) -> Counter[str]:
    """In how many texts each word of at least three letters or digits stands."""
    return Counter(w for text in texts for w in set(_WORD.findall(text.casefold())))


def questions(folder: Path) -> Iterator[str]:
    """Every way curators foresee of asking something, in file order."""
    for path in sorted(folder.rglob("*.yml")):
        document = rasa.shared.utils.io.read_yaml_file(path)
        for entry in document.get("entries", []):
            for words in [entry, *(entry.get("translations") or {}).values()]:
                yield words["question"]
                yield from words.get("variants", [])
        for signpost in document.get("signposts", []):
            yield from signpost["examples"]
