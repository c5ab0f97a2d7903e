"""Messenger in a real browser: the practice page outside, the whole house inside."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bussola.stack import Stack

from .conftest import Problems


@pytest.fixture
async def phone(browser: Browser, stack: Stack, problems: Problems) -> AsyncIterator[Page]:
    """A person's phone, on the practice page."""
    context = await browser.new_context(locale="it-IT", viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(30_000)
    page = problems.watch(await context.new_page())
    messenger = stack.settings.messenger
    assert messenger is not None
    await page.goto(messenger.graph_url)
    yield page
    await context.close()


async def say(phone: Page, text: str) -> None:
    await phone.get_by_label("Messaggio", exact=True).fill(text)
    await phone.get_by_role("button", name="Invia").click()


def bubble(phone: Page, words: str) -> Locator:
    """The newest bubble with these words."""
    return phone.locator("#thread li", has_text=words).last


@pytest.mark.messenger(18, 19, 29, 37, 38)
async def test_from_get_started_to_an_expert_after_twenty_five_hours(
    phone: Page, expert: Page, problems: Problems
) -> None:
    """Disclosure, answer, typed choice, case, expert; a day later only a person may write."""
    await phone.get_by_role("button", name="Inizia").click()
    await expect(bubble(phone, "assistente automatico")).to_contain_text(
        "Non sono uno sportello virtuale"
    )
    await say(phone, "quanti giorni di ferie ha la colf?")
    await expect(bubble(phone, "26 giorni")).to_contain_text("Fonte")
    await say(phone, "più dettagli")
    await expect(phone.locator("#thread li").last).not_to_contain_text("più dettagli")
    await say(phone, "operatore")
    await phone.locator("#choices").get_by_role("button", name="Sì, chiedi").click()
    opened = bubble(phone, "Codice della richiesta")
    code = str(await opened.text_content()).split("Codice della richiesta: ")[1][:14]

    await expert.locator("tr", has_text=code).get_by_role("link").click()
    await expert.get_by_role("button", name="Prendi in carico").click()
    await expect(bubble(phone, "Da adesso scrive una persona")).to_be_visible()
    await phone.get_by_role("button", name="+25 ore").click()
    await expect(phone.locator("#window")).to_contain_text("solo una persona")

    reply = "Buongiorno, le ferie si possono anche dividere in due periodi."
    await expert.get_by_label("La tua risposta").fill(reply)
    await expert.get_by_role("button", name="Invia").click()
    await expect(bubble(phone, reply)).to_contain_text("Anna Verdi, esperto:")

    # What the service says by itself stays out after a day, and the desk is told.
    await expert.get_by_role("button", name="Chiudi").click()
    await say(phone, "grazie")
    await expect(bubble(phone, "rispondo io, un assistente automatico")).to_be_visible()
    assert problems == []
