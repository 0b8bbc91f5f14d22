"""`python -m docs.screenshots`: pictures of the inspector's page and of a trace, in `docs/pictures`.

It needs Chromium, and the extra `browser`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import sync_playwright

from fakeproxy import FakeProxy
from fakeproxy.cli import demo
from tests import needs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "pictures"


@contextmanager
def opened(browser: Browser, url: str, width: int, height: int, theme: Literal["light", "dark"]) -> Iterator[Page]:
    """Open a page, and wait until it shows a session."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
    page.goto(url)
    page.locator("#session .person").first.wait_for()
    page.locator(".picture").evaluate("image => image.decode()")
    yield page
    page.close()


def played() -> FakeProxy:
    """Return an active fake in which the ride of the demo has happened, and another one goes on."""
    proxy = demo.make().start()
    proxy.keep_past()
    demo.play(proxy)
    return proxy


def failed(folder: Path) -> Path:
    """Return the trace that the test of the tutorial leaves when it fails."""
    suite = shutil.copytree(ROOT / "tests" / "examples" / "tutorial", folder / "rides")
    test = suite / "test_rides.py"
    text = test.read_text(encoding="utf-8")
    test.write_text(text.replace("text.from_ == numbers[DRIVER]", "text.from_ == RIDER"), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "--fakeproxy-trace=retain-on-failure", test.name]
    subprocess.run(command, cwd=suite, env={"PYTHONPATH": str(ROOT)}, check=False)
    return next((suite / "fakeproxy-traces").glob("*.html"))


def main() -> None:
    """Make the pictures."""
    with sync_playwright() as playwright, TemporaryDirectory(prefix="project-") as folder:
        browser = playwright.chromium.launch(executable_path=needs.CHROMIUM, args=["--no-sandbox"])
        proxy = played()
        url = f"{proxy.url}/_fakeproxy/"
        with opened(browser, url, 1280, 900, "light") as page:
            page.screenshot(path=FOLDER / "inspector.png")
        with opened(browser, url, 1280, 900, "dark") as page:
            page.screenshot(path=FOLDER / "inspector-dark.png")
        with opened(browser, url, 390, 900, "light") as page:
            page.screenshot(path=FOLDER / "inspector-narrow.png")
        with opened(browser, failed(Path(folder)).as_uri(), 1280, 900, "light") as page:
            page.get_by_role("button", name="Earlier").click()
            page.screenshot(path=FOLDER / "trace.png")
        proxy.stop()
        browser.close()


if __name__ == "__main__":
    main()
