"""Let staff call what is due, one place at a time, and record how it went on one screen."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.lib import languages

from ..actions import record_verification
from ..actions.calls import answer_doubts, claim, claim_next, doubts, free_for, may_take, put_back, queue
from ..forms.calls import CallForm, DoubtForm
from ..freshness import check_of
from ..hours import hours_of, in_words
from ..models import CallToMake, Correction, Phone, ServiceAtLocation
from ..samhsa import codes

PER_PAGE = 50
ATTEMPTS_SHOWN = 5
REPORTS_SHOWN = 20  # the newest; the queue of reports has them all
may_call = permission_required("resources.add_verification", raise_exception=True)


@admin.register(CallToMake)
class CallToMakeAdmin(admin.ModelAdmin):
    list_display = ("organization", "phone", "reason", "done_at", "done_by")
    list_filter = (("done_at", admin.EmptyFieldListFilter),)
    search_fields = ("organization", "address", "phone", *languages.columns("reason"))
    list_select_related = ("done_by",)
    ordering = ("done_at", "organization", "pk")
    autocomplete_fields = ("listings",)
    readonly_fields = ("done_at", "done_by")
    fields = (
        ("organization", "phone"),
        "address",
        *languages.rows("reason"),
        "source",
        "listings",
        "note",
        ("done_at", "done_by"),
    )
    actions = ("mark_done",)

    @admin.action(description=gettext_lazy("Mark as done"), permissions=["change"])
    def mark_done(self, request, queryset):
        """Record that these calls were made; what was learned stands in the note."""
        done = queryset.filter(done_at=None).update(done_at=timezone.now(), done_by=request.user)
        self.message_user(request, _("%(count)d calls are marked as done.") % {"count": done})

    def get_urls(self):
        """Put the caller's pages before the list of doubts."""
        own = self.admin_site.admin_view
        return [
            path("queue/", own(show_queue), name="resources_calls"),
            path("queue/next/", own(take_next), name="resources_calls_next"),
            path("queue/listing/<int:pk>/", own(call_listing), name="resources_call"),
            path("queue/listing/<int:pk>/renew/", own(renew), name="resources_call_renew"),
            path("queue/listing/<int:pk>/put-back/", own(put_listing_back), name="resources_call_put_back"),
            path("queue/question/<int:pk>/", own(call_about), name="resources_question"),
            path("queue/question/<int:pk>/put-back/", own(put_question_back), name="resources_question_put_back"),
            *super().get_urls(),
        ]


@may_call
@require_safe
def show_queue(request):
    """List whom to call now, what visitors need most first."""
    at = timezone.now()
    phones = Prefetch("phones", Phone.objects.order_by("position", "pk"))
    rows = queue(at).select_related("service__organization", "location", "claimed_by").prefetch_related(phones)
    is_free = ExpressionWrapper(free_for(request.user, at), BooleanField())
    page = Paginator(rows.annotate(is_free=is_free), PER_PAGE).get_page(request.GET.get("page"))
    return _show(request, "queue.html", title=_("Calls to make"), page=page, questions=doubts())


@may_call
@require_POST
def take_next(request):
    """Give the caller the first place that nobody has."""
    row = claim_next(by=request.user, at=timezone.now())
    if row is None:
        messages.success(request, _("Nothing is due. Thank you."))
        return redirect("admin:resources_calls")
    return redirect(
        "admin:resources_call" if isinstance(row, ServiceAtLocation) else "admin:resources_question", row.pk
    )


@may_call
@require_http_methods(["GET", "HEAD", "POST"])
def call_listing(request, pk):
    """Show one place with the words to say, and record how the call went; only a POST takes the place."""
    listing = get_object_or_404(ServiceAtLocation.objects.public().for_page(), pk=pk)
    form = CallForm(request.POST or None, listing=listing)
    if request.method != "POST":
        is_free = may_take(listing, by=request.user, at=timezone.now())
        return _call_page(request, listing, form) if is_free else _refused(request, listing)
    is_hers = claim(listing, by=request.user, at=timezone.now())
    if form.is_valid() and not (is_hers or form.cleaned_data["anyway"]):
        form.add_error("anyway", _taken(listing))
    if not form.is_valid():
        return _call_page(request, listing, form, status=422)
    return _recorded(request, listing, form)


@may_call
@require_POST
def renew(request, pk):
    """Keep a place for the caller who is still typing: 204, or 409 when somebody else has it now."""
    is_hers = claim(get_object_or_404(ServiceAtLocation, pk=pk), by=request.user, at=timezone.now())
    return HttpResponse(status=204 if is_hers else 409)


@may_call
@require_POST
def put_listing_back(request, pk):
    """Leave a place to the others."""
    put_back(get_object_or_404(ServiceAtLocation, pk=pk), by=request.user)
    return redirect("admin:resources_calls")


@may_call
@require_http_methods(["GET", "HEAD", "POST"])
def call_about(request, pk):
    """Ask about a place that has no listing yet, and write down what was learned."""
    question = get_object_or_404(CallToMake.objects.waiting(), pk=pk)
    take = claim if request.method == "POST" else may_take
    if not take(question, by=request.user, at=timezone.now()):
        return _refused(request, question)
    form = DoubtForm(request.POST or None, instance=question)
    if request.method == "POST" and form.is_valid():
        answer_doubts({question.pk: form.cleaned_data["note"]}, by=request.user, at=timezone.now())
        messages.success(request, _("Recorded: %(name)s.") % {"name": question.organization})
        return _next_or_list(request)
    status = 422 if request.method == "POST" else 200
    return _show(request, "question.html", title=question.organization, question=question, form=form, status=status)


@may_call
@require_POST
def put_question_back(request, pk):
    """Leave a question to the others."""
    put_back(get_object_or_404(CallToMake, pk=pk), by=request.user)
    return redirect("admin:resources_calls")


def _recorded(request, listing, form):
    at = timezone.now()
    with transaction.atomic():
        attempt = record_verification(listing=listing, by=request.user, at=at, **form.attempt())
        answer_doubts(form.answers(), by=request.user, at=at)
    words = {"name": listing.title, "outcome": attempt.get_outcome_display()}
    messages.success(request, _("Recorded: %(name)s, %(outcome)s.") % words)
    if listing.withdrawn_on:
        messages.warning(request, _("This place is off the list now. Its page stays and names others nearby."))
    if listing.withdrawal_held_on:
        messages.warning(request, _("It is the last methadone program within 10 miles, so a publisher decides."))
    return _next_or_list(request)


def _next_or_list(request):
    return take_next(request) if "next" in request.POST else redirect("admin:resources_calls")


def _refused(request, row):
    messages.warning(request, _taken(row))
    return redirect("admin:resources_calls")


def _taken(row):
    row.refresh_from_db(fields=["claimed_by"])
    return _("%(name)s is calling this place now.") % {"name": row.claimed_by or _("Somebody else")}


def _call_page(request, listing, form, status=200):
    attempts = listing.verifications.select_related("by").order_by("-at", "-pk")[:ATTEMPTS_SHOWN]
    return _show(
        request,
        "call.html",
        status=status,
        title=listing.title,
        listing=listing,
        form=form,
        attempts=attempts,
        up_front=[form[name] for name in languages.columns("up_front")],
        answers=[form[name] for name in form.fields if name.startswith("doubt_")],
        check=check_of(listing, timezone.localdate()),
        hours=in_words(hours_of(listing), timezone.localdate()),
        offers=codes.words(listing.codes, languages.current()).items(),
        reports=Correction.objects.open().filter(listing=listing).order_by("-reported_on", "-pk")[:REPORTS_SHOWN],
        new_numbers=listing.proposals.waiting().filter(field="phone").order_by("made_at", "pk"),
    )


def _show(request, template, *, status=200, **context):
    page = f"admin/resources/calls/{template}"
    return render(request, page, {**admin.site.each_context(request), **context}, status=status)
