"""Add Portuguese to a site with texts in two languages, publish an article in it, and say what its pages show."""

import json
import sys

import django
from django.core.management import call_command


def migrate():
    """Make the migration of the new language and apply it to the texts that are there."""
    call_command("makemigrations", verbosity=0, interactive=False)
    call_command("migrate", verbosity=0, interactive=False)


def publish():
    """Publish an article that is written in the new language alone."""
    from django.utils import timezone  # noqa: PLC0415  (models exist once Django is set up)

    from portal.articles.models import Article, Section, Topic  # noqa: PLC0415

    topic = Topic.objects.create(
        key="sinais", name_pt_br="Sinais", slug_pt_br="sinais", name_en="Signs", slug_en="sinais"
    )
    words = {"title_pt_br": "O que é a naloxona", "slug_pt_br": "naloxona", "summary_pt_br": "Um remédio que salva."}
    article = Article.objects.create(
        key="naloxona", topic=topic, state_pt_br="published", published_at_pt_br=timezone.now(), **words
    )
    texts = {"heading_pt_br": "Como usar", "body_pt_br": "<p>Ligue para o 911 primeiro.</p>"}
    Section.objects.create(article=article, anchor="use", **texts)
    return article


def pages(article):
    """Return status and words of the pages a visitor reads."""
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    addresses = {
        "article": article.url("pt-br"),
        "article in English": article.url("en"),
        "home": "/pt-br/",
        "learn": "/pt-br/learn/",
        "search": "/pt-br/find/?q=naloxona",
        "overdose": "/pt-br/overdose/",
        "admin": "/admin/login/",
    }
    found = {}
    for name, address in addresses.items():
        response = client.get(address, follow=True)
        found[name] = [response.status_code, response.content.decode()]
    return found


if __name__ == "__main__":
    django.setup()
    migrate()
    json.dump(pages(publish()), sys.stdout)
