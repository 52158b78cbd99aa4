"""Give every page the few records that its frame shows."""

from dataclasses import dataclass, field

from django.utils.functional import SimpleLazyObject

from portal.lib.kept import keep, states
from portal.reference.models import Department, Line


@dataclass(frozen=True)
class Frame:
    """The department and the lines of header and footer; two with the same `state` are the same."""

    state: str
    department: Department | None = field(compare=False)
    lines: list[Line] = field(compare=False)


_department = keep(lambda: Department.objects.current(), of_none=None)
_NO_LINES: list[Line] = []
_lines = keep(lambda: list(Line.objects.in_footer()), of_none=_NO_LINES)


def frame_of(department: str, lines: str) -> Frame:
    """Return the frame for these states of the two tables."""
    return Frame(f"{department} {lines}", _department(department), _lines(lines))


def site(request):
    """Return the department and the lines of header and footer, read only by a template that shows them."""
    frame = SimpleLazyObject(lambda: frame_of(*states(Department, Line)))
    return {
        "frame": frame,
        "department": SimpleLazyObject(lambda: frame.department),
        "footer_lines": SimpleLazyObject(lambda: frame.lines),
    }
