"""`geoplan report`: PDF, page or workbook by the ending of the file, and refusals that say what fits."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.cli.run import invoke, main_here
from tests.output.export.ground import write_squares
from tests.output.sheet.reading import Read, squeezed


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_squares(tmp_path_factory.mktemp("report") / "squares", other="Beta")


def test_a_pdf_is_written_to_the_scale_asked_for(plan: Path, tmp_path: Path) -> None:
    output = tmp_path / "plan.pdf"
    done = invoke("report", plan, "--output", output, "--paper", "A3", "--scale", "20000", "--lang", "en")
    assert (done.exit_code, done.stdout) == (0, "")
    assert output.read_bytes().startswith(b"%PDF-")
    assert f"written to {output}" in done.stderr


def test_a_page_and_a_workbook_are_written_in_the_language_asked_for(plan: Path, tmp_path: Path) -> None:
    assert invoke("report", plan, "--output", tmp_path / "plan.html", "--lang", "zh").exit_code == 0
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    assert "示意 · 非官方边界" in page
    assert "<script" not in page
    assert "<svg" in page  # the same map as on the sheet
    assert invoke("report", plan, "--output", tmp_path / "plan.xlsx", "--lang", "zh").exit_code == 0
    assert openpyxl.load_workbook(tmp_path / "plan.xlsx").sheetnames[0] == "概览"


@pytest.mark.parametrize("ending", ["pdf", "html"])
def test_title_author_and_review_number_stand_on_sheet_and_page(plan: Path, tmp_path: Path, ending: str) -> None:
    output = tmp_path / f"plan.{ending}"
    said = ("--title", "Northern shore", "--author", "Li Wei", "--review-number", "GS(2026)1234")
    assert invoke("report", plan, "--output", output, *said, "--lang", "both", "--no-findings").exit_code == 0
    text = Read(output.read_bytes()).text if ending == "pdf" else output.read_text(encoding="utf-8")
    for word in (*said[1::2], "审图号"):
        assert squeezed(word) in squeezed(text)


def test_the_paper_can_stand_upright(plan: Path, tmp_path: Path) -> None:
    output = tmp_path / "plan.pdf"
    assert invoke("report", plan, "--output", output, "--orientation", "portrait", "--lang", "en").exit_code == 0
    left, bottom, right, top = Read(output.read_bytes()).pages[0].mediabox
    assert (right - left, top - bottom) == pytest.approx((595.3, 841.9), abs=0.1)  # ISO 216 in points


@pytest.mark.parametrize(("arguments", "said"), [
    (["--output", "plan.docx"], ".pdf, .html, .xlsx"),
    (["--output", "plan.xlsx", "--scale", "1000"], "--scale: only for a PDF"),
    (["--output", "plan.xlsx", "--no-findings", "--lang", "both"], "--findings, --lang both: only for a PDF or a page"),
    (["--output", "plan.html", "--paper", "A3", "--orientation", "portrait"], "--paper, --orientation: only for a PDF"),
    (["--output", "nowhere/plan.pdf"], "there is no such folder"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_before_any_work(
    arguments: list[str], said: str, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, output, errors = main_here("report", str(plan), *arguments)
    assert (code, output) == (2, "")
    assert said in errors
    assert list(tmp_path.iterdir()) == []
