"""How the page looks: one style sheet over Streamlit's own, with the colours every output shares."""

from __future__ import annotations

from geoplan.output import style
from geoplan.types import Severity

# The height left for map and card once the top bar and the strip have taken theirs.
_MAP_HEIGHT = "max(360px, calc(100vh - 232px))"

_SHEET = """
header[data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stDecoration"] { display: none; }
.stMainBlockContainer { padding: 10px 22px 24px 104px; max-width: none; }
.gp-unseen { width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.st-key-gp-script, [data-testid="stElementContainer"]:has(.gp-unseen) { position: absolute; height: 0; }
/* The way from page to page: a rail at the left, a bar at the foot of a phone. */
.st-key-gp-nav { position: fixed; left: 0; top: 0; bottom: 0; width: 82px !important; z-index: 90; background: #FFF;
  border-right: 1px solid #DCE3E5; padding: 10px 6px; overflow-y: auto; gap: 2px; }
.st-key-gp-nav button { min-height: 52px; padding: 4px 2px; border-radius: 8px; }
.st-key-gp-nav button > div, .st-key-gp-nav button > div > span { flex-direction: column; gap: 1px !important; }
.st-key-gp-nav button p { font-size: 11.5px; line-height: 1.2; text-align: center; white-space: normal; }
.st-key-gp-nav button [data-testid="stIconMaterial"] { font-size: 22px; margin: 0; }
.st-key-gp-nav button[kind="primary"] { background: #E6F2FA; color: #075985; border-color: transparent; }
.st-key-gp-nav button[kind="tertiary"]:hover { background: #F0F4F5; color: @INK; }
.st-key-gp-nav button:focus-visible { outline: 2.5px solid #075985; outline-offset: -2px; }
.gp-heading h1 { font-size: 22px; line-height: 1.25; font-weight: 700; margin: 2px 0 0; padding: 0; }
.gp-heading p { margin: 2px 0 4px; color: @MUTED; font-size: 13.5px; max-width: 900px; }
.gp-section { font-size: 16px; font-weight: 700; margin: 10px 0 2px; padding: 0; }
p.gp-hint { margin: 0 0 4px; max-width: 900px; }
.gp-figure-card { background: #FFF; border: 1px solid #DCE3E5; border-radius: 8px; padding: 10px 16px 6px; }
.gp-figure-card h3 { font-size: 14.5px; font-weight: 600; margin: 0 0 6px; padding: 0; overflow-wrap: anywhere; }
.gp-figures { width: 100%; border-collapse: collapse; font-size: 13px; background: #FFF; }
.gp-figures th { text-align: left; color: @MUTED; font-weight: 400; padding: 4px 8px;
  border-bottom: 1px solid #C5CFD3; }
.gp-figures td { border-bottom: 1px solid #E6ECEE; padding: 5px 8px; vertical-align: top; overflow-wrap: anywhere; }
.gp-figures td.gp-figure { font-weight: 600; font-variant-numeric: tabular-nums; min-width: 110px; }
.gp-figures .gp-verdict { margin: 0; white-space: nowrap; }
.gp-figures small { display: block; color: @MUTED; font-size: 12px; }
.gp-rows { margin: 2px 0 6px; } .gp-rows tr.gp-chosen td { background: #E6F2FA; }
.gp-rows td.gp-number, .gp-rows th.gp-number { text-align: right; font-variant-numeric: tabular-nums; }
.gp-rows tr.gp-total td { font-weight: 600; border-bottom: 0; }
.gp-rows button.gp-pick { background: none; border: 0; padding: 2px 0; color: #075985; text-align: left;
  cursor: pointer; font: inherit; overflow-wrap: anywhere; }
.gp-rows button.gp-pick:hover { text-decoration: underline; }
.gp-rows button.gp-pick:focus-visible { outline: 2.5px solid #075985; outline-offset: 1px; }
.gp-row-name { display: flex; align-items: baseline; } .gp-row-name .gp-swatch { flex: none; vertical-align: 0; }
.gp-scroll { overflow-x: auto; } .gp-scroll + .gp-hint { margin: 4px 0 8px; }
.st-key-gp-notice { background: @WARN_TINT; color: @WARN_TEXT; border-radius: 8px; padding: 4px 14px; }
.stMainBlockContainer, .stApp button, .stApp input { font-family: "Source Sans", "Segoe UI", Roboto, "PingFang SC",
  "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
.stApp { background: #F6F8F8; color: @INK; }
/* Streamlit only tints the border of a field that has the keyboard, and writes hints too pale to read. */
.stApp [data-baseweb="select"]:focus-within > div, .stApp [data-baseweb="input"]:focus-within,
  .stApp [data-baseweb="textarea"]:focus-within { box-shadow: 0 0 0 2px #075985; border-color: #075985; }
.stApp input::placeholder, .stApp textarea::placeholder { color: @MUTED; opacity: 1; -webkit-text-fill-color: @MUTED; }
.stMainBlockContainer > div > [data-testid="stVerticalBlock"], .stMainBlockContainer > [data-testid="stVerticalBlock"]
  { gap: 9px; }
.st-key-gp-top { border-bottom: 1px solid #DCE3E5; padding-bottom: 7px; }
.gp-brand { font-weight: 700; font-size: 17px; letter-spacing: .01em; white-space: nowrap; }
.gp-brand i { display: inline-block; width: 14px; height: 14px; margin-right: 8px; vertical-align: -2px;
  background: conic-gradient(#0072B2 0 25%, #E69F00 0 50%, #009E73 0 75%, #CC79A7 0); border-radius: 3px; }
.gp-strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); background: #FFF;
  border: 1px solid #DCE3E5; border-radius: 8px; }
.gp-tile { padding: 7px 14px 8px; border-left: 1px solid #E6ECEE; min-width: 0; }
.gp-tile:first-child { border-left: 0; }
.gp-tile.gp-wide { grid-column: span 2; }
.gp-tile-label, .gp-tile-below { font-size: 12px; line-height: 1.35; color: @MUTED; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.gp-tile-figure { font-size: 23px; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
.gp-tile-figure small { font-size: 14px; font-weight: 400; margin-left: 4px; }
.gp-verdict { display: inline-block; min-width: 20px; height: 20px; line-height: 20px; text-align: center;
  border-radius: 10px; font-size: 12px; font-weight: 600; margin-left: 10px; vertical-align: 4px; padding: 0 9px; }
.gp-holds { background: @PASS_TINT; color: @PASS_TEXT; } .gp-fails { background: @FAIL_TINT; color: @FAIL_TEXT; }
.gp-unchecked { background: #EEF1F4; color: @MUTED; }
iframe[title^="streamlit_folium"] { height: @HEIGHT !important; border: 1px solid #DCE3E5; border-radius: 8px;
  background: #FFF; display: block; }
[data-testid="stLayoutWrapper"]:has(> .st-key-gp-over-map) { height: 0; margin-bottom: -1rem; }
.st-key-gp-over-map { height: 0; z-index: 20; position: relative; }
.st-key-gp-over-map > div { position: absolute; left: 30px; top: 28px; }
.st-key-gp-over-map button { background: rgba(255, 255, 255, .94); border: 0; min-height: 30px; padding: 2px 10px;
  box-shadow: 0 1px 4px rgba(27, 39, 51, .28); font-size: 12.5px; }
.st-key-gp-over-map button p { font-size: 12.5px; }
iframe.gp-frame-full { position: fixed !important; inset: 0; width: 100vw !important; height: 100vh !important;
  z-index: 99999; border-radius: 0 !important; }
.st-key-gp-side { height: @HEIGHT !important; flex: none !important; overflow: auto;
  background: #FFF; border: 1px solid #DCE3E5; border-radius: 8px; padding: 12px 16px 14px; gap: 8px; }
.gp-card { font-size: 13.5px; line-height: 1.45; }
.gp-card h2 { font-size: 19px; line-height: 1.25; font-weight: 700; margin: 0; padding: 0; overflow-wrap: anywhere; }
.gp-card p { margin: 0 0 7px; font-size: inherit; overflow-wrap: anywhere; }
.gp-card .gp-other { color: @MUTED; margin: 1px 0 8px; }
.gp-swatch { display: inline-block; width: 14px; height: 14px; margin-right: 8px; border-radius: 2px; opacity: .85; }
.gp-swatch.gp-round { border-radius: 50%; }
.gp-area { font-size: 17px; font-variant-numeric: tabular-nums; } .gp-area b { font-size: 25px; font-weight: 600; }
.gp-units { display: flex; flex-wrap: wrap; gap: 0 14px; color: @MUTED; font-variant-numeric: tabular-nums;
  margin-bottom: 6px; }
.gp-card dl, .gp-error dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 12px; margin: 6px 0;
  padding: 0; font-size: inherit; }
.gp-card dl > *, .gp-error dl > * { font-size: inherit; line-height: inherit; padding: 0; }
.gp-card dl dt, .gp-error dl dt { margin: 0; color: @MUTED; max-width: 110px; font-weight: 400; }
.gp-card dl dd, .gp-error dl dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.gp-card .gp-method { color: @MUTED; font-size: 12px; border-left: 2px solid #DCE3E5; padding-left: 8px; }
.gp-card .gp-badge { display: inline-block; padding: 3px 10px; border-radius: 6px; font-size: 12.5px; }
.gp-badge-status { background: @WARN_TINT; color: @WARN_TEXT; } .gp-badge-empty { background: #EEF1F4; }
.gp-badge-official { background: @PASS_TINT; color: @PASS_TEXT; }
.gp-empty { border: 1.5px dashed #9FB0B7; border-radius: 8px; padding: 10px 14px; margin: 4px 0 10px; }
.gp-empty p { margin: 4px 0 0; } .gp-empty b { font-size: 15px; }
.gp-card code, .gp-error code { background: #EEF1F4; color: @INK; padding: 1px 5px; border-radius: 4px; font-size: 12px;
  overflow-wrap: anywhere; }
.gp-hint { color: @MUTED; font-size: 12.5px; }
.gp-error { max-width: 860px; margin: 6vh auto 0; background: #FFF; border: 1px solid #DCE3E5;
  border-left: 5px solid @FAIL_TEXT; border-radius: 8px; padding: 18px 24px; font-size: 14.5px; }
.gp-error h2 { font-size: 21px; margin: 0 0 8px; padding: 0; } .gp-error ul { margin: 0 0 12px; padding-left: 20px; }
.gp-error li { margin: 4px 0; overflow-wrap: anywhere; font-size: inherit; }
/* A table's own download writes names as they are, formulas included: exports are made elsewhere. */
[data-testid="stElementToolbar"] { display: none; }
.gp-chart { display: block; }
.gp-chart-narrow { display: none; }
@media screen and (max-width: 640px) {
  .gp-chart-wide { display: none; }
  .gp-chart-narrow { display: block; }
}
@media (max-width: 760px) {
  .stMainBlockContainer { padding: 8px 10px 112px; }
  /* All pages in two rows: nothing to scroll to, and none cut off. */
  .st-key-gp-nav { top: auto; right: 0; width: auto !important; height: 92px; display: grid !important;
    grid-template-columns: repeat(5, 1fr); gap: 0; overflow: hidden; border-right: 0; padding: 2px 4px;
    border-top: 1px solid #DCE3E5; }
  .st-key-gp-nav > div { width: auto !important; min-width: 0; }
  .st-key-gp-nav button { min-height: 42px; padding: 1px; }
  .st-key-gp-nav button [data-testid="stIconMaterial"] { font-size: 20px; }
  .st-key-gp-nav button p { font-size: 11px; white-space: nowrap; }
  .gp-brand { display: none; }
  .st-key-gp-methods { display: none; }
  .st-key-gp-top { flex-wrap: nowrap !important; }
  .st-key-gp-top > div:has([data-testid="stSelectbox"]) { flex: 1 1 120px !important;
    width: auto !important; min-width: 0; }
  .st-key-gp-top > div:has([data-testid="stSelectbox"]) [data-testid="stSelectbox"] { width: 100% !important; }
  .st-key-gp-top > div:has([data-testid="stButtonGroup"]) { flex: none !important; }
  .st-key-gp-top > div:has(.gp-brand) { display: none; }
  .gp-strip { grid-template-columns: repeat(6, 1fr); }
  .gp-tile { padding: 5px 9px; grid-column: span 2; border-top: 1px solid #E6ECEE; }
  .gp-tile.gp-lead { grid-column: span 3; border-top: 0; }
  .gp-tile.gp-lead + .gp-tile:not(.gp-lead) { border-left: 0; }
  .gp-tile-label, .gp-tile-below { white-space: normal; overflow-wrap: anywhere; }
  .gp-tile-figure { font-size: 18px; } .gp-tile-figure small { font-size: 12px; }
  .gp-verdict { margin-left: 5px; padding: 0 6px; font-size: 11px; height: 18px; line-height: 18px; }
  iframe[title^="streamlit_folium"] { height: 62vh !important; }
  .st-key-gp-side { height: auto !important; }
}
"""


def style_html() -> str:
    """Return the page's style element."""
    failed = style.SEVERITY_STYLES[Severity.ERROR]
    warning = style.SEVERITY_STYLES[Severity.WARNING]
    colours = {
        "@INK": style.INK,
        "@MUTED": style.MUTED_INK,
        "@PASS_TINT": style.PASSED.tint,
        "@PASS_TEXT": style.PASSED.text,
        "@FAIL_TINT": failed.tint,
        "@FAIL_TEXT": failed.text,
        "@WARN_TINT": warning.tint,
        "@WARN_TEXT": warning.text,
        "@HEIGHT": _MAP_HEIGHT,
    }
    sheet = _SHEET
    for name, value in colours.items():
        sheet = sheet.replace(name, value)
    return f"<style>{sheet}</style>"
