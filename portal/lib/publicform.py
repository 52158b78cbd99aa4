"""Guard the forms that strangers send, without a cookie.

Django's CSRF protection needs a cookie; the public site sets none. In its place stand a signed token in the
form, which says what the form is for and when it was shown, and the browser's own word on where the request
comes from (`Sec-Fetch-Site`, Fetch Metadata; `Origin`, RFC 6454).
"""

from functools import wraps
from urllib.parse import urlsplit

from django import forms
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

MAX_AGE_SECONDS = 24 * 60 * 60


def same_site(view):
    """Refuse a POST that another site's page made the browser send: 403.

    A client that sends neither header (a script, an old browser) is let through to the form's own token.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method == "POST" and not _from_our_pages(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _from_our_pages(request) -> bool:
    """Believe `Sec-Fetch-Site`; a browser too old for it hides its origin ("null") because of our "no-referrer"."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin", "null")
    return origin == "null" or urlsplit(origin).netloc == request.get_host()


class _TokenInput(forms.HiddenInput):
    """Always show a new token: one that has expired must not be shown again with the corrected form."""

    def __init__(self, purpose):
        super().__init__(attrs={"autocomplete": "off"})
        self.purpose = purpose

    def format_value(self, value):
        return signing.TimestampSigner(salt=f"form:{self.purpose}").sign(self.purpose)


class FormTokenField(forms.CharField):
    """A hidden field that only our own page, shown within the last day, can fill in.

    Its clean value is the moment the form was shown, in seconds since 1970.
    """

    default_error_messages = {
        "required": _("This page was incomplete. Your text is still here: send it again."),
        "expired": _("This page was open for more than a day. Your text is still here: send it again."),
        "forged": _("This page was incomplete. Your text is still here: send it again."),
    }

    def __init__(self, purpose: str):
        self.purpose = purpose
        super().__init__(widget=_TokenInput(purpose), max_length=200)

    def clean(self, value):
        signed = super().clean(value)
        try:
            signing.TimestampSigner(salt=f"form:{self.purpose}").unsign(signed, max_age=MAX_AGE_SECONDS)
        except signing.SignatureExpired as error:
            raise ValidationError(self.error_messages["expired"], code="expired") from error
        except signing.BadSignature as error:
            raise ValidationError(self.error_messages["forged"], code="forged") from error
        return signing.b62_decode(signed.rsplit(":", 2)[1])
