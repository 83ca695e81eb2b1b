"""Makes the pictures in the README from the demo: ``python -m tests.screenshots``. Needs Debian's chromium."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
SIZE = {"width": 1180, "height": 720}
COLOURS = 128  # text and flat areas need no more, and the files stay small
LINK = re.compile(r"http://127\.0\.0\.1:\d+/-/auth-token\?token=\w+")


def main() -> None:
    """Start the demo, look at its pages, end it."""
    demo = subprocess.Popen([sys.executable, "-m", "inbox_worker", "demo"], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        said = ""
        assert demo.stdout
        for line in demo.stdout:
            said += line
            if "Ctrl-C ends the demo" in line:
                break
        take(LINK.findall(said)[0])
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(30)


def take(link: str) -> None:
    """The queue, a message that waits, and the overview."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]
        page.goto(link)
        page.locator("li.row").nth(1).wait_for()
        page.keyboard.press("j")
        save(page, "queue")
        page.locator(".group", has_text="Yes or no is not clear").locator("a.open").first.click()
        page.locator("#change table").wait_for()
        page.wait_for_load_state("networkidle")
        save(page, "message")
        page.get_by_role("link", name="Overview").click()
        save(page, "overview")
        browser.close()


def save(page: Page, name: str) -> None:
    """Write ``docs/<name>.png``."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    small = picture.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(ROOT / f"docs/{name}.png", optimize=True)


if __name__ == "__main__":
    main()
