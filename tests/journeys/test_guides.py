"""A sheet, each calculator, a quiz and a foreigner's question, from the first word to the page."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import BrowserContext, Page, expect

from bussola.stack import Stack

from .chat import press, say
from .conftest import Problems


async def test_a_sheet_from_the_chat_to_paper(
    citizen: Page, context: BrowserContext, problems: Problems
) -> None:
    """An answer offers its sheet; the sheet opens on its own page, and fits printing."""
    await say(citizen, "come assumo una badante")
    await citizen.get_by_role("button", name="Scheda:").last.click()
    link = citizen.get_by_role("link", name="Apri la scheda").last
    await expect(link).to_be_visible()
    async with context.expect_page() as opening:
        await link.click()
    sheet = problems.watch(await opening.value)
    await expect(sheet.get_by_role("heading", level=1)).to_be_visible()
    await sheet.emulate_media(media="print")
    await expect(sheet.get_by_role("navigation", name="Principale")).to_be_hidden()
    assert problems == []


async def test_every_sheet_fits_a_page(context: BrowserContext, stack: Stack) -> None:
    """Printed on A4, a sheet is one page."""
    page = await context.new_page()
    await page.goto(f"{stack.url}/schede")
    links = [await a.get_attribute("href") for a in await page.locator(".b-card a").all()]
    assert len(links) >= 15
    pages = {}
    for link in links:
        await page.goto(f"{stack.url}{link}")
        paper = await page.pdf(prefer_css_page_size=True)
        pages[link] = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert {link: number for link, number in pages.items() if number != 1} == {}


async def test_contributions_of_a_quarter_in_the_chat(citizen: Page) -> None:
    """docs/facts lavoro-domestico/CO6, typed and tapped; the sources are there."""
    await say(citizen, "fammi un calcolo")
    await press(citizen, "I contributi di colf, badanti e baby-sitter")
    await say(citizen, "dieci ore")
    refused = await say(citizen, "tante")
    await expect(refused).to_contain_text("Qui mi serve un numero")
    await say(citizen, "13")
    await say(citizen, "8 euro")
    await press(citizen, "No")
    result = await press(citizen, "No")
    await expect(result.get_by_role("row", name="Contributi INPS 221,00 euro")).to_be_visible()
    await expect(result).to_contain_text("calcolo indicativo con i valori del 2026")
    await result.get_by_text("Fonti, controllate il").click()
    await expect(result).to_contain_text("Circolare INPS n. 9 del 3 febbraio 2026")


async def test_the_light_redemption_in_the_chat(citizen: Page) -> None:
    """docs/facts riscatto-laurea/R37: three years, 120 instalments; and leaving half way."""
    await say(citizen, "vorrei usare il calcolatore")
    await press(citizen, "Quanto costa il riscatto agevolato")
    await say(citizen, "tre anni")
    stopped = await press(citizen, "Lascia stare")
    await expect(stopped).to_contain_text("lascio stare il calcolo")
    await say(citizen, "fammi un calcolo")
    await press(citizen, "Quanto costa il riscatto agevolato")
    for typed in ("3", "0", "120", "per me"):
        await say(citizen, typed)
    result = await press(citizen, "Non lo so")
    await expect(result.get_by_role("row", name="Costo del riscatto 18.619,92")).to_be_visible()
    await expect(result.get_by_role("row", name="Ogni rata 155,17")).to_be_visible()


async def test_hours_of_libretto_from_its_answer(citizen: Page) -> None:
    """docs/facts buoni-lavoro/L4: the answer on the price leads to the sum."""
    await say(citizen, "quanto costa un'ora con il libretto famiglia?")
    await press(citizen, "Calcola: Quanto costa con Libretto Famiglia o PrestO")
    await press(citizen, "Libretto Famiglia")
    for typed in ("20", "0", "0"):
        await say(citizen, typed)
    result = await say(citizen, "niente")
    await expect(result.get_by_role("row", name="Costo totale 200,00 euro")).to_be_visible()
    await expect(result.get_by_role("row", name="Arriva a chi lavora 160,00")).to_be_visible()


async def test_a_calculation_survives_a_new_rasa(citizen: Page, stack: Stack) -> None:
    """Rasa is killed between two questions: the next number is taken as if nothing happened."""
    await say(citizen, "fammi un calcolo")
    await press(citizen, "I contributi di colf, badanti e baby-sitter")
    await say(citizen, "30")
    stack.kill("rasa")
    stack.start("rasa")
    last = await say(citizen, "13")
    await expect(last).to_contain_text("Il contratto è a termine?")


@pytest.mark.parametrize(
    ("path", "typed", "row"),
    [
        ("contributi-trimestre", {"hours": "30", "weeks": "13"}, "Contributi INPS 483,60 euro"),
        ("riscatto-agevolato", {"years": "5", "months": "0", "instalments": "120"},
         "Ogni rata 258,61 euro"),
        ("ore-occasionali", {"hours": "4", "days": "1", "paid_before": "0", "hours_before": "0",
                             "paid_others": "0"}, "Costo totale 49,64 euro"),
    ],
)  # fmt: skip
async def test_each_calculator_as_a_page(
    context: BrowserContext, stack: Stack, path: str, typed: dict[str, str], row: str
) -> None:
    """Filled in by hand, without JavaScript."""
    page = await context.new_page()
    await page.goto(f"{stack.url}/calcolatori/{path}")
    for name, value in typed.items():
        await page.locator(f"input[name={name}]").fill(value)
    for choice in ("No", "Per me", "PrestO"):
        for radio in await page.get_by_role("radio", name=choice, exact=True).all():
            await radio.check()
    await page.get_by_role("button", name="Calcola", exact=True).click()
    await expect(page.get_by_role("row", name=row)).to_be_visible()


async def test_a_quiz_in_the_chat(citizen: Page) -> None:
    """A tapped answer, a typed one, and the way to the full answer."""
    await say(citizen, "mettimi alla prova")
    await press(citizen, "Voucher, Libretto Famiglia e PrestO: che cosa sai già?")
    await expect(citizen.locator("li.message").last).to_contain_text("Domanda 1 di")
    verdict = await say(citizen, "a")
    await expect(verdict).to_contain_text("iust")
    second = await press(citizen, "Prossima domanda")
    await expect(second).to_contain_text("Domanda 2 di")
    await say(citizen, "la seconda")
    await citizen.get_by_role("button", name="Leggi:").last.click()
    await expect(citizen.locator("li.message.answer")).to_be_visible()


async def test_a_quiz_as_a_page(context: BrowserContext, stack: Stack) -> None:
    """Every question gets its explanation, also one that was not answered."""
    page = await context.new_page()
    await page.goto(f"{stack.url}/quiz")
    await page.locator(".b-card a").first.click()
    await page.get_by_role("radio").first.check()
    await page.get_by_role("button", name="Controlla le risposte").click()
    await expect(page.get_by_text("Risposte giuste:")).to_be_visible()
    groups = await page.get_by_role("group").count()
    assert await page.locator(".b-verdict").count() == groups


async def test_a_question_in_english_is_answered_in_english(citizen: Page) -> None:
    """The approved translation, with its figures as English readers write them."""
    answer = await say(citizen, "How many days of paid holiday does a domestic worker have?")
    await expect(answer.locator(".bubble")).to_have_attribute("lang", "en")
    await expect(answer).to_contain_text("26 days of holiday a year")


async def test_a_question_in_ukrainian_is_told_in_ukrainian(citizen: Page) -> None:
    """No approved Ukrainian text: said in Ukrainian, then the Italian one and the contact."""
    answer = await say(citizen, "Скільки днів відпустки має доглядальниця?")
    await expect(answer).to_contain_text("Я автоматичний помічник")
    await expect(answer).to_contain_text("803 164")


async def test_notices_are_met_once(citizen: Page, stack: Stack) -> None:
    """On the home page, and in the chat when the theme comes up."""
    await say(citizen, "quante ferie ha la colf")
    await citizen.get_by_role("button", name="avvis").last.click()
    await expect(citizen.locator("li.message.news").first).to_be_visible()
    await citizen.goto(stack.url)
    await expect(citizen.get_by_role("heading", name="Avvisi")).to_be_visible()
