"""The core: what happens to a message. No I/O here; the world comes in through `ports`."""
