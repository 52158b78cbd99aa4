"""Write the parts of a page, each once for the same values: a template takes longer than the rest of the page."""

from functools import lru_cache

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from portal.lib import languages

register = template.Library()
KEPT = 4096  # parts: a few kilobytes each at most


@register.simple_tag
def written(part, **values):
    """Write a part of a page from these values and the language alone; they must be hashable, and never a model's row.

    Like `include … only`, but what was written for the same values before is taken as it is.
    """
    return _written(part, languages.current(), tuple(values.items()))


@lru_cache(maxsize=KEPT)
def _written(part: str, language: str, values: tuple[tuple[str, object], ...]) -> SafeString:
    return SafeString(get_template(part).render(dict(values)))
