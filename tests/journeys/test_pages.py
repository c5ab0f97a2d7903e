"""Pages for everybody and for staff: found, accessible, closed to strangers."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, expect

from bussola.stack import Stack

from .chat import say
from .conftest import sign_in


async def violations(page: Page) -> list[str]:
    """What axe-core finds on the page, as readable lines."""
    results = await Axe().run(page)
    return [
        f"{v['id']}: {node['html'][:120]}"
        for v in results.response["violations"]
        for node in v["nodes"]
    ]


PUBLIC = ("/", "/domande", "/domande?q=ferie+colf", "/domande/laurea-costo-agevolato", "/pratica",
          "/verifica", "/verifica/R-AAAA-BBBB-CCCC",
          "/come-funziona", "/privacy", "/accesso", "/schede", "/schede/scheda-domestico-assumere",
          "/calcolatori",
          "/calcolatori/contributi-trimestre", "/quiz", "/quiz/quiz-lavoro-domestico?d1=0",
          "/domande/domestico-paga-minima", "/domande/domestico-ferie?lingua=en")  # fmt: skip


@pytest.mark.parametrize("path", PUBLIC)
async def test_public_pages_are_accessible(
    context: BrowserContext, stack: Stack, path: str
) -> None:
    """axe-core finds nothing."""
    page = await context.new_page()
    answer = await page.goto(f"{stack.url}{path}")
    assert answer is not None
    assert answer.status == 200
    assert await violations(page) == []


async def test_a_refused_form_and_a_result_are_accessible(
    context: BrowserContext, stack: Stack
) -> None:
    """With a problem next to its field, then with the table of the result."""
    page = await context.new_page()
    await page.goto(f"{stack.url}/calcolatori/contributi-trimestre")
    await page.get_by_role("button", name="Calcola", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await violations(page) == []
    await page.locator("input[name=hours]").fill("30")
    await page.locator("input[name=weeks]").fill("13")
    for radio in await page.get_by_role("radio", name="No", exact=True).all():
        await radio.check()
    await page.get_by_role("button", name="Calcola", exact=True).click()
    await expect(page.get_by_role("heading", name="Il risultato")).to_be_visible()
    assert await violations(page) == []


async def test_the_open_chat_is_accessible(citizen: Page) -> None:
    """With messages, buttons and sources on the screen."""
    await say(citizen, "quante ferie ha la colf")
    assert await violations(citizen) == []


async def test_the_desk_and_the_studio_are_accessible(
    expert: Page, context: BrowserContext, stack: Stack
) -> None:
    """The pages staff work on all day."""
    assert await violations(expert) == []
    page = await context.new_page()
    await sign_in(page, stack, "carla", "/studio")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Studio")
    assert await violations(page) == []


async def test_the_desk_of_messenger_is_accessible(expert: Page, stack: Stack) -> None:
    """A case with its deadline, and a comment that waits for a moderator."""
    messenger = stack.settings.messenger
    assert messenger is not None

    url = f"{messenger.graph_url}/simulator/act"

    async def act(name: str, value: str = "", psid: str = "") -> dict[str, Any]:
        answer = await expert.request.post(url, data={"act": name, "value": value, "psid": psid})
        return dict(await answer.json())

    zoe = (await act("meet", "Zoe"))["psid"]
    await act("comment", "il mio codice è RSSMRA85T10A562S", zoe)
    await act("menu", "0:person", zoe)
    # The welcome offers choices too, and comes first.
    while "Procedo?" not in str((seen := await act("open", "", zoe))["thread"]):
        await expert.wait_for_timeout(100)
    await act("tap", seen["choices"][0]["payload"], zoe)
    remarks = expert.locator("p", has_text="Commenti con dati personali").locator(".b-count")
    await expect(remarks).not_to_have_text("0", timeout=60_000)
    await expert.locator("tr", has_text="Messenger: entro").first.get_by_role("link").click()
    await expect(expert.get_by_text("puoi rispondere fino a")).to_be_visible()
    assert await violations(expert) == []
    await expert.goto(f"{stack.url}/desk/commenti")
    await expect(expert.get_by_role("button", name="Nascondi il commento")).to_be_visible()
    assert await violations(expert) == []


async def test_the_chat_is_used_by_keyboard_alone(context: BrowserContext, stack: Stack) -> None:
    """Open, ask, close, and the focus is where it was."""
    page = await context.new_page()
    await page.goto(stack.url)
    launcher = page.get_by_role("button", name="Apri la chat")
    await launcher.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("La tua domanda")).to_be_focused()
    await page.keyboard.type("quante ferie ha la colf")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("26 giorni")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(launcher).to_be_focused()


async def test_questions_can_be_searched_without_javascript(
    context: BrowserContext, stack: Stack
) -> None:
    """The nearest question comes first."""
    page = await context.new_page()
    await page.goto(f"{stack.url}/domande?q=quante+ferie+spettano+alla+colf")
    first = page.locator(".b-list a").first
    await expect(first).to_contain_text("ferie")


@pytest.mark.parametrize("path", ["/desk", "/desk/case/1", "/studio"])
async def test_staff_pages_send_strangers_to_the_sign_in(
    context: BrowserContext, stack: Stack, path: str
) -> None:
    """Nobody reads a case without signing in."""
    page = await context.new_page()
    await page.goto(f"{stack.url}{path}")
    await expect(page.get_by_label("Password")).to_be_visible()


async def test_a_wrong_case_code_is_refused_kindly(context: BrowserContext, stack: Stack) -> None:
    """A sentence, not an error page."""
    page = await context.new_page()
    await page.goto(f"{stack.url}/pratica")
    await page.get_by_label("Codice della richiesta").fill("aaaa-bbbb-cccc")
    await page.get_by_role("button", name="Leggi").click()
    await expect(page.get_by_role("alert")).to_contain_text("Non trovo")
