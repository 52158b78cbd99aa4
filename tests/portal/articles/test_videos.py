import base64
import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from portal.articles.models import Video
from portal.articles.models import video as rules

VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n"
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 200
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LINK = {"url": "https://www.example.org/watch?v=1"}


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def video(**fields):
    """Make a video that is a link and has all it needs in both languages."""
    whole = {
        "title_en": "First day",
        "title_es": "El primer día",
        "slug_en": "first-day",
        "slug_es": "el-primer-dia",
        "sound": "en",
        "captions_there_en": True,
        "captions_there_es": True,
        "transcript_en": "Hello.\n\nCome in.",
        "transcript_es": "Hola.\n\nPase.",
        "made_on": datetime.date(2026, 11, 1),
        "is_public": True,
        **LINK,
    }
    return Video(**{**whole, **fields})


def file_of(content, name="x.vtt"):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    "content",
    [
        VTT,
        b"\xef\xbb\xbf" + VTT,
        b"WEBVTT - a title\n\n01:02:03.000 --> 01:02:04.000 line:0\nx",
        VTT.replace(b"\n", b"\r\n"),
    ],
)
def test_captions_in_webvtt_are_taken(content):
    rules.check_captions(file_of(content))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1\n00:00:01,000 --> 00:00:02,000\nSubRip.",
        b"WEBVTTX\n\n00:00.000 --> 00:02.000\nx",
        b"WEBVTT\n\nno times",
        b"\xff\xfeW\x00E\x00B\x00",
        b"<html>WEBVTT 00:00.000 --> 00:02.000</html>",
        VTT + b"x" * rules.MOST_CAPTIONS,
    ],
)
def test_what_is_not_captions_is_refused(content):
    with pytest.raises(ValidationError):
        rules.check_captions(file_of(content))


@pytest.mark.parametrize("content", [MP4, b"\x1a\x45\xdf\xa3" + b"\x00" * 50])
def test_mp4_and_webm_are_taken(content):
    rules.check_video(file_of(content, "x.mp4"))


@pytest.mark.parametrize("content", [b"", b"MZ" + b"\x00" * 50, b"<script>", b"RIFF\x00\x00\x00\x00AVI "])
def test_what_is_not_a_video_is_refused(content):
    with pytest.raises(ValidationError):
        rules.check_video(file_of(content, "x.mp4"))


def test_a_video_that_is_too_big_is_refused_unread():
    class Huge:
        size = rules.MOST_VIDEO + 1

    with pytest.raises(ValidationError):
        rules.check_video(Huge())


@pytest.mark.parametrize("name", ["x.svg", "x.html", "x.mp4.exe", "x"])
def test_files_of_other_kinds_are_refused_by_their_names(name):
    with pytest.raises(ValidationError) as refused:
        video(url="", file=file_of(MP4, name), is_public=False).clean_fields(exclude=["poster"])

    assert list(refused.value.message_dict) == ["file"]


@pytest.mark.parametrize(
    "missing", [{"transcript_es": ""}, {"captions_there_es": False}, {"slug_es": None}, {"transcript_en": ""}]
)
@pytest.mark.django_db
def test_neither_form_nor_database_publishes_a_video_that_lacks_something(missing):
    half = video(**missing)

    with pytest.raises(ValidationError) as refused:
        half.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        half.save()
    half.is_public = False
    half.save()

    asked = {name.replace("captions_there", "captions") for name in missing}
    assert asked <= set(refused.value.message_dict)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"url": ""}, {"file": "videos/x.mp4"}, {"url": "http://example.org/"}, {"url": "javascript:alert(1)"}]
)
def test_a_video_is_a_file_or_an_https_link(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        video(**wrong).save()


@pytest.mark.django_db
def test_captions_at_another_site_do_not_count_for_a_file_of_our_own():
    with pytest.raises(IntegrityError), transaction.atomic():
        video(url="", file="videos/x.mp4").save()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(client, count, django_assert_num_queries):
    for number in range(count):
        video(slug_en=f"v{number}", slug_es=f"v{number}").save()
    video(is_public=False, slug_en="hidden", slug_es="oculto").save()
    client.get("/en/videos/")

    with django_assert_num_queries(3):
        response = client.get("/en/videos/")

    assert len(response.context["page"].object_list) == count


@pytest.mark.django_db
def test_a_video_that_is_not_public_is_missing(client):
    video(is_public=False).save()

    assert client.get("/en/videos/first-day/").status_code == 404


@pytest.mark.django_db
def test_what_staff_wrote_is_text(client):
    video(transcript_en="<script>alert(1)</script> {fact:none}").save()

    body = client.get("/en/videos/first-day/").content.decode()

    assert "<script>alert" not in body
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt; </p>" in body
