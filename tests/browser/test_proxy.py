"""The example for nginx in docs/examples/serving, before the real app: the page, a sign-in, and who counts as local."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ROOT, free_port, running
from tests.browser.identity import provider, serving_team, somebody

EXAMPLE = ROOT / "docs" / "examples" / "serving" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


@contextmanager
def proxy(folder: Path, public: int, inner: int) -> Iterator[None]:
    """Run nginx with the example: its ports and its certificate changed for this machine, and nothing else."""
    text = EXAMPLE.read_text(encoding="utf-8")
    text = re.sub(r"(?ms)^server \{\n    listen 80;.*?^\}\n", "", text)
    text = re.sub(r"(?m)^ *ssl_certificate.*\n", "", text)
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{public};").replace(
        "server 127.0.0.1:8501;", f"server 127.0.0.1:{inner};"
    )
    assert str(public) in text
    assert str(inner) in text
    paths = [f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    whole = folder / "whole.conf"
    whole.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {' '.join(paths)}\n{text}}}\n",
        encoding="utf-8",
    )
    command = [str(NGINX), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(whole)]
    with running(command, folder / "nginx.txt", f"http://127.0.0.1:{public}/_stcore/health"):
        yield


def test_a_team_signs_in_through_the_proxy_with_cookies_of_any_size(browser: Browser, tmp_path: Path) -> None:
    public, inner = free_port(), free_port()
    with ExitStack() as stack:
        provided = stack.enter_context(provider())
        team = stack.enter_context(serving_team(tmp_path, provided, port=inner, public=public))
        stack.enter_context(proxy(tmp_path, public, inner))
        person = stack.enter_context(somebody(browser, team))
        page = person.sign_in("long", "?zone=core&lang=en")
        expect(page.get_by_text("THE PLAN at core for a viewer")).to_be_visible(timeout=30_000)
        assert person.status("/figures") == 200
        assert person.foreign == []


def test_what_comes_through_the_proxy_without_sign_in_may_only_look(browser: Browser, tmp_path: Path) -> None:
    public, inner = free_port(), free_port()
    with ExitStack() as stack:
        team = stack.enter_context(serving_team(tmp_path, "", port=inner, public=public, sign_in=False))
        stack.enter_context(proxy(tmp_path, public, inner))
        network = stack.enter_context(somebody(browser, team))
        expect(network.open().get_by_text("THE PLAN at None for a viewer")).to_be_visible(timeout=30_000)
        assert network.status("/figures", "POST") == 403
        owner = browser.new_page()  # on the machine itself
        stack.callback(owner.close)
        owner.goto(f"http://localhost:{inner}")
        expect(owner.get_by_text("THE PLAN at None for a editor")).to_be_visible(timeout=30_000)
