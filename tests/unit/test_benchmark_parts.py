"""benchmarks/: the readers of public sets, the baselines, and how a rank is counted."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.baselines import (
    Bm25Ranker,
    CharacterRanker,
    Figures,
    LazyEncoder,
    NearestRanker,
    Ranker,
    peak_mb,
    ranks,
    row,
    run,
)
from benchmarks.public_sets import LabelledSet, qa4faq, xsid_italian
from bussola.knowledge.embedding import Prompt, Vectors

FAQS = (
    "id;question;answer;tag\r\n"
    '7;"Cos\'è la ""quota; fissa""?";"Una voce\nsu due righe";fattura, quota\r\n'
    "9;Come leggo il contatore? ;Guarda i numeri neri.;lettura\r\n"
)
SMALL = LabelledSet(
    name="small",
    targets=["bonus", "meter", "silent"],
    questions=["come chiedo il bonus", "come leggo il contatore", "dove sta il contatore"],
    owner=[0, 1, 1],
    answers=["Con la domanda all'INPS.", None, None],
    asked=["lettura dei contatori", "il bonus dell'inps"],
    right=[frozenset({1}), frozenset({0})],
)


class VowelEncoder:
    """How often each vowel stands in a text, as a unit vector."""

    name = "vowels"
    taught: frozenset[str] = frozenset()

    def encode(self, texts: list[str], prompt: Prompt) -> Vectors:
        counts = np.array([[1 + text.count(v) for v in "aeiou"] for text in texts], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """Both sets, of a few lines each."""
    for name, text in {
        "qa4faq/qa4faq_faqs_uft8_QA.csv": FAQS,
        "qa4faq/qa4faq_question": "1\tquota\n2\tle 22\x13 e oltre\n3\tmai giudicata\n",
        "qa4faq/qa4faq_qrel": "2\t9\n1\t7\n1\t9\n",
        "xsid-it/xsid_it.valid.conll": _conll("ask x", "play y", "ask z", "ask w"),
        "xsid-it/xsid_it.test.conll": _conll("play a", "unknown b", "ask c"),
    }.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    return tmp_path


def _conll(*rows: str) -> str:
    blocks = []
    for number, line in enumerate(rows):
        intent, word = line.split()
        blocks.append(
            f"# id = {number}\n# text-en = in English\n# text = {word} = {word}\n"
            f"# intent = {intent}\n1\t{word}\t{intent}\tO\n"
        )
    return "\n".join(blocks)


def test_an_entry_may_hold_semicolons_quotes_and_line_breaks(public: Path) -> None:
    faq = qa4faq(public)
    assert faq.targets == ["7", "9"]
    assert faq.questions == [
        'Cos\'è la "quota; fissa"? fattura, quota', "Come leggo il contatore? lettura"
    ]  # fmt: skip
    assert faq.owner == [0, 1]
    assert faq.answers[0] == "Una voce\nsu due righe"


def test_only_judged_questions_are_asked_with_all_that_is_right(public: Path) -> None:
    faq = qa4faq(public)
    assert faq.asked == ["quota", "le 22\x13 e oltre"]
    assert faq.right == [frozenset({0, 1}), frozenset({1})]


def test_xsid_learns_the_first_of_each_intent_and_asks_known_ones(public: Path) -> None:
    xsid = xsid_italian(public, examples=2)
    assert xsid.targets == ["ask", "play"]
    assert xsid.questions == ["x = x", "z = z", "y = y"]
    assert xsid.owner == [0, 0, 1]
    assert xsid.answers == [None, None]
    assert list(zip(xsid.asked, xsid.right, strict=True)) == [
        ("a = a", frozenset({1})),
        ("c = c", frozenset({0})),
    ]


@pytest.mark.parametrize(
    "name",
    ["qa4faq/qa4faq_faqs_uft8_QA.csv", "qa4faq/qa4faq_qrel", "qa4faq/qa4faq_question"],
)
def test_a_missing_file_is_named(public: Path, name: str) -> None:
    (public / name).unlink()
    with pytest.raises(ValueError, match=f"{name} is missing"):
        qa4faq(public)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("qa4faq/qa4faq_faqs_uft8_QA.csv", FAQS + "10;domanda;risposta\r\n", "entry 3 has 3"),
        ("qa4faq/qa4faq_qrel", "1\t70\n", "no entry 70"),
        ("qa4faq/qa4faq_question", "1\tuna\n2 due\n", "line 2 has no tab"),
        ("xsid-it/xsid_it.valid.conll", "# id = 1\n# text = x\n", "block 1 names no text or no"),
    ],
)
def test_a_broken_file_is_refused(public: Path, name: str, text: str, complaint: str) -> None:
    (public / name).write_text(text, encoding="utf-8", newline="")
    with pytest.raises(ValueError, match=complaint):
        _ = qa4faq(public), xsid_italian(public)


def test_ties_cost_half_a_rank_each() -> None:
    scores = np.array([[3.0, 1.0, 2.0], [1.0, 1.0, 1.0], [0.0, 2.0, 2.0], [-np.inf, 1.0, 0.0]])
    right = [frozenset({2}), frozenset({0}), frozenset({1}), frozenset({0})]
    assert ranks(scores, right).tolist() == [2.0, 2.0, 1.5, 3.0]


def test_the_best_of_several_right_targets_counts_and_they_do_not_hinder_each_other() -> None:
    scores = np.array([[2.0, 2.0, 1.0], [2.0, 2.0, 2.0], [0.0, 1.0, 5.0]])
    right = [frozenset({0, 1}), frozenset({0, 1}), frozenset({0, 1})]
    assert ranks(scores, right).tolist() == [1.0, 1.5, 2.0]


def test_a_row_counts_success_and_reciprocal_ranks() -> None:
    scores = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]])
    asked = replace(SMALL, right=[frozenset({0}), frozenset({2})])
    got = row("any", asked, Figures(scores, 1.0, 2.0, 3.0, 4.0, ()))
    assert (got.success_at_1, got.success_at_3, got.mrr) == (0.5, 1.0, pytest.approx(2 / 3))
    assert (got.train_seconds, got.ms_p50, got.ms_p95, got.peak_mb) == (1.0, 2.0, 3.0, 4.0)


@pytest.mark.parametrize(
    "ranker", [Bm25Ranker(stemmed=True), CharacterRanker()], ids=["bm25", "char"]
)
def test_a_baseline_finds_what_is_obvious_and_reports_what_it_could_not_learn(
    ranker: Ranker,
) -> None:
    figures = run(ranker, SMALL)
    assert ranks(figures.scores, SMALL.right).tolist() == [1.0, 1.0]
    assert figures.left_out == (2,)
    assert figures.scores.shape == (2, 3)
    assert 0 < figures.ms_p50 <= figures.ms_p95


def test_only_stems_join_singular_and_plural() -> None:
    asked = replace(SMALL, asked=["contatori", "contatore"], right=[frozenset({1})] * 2)
    assert ranks(run(Bm25Ranker(stemmed=False), asked).scores, asked.right).tolist() == [1.5, 1.0]
    assert ranks(run(Bm25Ranker(stemmed=True), asked).scores, asked.right).tolist() == [1.0, 1.0]


def test_bm25_reads_answers_as_well() -> None:
    inps = replace(SMALL, asked=["inps"], right=[frozenset({0})])
    assert ranks(run(Bm25Ranker(stemmed=False), inps).scores, inps.right).tolist() == [1.0]


def test_the_nearest_question_is_one_of_its_own() -> None:
    same = replace(SMALL, asked=SMALL.questions, right=[frozenset({t}) for t in SMALL.owner])
    figures = run(NearestRanker(VowelEncoder()), same)
    assert ranks(figures.scores, same.right).tolist() == [1.0, 1.0, 1.0]
    assert figures.left_out == (2,)


def test_an_encoder_is_loaded_by_unpickling_and_not_sent() -> None:
    lazy = LazyEncoder("vowels", VowelEncoder)
    lazy.encode(["ciao"], "query")
    sent = pickle.loads(pickle.dumps(lazy))
    assert sent.name == "vowels"
    assert isinstance(sent._loaded, VowelEncoder)
    assert sent._loaded is not lazy._loaded


def test_memory_is_in_megabytes() -> None:
    assert 10 < peak_mb() < 100_000
