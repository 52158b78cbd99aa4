"""Say where this site stands, for what leaves it: mails, feeds and links that are followed elsewhere."""

from django.conf import settings


def root() -> str:
    """Return the site's address without a slash at its end; a copy without one set answers on this machine."""
    return settings.SITE_URL or "http://127.0.0.1:8000"
