"""A citizen asks to be forgotten in the web chat: nothing said is left on the screen or behind it."""

from __future__ import annotations

from playwright.async_api import Page, expect

from .chat import press, say
from .conftest import Problems

PLANTED = "Zanzibarrina"
_STORED = "() => JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage})"
_SHOWN = (
    "() => document.body.innerText + document.querySelector('bussola-chat').shadowRoot.innerHTML"
)
_EVENTS = """async () => {
  const { token } = JSON.parse(localStorage.getItem('bussola-conversation'))
  const url = `/api/v1/conversations/${token.split('.')[0]}/events`
  return (await (await fetch(url, { headers: { Authorization: `Bearer ${token}` } })).json()).events
}"""


async def test_what_was_said_is_nowhere_after_it_was_erased(
    citizen: Page, problems: Problems
) -> None:
    """Asked, confirmed, gone at once; gone after a reload too; and the chat goes on."""
    await say(citizen, f"sono la signora {PLANTED}, quanti giorni di ferie ha la colf?")
    assert PLANTED in await citizen.evaluate(_SHOWN)
    sure = await say(citizen, "cancella i miei dati")
    await expect(sure).to_contain_text("Non si può tornare indietro")

    await citizen.get_by_role("button", name="Sì, cancella tutto").click()
    messages = citizen.locator("li.message")
    await expect(messages).to_have_count(1, timeout=60_000)
    await expect(messages).to_contain_text("Fatto: ho cancellato tutto")
    assert PLANTED not in await citizen.evaluate(_SHOWN)
    assert PLANTED not in await citizen.evaluate(_STORED)

    await citizen.reload()
    await citizen.get_by_role("button", name="Apri la chat").click()
    await expect(messages).to_have_count(1)
    await expect(messages).to_contain_text("Fatto: ho cancellato tutto")
    assert PLANTED not in await citizen.evaluate(_SHOWN)
    assert [event["kind"] for event in await citizen.evaluate(_EVENTS)] == ["forgotten"]

    await expect(await say(citizen, "quanti giorni di ferie ha la colf?")).to_contain_text(
        "26 giorni"
    )
    await expect(citizen.locator("li.citizen")).to_have_count(1)
    assert problems == []


async def test_who_changes_their_mind_keeps_the_conversation(citizen: Page) -> None:
    """ "No, grazie" erases nothing."""
    await say(citizen, f"sono {PLANTED}, quanti giorni di ferie ha la colf?")
    await say(citizen, "cancella i miei dati")
    await press(citizen, "No, grazie")
    assert PLANTED in await citizen.evaluate(_SHOWN)
