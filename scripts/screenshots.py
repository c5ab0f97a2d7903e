"""Makes the pictures of the README: the real house, a real browser, a short conversation."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bussola import settings
from bussola.stack import Stack, free_port

FOLDER = Path("docs/pictures")
FLAGS = ["--disable-gpu", "--disable-background-networking", "--no-first-run"]


async def ask(page: Page, text: str) -> None:
    box = page.get_by_label("La tua domanda")
    others = page.locator("li.message:not(.citizen)")
    before = await others.count()
    await box.fill(text)
    await box.press("Enter")
    await others.nth(before).wait_for(timeout=60_000)


async def chat(page: Page, stack: Stack) -> None:
    """The chat on the demo site: a question typed badly, a curated answer."""
    await page.goto(stack.url)
    await page.get_by_role("button", name="Apri la chat").click()
    await page.locator("li.message.welcome").wait_for()
    await ask(page, "i vaucer ci sono ancora??")
    await page.wait_for_timeout(600)


async def messenger(page: Page, stack: Stack) -> None:
    """The practice page of Messenger, in the middle of a conversation."""
    channel = stack.settings.messenger
    assert channel is not None
    await page.goto(channel.graph_url)
    await page.get_by_role("button", name="Inizia").click()
    thread = page.locator("#thread li")
    await thread.filter(has_text="assistente automatico").wait_for()
    await page.get_by_label("Messaggio", exact=True).fill("quante ferie ha la colf")
    await page.get_by_role("button", name="Invia").click()
    await thread.filter(has_text="26 giorni").wait_for()
    await page.wait_for_timeout(2500)


PICTURES = {"chat": chat, "messenger": messenger}


async def main() -> None:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    simulator = {
        "BUSSOLA_SIMULATOR_KEY": secrets.token_hex(16),
        "BUSSOLA_SIMULATOR_PORT": str(free_port()),
    }
    house = Stack(settings.load(), **simulator)
    house.start("messenger")
    async with house as stack, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        for name, play in PICTURES.items():
            page = await browser.new_page(viewport={"width": 1180, "height": 760}, locale="it-IT")
            await play(page, stack)
            await page.screenshot(path=FOLDER / f"{name}.png")
            print(f"made {FOLDER / name}.png")
        await browser.close()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(main())
