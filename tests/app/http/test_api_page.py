"""The page about the service: complete, runs its own script alone, and loads nothing."""

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

from app.http.api_page import POLICY, STYLE, write_api_page
from app.http.try_form import SCRIPT
from tests.documented import document, operations

PAGE = write_api_page(document())


def test_it_has_every_operation_and_every_field() -> None:
    for operation in operations():
        assert f'<details id="{operation.name}">' in PAGE
        assert operation.described["x-codeSamples"][0]["source"] in unescape(PAGE)
    for name, schema in document()["components"]["schemas"].items():
        start = PAGE.index(f'<details id="schema-{name}">')
        part = PAGE[start : PAGE.index("</details>", start)]
        for field in schema.get("properties", {}):
            assert f"<td><code>{field}</code></td>" in part, (name, field)


def test_every_link_leads_somewhere_on_the_page() -> None:
    names = set(re.findall(r' id="([^"]+)"', PAGE))
    links = re.findall(r'href="#([^"]+)"', PAGE)
    assert len(links) > len(operations())
    assert set(links) <= names
    assert set(re.findall(r'href="([^#][^"]*)"', PAGE)) == {"/openapi.json"}


def test_it_runs_its_own_script_and_loads_nothing() -> None:
    elsewhere = r"<img|<link|<iframe|\son\w+=|\sstyle=|\ssrc=|\saction=|url\(|://(?!127\.0\.0\.1|example\.org|…)"
    assert not re.search(elsewhere, PAGE)
    for text, mark, kind in ((STYLE, "style", "style-src"), (SCRIPT, "script", "script-src")):
        assert PAGE.count(f"<{mark}>") == PAGE.count(f"<{mark}") == 1
        assert f"<{mark}>{text}</{mark}>" in PAGE
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}';" in POLICY
    assert POLICY.startswith("default-src 'none';")
    assert "connect-src 'self';" in POLICY
    assert "unsafe" not in POLICY


def test_what_documents_say_is_text() -> None:
    said = document() | {"info": {"title": "<b>", "description": "`<i>` and [x](#y) & ``z``"}}
    page = write_api_page(said)
    assert "<h1>&lt;b&gt;</h1>" in page
    assert '<p><code>&lt;i&gt;</code> and <a href="#y">x</a> &amp; <code>z</code></p>' in page
