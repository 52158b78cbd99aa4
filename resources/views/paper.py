"""Show listings side by side, and draw the code that leads a telephone from paper to a listing."""

from io import BytesIO
from urllib.parse import urljoin

import segno
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.lib import languages

from ..forms.paper import MOST_COMPARED, chosen
from ..models import ServiceAtLocation
from ..search.paper import facts, followed

QUIET_ZONE = 2  # modules; the white paper around it adds the rest


@require_safe
@cache_control(private=True, no_store=True)
def compare(request):
    """Show up to four listings side by side; the address alone says which."""
    picked = chosen(request.GET, MOST_COMPARED)
    codes = followed(picked.codes)
    places = facts(codes, timezone.now())
    context = {"places": places, "left_out": picked.left_out, "gone": len(codes) - len(places)}
    return render(request, "resources/compare.html", context | {"codes": codes, "most": MOST_COMPARED})


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def short_code(request, code, language):
    """Draw the QR code of a listing's short address in this language: black on white, whatever the page's colours."""
    if language not in languages.codes():
        raise Http404
    get_object_or_404(ServiceAtLocation.objects.public().only("pk"), short_code=code)
    site = settings.SITE_URL or request.build_absolute_uri("/")
    address = urljoin(site, reverse("short-language", args=[code, language]))
    drawing = BytesIO()
    qr = segno.make(address, error="m", micro=False)
    qr.save(drawing, kind="svg", border=QUIET_ZONE, light="#fff", xmldecl=False)
    return HttpResponse(drawing.getvalue(), content_type="image/svg+xml")
