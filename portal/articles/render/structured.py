"""Tell search engines what a page is, in the words of schema.org."""

import json

from django.conf import settings
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

from ..models import Article

TYPES = {
    Article.Kind.NEWS: "NewsArticle",
    Article.Kind.QUESTION: ["MedicalWebPage", "FAQPage"],
}
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
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text.translate(HARMLESS)))


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
    """Return the questions of the page with their answers; one that quotes a record by a token is left out."""
    address = site + values["addresses"][language]
    return [
        {
            "@type": "Question",
            "name": part["heading"],
            "url": f"{address}#{part['anchor']}",
            "acceptedAnswer": {"@type": "Answer", "text": " ".join(strip_tags(part["plain"]).split())},
        }
        for part in values["sections"]
        if "{" not in part["plain"]
    ]
