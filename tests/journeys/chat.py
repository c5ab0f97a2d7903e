"""What a person does in the chat window, in words."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect


async def say(page: Page, text: str) -> Locator:
    """Type and send; returns the last message of the other side, once there is a new one."""
    others = page.locator("li.message:not(.citizen)")
    before = await others.count()
    box = page.get_by_label("La tua domanda")
    await box.fill(text)
    await box.press("Enter")
    await expect(others.nth(before)).to_be_visible(timeout=60_000)
    return others.last


async def press(page: Page, label: str) -> Locator:
    """Press the last button with that label; returns the last message after it."""
    others = page.locator("li.message:not(.citizen)")
    before = await others.count()
    await page.get_by_role("button", name=label, exact=True).last.click()
    await expect(others.nth(before)).to_be_visible(timeout=60_000)
    return others.last
