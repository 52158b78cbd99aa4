"""Say which slug a row has in a language, and find the rows that a slug may mean."""

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

RESERVED_SLUGS = {"feed", "page", "novedades"}  # what else stands below `learn/`, in every language

# The ids that an article's page has for itself, beside those of its sections.
RESERVED_ANCHORS = {
    "about-this-page", "abstract", "key-points", "main", "on-this-page", "references", "what-now", "words-on-this-page",
}  # fmt: skip
RESERVED_BEGINNINGS = ("affiliation-", "cite-", "error-", "foot-", "header-", "met-", "ref-", "word-")


def refuse_reserved(slug: str) -> None:
    """Raise `ValidationError` for a word that is an address of its own below `learn/`."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This word is an address of the site. Choose another."), code="reserved")


def refuse_reserved_anchor(anchor: str) -> None:
    """Raise `ValidationError` for an anchor that would be a second place of one name on the page."""
    if anchor in RESERVED_ANCHORS or anchor.startswith(RESERVED_BEGINNINGS):
        raise ValidationError(_("The page uses this anchor itself. Choose another."), code="reserved")


def slug_of(row, language: str) -> str:
    """Return the slug in this language, or where it has none yet that of the first language that has."""
    for code in [language, *languages.others(language)]:
        if slug := getattr(row, languages.column("slug", code)):
            return slug
    return row.key


def with_slug(slug: str) -> Q:
    """Return the condition that `slug_of` may be this one in some language."""
    found = Q(key=slug)
    for code in languages.codes():
        found |= Q(**{languages.column("slug", code): slug})
    return found
