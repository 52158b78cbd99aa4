import pytest
from django.core.management import call_command

from newsletter.models import ConsentText
from portal.articles.models import Article, Topic
from portal.overdose.models import Guide
from portal.reference.models import Concept, Line, Source
from resources.models import CallToMake, ServiceAtLocation

pytestmark = pytest.mark.django_db


def counts():
    models = [Source, Line, Concept, Topic, Article, Guide, ServiceAtLocation, CallToMake, ConsentText]
    return {model.__name__: model.objects.count() for model in models}


def test_a_second_start_adds_nothing_and_brings_back_nothing_that_staff_deleted():
    call_command("load_starter", verbosity=0)
    first = counts()
    for model in (Article, ServiceAtLocation, CallToMake, Concept):
        model.objects.order_by("pk").first().delete()
    Line.objects.filter(slug="poison-help").delete()

    call_command("load_starter", verbosity=0)

    gone = {"Article": 1, "ServiceAtLocation": 1, "CallToMake": 1, "Concept": 1, "Line": 1}
    assert counts() == {name: count - gone.get(name, 0) for name, count in first.items()}
    assert all(first.values())


def test_an_address_that_staff_use_themselves_is_left_to_them():
    call_command("load_starter", verbosity=0)
    article = Article.objects.get(key="signs")
    slug = article.slug_en
    article.delete()
    Article.objects.create(key="ours", topic=Topic.objects.first(), slug_en=slug, title_en="Ours")

    call_command("load_starter", verbosity=0)

    assert [found.key for found in Article.objects.filter(slug_en=slug)] == ["ours"]
