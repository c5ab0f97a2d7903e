"""settings.py: the only reader of the environment."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, time
from pathlib import Path

import pytest

from bussola.settings import (
    NAMES,
    RUN_FILE,
    MessengerSettings,
    Settings,
    SettingsError,
    load,
    read_run_file,
)


def loaded(home: Path, **values: str) -> Settings:
    """Settings over `home`, with BUSSOLA_<name>=value for each value."""
    own = {f"BUSSOLA_{name.upper()}": value for name, value in values.items()}
    return load({"BUSSOLA_HOME": str(home), **own})


def test_defaults_need_nothing(tmp_path: Path) -> None:
    """Without an environment and a run file the defaults hold."""
    settings = loaded(tmp_path)
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.database_url == f"sqlite:///{tmp_path / 'bussola.db'}"
    assert (settings.opens, settings.closes, settings.working_days) == (time(9), time(17), 2)
    assert settings.today is None
    assert settings.allowed_origins == ()
    assert settings.secure_cookies is False


def test_the_run_file_is_over_the_default(tmp_path: Path) -> None:
    """What set-up wrote counts more than a default."""
    (tmp_path / RUN_FILE).write_text("# segreti\n\nBUSSOLA_SECRET = abc=def \nBUSSOLA_PORT=9000\n")
    settings = loaded(tmp_path)
    assert (settings.secret, settings.port) == ("abc=def", 9000)


def test_the_environment_is_over_the_run_file(tmp_path: Path) -> None:
    """What the operator sets counts more than what set-up wrote."""
    (tmp_path / RUN_FILE).write_text("BUSSOLA_PORT=9000\nBUSSOLA_BOT_SECONDS=5\n")
    settings = loaded(tmp_path, port="9100")
    assert (settings.port, settings.bot_seconds) == (9100, 5.0)


def test_an_empty_variable_is_not_set(tmp_path: Path) -> None:
    """An empty variable leaves the run file and the default in place."""
    (tmp_path / RUN_FILE).write_text("BUSSOLA_PORT=9000\n")
    assert loaded(tmp_path, port="").port == 9000


def test_an_absent_run_file_is_empty(tmp_path: Path) -> None:
    """No run file is no values."""
    assert read_run_file(tmp_path / RUN_FILE) == {}


def test_other_names_are_left_alone(tmp_path: Path) -> None:
    """What is not a setting of ours does no harm, in the environment and in the run file."""
    (tmp_path / RUN_FILE).write_text("ALTRO=1\n")
    assert load({"BUSSOLA_HOME": str(tmp_path), "PATH": "/bin"}).port == 8080


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    """Behind https cookies are secure unless the operator says otherwise."""
    assert loaded(tmp_path, public_url="https://chat.example.it/").secure_cookies
    assert not loaded(tmp_path, public_url="https://a.it", secure_cookies="no").secure_cookies


def test_addresses_lose_their_last_slash(tmp_path: Path) -> None:
    """Addresses are kept without a slash at the end, origins without blanks."""
    settings = loaded(
        tmp_path, public_url="https://a.it/", rasa_url="http://r:5005/",
        allowed_origins=" https://b.it/ ,, https://c.it",
    )  # fmt: skip
    assert (settings.public_url, settings.rasa_url) == ("https://a.it", "http://r:5005")
    assert settings.allowed_origins == ("https://b.it", "https://c.it")


def test_a_day_can_be_fixed(tmp_path: Path) -> None:
    """The day of the knowledge can be set, to see what expires."""
    assert loaded(tmp_path, today="2027-01-01").today == date(2027, 1, 1)


BAD = {
    "port": "ottanta", "bot_seconds": "presto", "working_days": "due", "opens": "24:61",
    "closes": "le cinque", "zone": "../etc", "today": "domani",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_refused(tmp_path: Path, name: str) -> None:
    """A value that cannot be read is a SettingsError."""
    with pytest.raises(SettingsError):
        loaded(tmp_path, **{name: BAD[name]})


@pytest.mark.parametrize("name", ["port", "bot_seconds", "working_days", "closes", "today"])
def test_a_bad_value_names_its_setting(tmp_path: Path, name: str) -> None:
    """The refusal names the setting."""
    with pytest.raises(SettingsError, match=f"BUSSOLA_{name.upper()}"):
        loaded(tmp_path, **{name: BAD[name]})


def test_an_unknown_zone_is_refused(tmp_path: Path) -> None:
    """A zone that does not exist is a SettingsError."""
    with pytest.raises(SettingsError):
        loaded(tmp_path, zone="Europe/Atlantide")


def test_an_empty_home_is_the_default() -> None:
    """An empty BUSSOLA_HOME is the default one."""
    assert load({"BUSSOLA_HOME": ""}).home == load({}).home


def test_every_field_has_a_name() -> None:
    """Each field of Settings is set by the variable of its name, and no variable is left over."""
    names = {f"BUSSOLA_{field.name.upper()}" for field in fields(Settings)}
    of_page = {field.name.upper() for field in fields(MessengerSettings)} - {"SIMULATED"}
    names |= {f"BUSSOLA_MESSENGER_{'TOKEN' if n == 'PAGE_TOKEN' else n}" for n in of_page}
    assert {*names, "BUSSOLA_SIMULATOR_KEY"} == set(NAMES)


def test_the_folders_of_the_data_are_under_the_root(tmp_path: Path) -> None:
    """Knowledge, texts, guards and facts are found from the root."""
    settings = loaded(tmp_path, root=str(tmp_path))
    assert settings.faq == tmp_path / "data" / "faq"
    assert settings.texts == tmp_path / "data" / "texts" / "it.yml"
    assert settings.guards == tmp_path / "data" / "guards.yml"
    assert settings.facts == tmp_path / "docs" / "facts"
    assert settings.static.name == "static"


def test_every_setting_has_a_line_in_the_docs(root: Path) -> None:
    """docs/howto/settings.md says what each setting is for."""
    page = (root / "docs" / "howto" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in page] == []


def test_the_page_is_simulated_only_on_a_machine_that_talks_to_itself(tmp_path: Path) -> None:
    """With a key, and a local address; a public installation says what it wants, or has none."""
    local = loaded(tmp_path, simulator_key="k" * 20)
    assert local.messenger is not None
    assert local.messenger.simulated
    assert loaded(tmp_path).messenger is None
    public = loaded(tmp_path, simulator_key="k" * 20, public_url="https://comune.example.it")
    assert public.messenger is None


def test_a_secret_file_must_be_of_its_owner_alone(tmp_path: Path) -> None:
    """`file:/path` is read when nobody else may; no secret shows in a `repr`."""
    token = tmp_path / "token"
    token.write_text("parola-segreta\n")
    live = {
        "messenger": "live", "messenger_page_id": "1", "messenger_app_id": "2",
        "messenger_app_secret": "segreto-app", "messenger_verify_token": "segreto-verifica",
        "messenger_token": f"file:{token}", "public_url": "https://comune.example.it",
    }  # fmt: skip
    token.chmod(0o644)
    with pytest.raises(SettingsError, match="BUSSOLA_MESSENGER_TOKEN"):
        loaded(tmp_path, **live)
    token.chmod(0o600)
    page = loaded(tmp_path, **live).messenger
    assert page is not None
    assert page.page_token == "parola-segreta"
    assert "segret" not in repr(loaded(tmp_path, **live))
    with pytest.raises(SettingsError, match="PAGE_ID"):
        loaded(tmp_path, **{**live, "messenger_page_id": ""})
