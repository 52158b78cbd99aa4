"""Give every page the few records that its frame shows."""

from django.utils.functional import SimpleLazyObject

from portal.reference.models import Department, Line


def site(request):
    """Return the department and the lines of header and footer, each read only by a template that shows it."""
    return {
        "department": SimpleLazyObject(Department.objects.current),
        "footer_lines": SimpleLazyObject(lambda: list(Line.objects.in_footer())),
    }
