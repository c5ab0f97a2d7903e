"""kill -9 at random moments under load; then every message must have exactly one answer, in order.

`python -m benchmarks.crash --kills 10 --seed 1` prints one line a part and a total. Three ledgers
are compared: what citizens sent, what was acknowledged, what they read.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections import Counter

import aiohttp

from bussola import settings
from bussola.citizen_client import CitizenClient
from bussola.stack import Stack

QUESTIONS = ("quante ferie ha la colf", "i voucher esistono ancora", "quanto costa il riscatto",
             "ciao", "grazie", "che tempo fa")  # fmt: skip
CITIZENS = 6
DRAIN_SECONDS = 120.0


class Citizen:
    """Writes at random moments; an unsure message is sent again under the same id."""

    def __init__(self, client: CitizenClient, name: int, dice: random.Random) -> None:
        self.client, self.name, self.dice = client, name, dice
        self.acknowledged: list[int] = []

    async def write(self) -> None:
        number = 0
        while True:
            number += 1
            message_id = f"citizen-{self.name}-{number:05}"
            text = f"{self.dice.choice(QUESTIONS)} ({number})"
            while True:
                try:
                    accepted = await self.client.post(message_id, text=text)
                    break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.3)
            self.acknowledged.append(accepted["event_id"])
            await asyncio.sleep(self.dice.uniform(0.2, 1.0))

    async def faults(self) -> Counter[str]:
        """lost, duplicated and out-of-order answers, from the citizen's own point of view."""
        events = await self.client.events(after=0)
        replies = [e["in_reply_to"] for e in events if e["in_reply_to"] is not None]
        found: Counter[str] = Counter()
        asides = {e["in_reply_to"] for e in events if e["kind"] == "masked"}
        for event_id in self.acknowledged:
            count = replies.count(event_id) - (event_id in asides)
            found["lost"] += count == 0
            found["duplicated"] += count > 1
        found["out of order"] += replies != sorted(replies)
        return found


async def drained(citizens: list[Citizen]) -> None:
    until = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until:
        faults = [await citizen.faults() for citizen in citizens]
        if not sum(fault["lost"] for fault in faults):
            return
        await asyncio.sleep(1)


async def round_of(stack: Stack, part: str, kills: int, dice: random.Random) -> Counter[str]:
    """Load, `kills` kills of one part, drain, and the count of faults."""
    async with aiohttp.ClientSession() as session:
        token = stack.settings.knowledge_token
        citizens = [
            Citizen(await CitizenClient(session, stack.url, token).start(), i, dice)
            for i in range(CITIZENS)
        ]
        writing = [asyncio.create_task(citizen.write()) for citizen in citizens]
        for _ in range(kills):
            await asyncio.sleep(dice.uniform(0.5, 4))
            stack.kill(part)
            stack.start(part)
            await stack.ready()
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
        await drained(citizens)
        await asyncio.sleep(3)
        total: Counter[str] = Counter()
        for citizen in citizens:
            total += await citizen.faults()
            total["messages"] += len(citizen.acknowledged)
        return total


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    faults = 0
    print(
        f"{'part':10} {'kills':>6} {'messages':>9} {'lost':>6} {'duplicated':>11} {'out of order':>13}"
    )
    async with Stack(settings.load(), BUSSOLA_BOT_SECONDS="120") as stack:
        for part in ("rasa", "actions", "web"):
            found = await round_of(stack, part, options.kills, dice)
            faults += found["lost"] + found["duplicated"] + found["out of order"]
            print(f"{part:10} {options.kills:6} {found['messages']:9} {found['lost']:6} "
                  f"{found['duplicated']:11} {found['out of order']:13}", flush=True)  # fmt: skip
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
