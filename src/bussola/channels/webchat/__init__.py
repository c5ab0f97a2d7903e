"""The chat on the website: a WebSocket, and plain HTTP for programs."""
