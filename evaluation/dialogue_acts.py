"""Compares Rasa's intent classifiers on our dialogue acts: `make benchmark-dialogue-acts`.

Stratified cross-validation on data/nlu plus the FAQ questions, through the pipeline of
config.yml with only the classifier exchanged. Runs in Rasa's environment (Python 3.10) and
prints a Markdown table; DIET is the slow one, so it gets fewer folds, which the table says.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

THREADS = ("OMP_NUM_THREADS", "TF_INTRA_OP_PARALLELISM_THREADS", "TF_INTER_OP_PARALLELISM_THREADS")
os.environ.update({"TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"})
for thread in THREADS:  # one core, so that times compare
    os.environ.setdefault(thread, "1")
warnings.simplefilter("ignore")

import rasa.shared.utils.io  # noqa: E402
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema  # noqa: E402
from rasa.engine.storage.local_model_storage import LocalModelStorage  # noqa: E402
from rasa.engine.storage.resource import Resource  # noqa: E402
from rasa.nlu.classifiers.diet_classifier import DIETClassifier  # noqa: E402
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier  # noqa: E402
from rasa.nlu.classifiers.logistic_regression_classifier import (  # noqa: E402
    LogisticRegressionClassifier,
)
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import (  # noqa: E402
    CountVectorsFeaturizer,
)
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer  # noqa: E402
from rasa.shared.importers.importer import TrainingDataImporter  # noqa: E402
from rasa.shared.nlu.constants import INTENT, TEXT  # noqa: E402
from rasa.shared.nlu.training_data.message import Message  # noqa: E402
from rasa.shared.nlu.training_data.training_data import TrainingData  # noqa: E402
from sklearn.metrics import accuracy_score, f1_score  # noqa: E402
from sklearn.model_selection import StratifiedKFold  # noqa: E402
from sklearn.svm import SVC  # noqa: E402

SEED = 42
TO_KNOWLEDGE = "ask_faq"
OURS = "LogisticRegressionClassifier"


class SparseSvm(LogisticRegressionClassifier):
    """The linear SVM of SklearnIntentClassifier; that one reads dense features only."""

    def __init__(self, config: dict[str, Any], *rest: Any) -> None:
        super().__init__(config, *rest)
        self.clf = SVC(
            kernel="linear", probability=True, class_weight="balanced", random_state=SEED
        )

    def persist(self) -> None:
        """Nothing is kept: a fold is used once."""


@dataclass(frozen=True)
class Candidate:
    """A classifier, what differs from its defaults, and how many folds it gets."""

    label: str
    component: type[GraphComponent]
    config: dict[str, Any]
    folds: int = 5


@dataclass
class Measured:
    """What was expected and what came out, over all folds; times in seconds."""

    truth: list[str] = field(default_factory=list)
    guess: list[str] = field(default_factory=list)
    training: list[float] = field(default_factory=list)
    answering: float = 0.0

    def share_taken(self, *, acts_for_questions: bool) -> float:
        """Of the acts, the share that went to knowledge; or of the questions, that did not."""
        pairs = [
            (want, got)
            for want, got in zip(self.truth, self.guess, strict=True)
            if (want != TO_KNOWLEDGE) == acts_for_questions
        ]
        return sum((got == TO_KNOWLEDGE) == acts_for_questions for _, got in pairs) / len(pairs)

    def acts(self) -> list[str]:
        return sorted(set(self.truth) - {TO_KNOWLEDGE})

    def macro_f1(self) -> float:
        return float(f1_score(self.truth, self.guess, labels=self.acts(), average="macro"))


class Pipeline:
    """config.yml's NLU pipeline with another classifier, trained in a temporary folder."""

    def __init__(self, steps: list[dict[str, Any]], candidate: Candidate, folder: Path) -> None:
        storage, context = LocalModelStorage(folder), ExecutionContext(GraphSchema({}))
        known: dict[str, type[GraphComponent]] = {
            kind.__name__: kind
            for kind in (WhitespaceTokenizer, CountVectorsFeaturizer, FallbackClassifier)
        }
        self.parts: list[Any] = []
        for number, step in enumerate(steps):
            config = {key: value for key, value in step.items() if key != "name"}
            component = known.get(step["name"])
            if step["name"] == OURS:
                component, config = candidate.component, candidate.config
            if component is None:  # ConversationContext: it never changes an intent
                continue
            config = {**component.get_default_config(), **config}
            context.node_name = f"part{number}"
            resource = Resource(context.node_name)
            self.parts.append(component.create(config, storage, resource, context))

    def train(self, data: TrainingData) -> None:
        for part in self.parts:
            if hasattr(part, "train"):
                part.train(data)
            # A classifier's own guess on what it was trained on is of no use to anybody.
            if isinstance(part, (WhitespaceTokenizer, CountVectorsFeaturizer)):
                part.process_training_data(data)

    def act_of(self, text: str) -> str:
        """The intent of a live message; what falls back goes to knowledge, as a question does."""
        messages = [Message({TEXT: text})]
        for part in self.parts:
            messages = part.process(messages)
        name = messages[0].get(INTENT)["name"]
        return TO_KNOWLEDGE if name in (None, "nlu_fallback") else name


def examples() -> list[tuple[str, str]]:
    """(text, intent) of everything Rasa is trained on."""
    importer = TrainingDataImporter.load_from_config(
        "config.yml", "domain.yml", ["data/nlu", "data/rules"]
    )
    data = importer.get_nlu_data("it")
    return [(m.get(TEXT), m.get(INTENT)) for m in data.intent_examples if m.get(TEXT)]


def candidates(steps: list[dict[str, Any]], epochs: int) -> list[Candidate]:
    """The three that are compared, ours as config.yml has it: twice, to be fair to DIET."""
    ours = next(step for step in steps if step["name"] == OURS)
    config = {key: value for key, value in ours.items() if key != "name"}
    diet = {
        "epochs": epochs,
        "entity_recognition": False,
        "constrain_similarities": True,
        "random_seed": SEED,
    }
    mine = Candidate("LogisticRegressionClassifier (ours)", LogisticRegressionClassifier, config)
    return [
        mine,
        replace(mine, label="the same, on the folds of DIET", folds=3),
        Candidate("linear SVM on the same sparse features", SparseSvm, {}),
        Candidate(f"DIETClassifier, {epochs} epochs", DIETClassifier, diet, folds=3),
    ]


def measure(
    candidate: Candidate, steps: list[dict[str, Any]], rows: list[tuple[str, str]]
) -> Measured:
    """Cross-validate one candidate: every row is answered once, by a model that never saw it."""
    texts, intents = [row[0] for row in rows], [row[1] for row in rows]
    splitter = StratifiedKFold(candidate.folds, shuffle=True, random_state=SEED)
    measured = Measured()
    for train, test in splitter.split(texts, intents):
        data = TrainingData([Message({TEXT: texts[i], INTENT: intents[i]}) for i in train])
        with tempfile.TemporaryDirectory() as folder:
            pipeline = Pipeline(steps, candidate, Path(folder))
            measured.training.append(_seconds(lambda p=pipeline, d=data: p.train(d)))
            pipeline.act_of("ciao")  # the first message builds what later ones reuse
            started = time.perf_counter()
            measured.guess += [pipeline.act_of(texts[i]) for i in test]
            measured.answering += time.perf_counter() - started
        measured.truth += [intents[i] for i in test]
    return measured


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def table(results: list[tuple[Candidate, Measured]]) -> str:
    """One line a classifier."""
    lines = [
        (
            "| classifier | folds | accuracy | macro F1 (acts) | acts taken for a question "
            "| questions taken for an act | training s | ms a message |"
        ),
        "|---|---|---|---|---|---|---|---|",
    ]
    for candidate, got in results:
        training = sum(got.training) / len(got.training)
        lines.append(
            f"| {candidate.label} | {candidate.folds} "
            f"| {accuracy_score(got.truth, got.guess):.2%} | {got.macro_f1():.3f} "
            f"| {got.share_taken(acts_for_questions=True):.1%} "
            f"| {got.share_taken(acts_for_questions=False):.2%} "
            f"| {training:.1f} | {1000 * got.answering / len(got.truth):.1f} |"
        )
    return "\n".join(lines)


def by_act(measured: Measured) -> str:
    """F1 of each dialogue act, weakest first, with what it is mostly taken for."""
    labels = [*measured.acts(), TO_KNOWLEDGE]
    scores = f1_score(measured.truth, measured.guess, labels=labels, average=None)
    sizes = Counter(measured.truth)
    lines = ["| act | examples | F1 | mostly taken for |", "|---|---|---|---|"]
    for score, act in sorted(zip(scores, labels, strict=True)):
        wrong = Counter(
            g for t, g in zip(measured.truth, measured.guess, strict=True) if t == act != g
        )
        taken = ", ".join(f"{name} {count}" for name, count in wrong.most_common(2))
        lines.append(f"| {act} | {sizes[act]} | {score:.2f} | {taken} |")
    return "\n".join(lines)


def main(epochs: int = 30, only_ours: bool = False) -> None:
    """Print both tables; `epochs` of DIET may be given on the command line, or `ours` alone."""
    logging.disable(logging.WARNING)
    steps = rasa.shared.utils.io.read_yaml_file("config.yml")["pipeline"]
    rows = examples()
    acts = sum(intent != TO_KNOWLEDGE for _, intent in rows)
    print(f"{len(rows)} examples: {acts} of dialogue acts, {len(rows) - acts} questions.")
    results = []
    for candidate in candidates(steps, epochs)[: 1 if only_ours else None]:
        print(
            f"# {candidate.label}: {candidate.folds} folds on {os.environ['OMP_NUM_THREADS']} core",
            file=sys.stderr,
            flush=True,
        )
        results.append((candidate, measure(candidate, steps, rows)))
        print(f"# {table(results[-1:]).splitlines()[-1]}", file=sys.stderr, flush=True)
    print(
        f"Stratified folds, one core. What falls back counts as a question: both go to "
        f"knowledge.\n\n{table(results)}\n\n{results[0][0].label}, act by act:\n\n"
        f"{by_act(results[0][1])}"
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["ours"]:
        main(only_ours=True)
    else:
        main(*map(int, sys.argv[1:2]))
