"""Test that readers hear of the single pages they asked for, that nobody else does, and that nothing says who asked."""

import datetime
import email
import re
import threading
from datetime import timedelta
from email import policy

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from newsletter import actions, tokens
from newsletter.actions import alerts, digests
from newsletter.actions.digests import News
from newsletter.actions.recipients import recipients
from newsletter.delivery import worker
from newsletter.models import Campaign, CampaignText, Delivery, DigestItem, DigestRun, PageAlert, Subscriber
from tests.portal.articles.factories import ArticleFactory
from tests.portal.articles.factories import TopicFactory as ShelfFactory

from .factories import (
    CampaignFactory,
    ConsentTextFactory,
    DeliveryFactory,
    PageAlertFactory,
    SubscriberFactory,
    TopicFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department")]
PAGE = "article:methadone"


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def article():
    return ArticleFactory(key="methadone", title_en="Methadone today", title_es="La metadona hoy")


def address(name, language="en", query=""):
    with override(language):
        return reverse(f"newsletter:{name}") + query


def own(name, reader, language="en"):
    return address(name, language, f"?k={tokens.preferences_token(reader.pk)}")


def ask(client, clock, page=PAGE, shown_in="en", **changes):
    """Open the form of a page, wait as a person does, send it."""
    path = address("watch", shown_in, f"?page={page}")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', client.get(path).content.decode()))
    clock.shift(3)
    typed = {"email": "ana@example.org", "language": shown_in, "frequency": "at once", "consent": "on", "website": ""}
    sent = {name: value for name, value in {**hidden, **typed, **changes}.items() if value is not None}
    return client.post(path, sent)


def wishes(reader):
    return list(alerts.of(reader).values_list("page", "started_on"))


# The form


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_article_and_a_topic_lead_to_their_form(client, article, language):
    for path, key in ((article.url(language), PAGE), (article.topic.url(language), f"topic:{article.topic.key}")):
        href = address("watch", language, f"?page={key}")

        assert f'href="{href}"' in client.get(path).content.decode()
        assert client.get(href).status_code == 200


@pytest.mark.parametrize(("language", "title"), [("en", "Methadone today"), ("es", "La metadona hoy")])
def test_the_form_names_the_page_in_the_readers_language(client, article, language, title):
    response = client.get(address("watch", language, f"?page={PAGE}"))

    page = response.content.decode()
    assert (response.status_code, response["X-Robots-Tag"], response["Cache-Control"]) == (
        200,
        "noindex",
        "private, no-store",
    )
    assert f'<a href="{article.url(language)}">{title}</a>' in page
    assert not re.search(r'name="consent"[^>]*checked', page)
    assert response.cookies.output() == ""


def test_a_page_that_lacks_the_readers_language_says_so(client):
    ArticleFactory(key="methadone", title_en="Methadone today", english_only=True)

    page = client.get(address("watch", "es", f"?page={PAGE}")).content.decode()

    assert "Methadone today (en inglés)</a>" in page


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_topic_can_be_asked_for_too(client, language):
    ShelfFactory(key="treatment", name_en="Treatment", name_es="Tratamiento")

    page = client.get(address("watch", language, "?page=topic:treatment")).content.decode()

    assert {"en": "New pages: Treatment", "es": ": Tratamiento"}[language] in page


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "page",
    ["", "methadone", "article:", "article:nothing", "article:draft", "fact:x", "article:%00", "topic:a b", "x" * 999],
)
def test_a_key_of_no_page_is_said_to_be_none(client, method, page):
    ArticleFactory(key="draft", draft=True)

    response = getattr(client, method)(address("watch", "en", f"?page={page}"))

    assert response.status_code == 404
    assert "It names no page that can be read here now." in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "ana@"}, "email"),
        ({"consent": None}, "consent"),
        ({"language": "xx"}, "language"),
        ({"frequency": "hourly"}, "frequency"),
        ({"token": None}, "token"),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_wrong_form_comes_back_with_its_error(client, fixed_day, article, language, changes, field):
    response = ask(client, fixed_day, shown_in=language, **changes)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert (Subscriber.objects.count(), PageAlert.objects.count()) == (0, 0)


def test_who_fills_in_the_hidden_field_sets_off_nothing(client, fixed_day, article):
    response = ask(client, fixed_day, website="https://spam.example")

    assert (response.status_code, Subscriber.objects.count()) == (302, 0)


# Asking and confirming


def test_a_wish_waits_under_a_code_until_it_is_confirmed_and_brings_no_newsletter(client, fixed_day, article):
    ask(client, fixed_day, shown_in="es")

    reader = Subscriber.objects.get()
    [wish] = PageAlert.objects.all()
    assert (reader.state, reader.language, reader.wants_news) == ("pending", "es", False)
    assert (wish.reader_key, wish.page, wish.started_on) == (tokens.reader_key(reader.pk), PAGE, None)
    assert [field.name for field in PageAlert._meta.get_fields()] == [
        "id", "reader_key", "page", "asked_on", "started_on"
    ]  # fmt: skip
    assert [(event.kind, event.language) for event in reader.consent_events.all()] == [("page", "es")]

    link = address("confirm", "es", f"?k={tokens.confirm_token(reader.pk)}")
    shown = client.get(link)
    assert ("La metadona hoy" in shown.content.decode(), wishes(reader)) == (True, [(PAGE, None)])
    pressed = client.post(link)

    reader.refresh_from_db()
    assert (pressed.status_code, reader.state, reader.wants_news) == (302, "confirmed", False)
    assert wishes(reader) == [(PAGE, timezone.localdate())]


def test_a_reader_gets_the_same_answer_keeps_all_choices_and_begins_by_the_mails_link(client, fixed_day, article):
    reader = SubscriberFactory(email="ana@example.org", language="es", frequency="weekly")
    response = ask(client, fixed_day)

    reader.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, address("check-mail"))
    assert (reader.state, reader.language, reader.frequency, reader.wants_news) == ("confirmed", "es", "weekly", True)
    assert (wishes(reader), reader.confirmation_due_at) == ([(PAGE, None)], timezone.now())

    client.post(address("confirm", "en", f"?k={tokens.confirm_token(reader.pk)}"))

    reader.refresh_from_db()
    assert (wishes(reader), reader.confirmation_due_at) == ([(PAGE, timezone.localdate())], None)
    assert [event.kind for event in reader.consent_events.order_by("pk")] == ["page", "confirmed"]


def test_the_answer_is_the_same_for_everybody(fixed_day, article):
    for state in ("pending", "confirmed", "left"):
        SubscriberFactory(email=f"{state}@example.org", state=state)
    barred = SubscriberFactory(email="barred@example.org")
    actions.bounces.Suppression.objects.create(email_hash=barred.email_hash, reason="complained", at=timezone.now())
    given = []
    for number, name in enumerate(["unknown", "pending", "confirmed", "left", "barred", "unknown"]):
        visitor = Client(REMOTE_ADDR=f"198.51.{number}.1")
        response = ask(visitor, fixed_day, email=f"{name}@example.org")
        given.append((response.status_code, dict(response.headers), response.content, response.cookies.output()))

    assert [answer == given[0] for answer in given] == [True] * 6
    assert (wishes(barred), PageAlert.objects.count()) == ([], 4)


def test_a_mailbox_gets_one_mail_a_day_and_a_reader_five(fixed_day):
    pages = [f"article:{ArticleFactory().key}" for _number in range(7)]
    reader = SubscriberFactory(email="reader@example.org")
    for number, page in enumerate(pages):
        for name in ("reader", "stranger"):
            ask(Client(REMOTE_ADDR=f"198.{number}.1.1"), fixed_day, page=page, email=f"{name}@example.org")

    stranger = Subscriber.objects.get(email="stranger@example.org")
    assert ([page for page, _since in wishes(reader)], wishes(stranger)) == (pages[:5], [(pages[0], None)])


def test_nobody_watches_more_than_the_most(settings):
    settings.MOST_PAGE_ALERTS = 2
    reader = SubscriberFactory()
    PageAlertFactory.create_batch(2, reader=reader)
    for page in ("article:third", "article:fourth"):
        actions.watch(email=reader.email, language="en", page=page, at=timezone.now())

    assert alerts.of(reader).count() == 2


def test_who_left_begins_anew():
    reader = SubscriberFactory(state="left")
    PageAlertFactory(reader=reader, page="article:old")

    actions.watch(email=reader.email, language="en", page=PAGE, at=timezone.now())

    reader.refresh_from_db()
    assert (reader.state, reader.wants_news, wishes(reader)) == ("pending", False, [(PAGE, None)])


def test_who_waits_for_the_newsletter_gets_both():
    reader = SubscriberFactory(state="pending")

    actions.watch(email=reader.email, language="en", page=PAGE, at=timezone.now())

    reader.refresh_from_db()
    assert (reader.wants_news, wishes(reader)) == (True, [(PAGE, None)])


def test_a_reader_of_pages_who_signs_up_for_the_newsletter_gets_the_link_to_choose_it():
    reader = SubscriberFactory(wants_news=False)

    actions.subscribe(email=reader.email, language="es", consent_text=ConsentTextFactory(), at=timezone.now())

    reader.refresh_from_db()
    assert (reader.state, reader.wants_news, reader.language) == ("confirmed", False, "en")
    assert reader.confirmation_due_at is not None


# The database


def test_the_database_keeps_a_page_once_a_reader_and_an_alert_names_its_page():
    PageAlert.objects.create(reader_key="a", page=PAGE, asked_on="2026-11-20")
    end = timezone.now()
    run = DigestRun.objects.create(frequency="daily", period_start=end - timedelta(days=1), period_end=end, made_at=end)
    item = {"run": run, "frequency": "daily", "key": "a", "language": "en", "text_language": "en", "is_alert": True}

    for name, make in [
        ("pagealert_page_once_a_reader", lambda: PageAlert.objects.create(reader_key="a", page=PAGE, asked_on=end)),
        ("pagealert_names_a_page", lambda: PageAlert.objects.create(reader_key="a", page="", asked_on=end)),
        (
            "pagealert_starts_after_the_wish",
            lambda: PageAlert.objects.create(reader_key="b", page=PAGE, asked_on="2026-11-20", started_on="2026-11-19"),
        ),
        ("digestitem_alert_names_its_page", lambda: DigestItem.objects.create(**item)),
    ]:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            make()


# The own page


def test_the_own_page_lists_the_pages_and_ends_what_is_ticked(client, article):
    reader = SubscriberFactory(wants_news=False)
    ArticleFactory(key="naloxone", title_en="Naloxone")
    for page in (PAGE, "article:naloxone", "article:gone"):
        PageAlertFactory(reader=reader, page=page)

    shown = client.get(own("preferences", reader)).content.decode()
    sent = {"language": "en", "frequency": "daily", "ended": [PAGE, "article:gone"]}
    response = client.post(own("preferences", reader), sent)

    reader.refresh_from_db()
    assert [words in shown for words in ("Methadone today", "Naloxone", "A page that is not on our site now")] == [
        True
    ] * 3
    assert (response.status_code, reader.frequency, reader.wants_news) == (302, "daily", False)
    assert [page for page, _since in wishes(reader)] == ["article:naloxone"]
    assert [event.kind for event in reader.consent_events.all()] == ["choices"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ended": ["article:other"]}, "Tick only pages of this list."),
        ({"ended": ["\x00"]}, "Tick only pages of this list."),
        ({"news": "on", "topics": []}, "Choose at least one topic."),
    ],
)
def test_a_wrong_choice_of_pages_is_said_and_changes_nothing(client, article, changes, words):
    reader = SubscriberFactory(wants_news=False)
    PageAlertFactory(reader=reader, page=PAGE)
    TopicFactory(key="places")

    response = client.post(own("preferences", reader), {"language": "en", "frequency": "daily", **changes})

    reader.refresh_from_db()
    assert (response.status_code, words in response.content.decode()) == (422, True)
    assert (len(wishes(reader)), reader.wants_news, reader.frequency) == (1, False, "at once")


def test_the_newsletter_is_chosen_and_given_up_on_the_own_page(client, article):
    reader, topic = SubscriberFactory(wants_news=False), TopicFactory(key="places")
    PageAlertFactory(reader=reader, page=PAGE)
    states = []
    for changes in ({"news": "on", "topics": ["places"]}, {"topics": ["places"]}):
        client.post(own("preferences", reader), {"language": "en", "frequency": "daily", **changes})
        reader.refresh_from_db()
        states.append((reader.wants_news, actions.wanted(reader)))

    assert states == [(True, [topic]), (False, [])]
    assert [page for page, _since in wishes(reader)] == [PAGE]


@pytest.mark.parametrize("count", [1, 3])
def test_the_own_page_asks_as_often_however_many_pages(client, django_assert_num_queries, count):
    reader = SubscriberFactory()
    for _number in range(count):
        PageAlertFactory(reader=reader, page=f"article:{ArticleFactory().key}")
        PageAlertFactory(reader=reader, page=f"topic:{ShelfFactory().key}")

    with django_assert_num_queries(8):
        page = client.get(own("preferences", reader))

    assert page.content.decode().count('name="ended"') == 2 * count


@pytest.mark.parametrize(("language", "title"), [("en", "Methadone today"), ("es", "La metadona hoy")])
def test_what_we_know_of_a_reader_names_the_pages(client, article, language, title):
    reader = SubscriberFactory(wants_news=False)
    PageAlertFactory(reader=reader, page=PAGE)

    assert title in client.get(own("about-me", reader, language)).content.decode()


def test_erasing_ends_the_pages_of_one_reader_alone():
    gone, other = SubscriberFactory(), SubscriberFactory()
    for reader in (gone, other):
        PageAlertFactory(reader=reader, page=PAGE)

    actions.erase(subscriber_id=gone.pk, at=timezone.now())

    assert [wish.reader_key for wish in PageAlert.objects.all()] == [tokens.reader_key(other.pk)]


def test_wishes_that_nobody_confirmed_go_after_seven_days():
    at, reader = timezone.now(), SubscriberFactory()
    day = timezone.localdate(at)
    for page, age in (("article:old", 8), ("article:young", 7)):
        PageAlertFactory(reader=reader, page=page, asked_on=day - timedelta(days=age), started_on=None)
    PageAlertFactory(reader=reader, page="article:begun", asked_on=day - timedelta(days=99))

    actions.purge(at=at)

    assert [page for page, _since in wishes(reader)] == ["article:young", "article:begun"]


def test_after_two_weeks_nobody_knows_who_got_a_digest():
    at = timezone.now()
    ended = {"state": "sent", "attempt": 1, "marked_at": at, "dated_at": at, "done_at": at - timedelta(days=15)}
    digest = DeliveryFactory(**ended, campaign=CampaignFactory(kind="digest", state="running"))
    edition = DeliveryFactory(**ended)

    counts = actions.purge(at=at)

    digest.refresh_from_db()
    edition.refresh_from_db()
    assert (counts, digest.subscriber, edition.subscriber is None) == ((0, 0, 1), None, False)


# The mails


def piece(key, at, language="en", **fields):
    words = {"title": f"{key} in {language}", "summary": "What it says."}
    return News(key=key, language=language, url=f"https://faro.example/{language}/{key}/", at=at, **{**words, **fields})


def change(key, at, language="en", page=PAGE):
    return piece(key, at, language, page=page, is_alert=True)


def make(*news, at):
    made = digests.make_due(source=lambda since, until: [each for each in news if since <= each.at < until], at=at)
    for campaign in Campaign.objects.filter(state="preparing"):
        actions.start(campaign=campaign, at=at)
    return made


def texts_of(reader):
    """Return the words of each mail that this reader gets."""
    copies = Delivery.objects.filter(subscriber=reader).order_by("created_at")
    return [
        CampaignText.objects.get(campaign=copy.campaign_id, language=copy.language, variant=copy.variant).text
        for copy in copies
    ]


THEN = datetime.datetime(2026, 11, 17, 15, 0, tzinfo=datetime.UTC)
SOON, NEXT_DAY = THEN + timedelta(hours=1), THEN + timedelta(days=1)


@pytest.mark.parametrize(("frequency", "moments"), [("at once", [SOON, SOON]), ("daily", [SOON, NEXT_DAY, NEXT_DAY])])
def test_who_asked_gets_it_once_in_their_language_and_nobody_else(frequency, moments):
    watchers = [SubscriberFactory(language=code, frequency=frequency, wants_news=False) for code in ("en", "es")]
    others = [
        SubscriberFactory(frequency=frequency),
        SubscriberFactory(frequency=frequency, wants_news=False),
        SubscriberFactory(frequency=frequency),
    ]
    for reader in watchers:
        PageAlertFactory(reader=reader, page=PAGE)
    PageAlertFactory(reader=others[1], page="article:other")
    PageAlertFactory(reader=others[2], page=PAGE, started_on=None)

    for at in moments:
        make(change("change:1", THEN), change("change:1", THEN, "es"), at=at)

    assert [["change:1 in en" in text for text in texts_of(reader)] for reader in watchers] == [[True], [False]]
    assert ["change:1 in es" in text for text in texts_of(watchers[1])] == [True]
    assert [texts_of(reader) for reader in others] == [[], [], []]


def test_a_change_that_nobody_watches_makes_no_mail_and_is_not_told_later():
    counts = [make(change("change:1", THEN), at=SOON)]
    PageAlertFactory(reader=SubscriberFactory(), page=PAGE)
    counts.append(make(change("change:1", THEN), at=SOON + timedelta(minutes=5)))

    assert (counts, Campaign.objects.count(), Delivery.objects.count()) == ([0, 0], 0, 0)


def test_a_new_page_of_a_topic_comes_once_to_who_wants_both_and_alone_to_who_wants_the_topic():
    both, topic_only, news_only, none = (
        SubscriberFactory(frequency="daily", wants_news=wants) for wants in (True, False, True, False)
    )
    for reader in (both, topic_only):
        PageAlertFactory(reader=reader, page="topic:treatment")
    new = piece("article:new", THEN, page="topic:treatment")
    other = piece("article:elsewhere", THEN, page="topic:rights")

    make(new, other, change("change:1", THEN, page="article:elsewhere"), at=NEXT_DAY)

    said = [
        [text.count(f"{key} in en") for key in ("article:new", "article:elsewhere", "change:1")]
        for reader in (both, topic_only, news_only, none)
        for text in texts_of(reader)
    ]
    assert said == [[1, 1, 0], [1, 0, 0], [1, 1, 0]]


def test_readers_of_pages_alone_get_no_edition_and_no_urgent_alert():
    reader, topic = SubscriberFactory(), TopicFactory()
    SubscriberFactory(wants_news=False)

    got = [list(recipients(CampaignFactory(kind=kind))) for kind in ("edition", "urgent")]

    assert got == [[(reader.pk, "")], [(reader.pk, "")]]
    assert list(recipients(CampaignFactory(kind="edition", topic=topic))) == []


def test_who_reads_another_language_is_told_only_where_it_concerns_them():
    spanish = [SubscriberFactory(language="es", wants_news=False) for _reader in range(2)]
    for reader, page in zip(spanish, (PAGE, "article:other"), strict=True):
        PageAlertFactory(reader=reader, page=page)
    gone = change("gone:1", THEN)._replace(not_for=("es",))

    make(gone, change("gone:2", THEN, page="article:other"), at=SOON)

    assert [["(en inglés)" in text for text in texts_of(reader)] for reader in spanish] == [[], [True]]


def test_the_archive_shows_no_changes_of_single_pages(client):
    reader = SubscriberFactory(frequency="daily")
    PageAlertFactory(reader=reader, page=PAGE)
    make(change("change:1", THEN), at=NEXT_DAY)
    alone = Campaign.objects.get()
    make(change("change:2", NEXT_DAY), piece("article:new", NEXT_DAY), at=NEXT_DAY + timedelta(days=1))
    mixed = Campaign.objects.exclude(pk=alone.pk).filter(digest_run__frequency="daily").get()

    shown = client.get(reverse("newsletter:edition", args=[mixed.pk])).content.decode()

    assert client.get(reverse("newsletter:edition", args=[alone.pk])).status_code == 404
    assert ["article:new" in shown, "change:2" in shown] == [True, False]
    assert "change:2 in en" in texts_of(reader)[1]


def test_what_a_mail_has_no_room_for_comes_in_the_next():
    reader = SubscriberFactory(frequency="daily", wants_news=False)
    PageAlertFactory(reader=reader, page=PAGE)
    changes = [change(f"change:{number}.", THEN + timedelta(seconds=number)) for number in range(40)]

    for day in (0, 1, 2):
        make(*changes, at=NEXT_DAY + timedelta(days=day))

    said = [re.findall(r"change:(\d+)\. in en", text) for text in texts_of(reader)]
    assert [[int(number) for number in numbers] for numbers in said] == [[*range(30)], [*range(30, 40)]]


@pytest.mark.parametrize("count", [1, 3])
def test_a_digest_asks_as_often_however_many_pages_and_readers(django_assert_num_queries, count):
    news = []
    for number in range(count):
        PageAlertFactory(reader=SubscriberFactory(frequency="daily", wants_news=False), page=f"article:{number}")
        news.append(change(f"change:{number}", THEN, page=f"article:{number}"))
    digests.make_due(source=lambda since, until: news, at=NEXT_DAY)
    campaign = Campaign.objects.get(digest_run__frequency="daily")

    with django_assert_num_queries(6):
        readers = list(recipients(campaign))

    assert [mix for _reader, mix in readers] == [str(number) for number in range(count)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "when a page of our site changes"), ("es", "Por favor, confirme su correo electrónico")],
)
@pytest.mark.parametrize("state", ["new", "confirmed"])
def test_the_mail_that_asks_names_no_page(sink, article, language, words, state):
    if state == "confirmed":
        SubscriberFactory(email="ana@example.org", language=language)
    actions.watch(email="ana@example.org", language=language, page=PAGE, at=timezone.now())

    worker.run(workers=1, forever=False, stop=threading.Event())

    [message] = sink.messages
    sent = email.message_from_bytes(message.data, policy=policy.default)
    bodies = [part.get_content() for part in sent.iter_parts()]
    said = " ".join([sent["Subject"], *bodies])
    assert (message.recipient, words in " ".join(said.split())) == ("ana@example.org", True)
    assert not re.search("methadon|metadona", said.lower())
    confirm = "/confirmar/" if language == "es" else "/confirm/"
    assert [confirm in body for body in bodies] == [True, True]
