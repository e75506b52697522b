"""A browser, and pages in it that are watched."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--no-sandbox",  # a container's root has no other way
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium without a window."""
    found = filter(None, map(shutil.which, _NAMES))
    path = os.environ.get("SCANGATE_BROWSER") or next(found, None)
    if path is None:
        pytest.fail("there is no Chromium: apt-get install chromium, or name one: SCANGATE_BROWSER")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=list(_QUIET))
        yield chromium
        chromium.close()


class Watched:
    """A page that is open, and what it tried to do beside being shown."""

    def __init__(self, page: "Page") -> None:
        self.page = page
        self.requests: list[str] = []
        self.failures: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self.failures.append(request.failure or ""))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def count(self, selector: str) -> int:
        """Count the elements that take room on the page."""
        script = "all => all.filter(each => each.getClientRects().length).length"
        found = self.page.locator(selector).evaluate_all(script)
        assert isinstance(found, int)
        return found

    def style(self, selector: str, name: str) -> str:
        """What a property of the style of the first element came to be."""
        script = "(each, name) => getComputedStyle(each).getPropertyValue(name)"
        found = self.page.locator(selector).first.evaluate(script, name)
        assert isinstance(found, str)
        return found

    def wait_for(self, selector: str, text: str) -> None:
        """Wait until an element says so, without a script, which the page would not run."""
        from playwright.sync_api import expect

        expect(self.page.locator(selector)).to_have_text(text)


Opener = Callable[..., Watched]


@pytest.fixture
def show(browser: "Browser", tmp_path: Path) -> Iterator[Opener]:
    """Open a page from a file, as people do who got it from a CI system."""
    contexts: list[BrowserContext] = []

    def opened(
        text: str, *, width: int = 1280, scheme: str = "light", script: bool = True
    ) -> Watched:
        file = tmp_path / f"report-{len(contexts)}.html"
        file.write_text(text, encoding="utf-8", newline="")
        settings: dict[str, Any] = {"color_scheme": scheme, "java_script_enabled": script}
        context = browser.new_context(viewport={"width": width, "height": 800}, **settings)
        contexts.append(context)
        watched = Watched(context.new_page())
        watched.page.goto(file.as_uri())
        return watched

    yield opened
    for context in contexts:
        context.close()
