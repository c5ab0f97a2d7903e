"""Rasa does not start in a way that opens a door to others than the gateway."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from loopback import TOKEN
from rasa.core.run import create_http_input_channels

from bot.gateway_channel import GatewayInput, UnsafeStart, refuse_open_doors

SAFE = ["rasa", "run", "--interface", "127.0.0.1", "--port", "5005", "--endpoints", "endpoints.yml"]


@pytest.mark.parametrize(
    "more",
    [["--enable-api"], ["--enable-ap"], ["--enable"], ["--enable-api", "--auth-token", "x"]],
)
def test_refuses_the_http_api(more: list[str]) -> None:
    """With the HTTP API anyone could replace the bot; shortened flags count too."""
    with pytest.raises(UnsafeStart):
        refuse_open_doors([*SAFE, *more])


@pytest.mark.parametrize(
    "flags",
    [[], ["-i", "0.0.0.0"], ["--interface", "10.0.0.5"], ["--interface=0.0.0.0"], ["-i0.0.0.0"],
     ["-i", "127.0.0.1", "--interface", "0.0.0.0"], ["--interface", "::"], ["--interf", "0.0.0.0"]],
)  # fmt: skip
def test_refuses_a_public_interface(flags: list[str]) -> None:
    """Rasa's own default is every interface; the last flag wins, as it does for Rasa."""
    with pytest.raises(UnsafeStart):
        refuse_open_doors(["rasa", "run", *flags])


@pytest.mark.parametrize(
    "flags",
    [["-i", "127.0.0.1"], ["--interface", "localhost"], ["--interface=::1"], ["-i127.0.0.1"]],
)
def test_starts_on_the_loopback_interface(flags: list[str]) -> None:
    """On the loopback interface, without the API, nothing is refused."""
    refuse_open_doors(["rasa", "run", *flags])


def test_other_commands_serve_nobody() -> None:
    """Training opens no door, so it needs no interface."""
    refuse_open_doors(["rasa", "train"])


@pytest.mark.parametrize("credentials", [None, {}, {"token": None}, {"token": "short"}])
def test_refuses_a_short_token(
    credentials: dict[str, Any] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that is missing, or could be guessed, stops the start."""
    monkeypatch.setattr(sys, "argv", SAFE)
    with pytest.raises(UnsafeStart):
        GatewayInput.from_credentials(credentials)


def test_credentials_open_this_door_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """credentials.yml names our channel and no other, with the token of the environment."""
    monkeypatch.setattr(sys, "argv", SAFE)
    monkeypatch.setenv("BUSSOLA_BOT_TOKEN", TOKEN)
    (channel,) = create_http_input_channels(None, "credentials.yml")
    assert isinstance(channel, GatewayInput)
    assert (channel.token, channel.url_prefix()) == (TOKEN, "gateway")


def test_a_credentials_file_does_not_help_an_open_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check is made where Rasa builds its channels, so no start goes past it."""
    monkeypatch.setattr(sys, "argv", [*SAFE, "--enable-api"])
    monkeypatch.setenv("BUSSOLA_BOT_TOKEN", TOKEN)
    with pytest.raises(UnsafeStart):
        create_http_input_channels(None, "credentials.yml")
