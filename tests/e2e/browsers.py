"""Find a Chromium on this machine."""

import os
import shutil
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")


@cache
def chromium() -> str | None:
    """Return the browser that CHROMIUM names, or the first one found, or None."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)
