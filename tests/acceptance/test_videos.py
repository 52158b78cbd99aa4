"""Test the acceptance case of videos, by its id."""

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.articles.models import Video
from tests.portal.articles.test_videos import MP4, PNG, VTT, video

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(client, settings, tmp_path):
    """Log a publisher in, and return the form of a video of our own with English captions only."""
    settings.MEDIA_ROOT = tmp_path
    user = User.objects.create_superuser("publisher", password="x")
    client.force_login(user)
    return lambda: {
        "summary_en": "What the first day is like.",
        "summary_es": "Cómo es el primer día.",
        "poster": SimpleUploadedFile("first.png", PNG),
        "last_reviewed_on": timezone.localdate(),
        "reviewed_by": user.pk,
        "next_review_on": timezone.localdate() + datetime.timedelta(days=300),
        "title_en": "First day",
        "title_es": "El primer día",
        "slug_en": "first-day",
        "slug_es": "el-primer-dia",
        "made_on": "2026-11-01",
        "is_public": "on",
        "sound": "en",
        "file": SimpleUploadedFile("first.mp4", MP4),
        "captions_en": SimpleUploadedFile("en.vtt", VTT),
        "transcript_en": "Hello.\n\nCome in.",
        "transcript_es": "Hola.\n\nPase.",
    }


def test_a60_publishing_without_spanish_captions_is_refused_and_with_both_they_are_shown(client, form):
    add = reverse("admin:articles_video_add")

    refused = client.post(add, form())
    refused_for = list(refused.context["adminform"].form.errors)
    before = Video.objects.count()
    done = client.post(add, {**form(), "captions_es": SimpleUploadedFile("es.vtt", VTT)})

    assert (refused.status_code, refused_for, before) == (200, ["captions_es"], 0)
    assert done.status_code == 302
    for address, words, first in [
        ("/en/videos/first-day/", ["Hello.", "Come in."], "en"),
        ("/es/videos/el-primer-dia/", ["Hola.", "Pase."], "es"),
    ]:
        body = client.get(address).content.decode()
        tracks = re.findall(
            r'<track kind="captions" src="(/media/[^"]+\.vtt)" srclang="(\w+)" label="[^"]+"( default)?>', body
        )
        assert [(code, bool(default)) for _address, code, default in tracks] == [
            (first, True),
            ("es" if first == "en" else "en", False),
        ]
        assert [b"".join(client.get(track).streaming_content) for track, _code, _default in tracks] == [VTT, VTT]
        assert all(f"<p>{said}</p>" in body for said in words)
        assert 'lang="en"' in re.search("<video[^>]+>", body)[0]
        assert re.findall(r"<(?:script|iframe)[^>]+src", body.partition("<main")[2]) == []


@pytest.mark.parametrize("address", ["/en/videos/", "/en/videos/first-day/"])
def test_a60_a_video_elsewhere_is_a_link_that_names_its_site_and_nothing_is_asked_of_it_before(client, address):
    video().save()

    response = client.get(address)

    body = response.content.decode()
    outside = re.findall(r"<[^>]+example\.org[^>]*>", body)
    assert [re.match(r"<(\w+)", tag)[1] for tag in outside] == (["a"] if "first-day" in address else [])
    assert "example.org" in re.sub(r"<[^>]+>", " ", body)
    assert re.findall(r'(?:src|poster)="(?!/)[^"]*"', body) == []
    assert "media-src 'self'" in response["Content-Security-Policy"]
