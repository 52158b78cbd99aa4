"""Offer templates the site's small pieces: icons, telephone links, dates, the language switch."""

from functools import cache, lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override
from js_asset.media import Media

from portal.lib import languages, phones
from portal.reference.models import Line

register = template.Library()
MOST_COUNTED = 1000  # search counts no further


@cache
def _svg(name: str) -> SafeString:
    path = finders.find(f"icons/{name}.svg")
    if path is None:
        raise template.TemplateSyntaxError(f"There is no icon {name!r} in static/icons/.")
    return SafeString(Path(path).read_text(encoding="utf-8").strip())


@register.simple_tag
def icon(name):
    """Draw an icon of static/icons/ in the page itself, hidden from screen readers: words stand beside it."""
    return _svg(name)


@register.simple_tag
def line(slug):
    """Return the line with this name in addresses, or nothing when staff have removed or hidden it."""
    return Line.objects.filter(slug=slug, is_hidden=False).first()


@register.simple_tag(takes_context=True)
def shown_alerts(context):
    """List the alerts that visitors see at this moment, the worst kind first."""
    now = timezone.now()
    return [alert for alert in _frame(context).alerts if alert.starts_at <= now < alert.ends_at]


@register.filter
def with_nonce(media, nonce):
    """Write the scripts and styles of a form with the page's nonce, which the editor's import map needs."""
    return Media.from_media(media, nonce=str(nonce))


@register.filter
def tel(number):
    """Turn a telephone number into the `tel:` address of its link."""
    return phones.tel(number)


@register.filter
def phone(number):
    """Write a telephone number as people read it."""
    return phones.display(number)


@register.filter(expects_localtime=True)
def long_date(day):
    """Write a day in the active language: "November 21, 2026", "21 de noviembre de 2026"."""
    return languages.long_date(day, languages.current())


@register.filter
def language_name(code):
    """Name a language in that language."""
    return languages.name(code)


@register.filter
def language_in_words(code):
    """Name a language inside a sentence of the active language: "Spanish", "español"."""
    return languages.name_in(code, languages.current())


@register.simple_tag
def read_in(code):
    """Say "Read this in English" in the language it offers."""
    with override(code):
        return gettext("Read this part in English")


@register.simple_tag
def only_in(code):
    """Say in the reader's language which language a page is in."""
    return gettext("Only in %(language)s:") % {"language": gettext(dict(settings.LANGUAGES)[code])}


@register.simple_tag
def in_language(code):
    """Say in the reader's language which language a text is in: "(en inglés)"."""
    return gettext("(in %(language)s)") % {"language": languages.name_in(code, languages.current())}


@register.simple_tag
def boxes(name, options):
    """Write the boxes of a filter, each with its count; a loop in a template takes ten times longer."""
    written = []
    for option in options:
        before, after = _box(name, option.word, option.label, option.is_chosen)
        written.append(f"{before}{option.count if option.count < MOST_COUNTED else gettext('1,000+')}{after}")
    return SafeString("".join(written))


@lru_cache(maxsize=1024)
def _box(name: str, word: str, label: str, is_chosen: bool) -> tuple[str, str]:
    line = '<li><label><input type="checkbox" name="{}" value="{}"{}> <span>{} <span class="meta">('
    return format_html(line, name, word, " checked" if is_chosen else "", label), ")</span></span></label></li>"


@register.simple_tag
def fixed(template):
    """Write a part that is the same on every page, in the active language."""
    return _fixed(template, languages.current())


@lru_cache(maxsize=32)
def _fixed(template: str, language: str) -> str:
    return get_template(template).render({})


@register.simple_tag(takes_context=True)
def footer(context):
    """Write the footer; the same records always give the same."""
    return _written("_partials/_footer.html", languages.current(), _frame(context))


@register.simple_tag(takes_context=True)
def call_lines(context):
    """Write the lines of the footer as cards with large buttons."""
    return _written("_partials/_lines.html", languages.current(), _frame(context))


def _frame(context):
    frame = context["frame"]
    return getattr(frame, "_wrapped", frame) if frame else frame  # the lazy object's own: it must compare as itself


@lru_cache(maxsize=32)
def _written(template: str, language: str, frame) -> SafeString:
    values = {"department": frame.department, "footer_lines": frame.lines, "lines": frame.lines}
    return SafeString(get_template(template).render(values))


def _twins(context) -> dict[str, str]:
    """Return this page's address in each language: as the view gives it, else the same route, the query kept."""
    request = context.get("request")
    query = f"?{request.META['QUERY_STRING']}" if request and request.META.get("QUERY_STRING") else ""
    if "twins" in context:
        return {code: address + query for code, address in context["twins"].items()}
    match = request.resolver_match if request and not context.get("is_error") else None
    if match is None:
        return {code: f"/{code}/" for code in languages.codes()}
    addresses = _addresses(match.view_name, tuple(match.args), tuple(match.kwargs.items()))
    return {code: address + query for code, address in addresses.items()}


@lru_cache(maxsize=1024)
def _addresses(route: str, args: tuple, kwargs: tuple[tuple[str, object], ...]) -> dict[str, str]:
    addresses = {}
    for code in languages.codes():
        with override(code):
            addresses[code] = reverse(route, args=args, kwargs=dict(kwargs))
    return addresses


@register.simple_tag(takes_context=True)
def other_languages(context):
    """List (code, address) of this page in the other languages, for the language switch."""
    twins = _twins(context)
    return [(code, twins[code]) for code in languages.others(languages.current())]


@register.simple_tag(takes_context=True)
def alternate_links(context):
    """Write `canonical`, and `hreflang` pairs with `x-default` where the page exists in more than one language."""
    if "request" not in context or context.get("is_error"):
        return ""
    request = context["request"]
    addresses = context.get("alternates", _twins(context))
    canonical = format_html('<link rel="canonical" href="{}">', request.build_absolute_uri(request.path))
    if len(addresses) < 2:  # noqa: PLR2004  (a pair needs two)
        return canonical
    default = addresses.get(languages.codes()[0], next(iter(addresses.values())))
    pairs = [*addresses.items(), ("x-default", default)]
    absolute = ((code, request.build_absolute_uri(address.partition("?")[0])) for code, address in pairs)
    return canonical + format_html_join("", '<link rel="alternate" hreflang="{}" href="{}">', absolute)
