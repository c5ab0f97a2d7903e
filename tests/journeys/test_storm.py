"""The storm of the benchmark, small: the gateway is killed while calls come in."""

from __future__ import annotations

import pytest

from benchmarks.messenger_storm import Storm, clean


@pytest.mark.messenger(2, 4, 5, 8, 34)
async def test_a_storm_with_a_kill_loses_and_doubles_nothing() -> None:
    """Everything delivered one to five times is stored, answered and shown exactly once."""
    storm = Storm(seed=7)
    async with storm.running() as session:
        forged = await storm.forged(session, 300)
        found = await storm.storm(session, 200)
    assert set(forged) == {403}
    assert clean(found, forged), found
