"""Makes the pictures of the README: the real house, a real browser, a short conversation."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bussola import settings
from bussola.stack import Stack

FOLDER = Path("docs/pictures")
FLAGS = ["--disable-gpu", "--disable-background-networking", "--no-first-run"]


async def ask(page: Page, text: str) -> None:
    box = page.get_by_label("La tua domanda")
    others = page.locator("li.message:not(.citizen)")
    before = await others.count()
    await box.fill(text)
    await box.press("Enter")
    await others.nth(before).wait_for(timeout=60_000)


async def main() -> None:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    async with Stack(settings.load()) as stack, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        page = await browser.new_page(viewport={"width": 1180, "height": 760}, locale="it-IT")
        await page.goto(stack.url)
        await page.get_by_role("button", name="Apri la chat").click()
        await page.locator("li.message.welcome").wait_for()
        await ask(page, "i vaucer ci sono ancora??")
        await page.wait_for_timeout(600)
        await page.screenshot(path=FOLDER / "chat.png")
        await browser.close()
    print(f"made {FOLDER / 'chat.png'}")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(main())
