"""Answer programs: the mail service that tells what became of our copies."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from . import actions
from .bounces import events


@csrf_exempt
@require_POST
def mail_events(request):
    """Count what the mail service reports; a request that is not the service's learns nothing from the answer."""
    at = timezone.now()
    try:
        found = events.read(request, at=at)
    except events.ForgedError:
        return HttpResponse(status=403)
    except events.UnreadableError:
        return HttpResponse(status=400)
    for report in found:
        actions.record(report=report, source="mail service", at=at)
    return HttpResponse()
