"""Show the shelves, a topic and an article."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import linebreaks
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.lib import languages
from portal.reference.quotes import Quotes

from . import citations, tokens
from .models import Article, SlugRedirect, Topic, Video
from .render import cards, page_at, proposed_page_of, shelves, structured

ARTICLES_A_PAGE = 20
VIDEOS_A_PAGE = 20
NEAREST_SHOWN = 5


@require_safe
def index(request):
    """Show the topics, and all articles with the newest first."""
    articles = Article.objects.published().newest_first().as_rows()
    page = Paginator(articles, ARTICLES_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "cards": cards(page, level=3), "shelves": shelves(Topic.objects.in_order().as_rows())}
    return render(request, "articles/index.html", context)


@require_safe
def topic(request, topic_slug):
    """Show the articles of one topic."""
    shelf = _at(request.path, Topic.objects.with_slug(topic_slug))
    if shelf is None:
        return _moved(request, SlugRedirect.objects.topic_at(topic_slug, languages.current()))
    articles = Article.objects.published().filter(topic=shelf).newest_first().as_rows()
    page = Paginator(articles, ARTICLES_A_PAGE).get_page(request.GET.get("page"))
    twins = {code: shelf.url(code) for code in languages.codes()}
    context = {"topic": shelf, "topic_slug": topic_slug, "page": page, "cards": cards(page, level=2), "twins": twins}
    return render(request, "articles/topic.html", context)


@require_safe
def article(request, topic_slug, slug):
    """Show an article; where this language does not have it yet, say so and lead on."""
    language = languages.current()
    page = page_at(topic_slug, slug, language, _site(request))
    if page is None:
        return _moved(request, SlugRedirect.objects.article_at(slug, language))
    if not page.published:
        raise Http404
    if not page.is_published:
        return _elsewhere(request, page)
    quotes = Quotes(language)
    context = {
        "page": page,
        "head": structured.fill(page.head, quotes),
        "body": quotes.fill(page.body),
        "words": quotes.words,
        "twins": page.addresses,
        "alternates": page.published,
    }
    return render(request, "articles/article.html", context)


@require_safe
@never_cache
def preview(request):
    """Show what is saved of an article, published or not, to whoever has the link."""
    found = tokens.previewed(request.GET.get("article", ""))
    page = proposed_page_of(found[0], languages.current(), _site(request)) if found else None
    if page is None:
        raise Http404
    quotes = Quotes(languages.current())
    context = {
        "page": page,
        "body": quotes.fill(page.body),
        "words": quotes.words,
        "alternates": {},
        "works_until": found[1],
    }
    response = render(request, "articles/preview.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def citation(request, topic_slug, slug, form):
    """Give the citation of an article as a file for reference managers."""
    page = page_at(topic_slug, slug, languages.current(), _site(request))
    if page is None or not page.is_published:
        raise Http404
    write, content_type, ending = citations.FORMS[form]
    headers = {"Content-Disposition": f'attachment; filename="{page.cited.key}.{ending}"'}
    return HttpResponse(write(page.cited), content_type=content_type, headers=headers)


@require_safe
def videos(request):
    """Show the videos, the newest first, each with the languages of its sound and captions."""
    page = Paginator(Video.objects.public(), VIDEOS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "articles/videos.html", {"page": page})


@require_safe
def video(request, slug):
    """Show a video with its words; one that is elsewhere is a link, and nothing is asked of its host before."""
    language = languages.current()
    found = get_object_or_404(
        Video.objects.public().select_related("topic"), **{languages.column("slug", language): slug}
    )
    twins = {code: found.address(code) for code in languages.codes()}
    quotes = Quotes(language)
    words = quotes.fill(linebreaks(found.transcript, autoescape=True))
    context = {"video": found, "transcript": words, "words": quotes.words, "twins": twins, "alternates": twins}
    return render(request, "articles/video.html", context)


def _site(request):
    return f"{request.scheme}://{request.get_host()}"


def _at(path, rows):
    """Return the row that stands at this address in the active language, or None."""
    return next((row for row in rows if row.url(languages.current()) == path), None)


def _moved(request, row):
    """Lead for good to where this row stands now, or raise Http404: also for an article that nobody may read."""
    is_public = row is not None and (isinstance(row, Topic) or row.published_urls())
    if not is_public or row.get_absolute_url() == request.path:
        raise Http404
    return redirect(row, permanent=True)


def _elsewhere(request, page):
    """Say in which languages the article is, with the nearest pages of this one."""
    article = Article.objects.select_related("topic").get(pk=page.pk)
    near = Article.objects.published().filter(topic=article.topic).newest_first().as_rows()
    context = {
        "article": article,
        "published": [(code, page.titles[code], address) for code, address in page.published.items()],
        "nearest": cards(near[:NEAREST_SHOWN], level=3),
        "twins": page.addresses,
        "alternates": {},
    }
    return render(request, "articles/elsewhere.html", context)
