"""Let staff bring lists in: hand in a file, name its columns, look at what it would change, accept or refuse it."""

from pathlib import Path

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.lib.spreadsheet import UnreadableFileError

from ..forms.imports import ColumnsForm, UploadForm, suggested
from ..imports import differences, fields, runs, table
from ..models import Import, ImportRow

PAGE = 50
Change = ImportRow.Change


@admin.register(Import)
class ImportAdmin(admin.ModelAdmin):
    list_display = ("name", "source", "format", "as_of", "state", "created_at", "created_by")
    list_filter = ("state", "format", "source")
    search_fields = ("name", "source")
    list_select_related = ("created_by",)
    ordering = ("-created_at", "-pk")

    def has_delete_permission(self, request, obj=None):
        """Keep the record of what came from where, and by which the next import knows what staff deleted."""
        return False

    def add_view(self, request, form_url="", extra_context=None):
        """Hand in a file."""
        return upload(request)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show how far an import is."""
        return redirect("admin:resources_import_state", object_id)

    def get_urls(self):
        """Put the pages of one import before the list."""
        own = self.admin_site.admin_view
        return [
            path("run/<int:pk>/", own(show_state), name="resources_import_state"),
            path("run/<int:pk>/columns/", own(name_columns), name="resources_import_columns"),
            path("run/<int:pk>/rows/", own(show_rows), name="resources_import_rows"),
            path("run/<int:pk>/decide/", own(decide), name="resources_import_decide"),
            *super().get_urls(),
        ]


@permission_required("resources.add_import", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request):
    """Take a file and begin its import."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        run = form.receive(request.user)
        if run is not None:
            to_name = run.state == Import.State.MAPPING
            return redirect("admin:resources_import_columns" if to_name else "admin:resources_import_state", run.pk)
    return _show(request, "upload.html", 422 if form.is_bound else 200, title=_("Import a list"), form=form)


@permission_required("resources.view_import", raise_exception=True)
@require_safe
def show_state(request, pk):
    """Show how far an import is and what it would do, with the buttons for the next step."""
    run = get_object_or_404(Import.objects.select_related("created_by"), pk=pk)
    counts = [(change, run.counts.get(change, 0)) for change in Change]
    return _show(
        request,
        "state.html",
        title=run.name,
        run=run,
        counts=[(change.value, change.label, count) for change, count in counts],
        asks_about_drop=runs.asks_about_drop(run),
        is_under_way=run.state in runs.UNDER_WAY,
    )


@permission_required("resources.add_import", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def name_columns(request, pk):
    """Show the first rows of a table and take which column is which field."""
    run = get_object_or_404(Import, pk=pk, format=Import.Format.TABLE)
    try:
        columns, rows = table.preview(Path(run.path))
    except UnreadableFileError as error:
        messages.error(request, str(error))
        return redirect("admin:resources_import_state", pk)
    form = ColumnsForm(request.POST or None, columns=columns, initial=suggested(columns, runs.usual_columns(run)))
    if request.method == "POST" and form.is_valid() and _begin(request, run, form):
        return redirect("admin:resources_import_state", pk)
    status = 422 if form.is_bound else 200
    return _show(
        request, "columns.html", status, title=_("Name the columns"), run=run, form=form, columns=columns, rows=rows
    )


def _begin(request, run, form):
    kind = form.cleaned_data["type"]
    try:
        runs.begin(run, form.columns(), kind.code if kind else "")
    except runs.RefusedError as error:
        form.add_error(None, str(error))
        return False
    return True


@permission_required("resources.view_import", raise_exception=True)
@require_safe
def show_rows(request, pk):
    """Show, page by page, what the rows of one kind would change, or what is wrong with them."""
    run = get_object_or_404(Import, pk=pk)
    which = request.GET.get("which", "")
    rows = run.staged.filter(change=which) if which in Change.values else run.staged.exclude(problems=[])
    page = Paginator(rows.order_by("number"), PAGE).get_page(request.GET.get("page"))
    shown = [_shown(row) for row in page]
    label = Change(which).label if which in Change.values else _("Rows with problems")
    return _show(request, "rows.html", title=label, run=run, page=page, rows=shown, which=which)


def _shown(row):
    """Return a row as its page shows it: what it is, what differs field by field, what is wrong cell by cell."""
    said = row.record.get("said", {})
    name = said.get("name", {})
    different = [
        (
            fields.FIELDS[field].label,
            fields.words(field, before),
            fields.words(field, after),
            differences.WHY.get(why, ""),
        )
        for field, (before, after, why) in fields.ordered(row.difference)
    ]
    whole = [(fields.FIELDS[field].label, fields.words(field, value)) for field, value in fields.ordered(said)]
    return {
        "number": row.number,
        "name": name.get("organization") or row.source_id,
        "differences": different,
        "whole": [] if different else whole,
        "problems": row.problems,
        "raw": list(row.record.get("raw", {}).items()),
    }


@permission_required("resources.change_import", raise_exception=True)
@require_POST
def decide(request, pk):
    """Accept an import, accept what it drops too, refuse it, or have a failed one go on."""
    run = get_object_or_404(Import, pk=pk)
    verbs = {
        "accept": runs.accept,
        "accept-drop": lambda each: runs.accept(each, drop_accepted=True),
        "refuse": runs.refuse,
        "again": runs.again,
    }
    verb = verbs.get(request.POST.get("decision"))
    try:
        if verb is not None:
            verb(run)
    except runs.RefusedError as error:
        messages.error(request, str(error))
    return redirect("admin:resources_import_state", pk)


def _show(request, template, status=200, **context):
    context = admin.site.each_context(request) | context
    return render(request, f"admin/resources/import/{template}", context, status=status)
