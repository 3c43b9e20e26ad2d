"""A headless Chromium for tests that look at pages."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(kw_only=True)
class Visit:
    """One page and everything it did: requests made, complaints on the console."""

    page: Page
    base_url: str
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> set[str]:
        """Every host asked, data and blob addresses aside."""
        addresses = (urlsplit(request.url) for request in self.requests)
        return {one.netloc for one in addresses if one.scheme not in {"data", "blob"}}


Open = Callable[..., Visit]


def missing(what: str) -> None:
    """Fail on CI, where everything must be there; skip on a developer's machine."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def browser_path() -> str:
    found = os.environ.get("HUB_TEST_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        missing(f"no browser: set HUB_TEST_BROWSER or install one of {', '.join(NAMES)}")
    return str(found)


# Playwright's own event loop would be in the way of the asyncio tests of other modules,
# so a browser lives no longer than one module.
@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Open an address in a fresh browser profile and record what the page does."""
    contexts = []

    def visit(address: str, **settings: object) -> Visit:
        defaults = {"locale": "en-GB", "viewport": {"width": 1400, "height": 900}}
        context = browser.new_context(**(defaults | settings))  # type: ignore[arg-type]  # any of its options
        contexts.append(context)
        page = context.new_page()
        parts = urlsplit(address)
        seen = Visit(page=page, base_url=f"{parts.scheme}://{parts.netloc}")
        # Playwright marks its handlers, and a builtin cannot be marked
        context.on("request", lambda request: seen.requests.append(request))  # noqa: PLW0108
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                seen.complaints.append(message.text)
                if message.type in {"error", "warning"}
                else None
            ),
        )
        page.goto(address)
        return seen

    yield visit
    for context in contexts:
        context.close()
