"""GraphiQL in a real browser: it works, it stays at home, and personal codes stay in the body."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from hub.sandbox.graphiql.build import BuildFailed, build
from tests.browser.conftest import Open, Serve, Visit, missing
from tests.browser.stand_in import ANNA, JANIS, PEOPLE, StandIn, application

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def built() -> None:
    try:
        build()
    except BuildFailed as failure:
        missing(f"GraphiQL could not be built: {failure}")


@pytest.fixture(scope="module")
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture(scope="module")
def address(built: None, serve: Serve, stand_in: StandIn) -> str:
    return f"{serve(application(stand_in))}/graphql"


@pytest.fixture
def visit(address: str, open_page: Open) -> Iterator[Visit]:
    """The page, ready; whatever the test does, it must not complain or leave home."""
    visit = open_page(address)
    ready(visit.page)
    yield visit
    assert visit.hosts == {visit.base_url.removeprefix("http://")}
    assert not [text for text in visit.complaints if "403 (Forbidden)" not in text]
    assert_no_code_outside_bodies(visit)


def assert_no_code_outside_bodies(visit: Visit) -> None:
    storage = visit.page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    for code in PEOPLE:
        assert code not in storage
        assert not [request.url for request in visit.requests if code in request.url]


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


def test_the_example_is_answered_with_its_receipt(visit: Visit, stand_in: StandIn) -> None:
    run(visit.page)
    expect(response(visit.page)).to_contain_text("Anna")
    expect(outcome(visit.page)).to_contain_text("Answered · HTTP 200")
    expect(outcome(visit.page)).to_contain_text("receipt r-0001")
    headers = stand_in.operations("Answered")[-1]
    assert headers["x-dagr-permission"] == "DA-1"
    assert headers["accept"] == "application/graphql-response+json"
    assert headers["authorization"].startswith("Bearer token-")
    assert "hub-case" not in headers
    assert "hub-official" not in headers


def test_the_refused_example_shows_its_error(visit: Visit) -> None:
    open_tab(visit.page, "Refused")
    expect(visit.page.get_by_label("Client")).to_have_value("vsaa")
    expect(visit.page.get_by_label("Agreement")).to_have_value("DA-3")
    run(visit.page)
    expect(response(visit.page)).to_contain_text("field_not_in_rule")
    expect(outcome(visit.page)).to_contain_text("Refused: field_not_in_rule · HTTP 403")


def test_the_partial_example_sends_case_and_official(visit: Visit, stand_in: StandIn) -> None:
    open_tab(visit.page, "Partial")
    expect(visit.page.get_by_label("Case number")).to_have_value("RD-2026-17")
    expect(visit.page.get_by_label("Official")).to_have_value("amats-042")
    visit.page.get_by_label("Case number").fill("RD-2026-99")
    run(visit.page)
    expect(response(visit.page)).to_contain_text("Jānis")
    expect(outcome(visit.page)).to_contain_text("Answered in part: register_unavailable")
    headers = stand_in.operations("Partial")[-1]
    assert headers["hub-case"] == "RD-2026-99"
    assert headers["hub-official"] == "amats-042"


def test_a_persona_reaches_the_variables_and_not_the_query(visit: Visit, stand_in: StandIn) -> None:
    person = visit.page.get_by_label("Person asked about")
    expect(person).to_have_value(ANNA)
    person.select_option(JANIS)
    expect(visit.page.locator(".graphiql-editor-tool .view-lines").first).to_contain_text(JANIS)
    expect(person).to_have_value(JANIS)
    run(visit.page)
    expect(response(visit.page)).to_contain_text("Jānis")
    body = stand_in.asked[-1][1]
    assert body["variables"] == {"personalCode": JANIS}
    assert JANIS not in str(body["query"])


def test_a_persona_joins_a_batch(visit: Visit, stand_in: StandIn) -> None:
    open_tab(visit.page, "Batch")
    visit.page.get_by_label("Person asked about").select_option(JANIS)
    run(visit.page)
    expect(response(visit.page)).to_contain_text("Jānis")
    assert stand_in.asked[-1][1]["variables"] == {"personalCodes": [ANNA, JANIS]}


def test_each_tab_keeps_its_own_choice(visit: Visit) -> None:
    client, agreement = visit.page.get_by_label("Client"), visit.page.get_by_label("Agreement")
    client.select_option("vsaa")
    expect(agreement).to_have_value("DA-3")
    open_tab(visit.page, "Batch")
    expect(client).to_have_value("riga")
    expect(agreement).to_have_value("DA-1")
    agreement.select_option("DA-2")
    expect(visit.page.get_by_label("Case number")).to_have_value("RD-2026-17")
    open_tab(visit.page, "Answered")
    expect(client).to_have_value("vsaa")


def test_a_refused_token_is_fetched_again_once(visit: Visit, stand_in: StandIn) -> None:
    run(visit.page)
    expect(response(visit.page)).to_contain_text("Anna")
    issued = len(stand_in.issued)
    stand_in.valid.clear()
    run(visit.page)
    expect(outcome(visit.page)).to_contain_text("HTTP 200")
    assert len(stand_in.issued) == issued + 1
    visit.complaints[:] = [text for text in visit.complaints if "401 (Unauthorized)" not in text]


def test_a_subscription_shows_what_comes(visit: Visit) -> None:
    open_tab(visit.page, "Changes")
    run(visit.page)
    expect(response(visit.page)).to_contain_text("second change")


def test_the_bar_speaks_latvian_and_remembers_it(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Latviešu").click()
    expect(visit.page.get_by_label("Pieprasītājs")).to_be_visible()
    expect(visit.page.locator("html")).to_have_attribute("lang", "lv")
    expect(visit.page.get_by_label("Vienošanās")).to_contain_text("Pabalsti pēc DA-1")
    visit.page.reload()
    ready(visit.page)
    expect(visit.page.get_by_label("Pieprasītājs")).to_be_visible()


def test_the_keyboard_alone_is_enough(visit: Visit) -> None:
    visit.page.get_by_label("Agreement").focus()
    visit.page.keyboard.press("ArrowDown")
    expect(visit.page.get_by_label("Agreement")).to_have_value("DA-2")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_label("Case number")).to_be_focused()


def test_what_the_agreement_grants_can_be_read(visit: Visit) -> None:
    visit.page.get_by_text("What this agreement grants").click()
    expect(visit.page.locator(".grants")).to_contain_text("Person.disabilityGroup")
    expect(visit.page.locator(".grants")).to_contain_text("X-DAGR-Permission: DA-1")
    assert "token-" not in visit.page.locator(".grants").inner_text()


def test_history_and_explorer_open_and_keep_nothing_on_disk(visit: Visit) -> None:
    run(visit.page)
    expect(response(visit.page)).to_contain_text("Anna")
    visit.page.get_by_role("button", name="Show History").click()
    expect(visit.page.locator(".graphiql-history")).to_contain_text("Answered")
    visit.page.get_by_role("button", name="Show GraphiQL Explorer").click()
    expect(visit.page.locator(".graphiql-explorer-root")).to_contain_text("givenName")
    kept = visit.page.evaluate("Object.keys(localStorage)")
    assert set(kept) <= {
        "graphiql:theme",
        "graphiql:visiblePlugin",
        "graphiql:docExplorerFlex",
        "graphiql:editorFlex",
        "graphiql:secondaryEditorFlex",
        "vienreiz:language",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_can_be_chosen(visit: Visit, scheme: str) -> None:
    visit.page.get_by_label("Colours").select_option(scheme)
    expect(visit.page.locator("body")).to_have_class(re.compile(f"graphiql-{scheme}"))


def test_introspection_carries_the_token_and_the_agreement(visit: Visit, stand_in: StandIn) -> None:
    headers = stand_in.operations("IntrospectionQuery")[-1]
    assert headers["x-dagr-permission"] == "DA-1"
    assert headers["authorization"].startswith("Bearer token-")
