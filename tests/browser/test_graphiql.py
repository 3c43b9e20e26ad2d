"""GraphiQL over the sandbox's own hub, in a real browser.

It works, it stays at home, and personal codes stay in the body.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from hub.sandbox.graphiql.build import BuildFailed, build
from tests.browser.conftest import Open, Visit, missing
from tests.journey.town import PERSONAS, Town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ILZE, GUNTA = PERSONAS["ilze"], PERSONAS["gunta"]
TABS = ["Answered", "Refused", "Partial", "Batch", "Case", "Looked", "Log"]
LOOK = {
    "graphiql:theme",
    "graphiql:visiblePlugin",
    "graphiql:docExplorerFlex",
    "graphiql:editorFlex",
    "graphiql:secondaryEditorFlex",
    "vienreiz:language",
}
"""All that the page may keep on disk."""


@pytest.fixture(scope="module")
def built() -> None:
    try:
        build()
    except BuildFailed as failure:
        missing(f"GraphiQL could not be built: {failure}")


@pytest.fixture
def visit(built: None, town: Town, open_page: Open) -> Iterator[Visit]:
    """The page, ready; whatever the test does, it must not complain or leave home."""
    visit = open_page(f"{town.url}/graphql")
    ready(visit.page)
    yield visit
    assert visit.hosts == {visit.base_url.removeprefix("http://")}
    assert not [text for text in visit.complaints if "403 (Forbidden)" not in text]
    assert_no_code_outside_bodies(visit)


def assert_no_code_outside_bodies(visit: Visit) -> None:
    storage = visit.page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    assert set(visit.page.evaluate("Object.keys(localStorage)")) <= LOOK
    for code in PERSONAS.values():
        for written in (code, code.replace("-", "")):
            assert written not in storage
            assert not [request.url for request in visit.requests if written in request.url]
    for request in asked(visit):
        assert not any(code in str(sent(request)["query"]) for code in PERSONAS.values())


def asked(visit: Visit, name: str | None = None) -> list[Request]:
    """Every GraphQL request, or those for the operation named."""
    posts = [each for each in visit.requests if each.url.endswith("/graphql") and each.post_data]
    return [each for each in posts if name in (None, sent(each)["operationName"])]


def sent(request: Request) -> dict[str, Any]:
    return dict(request.post_data_json or {})


def headers(visit: Visit, name: str) -> Mapping[str, str]:
    return asked(visit, name)[-1].all_headers()


def variables(visit: Visit, name: str) -> Any:  # noqa: ANN401 — JSON
    return sent(asked(visit, name)[-1])["variables"]


def tokens_asked(visit: Visit) -> int:
    return len([each for each in visit.requests if each.url.endswith("/sandbox/token")])


def ready(page: Page) -> None:
    expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query")
    expect(page.locator(".graphiql-editor-tool .view-lines").first).to_contain_text("personalCode")


def response(page: Page) -> Locator:
    return page.locator(".graphiql-response .view-lines")


def run(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Execute query")).click()


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def outcome(page: Page) -> Locator:
    return page.locator(".outcome")


def test_the_examples_are_tabs(visit: Visit) -> None:
    names = visit.page.get_by_role("tab").all_inner_texts()
    assert [name.strip() for name in names] == TABS


def test_the_example_is_answered_with_its_receipt(visit: Visit) -> None:
    expect(visit.page.locator(".example")).to_contain_text("means test")
    run(visit.page)
    expect(response(visit.page)).to_contain_text("UNEMPLOYED")
    expect(outcome(visit.page)).to_contain_text("Answered · HTTP 200")
    expect(outcome(visit.page)).to_contain_text(re.compile("receipt [0-9a-f]{32}"))
    told = headers(visit, "Answered")
    assert told["x-dagr-permission"] == "RSD-2026-001"
    assert told["accept"] == "application/graphql-response+json"
    assert told["authorization"].startswith("Bearer ey")
    assert "hub-case" not in told
    assert "hub-official" not in told


def test_the_refused_example_shows_each_field_and_asks_nothing(visit: Visit, town: Town) -> None:
    open_tab(visit.page, "Refused")
    run(visit.page)
    expect(response(visit.page)).to_contain_text("disability.cause")
    expect(outcome(visit.page)).to_contain_text("Refused: field_forbidden, field_not_in_agreement")
    expect(outcome(visit.page)).to_contain_text("HTTP 403")
    assert town.watch.calls == []


def test_the_partial_example_is_answered_in_part(visit: Visit) -> None:
    open_tab(visit.page, "Partial")
    expect(visit.page.get_by_label("Client")).to_have_value("nva")
    expect(visit.page.get_by_label("Agreement")).to_have_value("NVA-2026-001")
    run(visit.page)
    expect(outcome(visit.page)).to_contain_text("Answered in part: field_forbidden · HTTP 200")


def test_the_batch_asks_each_register_once(visit: Visit, town: Town) -> None:
    open_tab(visit.page, "Batch")
    run(visit.page)
    expect(outcome(visit.page)).to_contain_text("Answered · HTTP 200")
    names = [name for name, _, _ in town.watch.calls]
    assert len(names) == len(set(names))
    assert len(variables(visit, "Batch")["personalCodes"]) == 6


def test_case_and_official_are_sent_where_they_are_demanded(visit: Visit) -> None:
    open_tab(visit.page, "Case")
    expect(visit.page.get_by_label("Case number")).to_have_value("BT-2026/17")
    run(visit.page)
    expect(outcome(visit.page)).to_contain_text("Answered · HTTP 200")
    expect(response(visit.page)).to_contain_text("outOfHomeCare")
    visit.page.get_by_label("Case number").fill("BT-2026/99")
    visit.page.get_by_label("Official").fill("RBT-8")
    run(visit.page)
    expect(response(visit.page)).to_contain_text("SUBJECT_NOT_FOUND")
    assert headers(visit, "Case")["hub-case"] == "BT-2026/99"
    assert headers(visit, "Case")["hub-official"] == "RBT-8"


def test_a_persona_reaches_the_variables_and_not_the_query(visit: Visit) -> None:
    person = visit.page.get_by_label("Person asked about")
    expect(person).to_have_value(ILZE)
    person.select_option(GUNTA)
    expect(visit.page.locator(".graphiql-editor-tool .view-lines").first).to_contain_text(GUNTA)
    run(visit.page)
    expect(response(visit.page)).to_contain_text("SUBJECT_NOT_FOUND")
    assert variables(visit, "Answered") == {"personalCode": GUNTA}


def test_a_persona_joins_a_batch(visit: Visit) -> None:
    open_tab(visit.page, "Partial")
    visit.page.get_by_label("Person asked about").select_option(ILZE)
    run(visit.page)
    expect(outcome(visit.page)).to_contain_text("HTTP 200")
    assert variables(visit, "Partial") == {"personalCodes": [GUNTA, PERSONAS["niks"], ILZE]}


def test_each_tab_keeps_its_own_choice(visit: Visit) -> None:
    client, agreement = visit.page.get_by_label("Client"), visit.page.get_by_label("Agreement")
    client.select_option("orphan-court")
    expect(agreement).to_have_value("RBT-2026-001")
    expect(visit.page.get_by_label("Case number")).to_have_value("BT-2026/17")
    open_tab(visit.page, "Batch")
    expect(client).to_have_value("riga-social-service")
    expect(agreement).to_have_value("RSD-2026-001")
    agreement.select_option("RSD-2026-002")
    open_tab(visit.page, "Answered")
    expect(client).to_have_value("orphan-court")
    open_tab(visit.page, "Batch")
    expect(agreement).to_have_value("RSD-2026-002")


def test_every_client_and_every_agreement_can_be_chosen(visit: Visit, town: Town) -> None:
    catalogue = town.http.get(f"{town.url}/sandbox/clients").json()
    client, agreement = visit.page.get_by_label("Client"), visit.page.get_by_label("Agreement")
    for each in catalogue["clients"]:
        client.select_option(each["id"])
        offered = agreement.locator("option").evaluate_all("all => all.map(one => one.value)")
        assert offered == [one["number"] for one in each["agreements"]]


def test_a_token_that_no_longer_holds_is_fetched_again_once(visit: Visit) -> None:
    run(visit.page)
    expect(response(visit.page)).to_contain_text("UNEMPLOYED")
    before = tokens_asked(visit)
    spoilt: list[str] = []

    def spoil(route: Route) -> None:
        if spoilt or route.request.method != "POST":
            route.continue_()
            return
        spoilt.append(route.request.url)
        route.continue_(headers={**route.request.headers, "authorization": "Bearer a.b.c"})

    visit.page.route("**/graphql", spoil)
    run(visit.page)
    expect(outcome(visit.page)).to_contain_text("HTTP 200")
    assert spoilt
    assert tokens_asked(visit) == before + 1
    visit.complaints[:] = [text for text in visit.complaints if "401 (Unauthorized)" not in text]


def test_one_token_serves_all_tabs_of_a_client(visit: Visit) -> None:
    for name in ("Answered", "Refused", "Batch"):
        open_tab(visit.page, name)
        run(visit.page)
        expect(outcome(visit.page)).to_contain_text("HTTP")
    assert tokens_asked(visit) == 1


def test_a_syntax_error_is_told_by_the_hub(visit: Visit) -> None:
    editor = visit.page.locator(".graphiql-query-editor .view-lines")
    editor.click()
    visit.page.keyboard.press("Control+A")
    visit.page.keyboard.type("query Broken { registers { name ")
    visit.page.keyboard.press("Control+Enter")
    expect(response(visit.page)).to_contain_text(re.compile("syntax_error|validation_failed|data"))
    visit.complaints[:] = [text for text in visit.complaints if "400 (Bad Request)" not in text]


def test_the_bar_speaks_latvian_and_remembers_it(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Latviešu").click()
    expect(visit.page.get_by_label("Pieprasītājs")).to_be_visible()
    expect(visit.page.locator("html")).to_have_attribute("lang", "lv")
    expect(visit.page.locator(".example")).to_contain_text("materiālo situāciju")
    expect(visit.page.get_by_label("Pieprasītājs")).to_contain_text("Rīgas bāriņtiesa")
    visit.page.reload()
    ready(visit.page)
    expect(visit.page.get_by_label("Pieprasītājs")).to_be_visible()


def test_the_keyboard_alone_is_enough(visit: Visit) -> None:
    visit.page.get_by_label("Agreement").focus()
    visit.page.keyboard.press("ArrowDown")
    expect(visit.page.get_by_label("Agreement")).to_have_value("RSD-2026-002")
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_label("Person asked about")).to_be_focused()


def test_what_the_agreement_grants_can_be_read(visit: Visit) -> None:
    visit.page.get_by_text("What this agreement grants").click()
    grants = visit.page.locator(".grants")
    expect(grants).to_contain_text("employment.status")
    expect(grants).to_contain_text("X-DAGR-Permission: RSD-2026-001")
    assert "ey" not in grants.inner_text().replace("they", "")


def test_history_and_explorer_open(visit: Visit) -> None:
    run(visit.page)
    expect(response(visit.page)).to_contain_text("UNEMPLOYED")
    visit.page.get_by_role("button", name="Show History").click()
    expect(visit.page.locator(".graphiql-history")).to_contain_text("Answered")
    visit.page.get_by_role("button", name="Show GraphiQL Explorer").click()
    explorer = visit.page.locator(".graphiql-explorer-root")
    for name in ("person", "persons", "currentPermissions", "registers"):
        expect(explorer).to_contain_text(name)


def test_the_schema_is_documented_with_its_latvian_terms(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Show Documentation Explorer").click()
    docs = visit.page.locator(".graphiql-doc-explorer")
    docs.get_by_role("link", name="Query").first.click()
    expect(docs).to_contain_text("persona")
    assert headers(visit, "IntrospectionQuery")["authorization"].startswith("Bearer ey")
    assert headers(visit, "IntrospectionQuery")["x-dagr-permission"] == "RSD-2026-001"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_can_be_chosen(visit: Visit, scheme: str) -> None:
    visit.page.get_by_label("Colours").select_option(scheme)
    expect(visit.page.locator("body")).to_have_class(re.compile(f"graphiql-{scheme}"))
