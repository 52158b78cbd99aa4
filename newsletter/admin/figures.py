"""Show how the list grows and what became of the last editions, from counts alone."""

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.lib import languages

from .. import picture, stats
from ..models import Subscriber


@permission_required("newsletter.view_campaign", raise_exception=True)
@require_safe
def show(request):
    """Draw the readers by week and the copies by edition, and say the same in tables."""
    weeks, editions = stats.growth(timezone.now()), stats.editions()
    readers = Subscriber.objects.filter(state=Subscriber.State.CONFIRMED)
    delivered = [(_day(each), each[1:5]) for each in editions]
    context = {
        "title": _("Newsletter figures"),
        "now": stats.by_language(readers),
        "pending": Subscriber.objects.filter(state=Subscriber.State.PENDING).count(),
        "weeks": weeks,
        "languages": [languages.name(code) for code in languages.codes()],
        "growth": picture.bars([(date_format(week.monday, "j M"), week.counts) for week in weeks]),
        "editions": list(reversed(editions)),
        "delivered": picture.bars(delivered),
        "fates": [_("arrived, as far as is known"), _("came back"), _("refused"), _("uncertain")],
    }
    return render(request, "admin/newsletter/figures.html", admin.site.each_context(request) | context)


def _day(edition):
    return date_format(timezone.localtime(edition.campaign.started_at), "j M")
