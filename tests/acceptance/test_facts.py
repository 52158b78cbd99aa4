"""Test the acceptance cases of what pages quote, by their ids."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from newsletter import render
from portal.accounts.models import User
from portal.overdose import actions as overdose
from portal.reference.actions import approve_fact, load_starter
from portal.reference.models import Fact
from portal.waiting import waiting_for
from tests.newsletter.factories import CampaignFactory
from tests.portal.articles.factories import ArticleFactory, SectionFactory
from tests.portal.reference.factories import StaffFactory

pytestmark = pytest.mark.django_db

BEFORE, AFTER = {"en": "2 to 3 minutes", "es": "2 o 3 minutos"}, {"en": "9 minutes", "es": "9 minutos"}
GUIDE = {"en": "/en/overdose/", "es": "/es/sobredosis/"}
SHEET = {"en": "/en/print/", "es": "/es/imprimir/"}


def text_of(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture
def quoting(listings):
    """Quote the interval of Narcan in an article, the overdose guide, a newsletter and the sheet to print."""
    load_starter()
    overdose.load_starter()
    article = ArticleFactory()
    SectionFactory(
        article=article, body_en="<p>Wait {fact:repeat-narcan}.</p>", body_es="<p>Espere {fact:repeat-narcan}.</p>"
    )
    campaign = CampaignFactory(
        body_en="<p>Wait {fact:repeat-narcan}.</p>", body_es="<p>Espere {fact:repeat-narcan}.</p>"
    )
    return article, campaign, listings["R1"].short_code


def said(client, quoting, language):
    """Return what each place that quotes the interval says in a language."""
    article, campaign, listing = quoting
    mail = render.campaign_text(campaign=campaign, language=language, at=timezone.now())
    pages = {
        "article": article.url(language),
        "guide": GUIDE[language],
        "sheet": f"{SHEET[language]}?ids={listing}",
    }
    texts = {name: text_of(client.get(address).content.decode()) for name, address in pages.items()}
    return {**texts, "mail": text_of(mail.html), "mail in plain text": mail.text}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a59_one_change_of_a_fact_is_the_new_value_everywhere(client, quoting, language):
    before = said(client, quoting, language)

    fact = Fact.objects.get(code="repeat-narcan")
    fact.proposed_en, fact.proposed_es = AFTER["en"], AFTER["es"]
    fact.save()
    waiting = said(client, quoting, language)
    approve_fact(fact=fact, by=StaffFactory(), on=timezone.localdate())
    after = said(client, quoting, language)

    assert {name for name, text in before.items() if BEFORE[language] not in text} == set()
    assert waiting == before
    assert {name for name, text in after.items() if AFTER[language] not in text} == set()
    assert {name for name, text in after.items() if "{fact" in text} == set()


def test_a59_an_expired_fact_is_listed_and_stays_on_its_pages(client, quoting):
    editor = User.objects.create_user("editor", is_staff=True)
    editor.user_permissions.add(Permission.objects.get(codename="change_fact"))
    expired = {queue.title: queue for queue in waiting_for(editor)}["Facts to look up again"]

    Fact.objects.filter(code="repeat-narcan").update(expires_on=timezone.localdate())
    now = {queue.title: queue for queue in waiting_for(editor)}["Facts to look up again"]

    assert (expired.count, now.count) == (0, 1)
    assert now.url == f"{reverse('admin:reference_fact_changelist')}?waits=expired"
    assert BEFORE["en"] in said(client, quoting, "en")["guide"]


def test_a37_the_interval_of_a_repeat_dose_is_a_record_for_each_product(client, quoting):
    Fact.objects.filter(code="repeat-generic").update(value_en="77 minutes")

    guide = text_of(client.get("/en/naloxone/").content.decode())

    assert "The label of a generic spray says 77 minutes." in guide
    assert "the Narcan label says 2 to 3 minutes." in guide
