"""Show the shelves, a topic and an article."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.html import escape
from django.views.decorators.http import require_safe

from portal.lib import languages
from portal.reference.citations import Citations

from .models import Article, Topic

ARTICLES_A_PAGE = 20
NEAREST_SHOWN = 5


@require_safe
def index(request):
    """Show the topics, and all articles with the newest first."""
    articles = Article.objects.published().for_cards().newest_first()
    page = Paginator(articles, ARTICLES_A_PAGE).get_page(request.GET.get("page"))
    topics = Topic.objects.in_order()
    return render(request, "articles/index.html", {"page": page, "topics": topics})


@require_safe
def topic(request, topic_slug):
    """Show the articles of one topic."""
    shelf = _at(request.path, Topic.objects.with_slug(topic_slug))
    articles = Article.objects.published().filter(topic=shelf).for_cards().newest_first()
    page = Paginator(articles, ARTICLES_A_PAGE).get_page(request.GET.get("page"))
    twins = {code: shelf.url(code) for code in languages.codes()}
    return render(request, "articles/topic.html", {"topic": shelf, "page": page, "twins": twins})


@require_safe
def article(request, topic_slug, slug):
    """Show an article; where this language does not have it yet, say so and lead on."""
    language = languages.current()
    found = _at(request.path, Article.objects.with_slug(slug).for_page())
    if not found.published_urls():
        raise Http404
    twins = {code: found.url(code) for code in languages.codes()}
    if not found.is_published(language):
        return _elsewhere(request, found, twins)
    citations = Citations(reference.source for reference in found.references.all())
    context = {
        "article": found,
        "key_points": [citations.link(escape(point)) for point in found.key_point_lines()],
        "sections": [(part, citations.link(part.body)) for part in found.sections.all() if part.heading and part.body],
        "references": citations.entries,
        "related": found.related.published().for_cards().newest_first()[:NEAREST_SHOWN],
        "twins": twins,
        "alternates": found.published_urls(),
    }
    return render(request, "articles/article.html", context)


def _at(path, rows):
    """Return the row that stands at this address in the active language, or raise Http404."""
    for row in rows:
        if row.url(languages.current()) == path:
            return row
    raise Http404


def _elsewhere(request, found, twins):
    """Say in which languages the article is, with the nearest pages of this one."""
    published = found.published_urls()
    context = {
        "article": found,
        "published": [(code, found.title_in(code), address) for code, address in published.items()],
        "nearest": Article.objects.published().filter(topic=found.topic).for_cards().newest_first()[:NEAREST_SHOWN],
        "twins": {**twins, **published},
        "alternates": {},
    }
    return render(request, "articles/elsewhere.html", context)
