"""An angry citizen on a phone: typos, no accents, no punctuation, a cut connection."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from bussola.stack import Stack

from .chat import say


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("nn o mai lavorato posso riscatare la laurea", "anche se non hai mai lavorato"),
        ("devo mettere in regola la badante ke faccio", "avvisa l'INPS"),
        ("i vaucer ci sono ancora??", "non esistono più"),
    ],
)
async def test_bad_typing_is_understood(citizen: Page, text: str, right: str) -> None:
    """The three messages of the issue get their answers."""
    await expect(await say(citizen, text)).to_contain_text(right)


async def test_insults_meet_calm_then_a_boundary(citizen: Page) -> None:
    """The first time calm, the second a boundary, and a question is answered all the same."""
    await expect(await say(citizen, "sei un idiota")).to_contain_text("rabbia")
    await expect(await say(citizen, "vaffanculo")).to_contain_text("Con gli insulti")
    await expect(await say(citizen, "i voucher esistono ancora?")).to_contain_text("2017")


async def test_danger_gets_the_right_number_at_once(citizen: Page) -> None:
    """Violence: 112 and 1522, and no small talk."""
    danger = await say(citizen, "il figlio della signora mi picchia cosa faccio")
    await expect(danger).to_contain_text("1522")


async def test_personal_data_are_hidden_and_the_citizen_is_told(citizen: Page) -> None:
    """The code is replaced in the citizen's own message too."""
    await say(citizen, "sono RSSMRA85T10A562S quando mi pagate?")
    await expect(citizen.get_by_text("Ho tolto dal tuo messaggio")).to_be_visible()
    await expect(citizen.locator("li.citizen").last).to_contain_text("[codice fiscale]")


async def test_markup_is_shown_as_text(citizen: Page) -> None:
    """What a citizen writes is never HTML."""
    await say(citizen, "<img src=x onerror=alert(1)> <b>ciao</b>")
    await expect(citizen.locator("li.citizen").last).to_contain_text("<b>ciao</b>")
    assert await citizen.locator("li.citizen img").count() == 0


async def test_a_message_written_without_connection_is_sent_later(citizen: Page) -> None:
    """Nothing typed is lost: it waits, marked as such, and goes once."""
    # The window is there before the line is: under load the line comes later.
    await citizen.wait_for_function(
        "() => document.querySelector('bussola-chat').connection?.socket?.readyState === 1"
    )
    # Emulated "offline" does not touch sockets: here every new one fails until the line is back.
    await citizen.evaluate(
        """() => {
          window.RealSocket = WebSocket
          window.WebSocket = class {
            static OPEN = 1
            readyState = 3
            constructor() { setTimeout(() => this.onclose?.({ code: 1006 }), 20) }
            send() {}
            close() {}
          }
          document.querySelector('bussola-chat').connection.socket.close()
        }"""
    )
    await expect(citizen.get_by_text("Connessione interrotta")).to_be_visible()
    box = citizen.get_by_label("La tua domanda")
    await box.fill("quante ferie ha la colf")
    await box.press("Enter")
    await expect(citizen.get_by_text("Invio in corso")).to_be_visible()
    await citizen.evaluate("() => { window.WebSocket = window.RealSocket }")
    await expect(citizen.get_by_text("26 giorni")).to_be_visible(timeout=60_000)
    await expect(citizen.locator("li.citizen")).to_have_count(1)


async def test_the_chat_works_on_a_small_phone(browser: Browser, stack: Stack) -> None:
    """320 pixels wide (400 % zoom of a desktop): nothing is cut off sideways."""
    context = await browser.new_context(viewport={"width": 320, "height": 568})
    page = await context.new_page()
    await page.goto(stack.url)
    await page.get_by_role("button", name="Apri la chat").click()
    await expect(await say(page, "quante ferie ha la colf")).to_contain_text("26 giorni")
    for script in ("document.documentElement.scrollWidth",
                   "document.querySelector('bussola-chat').shadowRoot.querySelector('.scroll').scrollWidth"):  # fmt: skip
        assert await page.evaluate(script) <= 320
    await context.close()
