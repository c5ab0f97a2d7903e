"""Rasa's own answer to an FAQ, measured: `.venv-rasa/bin/python -m benchmarks.rasa_rankers`.

Reads a request from stdin and writes a response to stdout, both JSON, because Rasa lives in an
environment of its own (Python 3.10). One intent, or one response key, is trained per target.

Request: system ("diet", "logistic" or "response_selector"), epochs, questions, owner (the target
of each question), names and answers (one a target, an answer may be null), asked.
Response: system, scores (one row a text asked, one confidence a target), train_seconds, ms_p50,
ms_p95, peak_mb, left_out (targets it has not learnt).
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

THREADS = ("OMP_NUM_THREADS", "TF_INTRA_OP_PARALLELISM_THREADS", "TF_INTER_OP_PARALLELISM_THREADS")
os.environ.update({"TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"})
for thread in THREADS:  # one core, so that times compare
    os.environ.setdefault(thread, "1")
warnings.simplefilter("ignore")

import numpy as np  # noqa: E402
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema  # noqa: E402
from rasa.engine.storage.local_model_storage import LocalModelStorage  # noqa: E402
from rasa.engine.storage.resource import Resource  # noqa: E402
from rasa.nlu.classifiers.diet_classifier import DIETClassifier  # noqa: E402
from rasa.nlu.classifiers.logistic_regression_classifier import (  # noqa: E402
    LogisticRegressionClassifier,
)
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import (  # noqa: E402
    CountVectorsFeaturizer,
)
from rasa.nlu.featurizers.sparse_featurizer.lexical_syntactic_featurizer import (  # noqa: E402
    LexicalSyntacticFeaturizer,
)
from rasa.nlu.featurizers.sparse_featurizer.regex_featurizer import RegexFeaturizer  # noqa: E402
from rasa.nlu.selectors.response_selector import ResponseSelector  # noqa: E402
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer  # noqa: E402
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT  # noqa: E402
from rasa.shared.nlu.training_data.message import Message  # noqa: E402
from rasa.shared.nlu.training_data.training_data import TrainingData  # noqa: E402

from benchmarks.memory import peak_mb  # noqa: E402

SEED = 42
RETRIEVAL = "faq"
RANKING = "ranking_length"
ALL = 0
SHOWN = 10
"""What Rasa ranks by default. Naming all targets costs time no bot would spend."""
TIMED = 200
"""So many questions are asked one at a time, to measure how long one takes."""
NOT_RANKED = -1.0
"""Below any confidence."""

# Rasa 3.6.21's engine/recipes/config_files/default_config.yml, up to the classifier.
FEATURES: list[tuple[type[GraphComponent], dict[str, Any]]] = [
    (WhitespaceTokenizer, {}),
    (RegexFeaturizer, {}),
    (LexicalSyntacticFeaturizer, {}),
    (CountVectorsFeaturizer, {}),
    (CountVectorsFeaturizer, {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}),
]


def learner(system: str, epochs: int) -> tuple[type[GraphComponent], dict[str, Any]]:
    """The last component, as the default config has it; only the seed is ours. ValueError."""
    neural = {"epochs": epochs, "constrain_similarities": True, "random_seed": SEED}
    kinds: dict[str, tuple[type[GraphComponent], dict[str, Any]]] = {
        "diet": (DIETClassifier, neural),
        "logistic": (LogisticRegressionClassifier, {}),
        "response_selector": (ResponseSelector, neural),
    }
    if system not in kinds:
        raise ValueError(f"system is {system!r}, not one of {', '.join(kinds)}")
    return kinds[system]


class RasaRanker:
    """Rasa's default pipeline without a project around it; `folder` keeps what it persists."""

    def __init__(self, system: str, epochs: int, folder: Path) -> None:
        self.selects = system == "response_selector"
        storage, context = LocalModelStorage(folder), ExecutionContext(GraphSchema({}))
        self.parts: list[Any] = []
        for number, (kind, changes) in enumerate([*FEATURES, learner(system, epochs)]):
            context.node_name = f"part{number}"
            config = {**kind.get_default_config(), **changes}
            self.parts.append(kind.create(config, storage, Resource(context.node_name), context))

    def rank_length(self, length: int) -> None:
        """How many targets `confidences` names; 0 is all."""
        last = self.parts[-1]
        config = last.config if hasattr(last, "config") else last.component_config
        config[RANKING] = length

    def train(self, questions: list[str], owner: list[int], answers: list[str | None]) -> None:
        """Safe names stand for the targets: to Rasa a "/" parts an intent from its response."""
        messages = []
        for text, target in zip(questions, owner, strict=True):
            data = {TEXT: text, INTENT: f"t{target}"}
            if self.selects:
                data |= {INTENT: RETRIEVAL, INTENT_RESPONSE_KEY: f"{RETRIEVAL}/t{target}"}
            messages.append(Message(data))
        responses = {
            f"utter_{RETRIEVAL}/t{target}": [{TEXT: answer or f"t{target}"}]
            for target, answer in enumerate(answers)
        }
        training = TrainingData(messages, responses=responses if self.selects else None)
        *before, last = self.parts
        for part in before:
            if hasattr(part, "train"):
                part.train(training)
            part.process_training_data(training)
        last.train(training)

    def learnt(self) -> set[int]:
        """The targets that a ranking can name."""
        last = self.parts[-1]
        if isinstance(last, LogisticRegressionClassifier):
            labels = getattr(last.clf, "classes_", ())
        else:  # without a model, training was skipped
            labels = last.index_label_id_mapping.values() if last.model else ()
        return {_target(label) for label in labels}

    def confidences(self, text: str) -> dict[int, float]:
        """Of the targets ranked; none where Rasa sees no known feature."""
        messages = [Message({TEXT: text})]
        for part in self.parts:
            messages = part.process(messages)
        if self.selects:
            ranking = messages[0].get("response_selector")["default"]["ranking"]
            return {_target(row[INTENT_RESPONSE_KEY]): row["confidence"] for row in ranking}
        ranking = messages[0].get("intent_ranking")
        return {_target(row["name"]): row["confidence"] for row in ranking}


def _target(label: str) -> int:
    """The index behind "t12" or "faq/t12"."""
    return int(label.rpartition("/")[2][1:])


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Train and answer. ValueError when the request makes no sense or nothing was learnt."""
    targets, owner = range(len(request["names"])), request["owner"]
    if len(request["answers"]) != len(targets) or not set(owner) <= set(targets):
        raise ValueError("names, answers and owner speak of different targets")
    with tempfile.TemporaryDirectory() as folder:
        ranker = RasaRanker(request["system"], request["epochs"], Path(folder))
        started = time.perf_counter()
        ranker.train(request["questions"], owner, request["answers"])
        train_seconds = time.perf_counter() - started
        learnt = ranker.learnt()
        if not learnt:
            raise ValueError("Rasa learnt nothing: it needs two targets with a question")
        p50, p95 = _milliseconds(ranker, request["asked"])
        ranker.rank_length(ALL)
        ranked = [ranker.confidences(text) for text in request["asked"]]
    return {
        "system": request["system"],
        "scores": [[float(row.get(t, NOT_RANKED)) for t in targets] for row in ranked],
        "train_seconds": train_seconds,
        "ms_p50": p50,
        "ms_p95": p95,
        "peak_mb": peak_mb(),
        "left_out": [t for t in targets if t not in learnt],
    }


def _milliseconds(ranker: RasaRanker, asked: list[str]) -> tuple[float, float]:
    """Median and 95th percentile of one question through the whole pipeline."""
    ranker.rank_length(SHOWN)
    for text in asked[:3]:  # the first messages build what later ones reuse
        ranker.confidences(text)
    took = []
    for text in asked[:TIMED]:
        started = time.perf_counter()
        ranker.confidences(text)
        took.append(1000 * (time.perf_counter() - started))
    p50, p95 = np.percentile(took, [50, 95])
    return float(p50), float(p95)


def main() -> None:
    """stdout is for the response alone, so what libraries print goes to stderr."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as response:
        os.dup2(2, 1)
        logging.disable(logging.WARNING)
        request = json.loads(sys.stdin.buffer.read())
        json.dump(answer(request), response, allow_nan=False)


if __name__ == "__main__":
    main()
