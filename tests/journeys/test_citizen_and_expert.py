"""The main journey in a real browser: from the first question to the expert's answer and back."""

from __future__ import annotations

from playwright.async_api import Page, expect

from bussola.stack import Stack

from .chat import press, say
from .conftest import Problems


async def test_from_a_question_to_an_expert_and_back(
    citizen: Page, expert: Page, stack: Stack, problems: Problems
) -> None:
    """Right answer; two buttons; not-a-counter; case; expert; reply; closed; bot again."""
    welcome = citizen.locator("li.message").first
    await expect(welcome).to_contain_text("assistente automatico")
    await expect(welcome).to_contain_text("Non sono uno sportello virtuale")

    answer = await say(citizen, "quanti giorni di ferie ha la colf?")
    await expect(answer).to_contain_text("26 giorni")
    await expect(answer).to_contain_text("Fonti")

    which = await say(citizen, "vorrei sapere dei contributi e dei pagamenti")
    choices = which.locator("button.choice:not(.quiet)")
    assert await choices.count() in (2, 3)
    label = str(await choices.first.text_content())
    await expect(which).to_contain_text("Nessuna di queste")
    await expect(await press(citizen, label.strip())).to_contain_text("Ti è stato utile?")

    counter = await say(citizen, "a che punto è la mia pratica?")
    await expect(counter).to_contain_text("Non sono uno sportello virtuale")
    await expect(counter).to_contain_text("803 164")

    offer = await say(citizen, "voglio parlare con una persona")
    await expect(offer).to_contain_text("Procedo?")
    opened = await press(citizen, "Sì, chiedi a un esperto")
    code = str(await opened.locator("code").text_content())
    assert len(code) == 14

    # The queue shows it by itself: the page was open all the time.
    await expert.locator("tr", has_text=code).get_by_role("link").click()
    await expect(expert.get_by_role("heading", level=1)).to_contain_text(code)
    await expert.get_by_role("button", name="Prendi in carico").click()
    await expect(
        citizen.locator("li.message", has_text="Da adesso scrive una persona")
    ).to_be_visible()
    await expect(citizen.locator("bussola-chat header small")).to_have_text(
        "Ti risponde una persona"
    )

    await citizen.get_by_label("La tua domanda").fill("ho studiato due anni in Svizzera")
    await citizen.get_by_label("La tua domanda").press("Enter")
    await expect(expert.locator("#thread")).to_contain_text("due anni in Svizzera")

    reply = "Buongiorno, gli anni di studio all'estero si valutano con il titolo riconosciuto."
    await expert.get_by_label("La tua risposta").fill(reply)
    await expert.get_by_role("button", name="Invia").click()
    shown = citizen.locator("li.message.expert")
    await expect(shown).to_contain_text(reply)
    await expect(shown).to_contain_text("Anna Verdi")
    assert await citizen.locator("li.message.bot").last.text_content() != reply

    await expert.get_by_role("button", name="Chiudi la richiesta").click()
    await expect(citizen.locator("li.message", has_text="che è una macchina")).to_be_visible()
    await expect(await say(citizen, "i vaucer ci sono ancora??")).to_contain_text("2017")

    case_page = await citizen.context.new_page()
    await case_page.goto(f"{stack.url}/pratica/{code.lower().replace('-', ' ')}")
    await expect(case_page.get_by_text(reply)).to_be_visible()
    await expect(case_page.get_by_text("Chiusa", exact=True)).to_be_visible()
    assert problems == []


async def test_history_survives_a_reload_and_a_reply_waits_for_the_citizen(
    citizen: Page, expert: Page, stack: Stack
) -> None:
    """The citizen closes the page; the expert answers; the citizen comes back and reads."""
    await say(citizen, "mi serve un operatore")
    opened = await press(citizen, "Sì, su altro")
    code = str(await opened.locator("code").text_content())
    await say(citizen, "riscatto con anni in due atenei e borsa: come si contano?")
    await citizen.goto("about:blank")

    await expert.goto(f"{stack.url}/desk")
    await expert.locator("tr", has_text=code).get_by_role("link").click()
    await expect(expert.locator("#thread")).to_contain_text("due atenei")
    await expert.get_by_role("button", name="Prendi in carico").click()
    await expert.get_by_label("La tua risposta").fill("Ecco come si contano gli anni.")
    await expert.get_by_role("button", name="Invia").click()
    await expect(expert.locator("#thread")).to_contain_text("Ecco come si contano")

    await citizen.goto(stack.url)
    await citizen.get_by_role("button", name="Apri la chat").click()
    await expect(
        citizen.locator("li.message", has_text="Ecco come si contano gli anni.")
    ).to_be_visible()
    await expect(citizen.locator("li.message", has_text="due atenei").first).to_be_visible()
    await expect(citizen.locator("li.message").first).to_contain_text("assistente automatico")


async def test_the_colleague_who_comes_second_is_told(
    citizen: Page, expert: Page, stack: Stack
) -> None:
    """A case taken meanwhile cannot be taken again from an old page."""
    await say(citizen, "operatore")
    opened = await press(citizen, "Sì, su altro")
    code = str(await opened.locator("code").text_content())
    await expert.goto(f"{stack.url}/desk")
    await expert.locator("tr", has_text=code).get_by_role("link").click()
    second = await expert.context.new_page()
    await second.goto(expert.url)
    await expert.get_by_role("button", name="Prendi in carico").click()
    await expect(expert.get_by_label("La tua risposta")).to_be_visible()
    await second.get_by_role("button", name="Prendi in carico").click()
    await expect(second.get_by_role("alert")).to_contain_text("un attimo prima")
