"""The template over HTTP: for every key, made once."""

from io import BytesIO

import openpyxl
import pytest

from app.exports.schedule_file import SPREADSHEET
from app.exports.template import template_csv, template_workbook
from tests.api import READER, Api
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]


async def test_it_comes_under_a_name_in_both_formats(api: Api) -> None:
    workbook = await api.send("GET", "/v1/template.xlsx")
    assert workbook.headers["Content-Type"] == SPREADSHEET
    assert workbook.headers["Content-Disposition"] == 'attachment; filename="people.xlsx"'
    assert workbook.content == template_workbook()
    assert openpyxl.load_workbook(BytesIO(workbook.content)).sheetnames[0] == "People"
    text = await api.send("GET", "/v1/template.csv")
    assert text.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert text.content == template_csv()
    assert text.headers["ETag"] != workbook.headers["ETag"]


async def test_it_is_made_once_and_sent_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await api.send("GET", "/v1/template.csv")
    tag = first.headers["ETag"]
    monkeypatch.setattr(api.app.state.file_tasks, "run", None)
    same = await api.send("GET", "/v1/template.csv", headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    assert (await api.send("GET", "/v1/template.csv")).content == first.content


async def test_a_reader_may_have_it_too(api: Api) -> None:
    reader = api.as_(READER)
    first = await reader.send("GET", "/v1/template.xlsx")
    assert first.status_code == 200
    tag = first.headers["ETag"]
    same = await reader.send("GET", "/v1/template.xlsx", headers={"If-None-Match": tag})
    assert same.status_code == 304
