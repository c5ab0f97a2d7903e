"""Sheets, calculators, quizzes and notices as pages that need no JavaScript."""

from __future__ import annotations

import re
from html import unescape

import pytest
from aiohttp.test_utils import TestClient

from bussola.knowledge.service import KnowledgeService
from bussola.web.keys import GUIDE

QUARTER = {"hours": "10", "weeks": "13", "pay": "8", "fixed_term": "No", "relative": "No"}


async def page(client: TestClient, path: str, **query: str) -> tuple[int, str]:
    answer = await client.get(path, params=query)
    return answer.status, await answer.text()


async def worked_out(client: TestClient, **typed: str) -> tuple[int, str]:
    """The page of the quarter's contributions after its form was sent."""
    answer = await client.post("/calcolatori/contributi-trimestre", data=typed)
    return answer.status, await answer.text()


@pytest.mark.parametrize("path", ["/schede", "/calcolatori", "/quiz"])
async def test_lists_lead_to_every_item(client: TestClient, path: str) -> None:
    """Every link of a list opens."""
    status, html = await page(client, path)
    links = re.findall(rf'href="({path}/[a-z0-9-]+)"', html)
    assert status == 200
    assert len(links) >= 3
    for link in links:
        assert (await client.get(link)).status == 200, link


@pytest.mark.parametrize("path", ["/schede/x", "/calcolatori/x", "/quiz/x", "/domande/x"])
async def test_what_is_not_there_is_a_404(client: TestClient, path: str) -> None:
    assert (await page(client, path))[0] == 404


async def test_a_calculation_shows_its_result_and_sources(client: TestClient) -> None:
    """lavoro-domestico/CO6, on the page: 221.00 euro of contributions and 7.80 of CassaColf."""
    status, html = await worked_out(client, **QUARTER)
    assert status == 200
    assert "221,00 euro" in html
    assert "7,80 euro" in html
    assert "calcolo indicativo con i valori del 2026" in html
    assert "Circolare INPS n. 9 del 3 febbraio 2026" in html


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hours": "200"}, "Il massimo è 54"), ({"hours": ""}, "Senza questo numero"),
        ({"pay": "tanto"}, "Qui mi serve un numero"),
        ({"weeks": "12,5"}, "un numero intero, senza virgola"),
        ({"fixed_term": "forse"}, "Scegli una delle risposte"),
    ],
)  # fmt: skip
async def test_nonsense_is_refused_next_to_its_field(
    client: TestClient, changes: dict[str, str], sentence: str
) -> None:
    """What was typed stays in the form, and no result is shown."""
    typed = {**QUARTER, **changes}
    status, html = await worked_out(client, **typed)
    assert status == 422
    assert sentence in html
    assert 'id="risultato"' not in html
    assert 'value="13"' in html or "weeks" in changes


async def test_what_was_typed_is_never_html(client: TestClient) -> None:
    """Nor in a field, nor in the name of one."""
    evil = "<script>alert(1)</script>"
    _, html = await worked_out(client, hours=evil, **{evil: evil})
    assert "<script>alert" not in html


async def test_a_quiz_page_counts_and_keeps_nothing(
    client: TestClient, knowledge: KnowledgeService
) -> None:
    """The score is of this page only: no cookie comes with it."""
    quiz = next(iter(knowledge.snapshot.knowledge.quizzes.values()))
    right = {f"d{n}": str(q.right - 1) for n, q in enumerate(quiz.questions, 1)}
    answer = await client.get(f"/quiz/{quiz.id}", params={**right, "d1": "9"})
    html = await answer.text()
    number = len(quiz.questions)
    assert f"Risposte giuste: <strong>{number - 1}</strong> su {number}" in html
    assert "Set-Cookie" not in answer.headers
    assert f"/domande/{quiz.questions[0].entry}" in html


async def test_an_address_from_elsewhere_is_no_answer(client: TestClient) -> None:
    """A tracking parameter neither fills a form nor reveals a quiz."""
    _, form = await page(client, "/calcolatori/contributi-trimestre", utm_source="x", hours="10")
    _, quiz = await page(client, "/quiz/quiz-riscatto-laurea", utm_source="x")
    assert "b-problem" not in form
    assert "b-verdict" not in quiz


async def test_notices_are_on_the_home_page(
    client: TestClient, knowledge: KnowledgeService
) -> None:
    """Those that hold on the day of the service, and no other."""
    html = unescape((await page(client, "/"))[1])
    assert client.app is not None
    today = client.app[GUIDE].today()
    for notice in knowledge.snapshot.knowledge.notices.values():
        assert (f"<strong>{notice.title}" in html) == notice.valid.covers(today)


async def test_a_table_is_drawn_under_its_answer(
    client: TestClient, knowledge: KnowledgeService
) -> None:
    table = next(iter(knowledge.snapshot.knowledge.tables.values()))
    _, html = await page(client, f"/domande/{table.entries[0]}")
    assert "<caption>" in html
    assert table.columns[0] in html
    assert "{{" not in html


async def test_an_unknown_language_is_italian(client: TestClient) -> None:
    _, html = await page(client, "/domande/laurea-che-cose", lingua="xx")
    assert '<div lang="it">' in html


async def test_only_approved_translations_are_shown(
    client: TestClient, knowledge: KnowledgeService
) -> None:
    """A draft is not even linked."""
    for entry in knowledge.snapshot.knowledge.entries.values():
        for language, translation in entry.translations.items():
            _, html = await page(client, f"/domande/{entry.id}", lingua=language)
            approved = translation.status == "approved"
            assert (f'<div lang="{language}">' in html) == approved, (entry.id, language)
            assert (f"?lingua={language}" in html or approved) == approved
