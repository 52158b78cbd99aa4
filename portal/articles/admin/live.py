"""Answer the article's form while somebody types: what can be put into a text, and how hard the text is to read."""

from django.contrib.auth.decorators import permission_required
from django.http import JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.editorial import reading
from portal.lib import languages
from portal.reference.models import Fact, GlossaryTerm, Line, Source

from .. import gates
from ..models import Article, Section

MOST_SECTIONS = 200
may_change = permission_required("articles.change_article", raise_exception=True)


def urls(own):
    """Return the addresses of these answers; `own` wraps each as the admin's."""
    return [
        path("pieces/", own(pieces), name="articles_article_pieces"),
        path("reading/", own(level), name="articles_article_reading"),
    ]


@may_change
@require_safe
def pieces(request):
    """List what a text can quote, each with the token that quotes it."""
    name, term = languages.column("name", languages.current()), languages.column("term", languages.current())
    groups = [
        (_("Facts"), "{{fact:{}}}", Fact.objects.order_by(name, "pk").values_list("code", name)),
        (
            _("Telephone lines"),
            "{{line:{}}}",
            Line.objects.filter(is_hidden=False).order_by(name, "pk").values_list("slug", name),
        ),
        (_("Glossary words"), "{{term:{}}}", GlossaryTerm.objects.order_by(term, "pk").values_list("code", term)),
        (_("Sources"), "[{}]", Source.objects.order_by("code").values_list("code", "title")),
    ]
    return JsonResponse(
        {
            "groups": [
                {
                    "label": label,
                    "pieces": [{"token": token.format(code), "label": said or code} for code, said in rows],
                }
                for label, token, rows in groups
            ]
        }
    )


@may_change
@require_POST
def level(request):
    """Say of what stands in the form how hard it is to read in each language, and whether that passes."""
    article, sections = _typed(request.POST)
    known = gates.read_lists()
    drafts = [gates.draft(article, sections, code, known) for code in languages.codes()]
    return JsonResponse({"levels": [_level(draft) for draft in drafts]})


def _typed(data):
    """Return the article and its sections as they stand in the form, not saved."""
    pk = data.get("article", "")
    stored = Article.objects.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
    article = stored or Article()
    for column in languages.columns("title", "summary", "key_points", "abstract"):
        setattr(article, column, data.get(column, ""))
    article.kind = data.get("kind", article.kind)
    article.is_emergency = article.is_emergency or "is_emergency" in data
    total = data.get("sections-TOTAL_FORMS", "")
    count = min(int(total), MOST_SECTIONS) if total.isdecimal() and len(total) < 5 else 0
    return article, [_section(data, f"sections-{number}-") for number in range(count)]


def _section(data, prefix):
    texts = {column: data.get(f"{prefix}{column}", "") for column in languages.columns("heading", "body")}
    is_hidden = f"{prefix}DELETE" in data or f"{prefix}is_hidden" in data
    return Section(anchor="section", is_hidden=is_hidden, **texts)


def _level(draft):
    """Return one language's level as a sentence."""
    text, name = draft.text, languages.name(draft.language)
    value = reading.score("\n\n".join(text.spoken_blocks), draft.language, names=text.lists.names)
    if value is None:
        return {
            "language": draft.language,
            "passes": True,
            "text": _("%(language)s: nothing to measure.") % {"language": name},
        }
    measure = reading.MEASURES[draft.language]
    is_easy = measure.allows(value, emergency=text.is_emergency) or not text.is_graded
    values = {
        "language": name,
        "measure": measure.name,
        "value": f"{value:.1f}",
        "limit": measure.emergency_limit if text.is_emergency else measure.limit,
    }
    return {"language": draft.language, "passes": is_easy, "text": _sentence(measure, text.is_graded, is_easy) % values}


def _sentence(measure, is_graded, is_easy):
    if not is_graded:
        return _("%(language)s: %(measure)s %(value)s. Updates for professionals have no limit.")
    if measure.higher_is_easier:
        return (
            _("%(language)s: %(measure)s %(value)s, at least %(limit)s. Easy enough.")
            if is_easy
            else _("%(language)s: %(measure)s %(value)s, at least %(limit)s. Too hard.")
        )
    return (
        _("%(language)s: %(measure)s %(value)s, at most %(limit)s. Easy enough.")
        if is_easy
        else _("%(language)s: %(measure)s %(value)s, at most %(limit)s. Too hard.")
    )
