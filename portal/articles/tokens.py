"""Sign the links by which somebody without an account looks at an article before it is published."""

import datetime

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import override

SALT = "portal.articles.preview"
HOLDS_FOR = datetime.timedelta(days=7)


def preview_url(pk: int, language: str) -> str:
    """Return the address of the preview in this language; the token stands in the query, which no log keeps."""
    with override(language):
        return f"{reverse('preview')}?{urlencode({'article': signing.dumps(pk, salt=SALT)})}"


def previewed(token: str) -> tuple[int, datetime.datetime] | None:
    """Return the article and the moment to which the link works, or None for one that is broken or over."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=HOLDS_FOR)
    except (signing.BadSignature, ValueError):
        return None
    _value, signed_at, _signature = token.rsplit(":", 2)
    until = datetime.datetime.fromtimestamp(signing.b62_decode(signed_at), tz=datetime.UTC) + HOLDS_FOR
    return (pk, timezone.localtime(until)) if isinstance(pk, int) else None
