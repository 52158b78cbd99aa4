"""Make topics, articles and their parts."""

import datetime

import factory

from portal.articles.models import (
    Affiliation,
    Article,
    ArticleChange,
    Contribution,
    Contributor,
    Reference,
    Section,
    Topic,
)
from portal.reference.models import Source

LONG_AGO = datetime.datetime(2026, 1, 5, 12, 0, tzinfo=datetime.UTC)


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Topic

    key = factory.Sequence("topic-{}".format)
    name_en = factory.Sequence("Topic {}".format)
    name_es = factory.Sequence("Tema {}".format)
    slug_en = factory.Sequence("topic-{}".format)
    slug_es = factory.Sequence("tema-{}".format)
    description_en = "What it is about."
    description_es = "De qué se trata."


class ArticleFactory(factory.django.DjangoModelFactory):
    """An article published in both languages."""

    class Meta:
        model = Article

    class Params:
        english_only = factory.Trait(state_es="draft", slug_es=None, title_es="", summary_es="", published_at_es=None)
        draft = factory.Trait(state_en="draft", state_es="draft")

    key = factory.Sequence("article-{}".format)
    topic = factory.SubFactory(TopicFactory)
    title_en = factory.Sequence("Article {}".format)
    title_es = factory.Sequence("Artículo {}".format)
    slug_en = factory.Sequence("article-{}".format)
    slug_es = factory.Sequence("articulo-{}".format)
    summary_en = "A short summary."
    summary_es = "Un resumen corto."
    key_points_en = "First point\nSecond point"
    key_points_es = "Primer punto\nSegundo punto"
    state_en = "published"
    state_es = "published"
    published_at_en = LONG_AGO
    published_at_es = LONG_AGO


class SectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Section

    article = factory.SubFactory(ArticleFactory)
    position = factory.Sequence(int)
    anchor = factory.Sequence("part-{}".format)
    heading_en = factory.Sequence("Part {}".format)
    heading_es = factory.Sequence("Parte {}".format)
    body_en = "<p>Some text.</p>"
    body_es = "<p>Un texto.</p>"


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source

    code = factory.Sequence("SOURCE{}".format)
    title = factory.Sequence("A study number {}".format)
    publisher = "A journal"
    year = 2020
    url = factory.Sequence("https://example.org/{}".format)
    mark = "seen"


class ReferenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reference

    article = factory.SubFactory(ArticleFactory)
    source = factory.SubFactory(SourceFactory)
    position = factory.Sequence(int)


class AffiliationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Affiliation

    name_en = factory.Sequence("University {}".format)
    name_es = factory.Sequence("Universidad {}".format)


class ContributorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contributor

    family_name = factory.Sequence("Ruiz {}".format)
    name = factory.LazyAttribute(lambda person: f"Ana {person.family_name}")


class ContributionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contribution
        skip_postgeneration_save = True

    article = factory.SubFactory(ArticleFactory)
    contributor = factory.SubFactory(ContributorFactory)
    position = factory.Sequence(int)

    @factory.post_generation
    def affiliations(self, create, extracted, **kwargs):
        self.affiliations.add(*extracted or ())


class ArticleChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ArticleChange

    article = factory.SubFactory(ArticleFactory)
    made_on = datetime.date(2026, 2, 3)
    note_en = factory.Sequence("Part {} is new.".format)
    note_es = factory.Sequence("La parte {} es nueva.".format)
