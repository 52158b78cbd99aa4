"""Test that a preview shows what readers get, and can do nothing else."""

import base64
import hashlib
import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from newsletter.models import Block, Campaign

from .factories import BlockFactory, CampaignFactory
from .test_admin import change, editor, staff, written  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department")]


def preview(staff, campaign, **options):  # noqa: F811 (the fixture)
    return staff.get(reverse("admin:newsletter_campaign_preview"), {"campaign": campaign.pk, **options})


def test_a_saved_campaign_is_shown_in_the_language_asked_for(staff):  # noqa: F811
    campaign = CampaignFactory()
    BlockFactory(campaign=campaign)

    page = preview(staff, campaign, preview_language="es").content.decode()

    assert "Abrió un lugar nuevo." in page and "Más palabras." in page
    assert '<html lang="es"' in page


def test_what_is_typed_is_shown_and_nothing_is_saved(staff):  # noqa: F811
    campaign = CampaignFactory()
    parts = {
        "blocks-TOTAL_FORMS": "2",
        "blocks-0-body_en": "<p>Second.</p><script>x</script>",
        "blocks-0-position": "2",
    }
    typed = written(
        campaign, subject_en="Typed just now", **parts, **{"blocks-1-body_en": "First.", "blocks-1-position": "1"}
    )

    answer = staff.post(reverse("admin:newsletter_campaign_preview"), typed)

    page = answer.content.decode()
    assert [page.index(each) > 0 for each in ("Typed just now", "First.", "Second.")] == [True] * 3
    assert page.index("First.") < page.index("Second.")
    assert "<script" not in page
    assert (Campaign.objects.get().subject_en, Block.objects.count()) == ("News of December", 0)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"blocks-TOTAL_FORMS": "-1"},
        {"blocks-TOTAL_FORMS": "9" * 4},
        {"blocks-TOTAL_FORMS": "x"},
        {"blocks-TOTAL_FORMS": "1", "blocks-0-page": "article:\x00", "blocks-0-position": "-1"},
    ],
)
def test_a_broken_form_is_shown_as_far_as_it_goes(staff, typed):  # noqa: F811
    answer = staff.post(reverse("admin:newsletter_campaign_preview"), {"subject_en": "Only this", **typed})

    assert answer.status_code == 200
    assert "Only this" in answer.content.decode()


def test_the_frame_has_a_policy_of_its_own_with_the_hash_of_each_style(staff):  # noqa: F811
    answer = preview(staff, CampaignFactory(), preview_scheme="dark")

    page = answer.content.decode()
    policy = answer["Content-Security-Policy"]
    styles = [
        *re.findall(r"<style[^>]*>(.*?)</style>", page, re.S),
        *map(unescape, re.findall(r' style="([^"]*)"', page)),
    ]
    hashes = {base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles}
    assert set(re.findall("'sha256-([^']+)'", policy)) == hashes
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-inline" not in policy and "script-src" not in policy
    assert "frame-ancestors 'self'" in policy and "sandbox" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_links_lead_nowhere_and_say_where_they_would(staff):  # noqa: F811
    page = preview(staff, CampaignFactory(body_en='<p><a href="https://example.org/">x</a></p>')).content.decode()

    assert set(re.findall(r' href="([^"]*)"', page)) == {"#"}
    assert 'title="https://example.org/"' in page
    assert "%%" not in page


@pytest.mark.parametrize(("scheme", "media"), [("light", "@media not all"), ("dark", "@media all")])
def test_light_and_dark_do_not_depend_on_the_screen(staff, scheme, media):  # noqa: F811
    page = preview(staff, CampaignFactory(), preview_scheme=scheme).content.decode()

    assert media in page
    assert "prefers-color-scheme" not in page


def test_the_text_part_is_text(staff):  # noqa: F811
    answer = preview(staff, CampaignFactory(), preview_part="text", preview_language="es")

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().startswith("Salud de Hartford\n\nNoticias de diciembre\n")


@pytest.mark.parametrize("number", ["", "0", "x", "9" * 30, "-1"])
def test_a_campaign_that_is_not_there_is_not_found(staff, number):  # noqa: F811
    assert staff.get(reverse("admin:newsletter_campaign_preview"), {"campaign": number}).status_code == 404


def test_without_the_right_to_write_there_is_no_preview(staff, editor):  # noqa: F811
    editor.user_permissions.remove(Permission.objects.get(codename="change_campaign"))

    assert preview(staff, CampaignFactory()).status_code == 403


def test_fixed_words_are_shown_though_the_form_sends_none(staff):  # noqa: F811
    campaign = CampaignFactory(state="running")

    address = f"{reverse('admin:newsletter_campaign_preview')}?campaign={campaign.pk}"

    assert "A new place has opened." in staff.post(address, {"preview_language": "en"}).content.decode()


def test_the_form_offers_the_preview_in_a_sandbox(staff):  # noqa: F811
    page = staff.get(change(CampaignFactory())).content.decode()

    assert '<iframe name="preview" sandbox=""' in page
    assert 'formtarget="preview"' in page
