"""Treat the staff's pages as what they are, and refuse forms that no browser sends."""

import codecs

from django.core.exceptions import BadRequest
from django.utils import translation


def forms_in_utf8(get_response):
    """Refuse a form with files in another encoding than UTF-8, as Django does any other form: 400.

    Python knows encodings that are no text at all, or that give what no database takes.
    """

    def middleware(request):
        is_form = request.content_type == "multipart/form-data"
        if is_form and request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            raise BadRequest
        return get_response(request)

    return middleware


def staff_pages(get_response):
    """Activate the language a member of staff chose, in the admin only: public pages take theirs from the address.

    The admin's forms prove their origin to Django's CSRF check, and with "no-referrer" a browser hides it even from the
    same site. So these pages name it to this site alone.
    """

    def middleware(request):
        if not request.path_info.startswith("/admin/"):
            return get_response(request)
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        response = get_response(request)
        response["Referrer-Policy"] = "same-origin"
        return response

    return middleware
