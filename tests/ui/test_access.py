from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from geoplan.errors import SettingsError
from geoplan.ui.access import Access, Mode, access, base_path, from_this_machine
from tests.ui.signin import AUTH, ORIGIN, PEOPLE, Settings, settings_in


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    with settings_in(tmp_path, monkeypatch) as found:
        yield found


def mistakes() -> list[str]:
    """Return the keys of the mistakes in the settings in force."""
    with pytest.raises(SettingsError) as caught:
        access()
    assert all(mistake.line("en") != mistake.line("zh") for mistake in caught.value.mistakes)
    return [mistake.key for mistake in caught.value.mistakes]


# ------------------------------------------------------------------ who may do what


def test_without_settings_this_machine_edits_and_everybody_else_looks(settings: Settings) -> None:
    found = access()
    assert found.mode is Mode.LOCAL
    assert found.unknown_person(here=True).may_write
    assert not found.unknown_person(here=False).may_write
    assert not found.unknown_person(here=True).signed_in


@pytest.mark.parametrize(("value", "here", "elsewhere"), [("open", True, True), ("read", False, False)])
def test_the_variable_opens_to_all_or_closes_to_all_and_only_when_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, value: str, here: bool, elsewhere: bool
) -> None:
    monkeypatch.setenv("GEOPLAN_ACCESS", value)
    found = access()
    assert found.unknown_person(here=True).may_write is here
    assert found.unknown_person(here=False).may_write is elsewhere


@pytest.mark.parametrize("value", ["yes", "1", "OPEN", "sign-in", " open"])
def test_a_value_nobody_knows_is_a_mistake_and_no_guess(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("GEOPLAN_ACCESS", value)
    assert mistakes() == ["GEOPLAN_ACCESS"]


def test_with_a_provider_people_sign_in(settings: Settings) -> None:
    settings.write()
    found = access()
    assert (found.mode, found.providers, found.origin, found.secure) == (Mode.SIGN_IN, ("default",), ORIGIN, True)
    assert not found.unknown_person(here=True).may_write  # not even on the server itself
    assert found.people.session == timedelta(hours=12)


def test_several_providers_are_offered_by_their_names(settings: Settings) -> None:
    one = 'client_id = "a"\nclient_secret = "b"\nserver_metadata_url = "https://id.example/c"\n'
    shared = "\n".join(AUTH.splitlines()[:4])
    settings.write(f"{shared}\n[auth.city]\n{one}[auth.institute]\n{one}{PEOPLE}")
    assert access().providers == ("city", "institute")
    settings.write(f"{shared}\n[auth.the_city]\n{one}[auth.institute]\nclient_id = 7\n{PEOPLE}")
    named = ["client_id", "client_secret", "server_metadata_url"]
    assert mistakes() == ["auth.the_city", *(f"auth.institute.{key}" for key in named)]


def test_with_sign_in_the_variable_can_stop_all_changes_and_cannot_open(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.write()
    monkeypatch.setenv("GEOPLAN_ACCESS", "read")
    assert access().read_only
    monkeypatch.setenv("GEOPLAN_ACCESS", "open")
    assert mistakes() == ["GEOPLAN_ACCESS"]


# ------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("found", "wanted", "keys"),
    [
        ('cookie_secret = "f4b1', 'cookie_secret = "', ["auth.cookie_secret"]),
        ("cookie_secret", "cookie_seceret", ["auth.cookie_secret"]),
        ("f4b1c6d0a97e42558c3b6d1f0e2a9b87", "a" * 64, ["auth.cookie_secret"]),
        ("/oauth2callback", "/", ["auth.redirect_uri"]),
        ("/oauth2callback", "/oauth2callback?a=b", ["auth.redirect_uri"]),
        ("https://plans", "http://plans", ["auth.redirect_uri"]),
        ("https://plans", "https://user:word@plans", ["auth.redirect_uri"]),
        ("https://plans.example", "https://plans.example:port", ["auth.redirect_uri"]),
        ("redirect_uri", "redirect_url", ["auth.redirect_uri"]),
        ("https://id.", "http://id.", ["auth.server_metadata_url"]),
        ('client_id = "geoplan"', "", ["auth.client_id"]),
        ('client_secret = "shared with the provider"', 'client_secret = ""', ["auth.client_secret"]),
        ("[geoplan.people]", "[geoplan.persons]", ["geoplan.people"]),
        ("viewers", "onlookers", ["geoplan.people.onlookers"]),
        (AUTH, "auth = 7", ["auth"]),
    ],
)
def test_a_mistake_is_named_by_its_key(settings: Settings, found: str, wanted: str, keys: list[str]) -> None:
    assert found in AUTH + PEOPLE
    settings.write((AUTH + PEOPLE).replace(found, wanted))
    assert mistakes() == keys


def test_all_mistakes_are_said_at_once_and_no_secret_is(settings: Settings) -> None:
    settings.write('[auth]\ncookie_secret = "hunter2"\n[geoplan.people]\neditors = ["nobody"]\n')
    with pytest.raises(SettingsError) as caught:
        access()
    keys = [mistake.key for mistake in caught.value.mistakes]
    assert keys[0] == "geoplan.people.editors[0]"
    assert set(keys[1:]) == {
        *("auth.cookie_secret", "auth.redirect_uri"),
        *("auth.client_id", "auth.client_secret", "auth.server_metadata_url"),
    }
    assert "hunter2" not in caught.value.line("en") + caught.value.line("zh")
    assert caught.value.exit_code == 2


def test_a_file_that_cannot_be_read_says_where_and_not_what(settings: Settings) -> None:
    settings.write('[auth]\ncookie_secret = "hunter2\n')
    with pytest.raises(SettingsError) as caught:
        access()
    assert "line 2" in caught.value.line("en")
    assert "hunter2" not in caught.value.line("en")
    settings.path.write_bytes(b"[auth]\n# \xff\n")
    assert mistakes() == ["secrets.toml"]


def test_roles_without_a_sign_in_are_a_mistake_since_nobody_could_have_one(settings: Settings) -> None:
    settings.write(PEOPLE)
    assert mistakes() == ["geoplan.people"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server.enableXsrfProtection", False),
        ("server.enableCORS", False),
        ("server.trustedUserHeaders", {"X-User": "email"}),
        ("server.enableAgentApi", True),
    ],
)
def test_an_option_that_undoes_the_sign_in_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, value: object
) -> None:
    with settings_in(tmp_path, monkeypatch, **{option.replace(".", "_", 1): value}) as settings:
        settings.write()
        assert mistakes() == [option]


def test_under_a_base_path_the_provider_must_send_people_back_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with settings_in(tmp_path, monkeypatch, server_baseUrlPath="/planning/") as settings:
        settings.write()
        assert mistakes() == ["auth.redirect_uri"]
        settings.write((AUTH + PEOPLE).replace("/oauth2callback", "/planning/oauth2callback"))
        assert access().origin == ORIGIN
        assert base_path() == "/planning"


def test_on_this_machine_plain_http_and_the_port_in_use_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with settings_in(tmp_path, monkeypatch, server_port=8600) as settings:
        settings.write((AUTH + PEOPLE).replace(ORIGIN, "http://localhost:{port}"))
        found = access()
        assert (found.origin, found.secure) == ("http://localhost:8600", False)


# ------------------------------------------------------------------ changes while the app runs


def test_a_changed_file_counts_at_once(settings: Settings) -> None:
    settings.write()
    assert access().people.default is None
    settings.write(AUTH + PEOPLE + 'default = "viewer"\n')
    assert access().people.default == "viewer"


def test_later_files_go_over_earlier_ones_so_that_roles_may_have_a_file_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = tmp_path / "people.toml"
    roles.write_text(PEOPLE, encoding="utf-8")
    with settings_in(tmp_path, monkeypatch, secrets_files=[str(tmp_path / "secrets.toml"), str(roles)]) as settings:
        settings.write(AUTH)
        assert len(access().people.editors) == 2


@pytest.mark.parametrize("gone", ["removed", "emptied"])
def test_a_sign_in_that_vanishes_opens_nothing_without_a_restart(settings: Settings, gone: str) -> None:
    settings.write()
    assert isinstance(access(), Access)
    if gone == "removed":
        settings.path.unlink()
    else:
        settings.write("")
    assert mistakes() == ["auth"]
    settings.write()
    assert access().mode is Mode.SIGN_IN


# ------------------------------------------------------------------ from this machine


@pytest.mark.parametrize(
    ("peer", "host", "origin", "here"),
    [
        ("127.0.0.1", "localhost:8501", None, True),
        ("127.0.0.1", "127.0.0.1:8501", "http://127.0.0.1:8501", True),
        ("127.8.0.1", "localhost", "http://localhost", True),
        ("::1", "[::1]:8501", "http://[::1]:8501", True),
        ("::ffff:127.0.0.1", "geoplan.localhost:8501", None, True),
        ("192.168.1.5", "localhost:8501", "http://localhost:8501", False),  # a forged Host
        ("::ffff:192.168.1.5", "localhost:8501", None, False),
        ("127.0.0.1", "plans.example", None, False),  # a proxy that hands the Host on
        ("127.0.0.1", "localhost:8501", "https://plans.example", False),  # one that does not
        ("127.0.0.1", "localhost.plans.example", None, False),
        ("127.0.0.1", "127.0.0.1.plans.example", None, False),
        ("127.0.0.1", "", None, False),
        ("127.0.0.1", "[::1", None, False),
        ("127.0.0.1", "localhost", "null", False),  # a page in a sandbox
        ("127.0.0.1", "localhost", "http://[", False),
        (None, "localhost", None, False),  # a socket file: only a proxy is at the other end
        ("testclient", "localhost", None, False),
    ],
)
def test_this_machine_is_told_by_socket_host_and_origin_together(
    peer: str | None, host: str, origin: str | None, here: bool
) -> None:
    headers = {"host": host} | ({"origin": origin} if origin else {})
    assert from_this_machine(peer, headers) is here


@pytest.mark.parametrize(
    "header",
    ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-real-ip", "via", "cf-connecting-ip"],
)
def test_what_came_by_a_proxy_is_not_from_this_machine(header: str) -> None:
    assert not from_this_machine("127.0.0.1", {"host": "localhost", header: "127.0.0.1"})


def test_behind_a_socket_file_nothing_is_from_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with settings_in(tmp_path, monkeypatch, server_address=f"unix://{os.sep}run/geoplan.sock"):
        assert not from_this_machine("127.0.0.1", {"host": "localhost"})
