"""Who the page takes somebody for, and what it shows to whom, in Streamlit's own test harness."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit.user_info
from streamlit.testing.v1 import AppTest

from geoplan.errors import RoleError
from geoplan.ui.people import Person, current_person, require_editor, standing
from geoplan.ui.roles import Reason, session_key
from geoplan.ui.sessions import ENDED
from tests.ui.signin import AUTH, PEOPLE, Settings, claims, settings_in

VIEWER = Person("Li Lei", "li@planning.example", "viewer", signed_in=True)
EDITOR = Person("Wang Fang", "wang@planning.example", "editor", signed_in=True)
PROVIDERS = """
[auth.city]
client_id = "a"
client_secret = "b"
server_metadata_url = "https://id.example/c"
[auth."**institute**"]
client_id = "a"
client_secret = "b"
server_metadata_url = "https://id.example/c"
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    with settings_in(tmp_path, monkeypatch) as found:
        yield found


class SignedIn:
    """What Streamlit knows of a visit: the claims of its cookie, as the page is given them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: dict[str, object] = {"is_logged_in": False}
        monkeypatch.setattr(streamlit.user_info, "_get_user_info", lambda: dict(self.said))

    def as_somebody(self, **changed: object) -> None:
        said = claims(iat=time.time() - 60, nonce=f"{time.perf_counter_ns()}", **changed)
        self.said = {**said, "is_logged_in": True, "provider": changed.get("provider", "default")}


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> SignedIn:
    return SignedIn(monkeypatch)


def page(language: str) -> None:
    import streamlit as st  # noqa: PLC0415 - the harness runs the source of this function alone

    from geoplan.ui.people import current_person, person_badge, sign_in_page  # noqa: PLC0415

    person = current_person()
    if person is None:
        sign_in_page(language)
        st.stop()
    person_badge(person, language)
    st.text("THE PLAN")


def shown(language: str = "en") -> AppTest:
    app = AppTest.from_function(page, args=(language,), default_timeout=30).run()
    assert not app.exception
    return app


def html_of(app: AppTest) -> str:
    return "\n".join(str(block.proto.body) for block in app.get("html"))


def keys(app: AppTest) -> list[str | None]:
    return [button.key for button in app.button]


# ------------------------------------------------------------------ who it is


def test_on_one_s_own_machine_it_just_opens_and_nothing_is_said_about_it(settings: Settings) -> None:
    app = shown()
    assert [text.value for text in app.text] == ["THE PLAN"]
    assert keys(app) == []
    assert current_person() == Person("", None, "editor", signed_in=False)


def test_with_sign_in_nobody_is_somebody(settings: Settings, visitor: SignedIn) -> None:
    settings.write()
    assert standing().reason is Reason.NOBODY
    visitor.said = {"email": "wang@planning.example", "email_verified": True}  # headers alone sign nobody in
    assert current_person() is None
    visitor.said = {**claims(), "is_logged_in": "yes", "provider": "default"}
    assert current_person() is None


def test_a_person_has_name_address_and_role_from_the_sign_in(settings: Settings, visitor: SignedIn) -> None:
    settings.write()
    visitor.as_somebody()
    assert current_person() == EDITOR
    visitor.as_somebody(name="Li Lei", email="li@planning.example")
    assert current_person() == VIEWER


def test_a_role_taken_away_is_gone_at_the_next_look(settings: Settings, visitor: SignedIn) -> None:
    settings.write()
    visitor.as_somebody()
    assert require_editor(EDITOR) == EDITOR
    settings.write(AUTH + PEOPLE.replace("wang@", "someone-else@"))
    with pytest.raises(RoleError):
        require_editor(EDITOR)


def test_a_session_ended_elsewhere_is_ended_here(settings: Settings, visitor: SignedIn) -> None:
    settings.write()
    visitor.as_somebody()
    assert current_person() is not None
    ENDED.end(session_key(visitor.said))
    assert standing().reason is Reason.ENDED


def test_a_session_of_a_provider_that_was_removed_is_ended(settings: Settings, visitor: SignedIn) -> None:
    settings.write()
    visitor.as_somebody(provider="removed")
    assert standing().reason is Reason.ENDED


def test_while_changes_are_switched_off_an_editor_looks(
    settings: Settings, visitor: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.write()
    visitor.as_somebody()
    monkeypatch.setenv("GEOPLAN_ACCESS", "read")
    with pytest.raises(RoleError):
        require_editor(current_person())
    assert any("Changes are switched off" in text.value for text in shown().text)


@pytest.mark.parametrize("person", [None, VIEWER])
def test_who_may_not_write_is_refused_in_both_languages_with_what_to_do(
    settings: Settings, person: Person | None
) -> None:
    with pytest.raises(RoleError) as refused:
        require_editor(person)
    assert "nothing was changed" in refused.value.line("en")
    assert "未作任何修改" in refused.value.line("zh")
    assert refused.value.hint is not None


# ------------------------------------------------------------------ what is shown


@pytest.mark.parametrize(
    ("changed", "en", "zh", "ways"),
    [
        (None, "for people who sign in", "须登录后查看", ["gp-sign-in-default"]),
        ({"iat": 1.0}, "session has ended", "会话已结束", ["gp-sign-in-default"]),
        ({"email": "a@b.example"}, "no role here", "没有角色", ["gp-sign-out"]),
        ({"email_verified": False}, "is verified", "未确认您的电子邮件", ["gp-sign-out"]),
    ],
    ids=["nobody", "ended", "no role", "unverified"],
)
def test_who_is_not_let_in_reads_why_and_finds_the_way(
    settings: Settings, visitor: SignedIn, changed: dict[str, object] | None, en: str, zh: str, ways: list[str]
) -> None:
    settings.write()
    if changed is not None:
        visitor.as_somebody()
        visitor.said |= changed
    for language, said in (("en", en), ("zh", zh)):
        app = shown(language)
        assert said in html_of(app)
        assert keys(app) == [*ways, "gp-sign-in-language"]
        assert "THE PLAN" not in [text.value for text in app.text]


def test_with_broken_settings_the_page_says_so_and_offers_no_sign_in(settings: Settings, visitor: SignedIn) -> None:
    settings.write(AUTH)
    visitor.as_somebody()
    app = shown()
    assert "settings for sign-in have a mistake" in html_of(app)
    assert keys(app) == ["gp-sign-in-language"]


def test_a_sign_in_that_failed_is_said_on_the_page(settings: Settings, visitor: SignedIn) -> None:
    settings.write()
    app = AppTest.from_function(page, args=("en",), default_timeout=30)
    app.query_params["signin"] = "failed"
    assert "Signing in did not work" in html_of(app.run())


def test_every_provider_has_its_button_and_its_name_is_no_markup(settings: Settings, visitor: SignedIn) -> None:
    shared = "\n".join(AUTH.splitlines()[:4])
    settings.write(shared + PROVIDERS + PEOPLE)
    labels = [button.label for button in shown().button][:2]
    assert labels == ["Sign in with city", "Sign in with \\*\\*institute\\*\\*"]


def test_a_hostile_name_stays_text(settings: Settings, visitor: SignedIn) -> None:
    settings.write()
    visitor.as_somebody(name="<img src=x onerror=alert(1)> :red[**x**]", email="a@b.example")
    html = html_of(shown())
    assert "<img" not in html
    assert "img src=x onerror=alert(1) :red[**x**]" in html  # without < and >, and escaped
    visitor.as_somebody(name=":material/home: [x](https://evil.example)")
    (badge,) = shown().get("popover")
    assert badge.proto.popover.label == "\\:material\\/home\\: \\[x\\]\\(https\\:\\/\\/evil\\.example\\)"


def test_the_badge_says_who_is_signed_in_as_what_with_the_way_out(settings: Settings, visitor: SignedIn) -> None:
    settings.write()
    visitor.as_somebody()
    app = shown("zh")
    assert [text.value for text in app.text] == ["wang@planning.example", "编辑者：可查看和修改", "THE PLAN"]
    assert keys(app) == ["gp-sign-out"]


@pytest.mark.parametrize(("value", "said"), [("read", "Read only"), ("open", "Open to everybody")])
def test_without_sign_in_the_badge_says_what_differs_from_one_s_own_machine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, value: str, said: str
) -> None:
    monkeypatch.setenv("GEOPLAN_ACCESS", value)
    assert any(said in markdown.value for markdown in shown().markdown)
