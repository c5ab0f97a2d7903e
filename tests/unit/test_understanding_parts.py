"""The parts of understanding: kernel head, coverage, spelling, sentences, thresholds, noise."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.evaluating.gold import Gold
from bussola.evaluating.noise import noised
from bussola.knowledge.asked import read_asked
from bussola.knowledge.calibration import Policy as TradeOff
from bussola.knowledge.calibration import answer_above, learn, quantile
from bussola.knowledge.embedding import Vectors
from bussola.knowledge.index import Index, Material, Target
from bussola.knowledge.kernel import Nearness, Shape, fit
from bussola.knowledge.learnt_store import LearntStore
from bussola.knowledge.lexical import Bm25, Coverage, Tfidf
from bussola.knowledge.sentences import questions, sentences
from bussola.knowledge.speller import Speller
from bussola.knowledge.spelling import written_out
from bussola.knowledge.tuning import Recipe, is_held_out, is_tuned, key_of, taught_by

chances = np.random.default_rng(0)


def near_of(vectors: Vectors) -> Nearness:
    zero = np.zeros((len(vectors), len(vectors)), np.float32)
    return Nearness(vectors @ vectors.T, zero, zero)


def unit(rows: int, columns: int = 8) -> Vectors:
    vectors = chances.normal(size=(rows, columns)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_the_head_left_out_is_as_if_trained_without() -> None:
    """The closed form gives for each question what a head fitted on the others gives."""
    vectors, truth = unit(12), np.eye(3, dtype=np.float32)[np.arange(12) % 3]
    shape = Shape(2.0, 0.0)
    _, unseen = fit(near_of(vectors), truth, shape)
    for left in (0, 5, 11):
        rest = [i for i in range(12) if i != left]
        head, _ = fit(near_of(vectors[rest]), truth[rest], shape)
        zero = np.zeros((1, 11), np.float32)
        alone = head.outputs(Nearness(vectors[[left]] @ vectors[rest].T, zero, zero))
        assert alone[0] == pytest.approx(unseen[left], abs=2e-3)


def test_the_head_knows_its_own_questions() -> None:
    """Each question scores highest for its own target."""
    vectors, truth = unit(9), np.eye(3, dtype=np.float32)[np.arange(9) // 3]
    head, _ = fit(near_of(vectors), truth, Shape(4.0, 0.0))
    outputs = head.outputs(near_of(vectors))
    assert list(outputs.argmax(axis=1)) == list(np.arange(9) // 3)


COVERED = ["il buono per la badante", "un buono dal libretto", "la laurea si riscatta"]


def test_a_word_that_no_entry_says_lowers_its_coverage() -> None:
    """ "Buono pasto" is near the vouchers, but nobody there says "pasto"."""
    coverage = Coverage(COVERED, np.array([0, 0, 1]), ["badante", "laurea"])
    known, odd = coverage.of(["il buono del libretto", "il buono pasto"])
    assert known[0] == pytest.approx(1.0)
    assert 0 < odd[0] < 0.7
    assert odd[1] == 0.0


def test_coverage_left_out_does_not_count_its_own_words() -> None:
    """A word that only the question itself says covers nothing."""
    left = Coverage(COVERED, np.array([0, 0, 1]), ["badante", "laurea"]).left_out(np.arange(3))
    assert left[0, 0] == pytest.approx(1.0)  # each word is said elsewhere too
    assert left[2, 1] < 0.8  # "riscatta" is not
    assert left.shape == (3, 2)


def test_bm25_is_at_most_1_and_falls_with_unknown_words() -> None:
    """A share of a perfect match."""
    bm25 = Bm25(COVERED)
    right, odd = bm25.scores(["la laurea si riscatta", "la laurea si riscatta coi francobolli"])
    assert right[2] > odd[2] > 0
    assert right.max() <= 1.0


@pytest.mark.parametrize("analyzer", ["words", "characters"])
def test_tfidf_of_a_document_is_1_for_itself(analyzer: str) -> None:
    """Cosines between documents, and none is negative."""
    scores = Tfidf(COVERED, analyzer).scores(COVERED)
    assert np.diag(scores) == pytest.approx(1.0, abs=1e-5)
    assert scores.min() >= 0


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("nn so ke fare x la colf", "non so che fare per la colf"),
        ("xke nn mi pagate????", "perché non mi pagate?"),
        ("QUANTO COSTA IL RISCATTO", "quanto costa il riscatto"),
        ("2 x 1 e 3,5x2", "2 x 1 e 3,5x2"),
        ("aiutooooo", "aiutoo"),
        ("INPS o INAIL?", "INPS o INAIL?"),
        ("la mamma di Max", "la mamma di Max"),
    ],
)
def test_shorthand_is_written_out(typed: str, read: str) -> None:
    """What phones shorten is written out; numbers, names and acronyms stay."""
    assert written_out(typed) == read


@given(st.text(max_size=200))
def test_writing_out_is_done_once(text: str) -> None:
    """A text already written out stays as it is, and nothing raises."""
    once = written_out(text)
    assert written_out(once) == once


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("Posso riscattare la laurea? E quanto costa in tutto?", 2),
        ("come assumo una colf e quanto si paga di contributi", 2),
        ("mi serve il pin? e x fissare un incontro allo sportello come si fa", 2),
        ("ho una badante e una colf, quanto pago?", 1),
        ("Che ore sono?", 1),
        ("buongiorno", 0),
    ],
)
def test_two_questions_are_told_apart(text: str, many: int) -> None:
    """By mark, by conjunction before a question word, or because one has asked already."""
    assert len(questions(text)) == many


def test_a_story_gives_its_asking_sentences() -> None:
    """Sentences with a question mark first, then the last; a short text has none."""
    story = (
        "Mia madre ha 84 anni e vive da sola. Una vicina viene a farle compagnia il pomeriggio. "
        "Quanto devo pagarla? Noi siamo tre figli e lavoriamo tutti fuori città. Grazie mille."
    )
    assert "Quanto devo pagarla?" in sentences(story)
    assert sentences("Quanto devo pagarla? Grazie.") == []


def test_the_threshold_keeps_the_declared_risk() -> None:
    """Counting one mistake more than seen, as conformal risk control does."""
    probability = np.linspace(1.0, 0.0, 101)
    right = np.ones(101, dtype=bool)
    right[[40, 60]] = False
    strict, loose = (answer_above(probability, right, share) for share in (0.02, 0.05))
    assert (~right[probability >= strict]).sum() + 1 <= 0.02 * 102
    assert loose < strict


def test_without_room_for_a_mistake_nothing_is_sure() -> None:
    """Too few questions to promise anything: no single answers."""
    assert answer_above(np.array([0.9, 0.8]), np.array([True, True]), 0.02) == 1.0


def test_a_settled_text_is_never_a_sure_answer() -> None:
    """Probability -1 marks what another verdict takes; the threshold stays above it."""
    probability = np.array([0.9] * 60 + [-1.0] * 60)
    right = np.array([True] * 60 + [False] * 60)
    assert 0 < answer_above(probability, right, 0.02) <= 0.9


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0, 1))
def test_a_quantile_is_one_of_its_values(values: list[float], share: float) -> None:
    found = quantile(np.array(values), np.ones(len(values)), share)
    assert found in values


class Letters:
    """A stand-in encoder: vectors of letter counts."""

    name = "letters"
    taught: frozenset[str] = frozenset()

    def encode(self, texts: list[str], prompt: str) -> Vectors:
        rows = np.array([[t.lower().count(c) + 0.01 for c in "abcdefghilmnopqrstuvz"]
                         for t in texts], dtype=np.float32)  # fmt: skip
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def small_index() -> Index:
    """Two entries and a signpost of each kind, a few questions each."""
    said = {
        "laurea": ["riscatto laurea", "riscattare gli anni di laurea", "laurea quanto costa"],
        "colf": ["assumere una colf", "come assumo la colf", "la colf va assunta"],
        "mia": ["la mia domanda", "a che punto è la mia domanda", "la mia pratica"],
        "meteo": ["che tempo fa", "domani piove", "previsioni del tempo"],
        "fondo": ["fondo volo e cumulo", "pro rata estero", "totalizzazione svizzera"],
    }
    kinds = ["entry", "entry", "personal_case", "out_of_scope", "expert"]
    targets = [Target(i, k, None, i) for i, k in zip(said, kinds, strict=True)]
    asked = [(q, n) for n, mine in enumerate(said.values()) for q in mine]
    texts = [" ".join(mine) for mine in said.values()]
    return Index(Material(targets, asked, texts, texts), Letters())


def test_what_was_learnt_survives_the_store(tmp_path: Path) -> None:
    """Every array and number comes back equal; a damaged file counts as absent."""
    learnt = learn(small_index(), TradeOff())
    store = LearntStore(tmp_path)
    store.save("key", learnt)
    back = store.load("key")
    assert back is not None
    assert back.head.coefficients == pytest.approx(learnt.head.coefficients)
    assert back.head.shape == learnt.head.shape
    assert list(back.head.questions) == list(learnt.head.questions)
    assert back.calibration.judges.right.offset == learnt.calibration.judges.right.offset
    assert back.calibration.answer_above == learnt.calibration.answer_above
    next(tmp_path.glob("*.npz")).write_bytes(b"broken")
    assert store.load("key") is None
    assert store.load("another") is None


def test_calibration_questions_are_read_and_checked(tmp_path: Path) -> None:
    """Small talk is Rasa's; a missing file is no question; a bad line is named."""
    file = tmp_path / "calibration.jsonl"
    assert read_asked(file) == []
    lines = [
        {"text": "quanto costa?", "kind": "general", "expect": "a", "also": ["b"]},
        {"text": "ciao", "kind": "smalltalk", "expect": None},
        {"text": "pro rata?", "kind": "technical"},
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    first, second = read_asked(file)
    assert (first.expect, first.scope, second.scope) == (("a", "b"), "general", "expert")
    file.write_text('{"text": "x"}')
    with pytest.raises(ValueError, match=":1:"):
        read_asked(file)


def test_one_question_in_five_is_never_taught() -> None:
    """Always the same ones, so that a new training keeps them unseen."""
    texts = [f"domanda numero {n}" for n in range(2000)]
    held = [text for text in texts if is_held_out(text, 0.2)]
    assert 340 < len(held) < 460
    assert held == [text for text in texts if is_held_out(text, 0.2)]


def test_a_kept_encoder_serves_until_the_questions_are_others(tmp_path: Path) -> None:
    """A few new questions change nothing; another recipe or another subject does."""
    from dataclasses import asdict

    texts = [f"domanda numero {n}" for n in range(50)]
    record = {"recipe": asdict(Recipe()), "weights": "abc", "taught": [key_of(t) for t in texts]}
    (tmp_path / "tuned.json").write_text(json.dumps(record))
    assert is_tuned(tmp_path, [*texts, "una nuova"])
    assert not is_tuned(tmp_path, [f"altro tema {n}" for n in range(50)])
    assert not is_tuned(tmp_path, texts, Recipe(epochs=1.0))
    assert key_of(texts[0]) in taught_by(tmp_path)
    assert taught_by(tmp_path / "nowhere") == frozenset()


def test_noise_is_noise_and_always_the_same() -> None:
    """The copy differs, keeps what is expected, and two runs agree."""
    gold = Gold("Perché non posso assumere la badante?", ("domestico-come-assumere",), "general")
    worse = noised(gold)
    assert worse.text != gold.text
    assert worse.expect == gold.expect
    assert noised(gold) == worse
    assert "é" not in worse.text


def test_slips_in_unknown_words_are_forgiven() -> None:
    """One slip, two in a long word, a lost space; known and short words stay as they are."""
    speller = Speller(["quanto costa la badante convivente", "la laurea si riscatta a rate"])
    assert speller.corrected("quanto costa la bdaante") == "quanto costa la badante"
    assert speller.corrected("la convivemte costa") == "la convivente costa"
    assert speller.corrected("quantocosta la laurea") == "quanto costa la laurea"
    assert speller.corrected("quanto costa xyz zebra") == "quanto costa xyz zebra"
    assert speller.corrected("bdaante csta") == "bdaante csta"
    assert speller.corrected("La Laurea?") == "La Laurea?"
