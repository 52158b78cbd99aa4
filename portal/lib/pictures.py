"""Write uploaded pictures anew: small enough for a phone, and without what a camera adds, such as where it stood."""

from io import BytesIO
from pathlib import PurePath
from typing import IO

from django.core.files.base import ContentFile
from django.db import models
from PIL import Image, ImageOps

WIDEST = 1600  # pixels; the text column is half of that on a sharp screen


def rewritten(file: IO[bytes], name: str) -> ContentFile:
    """Return the picture as WebP, at most 1600 pixels wide and high, turned as the camera held it; raises OSError."""
    with Image.open(file) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGBA" if "A" in picture.getbands() else "RGB")
    upright.thumbnail((WIDEST, WIDEST))
    written = BytesIO()
    upright.save(written, "WEBP", quality=80)
    return ContentFile(written.getvalue(), name=f"{PurePath(name).stem}.webp")


class PictureField(models.ImageField):
    """A picture that is written anew whatever way it comes in."""

    def pre_save(self, model_instance, add):
        file = getattr(model_instance, self.attname)
        if file and not file._committed:
            file.file = rewritten(file.file, file.name)
            file.name = file.file.name
        return super().pre_save(model_instance, add)
