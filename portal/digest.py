"""Tell the newsletter what is new to read: the join of the articles and the newsletter."""

import datetime
from collections.abc import Iterator
from urllib.parse import urljoin

from django.conf import settings

from newsletter.actions import digests
from portal.articles.models import Article
from portal.lib import languages

TOPIC = "new-pages"  # the key of the newsletter's topic; without such a topic the news go to everybody


def make_due(at: datetime.datetime) -> int:
    """Make the digests that are due now; return how many will be sent."""
    return digests.make_due(source=news, at=at)


def news(since: datetime.datetime, until: datetime.datetime) -> Iterator[digests.News]:
    """Yield what became public from `since` to before `until`, in each language; starter texts are no news."""
    for code in languages.codes():
        at = languages.column("published_at", code)
        rows = Article.objects.published(code).filter(is_starter=False, **{f"{at}__gte": since, f"{at}__lt": until})
        for article in rows.for_cards().order_by(at, "pk")[: digests.MOST_ITEMS]:
            yield digests.News(
                key=f"article:{article.key}",
                language=code,
                title=article.title_in(code),
                summary=getattr(article, languages.column("summary", code)) or "",
                url=urljoin(settings.SITE_URL or "http://127.0.0.1:8000", article.url(code)),
                at=getattr(article, at),
                topic=TOPIC,
            )
