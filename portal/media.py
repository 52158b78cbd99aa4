"""Give out what staff uploaded: pictures, videos and captions, also a part of a file, as players ask for it."""

import re
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.utils._os import safe_join
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "vtt": "text/vtt; charset=utf-8",
}
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})$")  # one part; of several the whole file is given (RFC 9110, 14.2)
CHUNK = 64 * 1024


@require_safe
@cache_control(public=True, max_age=3600)
def media(request, path):
    """Give a file, or the part of it that the request asks for; nothing of another type than those above."""
    file = _found(path)
    size, kind = file.stat().st_size, TYPES[file.suffix[1:].lower()]
    part = _part(request.headers.get("Range", ""), size)
    if part is None:
        response = FileResponse(file.open("rb"), content_type=kind)
    elif part[0] > part[1]:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        response = _partial(file, *part, size, kind)
    response["Accept-Ranges"] = "bytes"
    return response


def _found(path: str) -> Path:
    """Return the file at this address, or raise Http404."""
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
        is_there = file.is_file()
    except (SuspiciousOperation, ValueError, OSError) as error:
        raise Http404 from error
    if not is_there or file.suffix[1:].lower() not in TYPES:
        raise Http404
    return file


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte asked for, or None for the whole file; a first after the last is no part of it."""
    match = RANGE.match(asked)
    if match is None or match[1] == match[2] == "":
        return None
    if not match[1]:
        return (max(0, size - int(match[2])), size - 1) if int(match[2]) else (1, 0)
    first, last = int(match[1]), min(int(match[2] or size), size - 1)
    if match[2] and int(match[2]) < first:
        return None
    return (first, last) if first < size else (1, 0)


def _partial(file: Path, first: int, last: int, size: int, kind: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_bytes(file, first, last + 1 - first), status=206, content_type=kind)
    response["Content-Length"] = str(last + 1 - first)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _bytes(file: Path, start: int, length: int):
    with file.open("rb") as opened:
        opened.seek(start)
        while length > 0 and (chunk := opened.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
