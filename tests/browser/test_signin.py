"""The whole way of a sign-in, in a real browser, with an OpenID Connect provider of this machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ROOT, SHOTS, free_port
from tests.browser.identity import SETTINGS, Somebody, Team, provider, serving_team, somebody, streamlit

Newcomer = Callable[[], Somebody]
CLOSED = [("GET", "/figures"), ("POST", "/figures"), ("GET", "/media/figures.txt"), ("PUT", "/_stcore/upload_file/a/b")]


@pytest.fixture(scope="module")
def provided() -> Iterator[str]:
    with provider() as address:
        yield address


@pytest.fixture(scope="module")
def running_team(provided: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with serving_team(tmp_path_factory.mktemp("team"), provided) as team:
        yield team


@pytest.fixture
def team(running_team: Team) -> Team:
    running_team.allow()
    running_team.written.unlink(missing_ok=True)
    return running_team


@pytest.fixture(scope="module")
def viewer(browser: Browser, running_team: Team) -> Iterator[Somebody]:
    """Return a viewer who came by a link and signed in; two tests look at what became of that."""
    with somebody(browser, running_team) as person:
        person.sign_in("li", "?zone=core&lang=en")
        yield person
        assert person.foreign == []


@pytest.fixture
def newcomer(browser: Browser, team: Team) -> Iterator[Newcomer]:
    """Return a way to let somebody with a new browser come by; nobody may reach any other host."""
    with ExitStack() as stack:
        people: list[Somebody] = []

        def come() -> Somebody:
            people.append(stack.enter_context(somebody(browser, team)))
            return people[-1]

        yield come
        assert [address for person in people for address in person.foreign] == []


def shown(page: object, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_text(text).first).to_be_visible(timeout=30_000)  # type: ignore[attr-defined]


def test_without_sign_in_there_is_the_way_in_and_nothing_else(newcomer: Newcomer) -> None:
    stranger = newcomer()
    page = stranger.open("?zone=core&lang=en")
    expect(page.locator(".st-key-gp-sign-in-default button")).to_be_visible(timeout=30_000)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / "sign-in.png")
    assert "THE PLAN" not in page.content()
    assert [stranger.status(path, method) for method, path in CLOSED] == [401] * 4
    page.get_by_role("button", name="中文").click()
    shown(page, "登录后将回到您要打开的页面")


def test_a_viewer_comes_back_to_the_link_they_came_by_and_can_change_nothing(viewer: Somebody, team: Team) -> None:
    page = viewer.page
    shown(page, "THE PLAN at core for a viewer")
    assert page.url == f"{team.address}/?zone=core&lang=en"
    expect(page.locator(".st-key-gp-person")).to_contain_text("Li Lei **bold** scriptalert(1)/script")
    assert viewer.status("/figures") == 200
    assert [viewer.status(path, method) for method, path in (CLOSED[1], CLOSED[3])] == [403, 403]
    page.get_by_role("button", name="Publish").click()
    shown(page, "changing anything takes the role of an editor")
    assert team.authors() == []
    # Nothing of it is kept by a cache others share, and the log says who it was, without any token.
    answer = viewer.context.request.get(f"{team.address}/figures")
    assert answer.headers["cache-control"] == "private, max-age=60"
    log = team.log.read_text(encoding="utf-8")
    assert "visit: 'li@planning.example' (viewer)" in log
    assert "refused: POST '/figures' by 'li@planning.example'" in log
    assert "a3f1c9d27b604e58" not in log
    assert "Traceback" not in log


def test_the_cookies_cannot_be_read_by_scripts_sent_across_sites_or_altered(viewer: Somebody, team: Team) -> None:
    cookies = {cookie["name"]: cookie for cookie in viewer.context.cookies()}
    kept = cookies["_streamlit_user"]
    assert (kept["httpOnly"], kept["sameSite"]) == (True, "Lax")
    assert "_geoplan_return" not in cookies
    body, _, signature = kept["value"].rpartition(".")
    for value in (f"{body}.{signature[:-4]}AAAA", f"x{kept['value']}", "eyJhIjoxfQ.a.b", "", kept["value"] * 2):
        assert team.status("/figures", f"_streamlit_user={value}") == 401
    assert team.status("/figures", f"_streamlit_user={kept['value']}") == 200  # so it was the change
    altered = {"name": "_streamlit_user", "value": f"{body}.{signature[:-4]}AAAA", "url": team.address}
    viewer.context.add_cookies([altered])  # type: ignore[list-item]
    page = viewer.open("?lang=en")
    expect(page.locator(".st-key-gp-sign-in-default button")).to_be_visible(timeout=30_000)


def test_an_editor_changes_things_under_their_own_name(newcomer: Newcomer, team: Team) -> None:
    editor = newcomer()
    page = editor.sign_in("wang")
    shown(page, "for a editor")
    page.get_by_role("button", name="Publish").click()
    shown(page, "published")
    assert team.authors() == ["Wang Fang <wang@planning.example>"]
    assert editor.status("/figures", "POST") == 200
    assert editor.status("/figures", "POST", headers={"Origin": "https://evil.example"}) == 403
    page.locator("input[type=file]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
    shown(page, "a.txt")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert Path(download.value.path()).read_bytes() == b"figures of the plan"


def test_somebody_without_a_role_is_told_so_and_sees_nothing(newcomer: Newcomer) -> None:
    stranger = newcomer()
    page = stranger.sign_in("zhao")
    shown(page, "signed in as Zhao, and that account has no role here")
    assert "THE PLAN" not in page.content()
    assert [stranger.status(path, method) for method, path in CLOSED] == [401] * 4
    expect(page.get_by_role("button", name="use another account")).to_be_visible()


def test_signing_out_ends_the_session_in_every_tab_and_in_every_copy_of_its_cookie(
    newcomer: Newcomer, team: Team
) -> None:
    editor = newcomer()
    page = editor.sign_in("wang")
    shown(page, "THE PLAN")
    copied = editor.context.cookies()
    other = editor.open("?lang=en", editor.context.new_page())
    shown(other, "THE PLAN")
    page.locator(".st-key-gp-person button").click()
    page.locator(".st-key-gp-sign-out button").click()
    page.get_by_role("button", name="End session").click()  # the provider's own page
    expect(page.locator(".st-key-gp-sign-in-default button")).to_be_visible(timeout=30_000)
    assert "THE PLAN" not in page.content()
    assert editor.status("/figures") == 401
    other.get_by_role("button", name="Again").click()
    shown(other, "Your session has ended")
    assert team.status("/figures", "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in copied)) == 401


def test_a_role_given_or_taken_away_counts_from_the_next_click_and_a_mistake_lets_nobody_in(
    newcomer: Newcomer, team: Team
) -> None:
    person = newcomer()
    page = person.sign_in("wang")
    shown(page, "for a editor")
    team.allow(editors="[]")
    page.get_by_role("button", name="Publish").click()  # drawn while she was an editor
    shown(page, "for a viewer")
    shown(page, "changing anything takes the role of an editor")
    assert team.authors() == []
    assert person.status("/figures", "POST") == 403
    team.allow(text=SETTINGS.replace("viewers", "onlookers"))
    assert person.status("/figures") == 503
    page.get_by_role("button", name="Again").click()
    shown(page, "settings for sign-in have a mistake")
    team.allow()
    page.get_by_role("button", name="中文").click()
    shown(page, "for a editor")


def test_a_sign_in_broken_off_or_forged_leads_back_to_the_sign_in_page(newcomer: Newcomer, team: Team) -> None:
    person = newcomer()
    person.open("?zone=core&lang=en").locator(".st-key-gp-sign-in-default button").click()
    person.page.get_by_role("button", name="Deny").click()
    shown(person.page, "Signing in did not work")
    assert "zone=core" in person.page.url
    answer = person.context.request.get(
        f"{team.address}/oauth2callback?code=abc&state=forged",
        max_redirects=0,
        headers={"Referer": "https://evil/?a=b"},
    )
    assert answer.status == 302
    assert answer.headers["location"] == "/?signin=failed"
    assert "_streamlit_user=" not in answer.headers.get("set-cookie", "")
    assert person.status("/figures") == 401


def test_an_app_with_a_mistake_in_its_settings_does_not_start_and_names_every_one(team: Team, tmp_path: Path) -> None:
    settings = tmp_path / "secrets.toml"
    settings.write_text(
        SETTINGS.replace("a3f1c9d27b604e58b7aa05d1e2c4968f", "xxx").replace("{editors}", "[7]"), "utf-8"
    )
    command = streamlit(team.settings.with_name("app.py"), settings, free_port())
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert ended.returncode == 2
    for said in (
        "auth.cookie_secret",
        "auth.redirect_uri",
        "auth.server_metadata_url",
        "editors[0]",
        "无法安全地提供服务",
    ):
        assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "xxx" not in ended.stderr


def test_the_app_itself_opens_for_a_viewer_at_the_link_and_answers_nobody_else(
    browser: Browser, provided: str, tmp_path: Path
) -> None:
    with serving_team(tmp_path, provided, ROOT / "app.py") as team, somebody(browser, team) as viewer:
        refused: list[str] = []
        viewer.page.on("response", lambda got: refused.append(f"{got.status} {got.url}") if got.status >= 400 else None)
        stranger = viewer.open("?plan=ustc-silicon-valley&zone=core&lang=en")
        expect(stranger.locator(".st-key-gp-sign-in-default button")).to_be_visible(timeout=30_000)
        stranger.screenshot(path=SHOTS / "sign-in.png")
        assert "km²" not in stranger.content()
        page = viewer.sign_in("long", "?plan=ustc-silicon-valley&zone=core&lang=en")
        viewer_map = page.frame_locator('iframe[title^="streamlit_folium"]')
        expect(viewer_map.locator(".gp-label").first).to_be_attached(timeout=30_000)
        assert "zone=core" in page.url
        expect(page.locator(".st-key-gp-person")).to_contain_text("Long")
        page.wait_for_timeout(900)
        page.screenshot(path=SHOTS / "signed-in-viewer.png")
        assert refused == []
        assert viewer.foreign == []
