"""How the app is served and who is let in: `[auth]` and `[geoplan.people]` of secrets.toml, and GEOPLAN_ACCESS.

With `[auth]` people sign in. Without it the machine the app runs on may edit and everybody else may
look, unless GEOPLAN_ACCESS says otherwise. A mistake never opens anything: it stops the app when it
starts, and a running app lets nobody in until it is mended.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from geoplan.errors import Mistake, SettingsError
from geoplan.types import Text
from geoplan.ui.people_table import TABLE, read_people
from geoplan.ui.roles import People, Person, Role

VARIABLE = "GEOPLAN_ACCESS"
WHERE = "secrets.toml"
CALLBACK = "/oauth2callback"
# The header by which the guard tells the page that a request began on this machine. Only the guard knows the token.
HERE = "x-geoplan-here"
HERE_TOKEN = secrets.token_hex(16)
MIN_SECRET = 32  # characters; 128 bits and more however they are written

_PROVIDER_KEYS = ("client_id", "client_secret", "server_metadata_url")
# What a proxy adds, or a client that pretends to be one: such a request did not begin on this machine.
_FORWARDING = ("forwarded", "via", "x-forwarded-", "x-real-ip", "x-client-ip", "x-original-", "true-client-ip", "cf-")


class Mode(StrEnum):
    """Who may do what."""

    SIGN_IN = "sign-in"  # by role, once signed in
    LOCAL = "local"  # this machine edits, everybody else looks
    READ = "read"  # everybody looks, nobody edits
    OPEN = "open"  # everybody edits


@dataclass(frozen=True, slots=True)
class Access:
    """The settings in force.

    `providers` are the names people sign in by ("default" for an unnamed one), `origin` is scheme and
    host of the address the app is opened by; both empty without sign-in. With `read_only` no editor
    may change anything.
    """

    mode: Mode
    people: People = field(default_factory=People)
    providers: tuple[str, ...] = ()
    origin: str = ""
    read_only: bool = False

    @property
    def secure(self) -> bool:
        """Return whether the app is opened by https, so that cookies may be kept off plain http."""
        return self.origin.startswith("https://")

    def unknown_person(self, *, here: bool) -> Person:
        """Return what somebody may who need not sign in; `here` is set for this machine itself."""
        role: Role = "editor" if self.mode is Mode.OPEN or (self.mode is Mode.LOCAL and here) else "viewer"
        return Person("", None, role, signed_in=False)


def access() -> Access:
    """Return the settings in force now; a changed file counts from the next call on.

    Raises SettingsError with every mistake, also when a file that asked for sign-in is gone: without a
    restart the app never becomes more open than it was.
    """
    files = tuple(Path(path) for path in st.get_option("secrets.files"))
    return _LATCH.held(_read(tuple(map(_stamp, files)), files, os.environ.get(VARIABLE, "")))


def base_path() -> str:
    """Return the path the app is served under, as "/planning", "" for none."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def from_this_machine(peer: str | None, headers: Mapping[str, str]) -> bool:
    """Return whether a request began on this machine: its socket, its Host and its Origin all say so.

    `peer` is the address of the socket, `headers` have lower-case names. A request with the mark of a
    proxy is never from here, whatever else it says.
    """
    if str(st.get_option("server.address") or "").startswith("unix:"):
        return False  # only a proxy can be at the other end
    if any(name.startswith(_FORWARDING) for name in headers):
        return False
    origin = headers.get("origin")
    own = _loopback(_hostname(f"//{headers.get('host', '')}"))
    return _loopback(peer) and own and (origin is None or _loopback(_hostname(origin)))


# ------------------------------------------------------------------ reading


class _Latch:
    """Remembers that sign-in was asked for: a file that vanishes must not open the app."""

    def __init__(self) -> None:
        self.closed = False

    def held(self, found: Access) -> Access:
        """Return the settings, unless they are more open than those before."""
        if found.mode is Mode.SIGN_IN:
            self.closed = True
        elif self.closed:
            gone = Text(
                "was there before and is gone; restart to serve without sign-in",
                "此前存在，现已消失；如不需登录请重新启动",
            )
            raise SettingsError(WHERE, (Mistake("auth", gone, ""),))
        return found


_LATCH = _Latch()


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_mtime_ns, status.st_size, status.st_ino)


@lru_cache(maxsize=2)
def _read(stamps: tuple[tuple[int, int, int], ...], files: tuple[Path, ...], asked: str) -> Access:  # noqa: ARG001
    """Return what the files and the variable ask for; the stamps are the key: a changed file is read anew."""
    tables = _tables(files)
    mistakes: list[Mistake] = []
    auth, geoplan = tables.get("auth"), tables.get("geoplan", {})
    people_table = geoplan.get("people") if isinstance(geoplan, Mapping) else None
    mode = _mode(asked, mistakes)
    if auth is None:
        if people_table is not None:
            alone = Text("says who may do what, and nobody can sign in", "已设角色，但无法登录")
            mistakes.append(Mistake(TABLE, alone, "", "[auth]"))
        _raise(mistakes)
        return Access(mode)
    if mode is Mode.OPEN:
        both = Text("contradicts the sign-in of [auth]", "与 [auth] 登录设置矛盾")
        mistakes.append(Mistake(VARIABLE, both, asked, '"", "read"'))
    people = People()
    if people_table is None:
        mistakes.append(
            Mistake(TABLE, Text("is missing: nobody would have a role", "缺失：无人拥有角色"), "", "[geoplan.people]")
        )
    else:
        people = read_people(people_table, mistakes)
    providers, origin = _auth(auth, mistakes)
    _options(mistakes)
    _raise(mistakes)
    return Access(Mode.SIGN_IN, people, providers, origin, read_only=mode is Mode.READ)


def _raise(mistakes: list[Mistake]) -> None:
    if mistakes:
        raise SettingsError(WHERE, tuple(mistakes))


def _tables(files: tuple[Path, ...]) -> dict[str, object]:
    """Return the top-level tables of all secrets files, later files over earlier ones, as Streamlit joins them."""
    found: dict[str, object] = {}
    for path in files:
        if path.suffix != ".toml" or not path.exists():
            continue
        try:
            found |= tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:  # bad TOML and bad UTF-8 are ValueErrors
            unreadable = Text("cannot be read", "无法读取")
            # Only where it is wrong: the line itself may hold a secret.
            raise SettingsError(path.name, (Mistake(path.name, unreadable, _place(error)),)) from error
    # A folder of secrets, as Kubernetes mounts it, is Streamlit's to read.
    if any(path.is_dir() for path in files) and st.secrets.load_if_toml_exists():
        found = st.secrets.to_dict() | found
    return found


def _place(error: Exception) -> str:
    return (
        str(error).rpartition("(")[2].rstrip(")")
        if isinstance(error, tomllib.TOMLDecodeError)
        else type(error).__name__
    )


def _mode(asked: str, mistakes: list[Mistake]) -> Mode:
    allowed = (Mode.LOCAL, Mode.READ, Mode.OPEN)
    if asked in allowed:
        return Mode(asked)
    if asked:
        mistakes.append(Mistake(VARIABLE, Text("unknown", "未知的值"), asked, ", ".join(allowed)))
    return Mode.LOCAL


# ------------------------------------------------------------------ [auth]


def _auth(auth: object, mistakes: list[Mistake]) -> tuple[tuple[str, ...], str]:
    """Return the providers and the origin of `[auth]`; what Streamlit would only say on a click is said at once."""
    if not isinstance(auth, Mapping):
        mistakes.append(Mistake("auth", Text("must be a table", "必须是表"), ""))
        return (), ""
    missing = [name for name in ("authlib", "httpx") if importlib.util.find_spec(name) is None]
    if missing:
        install = Text("sign-in needs packages that are not installed", "登录所需的软件包未安装")
        mistakes.append(Mistake("auth", install, ", ".join(missing), 'pip install "geoplan[serving]"'))
    secret = auth.get("cookie_secret")
    if not isinstance(secret, str) or len(secret) < MIN_SECRET or len(set(secret)) < MIN_SECRET // 4:
        weak = Text(
            f"missing, shorter than {MIN_SECRET} characters or guessable; it signs every session",
            f"缺失、少于 {MIN_SECRET} 个字符或易猜；会话均由其签名",
        )
        mistakes.append(Mistake("auth.cookie_secret", weak, "", "openssl rand -hex 32"))
    sections = {
        str(name): table for name, table in auth.items() if isinstance(table, Mapping) and name != "client_kwargs"
    }
    if not sections or any(key in auth for key in _PROVIDER_KEYS):
        sections = {"default": auth} | sections
    for name, table in sections.items():
        _provider("auth" if table is auth else f"auth.{name}", name, table, mistakes)
    return tuple(sections), _origin(auth.get("redirect_uri"), mistakes)


def _provider(key: str, name: str, table: Mapping[str, object], mistakes: list[Mistake]) -> None:
    if "_" in name:
        mistakes.append(Mistake(key, Text("a provider's name has no underscore", "提供方名称不得含下划线"), name))
    absent = [wanted for wanted in _PROVIDER_KEYS if not (isinstance(table.get(wanted), str) and table[wanted])]
    mistakes += [Mistake(f"{key}.{wanted}", Text("missing", "缺失"), "") for wanted in absent]
    address = table.get("server_metadata_url")
    if isinstance(address, str) and address and not _safe(address):
        plain = Text("is no https address (http only on this machine)", "不是 https 地址（仅本机可用 http）")
        mistakes.append(Mistake(f"{key}.server_metadata_url", plain, address, "https://…"))


def _origin(address: object, mistakes: list[Mistake]) -> str:
    path = f"{base_path()}{CALLBACK}"
    allowed = f"https://…{path}"
    given = address.replace("{port}", str(st.get_option("server.port"))) if isinstance(address, str) else ""
    parts = urlsplit(given)
    if not _safe(given) or parts.path != path or parts.query or parts.fragment:
        wrong = Text("is not the address the provider sends people back to", "不是登录后返回本应用的地址")
        mistakes.append(Mistake("auth.redirect_uri", wrong, given, allowed))
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def _options(mistakes: list[Mistake]) -> None:
    """Add the options of Streamlit under which a sign-in would protect nothing."""
    off = [name for name in ("server.enableXsrfProtection", "server.enableCORS") if not st.get_option(name)]
    needed = Text("protects the sign-in and is off", "保护登录的选项已关闭")
    mistakes += [Mistake(name, needed, "false", "true") for name in off]
    if st.get_option("server.trustedUserHeaders"):
        forged = Text("lets anybody who reaches the port say who they are", "任何能访问端口者皆可冒充他人")
        mistakes.append(Mistake("server.trustedUserHeaders", forged, "", "unset"))
    if st.get_option("server.enableAgentApi"):
        mistakes.append(
            Mistake("server.enableAgentApi", Text("is a way past the sign-in", "可绕过登录"), "true", "false")
        )


def _safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for one that is none
    except ValueError:
        return False
    if parts.username or parts.password or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts.hostname))


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _loopback(host: str | None) -> bool:
    """Return whether a host name or address is this machine's own, also as IPv6 writes an IPv4 address."""
    if host is None:
        return False
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 §6.3
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
