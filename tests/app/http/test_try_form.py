"""Forms to try operations: one for each, filled in with its sample, safe whatever is answered."""

import json
import re
from html import unescape
from typing import Any

import pytest

from app.http.try_form import KEY_INPUT, SCRIPT, write_try_form
from tests.api import Api
from tests.databases import SQLITE_ONLY
from tests.documented import Operation, document, operations


def form_of(operation: Operation) -> str:
    return write_try_form(document(), operation.method, operation.path, operation.described)


def named(operation: str) -> Operation:
    return next(one for one in operations() if one.name == operation)


@pytest.mark.parametrize("operation", operations(), ids=lambda one: one.name)
def test_every_parameter_has_an_input_with_a_label_of_its_own(operation: Operation) -> None:
    form = form_of(operation)
    inputs = re.findall(r'<input [^>]*name="([^"]+)" data-in="(\w+)"([^>]*)>', form)
    rows = operation.described.get("parameters", [])
    assert sorted((name, place, " required" in rest) for name, place, rest in inputs) == sorted(
        (row["name"], row["in"], row["required"]) for row in rows
    )
    ids = re.findall(r' id="([^"]+)"', form)
    assert len(set(ids)) == len(ids)
    assert re.findall(r'<label for="([^"]+)"', form) == ids


def test_the_ids_of_all_forms_differ() -> None:
    page = KEY_INPUT + "".join(map(form_of, operations()))
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(set(ids)) == len(ids) > 100


def test_a_form_is_hidden_until_the_script_can_send_it() -> None:
    for operation in operations():
        start = f'<form hidden data-method="{operation.method}" data-path="{operation.path}"'
        assert form_of(operation).startswith(start)
    assert "form.hidden = false" in SCRIPT


def test_what_documents_say_is_text() -> None:
    row = {"name": "n", "in": "query", "required": False, "example": '"><script>'}
    operation: Any = {"operationId": "x", "parameters": [row]}
    form = write_try_form({}, "GET", '/"><script>', operation)
    assert "<script>" not in form


def test_the_script_shows_answers_as_text_and_keeps_nothing() -> None:
    for way_in in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval", "srcdoc"):
        assert way_in not in SCRIPT
    for store in ("localStorage", "sessionStorage", "cookie", "indexedDB", "history"):
        assert store not in SCRIPT
    assert "</" not in SCRIPT
    assert "<!--" not in SCRIPT
    assert 'credentials: "omit"' in SCRIPT


def filled_body(operation: str) -> str:
    (sample,) = re.findall(r"<textarea[^>]*>(.*)</textarea>", form_of(named(operation)), re.DOTALL)
    return unescape(sample)


@SQLITE_ONLY
@pytest.mark.anyio
async def test_what_is_filled_in_is_taken(api: Api) -> None:
    made = await api.send("POST", "/v1/events", json.loads(filled_body("create_event")))
    assert made.status_code == 201, made.text
    place, tag = made.headers["Location"], made.headers["ETag"]
    patch = json.loads(filled_body("patch_event"))
    changed = await api.send("PATCH", place, patch, tag=tag)
    assert changed.status_code == 200, changed.text
