import pytest

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def uploaded(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = settings.MEDIA_ROOT / "videos" / "2026"
    folder.mkdir(parents=True)
    (folder / "x.mp4").write_bytes(CONTENT)
    (folder / "x.vtt").write_text("WEBVTT\n")
    (folder / "x.html").write_text("<script>alert(1)</script>")
    (folder / "x.svg").write_text("<svg/>")
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    return "/media/videos/2026/x.mp4"


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_file_is_given_whole_with_its_type(client, uploaded):
    response = client.get(uploaded)

    assert (response.status_code, body_of(response), response["Content-Type"]) == (200, CONTENT, "video/mp4")
    assert (response["Accept-Ranges"], response["X-Content-Type-Options"]) == ("bytes", "nosniff")
    assert not response.cookies


def test_captions_are_text_in_utf_8(client, uploaded):
    response = client.get("/media/videos/2026/x.vtt")

    assert (response["Content-Type"], body_of(response)) == ("text/vtt; charset=utf-8", b"WEBVTT\n")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("0-0", 0, 0),
        ("10-19", 10, 19),
        ("1000-", 1000, 1023),
        ("-24", 1000, 1023),
        ("5-99999", 5, 1023),
        ("-9999", 0, 1023),
    ],
)
def test_a_part_is_given_as_asked(client, uploaded, asked, first, last):
    response = client.get(uploaded, headers={"Range": f"bytes={asked}"})

    assert (response.status_code, body_of(response)) == (206, CONTENT[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/1024"
    assert response["Content-Length"] == str(last + 1 - first)


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=-0", "bytes=5000-6000"])
def test_a_part_that_is_not_there_is_refused(client, uploaded, asked):
    response = client.get(uploaded, headers={"Range": asked})

    assert (response.status_code, response["Content-Range"]) == (416, "bytes */1024")


@pytest.mark.parametrize(
    "asked", ["bytes=9-3", "bytes=0-1,5-6", "bytes=a-b", "lines=0-1", "bytes=", "bytes=-", "x" * 9000]
)
def test_a_part_asked_for_in_another_way_gives_the_whole_file(client, uploaded, asked):
    response = client.get(uploaded, headers={"Range": asked})

    assert (response.status_code, len(body_of(response))) == (200, 1024)


@pytest.mark.parametrize(
    "path",
    [
        "videos/2026/x.html",
        "videos/2026/x.svg",
        "videos/2026/gone.mp4",
        "videos/2026/",
        "../secret.mp4",
        "%2e%2e/secret.mp4",
        "videos/../../secret.mp4",
        "/etc/passwd",
        "x" * 5000 + ".mp4",
        "x%00.mp4",
    ],
)
def test_nothing_else_is_given(client, uploaded, path, db):
    assert client.get(f"/media/{path}").status_code == 404
