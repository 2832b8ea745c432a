"""An OpenID Connect provider of this machine, an app that signs in by it, and somebody at a browser."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.conftest import ROOT, free_port, running

VERIFIED = {"email_verified": True}
# As many groups, by such ids, as a large directory puts into a token: they make cookies of many pieces.
GROUPS = [str(uuid.uuid5(uuid.NAMESPACE_DNS, f"group-{number}")) for number in range(200)]
PEOPLE: dict[str, dict[str, object]] = {
    "wang": {"name": "Wang Fang", "email": "Wang@Planning.example", **VERIFIED},
    "li": {"name": "Li Lei **bold** <script>alert(1)</script>", "email": "li@planning.example", **VERIFIED},
    "zhao": {"name": "Zhao", "email": "zhao@elsewhere.example", **VERIFIED},
    "chen": {"name": "Chen", "email": "chen@planning.example", "email_verified": False},
    "long": {"name": "Long", "email": "long@planning.example", "groups": GROUPS, **VERIFIED},
    "sun": {"name": "Sun", "email": "sun@elsewhere.example", "groups": ["staff", "geoplan-editors"], **VERIFIED},
}
SETTINGS = """
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "a3f1c9d27b604e58b7aa05d1e2c4968f"
client_id = "geoplan"
client_secret = "not checked by this provider"
server_metadata_url = "{provider}/.well-known/openid-configuration"

[geoplan.people]
editors = {editors}
viewers = ["@planning.example"]
"""
EDITORS = '["wang@planning.example", {claim = "groups", value = "geoplan-editors"}]'

# The same functions as the app, on a page that tries everything and says what came of it.
PAGE = """
import os
import streamlit as st
from geoplan.errors import RoleError
from geoplan.ui.people import author_of, current_person, person_badge, require_editor, sign_in_page

def publish(person):
    try:
        require_editor(person)
    except RoleError as error:
        st.session_state["done"] = error.line("en")
        return
    with open(os.environ["WRITTEN"], "a") as stream:
        stream.write(f"{author_of(person)}\\n")
    st.session_state["done"] = "published"

person = current_person()
if person is None:
    sign_in_page(st.query_params.get("lang", "en"))
    st.stop()
person_badge(person, "en")
st.text(f"THE PLAN at {st.query_params.get('zone')} for a {person.role}")
st.button("Publish", on_click=publish, args=(person,))
st.button("Again")
st.download_button("Download", b"figures of the plan", "figures.txt")
st.file_uploader("File")
st.text(st.session_state.get("done", ""))
"""
APP = """
import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from geoplan.ui import guard

def figures(request):
    return PlainTextResponse("figures of the plan", headers={"cache-control": "public, max-age=60"})

route = Route("/figures", figures, methods=["GET", "POST"])
app = st.App("page.py", routes=[route], middleware=guard.middleware())
"""


@contextlib.contextmanager
def provider() -> Iterator[str]:
    """Run the provider with the people above and yield its address."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"]
    for sub, claims in PEOPLE.items():
        command += ["--user-claims", json.dumps({"sub": sub, **claims})]
    with running(command, Path(os.devnull), f"{address}/.well-known/openid-configuration"):
        yield address


@dataclass
class Team:
    """A running app with sign-in: its address, its provider's, its settings, and what has been written."""

    address: str
    provider: str
    settings: Path
    written: Path
    log: Path

    def allow(self, editors: str = EDITORS, text: str = SETTINGS) -> None:
        """Write the settings with these editors, as an administrator would while the app runs."""
        content = text.replace("{address}", self.address).replace("{provider}", self.provider)
        self.settings.write_text(content.replace("{editors}", editors), encoding="utf-8")

    def status(self, path: str, cookies: str) -> int:
        """Return what the server answers to a request with these cookies and no browser."""
        request = urllib.request.Request(f"{self.address}{path}", headers={"Cookie": cookies})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def authors(self) -> list[str]:
        return self.written.read_text(encoding="utf-8").splitlines() if self.written.exists() else []


def streamlit(script: Path, settings: Path, port: int) -> list[str]:
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.address", "127.0.0.1"]
    return [*command, "--server.port", str(port), "--secrets.files", str(settings)]


@contextlib.contextmanager
def serving_team(
    folder: Path,
    provided: str,
    script: Path | None = None,
    *,
    port: int | None = None,
    public: int | None = None,
    sign_in: bool = True,
) -> Iterator[Team]:
    """Run the small app above, or the one of `script`, with sign-in by the provider or without.

    With a `public` port people open it there, by a proxy that hands requests on to `port`.
    """
    port = port or free_port()
    small = folder / "app.py"
    small.write_text(APP, encoding="utf-8")
    (folder / "page.py").write_text(PAGE, encoding="utf-8")
    team = Team(
        f"http://127.0.0.1:{public or port}", provided, folder / "secrets.toml", folder / "written", folder / "log.txt"
    )
    if sign_in:
        team.allow()
    command = streamlit(script or small, team.settings, port)
    with running(
        command, team.log, f"http://127.0.0.1:{port}/_stcore/health", WRITTEN=str(team.written), PYTHONPATH=str(ROOT)
    ):
        yield team


@dataclass
class Somebody:
    """Somebody at a browser of their own; only the app and its provider can be reached."""

    team: Team
    context: BrowserContext
    page: Page
    foreign: list[str] = field(default_factory=list)

    def open(self, query: str = "", page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(f"{self.team.address}/{query}", wait_until="domcontentloaded")
        return page

    def sign_in(self, sub: str, query: str = "?lang=en") -> Page:
        """Go the whole way: the app, its sign-in page, the provider, and back."""
        self.open(query).locator(".st-key-gp-sign-in-default button").click()
        self.page.wait_for_url(f"{self.team.provider}/**")
        self.page.get_by_role("button", name=sub, exact=True).click()
        self.page.wait_for_url(f"{self.team.address}/**")
        return self.page

    def status(self, path: str, method: str = "GET", **options: object) -> int:
        """Return what the server answers to a request with this browser's cookies."""
        answer = self.context.request.fetch(  # type: ignore[call-arg]
            f"{self.team.address}{path}", method=method, max_redirects=0, **options
        )
        return answer.status


@contextlib.contextmanager
def somebody(browser: Browser, team: Team) -> Iterator[Somebody]:
    """Give somebody a browser without any cookies."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    person = Somebody(team, context, context.new_page())
    allowed = {urlsplit(team.address).netloc, urlsplit(team.provider).netloc}

    def watch(route: Route) -> None:
        if urlsplit(route.request.url).netloc in allowed:
            route.continue_()
            return
        if not route.request.frame.url.startswith(team.provider):  # its own pages ask for a style sheet
            person.foreign.append(route.request.url)
        route.abort()

    context.route(lambda url: not url.startswith(("data:", "blob:")), watch)
    yield person
    context.close()
