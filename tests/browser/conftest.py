"""Debian's Chromium on a workbench that runs for one test, with a stub in Kinbox's place."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect, sync_playwright

from app.sandbox.server import serve
from app.sandbox.workbench import create_workbench
from tests.browser.canvases import EVERYTHING
from tests.browser.running import PATIENCE_MS, Running
from tests.workbench.small_workspace import Shop, open_shop
from tests.workbench.stub_kinbox import Reply, StubKinbox

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a test module; not for the session, as Playwright holds the main thread's event loop."""
    if not CHROMIUM.exists():
        reason = f"no Chromium at {CHROMIUM}: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Bench:
    """A running workbench: its address, its workspace, and the stub that it calls."""

    url: str
    shop: Shop
    kinbox: StubKinbox
    complaints: list[str] = field(default_factory=list)
    """Console errors, script errors, and requests that would have left loopback."""

    def answer(self, canvas: Any) -> None:
        self.kinbox.answer(Reply(json.dumps(canvas).encode()))

    def clicks(self) -> list[Any]:
        """The bodies of the submits, oldest first."""
        return [call.json for call in list(self.kinbox.calls) if call.path == "/canvas/submit"]


@pytest.fixture
def bench() -> Iterator[Bench]:
    shop, kinbox = open_shop(), StubKinbox()
    server = serve(create_workbench(shop.workspace, kinbox.url))
    running = Bench(server.url, shop, kinbox)
    running.answer(EVERYTHING)
    yield running
    server.stop()
    kinbox.stop()
    assert running.complaints == []


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, bench: Bench) -> Iterator[Visit]:
    """Open the workbench, at the lead's conversation unless `at` says otherwise."""
    contexts = []

    def open_page(at: str | None = None, *, width: int = 1280, height: int = 800) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda line: bench.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: bench.complaints.append(str(error)))
        page.on("request", lambda request: _complain_of_strangers(request, bench))
        page.goto(bench.url + (f"/?conversation={bench.shop.conversation_id}" if at is None else at))
        return page

    yield open_page
    for context in contexts:
        context.close()


def _complain_of_strangers(request: Request, bench: Bench) -> None:
    if urlsplit(request.url).hostname != "127.0.0.1":
        bench.complaints.append(f"request to {request.url}")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    demo = Running(tmp_path / "sandbox")
    yield demo
    assert demo.stop() == 0


Look = Callable[..., Page]


@pytest.fixture
def look(chromium: Browser, running: Running) -> Iterator[Look]:
    """Open the page of `make run`, at a conversation if one is named."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    complaints: list[str] = []

    def open_page(conversation_id: str | None = None) -> Page:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{running.url}/" + (f"?conversation={conversation_id}" if conversation_id else ""))
        return page

    yield open_page
    context.close()
    assert complaints == []


def sidebar(page: Page) -> Locator:
    return page.get_by_role("region", name="Kinbox")


def press(page: Page, label: str) -> None:
    sidebar(page).get_by_role("button", name=label).click()
