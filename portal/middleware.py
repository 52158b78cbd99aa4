"""Treat the staff's pages as what they are: in the language of the account, and known by their own forms."""

from django.utils import translation


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
