from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture

from portal.articles.models import Image

GPS = 0x8825


@pytest.fixture
def photo():
    """A photo of 2000 by 1000 pixels, held sideways, that says where it was taken."""
    exif = Picture.Exif()
    exif[0x0112] = 6
    exif.get_ifd(GPS)[2] = (41.0, 45.0, 0.0)
    file = BytesIO()
    Picture.new("RGB", (2000, 1000), "red").save(file, "JPEG", exif=exif)
    return SimpleUploadedFile("in the kitchen.jpg", file.getvalue(), "image/jpeg")


@pytest.mark.django_db
def test_a_photo_is_made_smaller_turned_upright_and_forgets_where_it_was_taken(photo, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    image = Image.objects.create(file=photo, alt_en="A red room")

    with Picture.open(image.file.path) as written:
        assert (written.format, written.size, dict(written.getexif())) == ("WEBP", (800, 1600), {})
    assert (image.width, image.height) == (800, 1600)
    assert image.file.name.endswith("in_the_kitchen.webp")


@pytest.mark.django_db
def test_a_picture_that_is_saved_again_is_not_written_again(photo, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    image = Image.objects.create(file=photo)
    before = image.file.name

    image.alt_en = "A red room"
    image.save()

    assert (image.file.name, len(list(tmp_path.rglob("*.webp")))) == (before, 1)
