"""Give every page the few records that its frame shows."""

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from portal.lib.kept import keep, states
from portal.reference.models import Alert, Department, Line


@dataclass(frozen=True)
class Frame:
    """What every page shows: the department and the lines of its footer, and the alerts that are or will be out.

    Two with the same `state` are the same. Whether an alert is shown depends on the time as well.
    """

    state: str
    department: Department | None = field(compare=False)
    lines: list[Line] = field(compare=False)
    alerts: list[Alert] = field(compare=False)


_department = keep(lambda: Department.objects.current(), of_none=None)
_NO_LINES: list[Line] = []
_lines = keep(lambda: list(Line.objects.in_footer()), of_none=_NO_LINES)
_NO_ALERTS: list[Alert] = []
_alerts = keep(lambda: list(Alert.objects.out().filter(ends_at__gt=timezone.now())), of_none=_NO_ALERTS)


def frame_of(department: str, lines: str, alerts: str) -> Frame:
    """Return the frame for these states of the three tables."""
    return Frame(f"{department} {lines}", _department(department), _lines(lines), _alerts(alerts))


def site(request):
    """Return what the frame of a page shows, read only by a template that shows it."""
    frame = SimpleLazyObject(lambda: frame_of(*states(Department, Line, Alert)))
    return {
        "frame": frame,
        "department": SimpleLazyObject(lambda: frame.department),
        "footer_lines": SimpleLazyObject(lambda: frame.lines),
    }
