"""Tell search engines what a page is, in the words of schema.org."""

import html as entities
import json
import re

from django.conf import settings
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

from portal.reference.quotes import TOKEN, Quotes

from ..models import Article

TYPES = {
    Article.Kind.NEWS: "NewsArticle",
    Article.Kind.QUESTION: ["MedicalWebPage", "FAQPage"],
}
BEGIN = '<script type="application/ld+json">'
_END_OF_BLOCK = re.compile(r"</(?:p|li|h\d|td|th|blockquote)>|<br>")
# As Django's `json_script` does: nothing in the texts can end the element or begin another.
HARMLESS = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def data(values: dict, site: str, language: str) -> SafeString:
    """Return the description of a page as a script element of JSON, which no browser runs."""
    record = values["record"]
    described = {
        "@context": "https://schema.org",
        "@type": TYPES.get(values["kind"], "MedicalWebPage"),
        "name": record["title"],
        "headline": record["title"],
        "description": record["summary"],
        "url": site + values["addresses"][language],
        "inLanguage": language,
        "datePublished": record["published_at"],
        "dateModified": record["updated_at"],
        "publisher": {"@type": "GovernmentOrganization", "name": record["department"]}
        if record["department"]
        else None,
        "author": [_person(person) for person in values["people"].authors],
        "image": site + settings.MEDIA_URL + record["image"]["file"] if record["image"] else None,
        **(_reviewed(values) if values["kind"] != Article.Kind.NEWS else {"expires": record["expires_at"]}),
        **({"mainEntity": _questions(values, site, language)} if values["kind"] == Article.Kind.QUESTION else {}),
    }
    text = json.dumps({name: value for name, value in described.items() if value}, ensure_ascii=False)
    return format_html("{}{}</script>", SafeString(BEGIN), SafeString(text.translate(HARMLESS)))


def _person(person) -> dict:
    described = {"@type": "Person", "name": person.name}
    return described | {"sameAs": f"https://orcid.org/{person.orcid}"} if person.orcid else described


def _reviewed(values: dict) -> dict:
    """Return what only a medical page says: for whom it is, when it was reviewed and by whom."""
    audience = "Clinician" if values["is_professional"] else "Patient"
    return {
        "audience": {"@type": "MedicalAudience", "audienceType": audience},
        "lastReviewed": values["record"]["reviewed_on"],
        "reviewedBy": [{"@type": "Person", "name": name} for name in values["people"].reviewers],
        "identifier": f"https://doi.org/{values['record']['doi']}" if values["record"]["doi"] else None,
    }


def _questions(values: dict, site: str, language: str) -> list[dict]:
    """Return the questions of the page with their answers; what they quote is put in when the page is shown."""
    address = site + values["addresses"][language]
    return [
        {
            "@type": "Question",
            "name": part["heading"],
            "url": f"{address}#{part['anchor']}",
            "acceptedAnswer": {"@type": "Answer", "text": _plain(part["plain"])},
        }
        for part in values["sections"]
    ]


def _plain(html: str) -> str:
    """Return the words of a text; the end of a paragraph, a list item or a cell parts them."""
    return " ".join(entities.unescape(strip_tags(_END_OF_BLOCK.sub(" ", html))).split())


def fill(head: str, quotes: Quotes) -> SafeString:
    """Return the head of a page with what its description quotes by tokens, as plain words inside JSON."""

    def words(token: re.Match) -> str:
        said = quotes.plain(json.loads(f'"{token[0]}"'))
        return json.dumps(said, ensure_ascii=False)[1:-1].translate(HARMLESS)

    before, begin, described = head.partition(BEGIN)
    return SafeString(before + begin + TOKEN.sub(words, described))
