"""Make newsletter rows for tests."""

import datetime

import factory

from newsletter import tokens
from newsletter.models import Block, Campaign, ConsentText, Delivery, PageAlert, Subscriber, Topic

THEN = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=datetime.UTC)


class ConsentTextFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ConsentText
        django_get_or_create = ("version",)

    version = "2026-11"
    text_en = "Yes, send me the newsletter."
    text_es = "Sí, envíenme el boletín."
    effective_at = THEN


class SubscriberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Subscriber

    email = factory.Sequence(lambda n: f"Reader{n}@example.org")
    email_norm = factory.LazyAttribute(lambda row: row.email.lower())
    email_hash = factory.LazyAttribute(lambda row: tokens.address_hash(row.email_norm))
    language = "en"
    state = "confirmed"
    requested_at = THEN
    confirmed_at = factory.LazyAttribute(lambda row: None if row.state == "pending" else THEN)
    left_at = factory.LazyAttribute(lambda row: THEN if row.state == "left" else None)


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Topic
        django_get_or_create = ("key",)

    key = factory.Sequence(lambda n: f"topic-{n}")
    name_en = factory.Sequence(lambda n: f"Topic {n}")
    name_es = factory.Sequence(lambda n: f"Tema {n}")


class PageAlertFactory(factory.django.DjangoModelFactory):
    """A page that a reader has confirmed; pass `reader`."""

    class Meta:
        model = PageAlert

    class Params:
        reader = None

    reader_key = factory.LazyAttribute(lambda row: tokens.reader_key(row.reader.pk))
    page = factory.Sequence("article:article-{}".format)
    asked_on = THEN.date()
    started_on = THEN.date()


class CampaignFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Campaign

    subject_en = "News of December"
    subject_es = "Noticias de diciembre"
    body_en = "<p>A new place has opened.</p>"
    body_es = "<p>Abrió un lugar nuevo. ¡Mañana también!</p>"
    started_at = factory.LazyAttribute(lambda row: THEN if row.state in ("running", "paused", "finished") else None)
    finished_at = factory.LazyAttribute(lambda row: THEN if row.state == "finished" else None)
    state = "draft"


class DeliveryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delivery

    campaign = factory.SubFactory(CampaignFactory, state="running")
    subscriber = factory.SubFactory(SubscriberFactory)
    email_norm = factory.SelfAttribute("subscriber.email_norm")
    language = factory.SelfAttribute("subscriber.language")
    message_id = factory.Sequence(lambda n: f"<{n}@example.org>")
    next_at = THEN
    created_at = THEN


class BlockFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Block

    campaign = factory.SubFactory(CampaignFactory)
    position = factory.Sequence(int)
    body_en = "<p>More words.</p>"
    body_es = "<p>Más palabras.</p>"
