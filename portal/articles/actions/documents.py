"""Make a draft article of a document that somebody wrote elsewhere."""

import datetime

from django.db import transaction
from django.utils.html import strip_tags
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.editorial import approvals
from portal.editorial.translations import record
from portal.lib import languages
from portal.lib.documents import Document

from ..models import RESERVED_SLUGS, Article, Reference, Section, Topic
from . import revisions

LONGEST_SUMMARY = 400


@transaction.atomic
def draft_from(
    document: Document, *, language: str, topic: Topic, by: User, at: datetime.datetime, name: str
) -> Article:
    """Store a document as a draft in one language; its history keeps what was dropped."""
    title = document.title or name.rpartition(".")[0][:160] or name[:160]
    slug = _free(slugify(title)[:70].strip("-") or "document", language)
    column = {field: languages.column(field, language) for field in ("title", "slug", "summary", "heading", "body")}
    article = Article(key=slug, topic=topic, **{column["title"]: title, column["slug"]: slug})
    lead = _lead(document)
    setattr(article, column["summary"], lead)
    approvals.save(article, by=by, at=at, is_public=False)
    sections = [
        Section(
            article=article,
            position=number,
            anchor=part.anchor,
            **{column["heading"]: part.heading, column["body"]: part.body},
        )
        for number, part in enumerate(document.parts, start=1)
    ]
    for section in sections:
        approvals.save(section, by=by, at=at, is_public=False)
    Reference.objects.bulk_create(article.lacking_references(article.sections.all()))
    record([article, *sections], by=by, at=at)
    report = "\n".join([_("Imported from %(name)s.") % {"name": name[:200]}, *document.dropped])
    revisions.record(article, by=by, at=at, note=report)
    return article


def _lead(document: Document) -> str:
    """Return what stands before the first heading as the summary, where it is short enough to be one."""
    first = document.parts[0] if document.parts else None
    words = " ".join(strip_tags(first.body).split()) if first and not first.heading else ""
    if not words or len(words) > LONGEST_SUMMARY or len(document.parts) == 1:
        return ""
    document.parts.pop(0)
    return words


def _free(slug: str, language: str) -> str:
    """Return the slug, or the first with a number that no article has as its key or address in this language."""
    column = languages.column("slug", language)
    number, free = 1, slug
    while (
        free in RESERVED_SLUGS
        or Article.objects.filter(key=free).exists()
        or Article.objects.filter(**{column: free}).exists()
    ):
        number += 1
        free = f"{slug}-{number}"
    return free
