"""Let staff call the places of the monthly sample and score them, one at a time."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.lib import languages

from ..forms.accuracy import CorrectedScoreForm, ScoreForm
from ..models import AccuracySample, SampledListing
from ..stats import score
from ..stats.shown import FIELDS

NOT_NOW = gettext_lazy("Not now: this place has a score, was tried today, or you were the last to check it.")
may_score = permission_required("resources.change_sampledlisting", raise_exception=True)
may_correct = permission_required("resources.change_accuracysample", raise_exception=True)


@admin.register(AccuracySample)
class AccuracySampleAdmin(admin.ModelAdmin):
    list_display = ("__str__", "progress", "population", "drawn_at", "published_at")
    ordering = ("-month", "pk")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        """Let nobody touch a draw: its scores are written on pages of their own."""
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        done = Count("listings", Q(listings__scored_at__isnull=False))
        return super().get_queryset(request).defer("drawn_from").annotate(size=Count("listings"), done=done)

    @admin.display(description=gettext_lazy("scored"))
    def progress(self, sample):
        return _("%(done)d of %(size)d") % {"done": sample.done, "size": sample.size}

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show a sample as the list of its places."""
        return redirect("admin:resources_sample", object_id)

    def get_urls(self):
        """Put the pages for scoring before the list of samples."""
        own = self.admin_site.admin_view
        return [
            path("sample/<int:pk>/", own(show_sample), name="resources_sample"),
            path("sample/<int:pk>/next/", own(show_next), name="resources_sample_next"),
            path("score/<int:pk>/", own(score_listing), name="resources_score"),
            path("score/<int:pk>/correct/", own(correct), name="resources_score_correct"),
            *super().get_urls(),
        ]


@permission_required("resources.view_accuracysample", raise_exception=True)
@require_safe
def show_sample(request, pk):
    """List the places of a sample with their scores."""
    sample = get_object_or_404(AccuracySample.objects.defer("drawn_from"), pk=pk)
    rows = sample.listings.select_related("listing__service__organization", "scored_by").order_by("position", "pk")
    return _show(request, "sample.html", title=_("Sample of %(month)s") % {"month": sample}, sample=sample, rows=rows)


@may_score
@require_safe
def show_next(request, pk):
    """Lead to the next place that this person may score today."""
    row = score.next_for(get_object_or_404(AccuracySample, pk=pk), request.user, timezone.now())
    if row is None:
        messages.success(request, _("Nothing here is left for you today."))
        return redirect("admin:resources_sample", pk)
    return redirect("admin:resources_score", row.pk)


@may_score
@require_http_methods(["GET", "HEAD", "POST"])
def score_listing(request, pk):
    """Show the page of one place as it stood, and take what the caller heard."""
    row = _row(pk)
    form = ScoreForm(request.POST or None, row=row)
    if request.method != "POST" or not form.is_valid():
        return _score_page(request, row, form)
    try:
        _write(form, row, by=request.user, at=timezone.now())
    except score.NotAllowedError:
        messages.error(request, NOT_NOW)
        return redirect("admin:resources_sample", row.sample_id)
    messages.success(request, _("Recorded: %(name)s.") % {"name": row.listing.title})
    return redirect("admin:resources_sample_next", row.sample_id)


@may_correct
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, pk):
    """Write another score over a wrong one, in the open."""
    row = get_object_or_404(SampledListing.objects.exclude(scored_at=None), pk=_row(pk).pk)
    form = CorrectedScoreForm(request.POST or None, row=row)
    if request.method != "POST" or not form.is_valid():
        return _score_page(request, row, form)
    answers = form.answers() if form.is_reached else {}
    score.correct_score(row=row, answers=answers, why=form.cleaned_data["why"], by=request.user, at=timezone.now())
    messages.success(request, _("The score is corrected. The first one stays in the history."))
    return redirect("admin:resources_sample", row.sample_id)


def _row(pk):
    return get_object_or_404(SampledListing.objects.select_related("sample", "listing__service__organization"), pk=pk)


def _write(form, row, *, by, at):
    if form.is_reached:
        score.record_score(row=row, answers=form.answers(), by=by, at=at)
    else:
        score.record_try(row=row, by=by, at=at)


def _score_page(request, row, form):
    """Show each thing that the page stated beside the choice whether it was right."""
    words = row.shown.get(languages.current()) or next(iter(row.shown.values()), {})
    others = [form[name] for name in form.fields if name not in FIELDS]
    rows = [(form[field], words.get(field, [])) for field in form.fields_to_score]
    is_barred = not score.may_score(row, request.user)
    context = {"row": row, "form": form, "rows": rows, "others": others, "is_barred": is_barred}
    status = 422 if form.is_bound else 200
    return _show(request, "score.html", title=row.listing.title, status=status, **context)


def _show(request, template, *, status=200, **context):
    page = {**admin.site.each_context(request), **context}
    return render(request, f"admin/resources/sample/{template}", page, status=status)
