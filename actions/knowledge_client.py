"""The one HTTP call an action makes: to our side, with our token, and not for long."""

from __future__ import annotations

import os
from typing import Any

import aiohttp

TIMEOUT_SECONDS = 4.0


async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The JSON answer. Raises aiohttp.ClientError, TimeoutError or ValueError."""
    headers = {"Authorization": f"Bearer {os.environ['BUSSOLA_KNOWLEDGE_TOKEN']}"}
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session:
        url = f"{os.environ['BUSSOLA_KNOWLEDGE_URL']}{path}"
        async with session.post(url, json=body, headers=headers) as answer:
            return await answer.json()
