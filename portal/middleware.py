"""Speak to signed-in staff in the language of their account."""

from django.utils import translation


def staff_language(get_response):
    """Activate the language a member of staff chose, in the admin only: public pages take theirs from the address."""

    def middleware(request):
        if request.path_info.startswith("/admin/") and request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return get_response(request)

    return middleware
