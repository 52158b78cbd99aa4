"""Let a person subscribe, confirm, choose, leave and read what went out: without a cookie, without a script."""

from functools import wraps

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portal.lib import languages, ratelimit
from portal.lib.publicform import same_site
from portal.lib.ratelimit import DAY, HOUR

from . import actions, tokens
from .forms import PreferencesForm, SignUpForm
from .models import Campaign, ConsentEvent, ConsentText, Frequency, Subscriber, Topic
from .render import parts

EDITIONS_A_PAGE = 20
MOST_SHOWN = 100  # rows of each kind on the page of what is kept
BIG_PROVIDER = 0.1  # a domain with more than this share of the readers has no limit of its own
ANY_FORM = require_http_methods(["GET", "HEAD", "POST"])


def unstored(view):
    """Keep a page out of caches: others may use this computer."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return guarded


def unseen(view):
    """Keep a page about one person out of caches and search engines."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        response = unstored(view)(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded


@unstored
@ANY_FORM
@same_site
def index(request):
    """Say what the newsletter is, and take the wish to get it."""
    consent_text = ConsentText.objects.current(timezone.now())
    if consent_text is None:
        return render(request, "newsletter/closed.html")
    if request.method != "POST":
        topics = list(Topic.objects.on_offer().values_list("key", flat=True))
        first = {"language": languages.current(), "version": consent_text.version, "topics": topics}
        first["frequency"] = Frequency.WEEKLY
        return _sign_up(request, SignUpForm(initial=first, consent_text=consent_text))
    form = SignUpForm(request.POST, consent_text=consent_text)
    if not form.is_valid():
        return _sign_up(request, form, status=422)
    if not form.looks_automatic:
        if not _may_ask(request, form.domain):
            return _sign_up(request, form, status=429)
        _subscribe(form)
    return redirect("newsletter:check-mail")


def _sign_up(request, form, status=200):
    context = {
        "form": form,
        "is_limited": status == 429,
        "unconfirmed_days": actions.UNCONFIRMED_FOR.days,
        "kept_days": actions.ADDRESS_KEPT_FOR.days,
    }
    return render(request, "newsletter/index.html", context, status=status)


def _may_ask(request, domain):
    """Count the sign-up against what one network, one domain and everybody together may set off in an hour."""
    return (
        ratelimit.allowed("newsletter.network", ratelimit.network(request), (5, HOUR))
        and ratelimit.allowed("newsletter.all", "everybody", (120, HOUR))
        and (
            ratelimit.allowed("newsletter.domain", domain, (30, HOUR))
            or Subscriber.objects.share_of(domain) > BIG_PROVIDER
        )
    )


def _subscribe(form):
    """Subscribe unless this mailbox got enough mail from us: then in silence, for nobody may probe the list."""
    if ratelimit.allowed("newsletter.address", form.limit_key, (1, DAY), (3, 30 * DAY)):
        actions.subscribe(
            email=form.cleaned_data["email"],
            language=form.cleaned_data["language"],
            frequency=form.cleaned_data["frequency"],
            topics=form.cleaned_data.get("topics", ()),
            consent_text=form.consent_text,
            at=timezone.now(),
        )


@unseen
@require_safe
def check_mail(request):
    """Ask to look into the mailbox: the same page whatever we know of the address."""
    return render(request, "newsletter/check_mail.html", {"days": tokens.CONFIRM_FOR.days, "alternates": {}})


@unseen
@ANY_FORM
@same_site
def confirm(request):
    """Show one button, for mail scanners open every link; confirm when it is pressed."""
    try:
        subscriber_id = tokens.read_confirm(request.GET.get("k", ""))
    except tokens.ExpiredLinkError:
        return _link_problem(request, "expired", 410)
    except tokens.InvalidLinkError:
        return _link_problem(request, "invalid", 400)
    if request.method != "POST":
        return render(request, "newsletter/confirm.html", {"alternates": {}})
    if not actions.confirm(subscriber_id=subscriber_id, at=timezone.now()):
        return _link_problem(request, "expired", 410)
    return redirect("newsletter:confirmed")


@unseen
@require_safe
def confirmed(request):
    """Say that the address is confirmed."""
    return render(request, "newsletter/confirmed.html", {"alternates": {}})


@unseen
@csrf_exempt
@ANY_FORM
def leave(request):
    """Show one button; leave when it is pressed, or at once for a mail program's button (RFC 8058).

    The token alone decides: a mail provider's server sends neither cookie nor form token, and must get no redirect.
    """
    is_one_click = request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click"
    try:
        subscriber_id = tokens.read_leave(request.GET.get("k", ""))
    except tokens.InvalidLinkError:
        return HttpResponse(status=400) if is_one_click else _link_problem(request, "invalid", 400)
    if is_one_click:
        actions.leave(subscriber_id=subscriber_id, how=ConsentEvent.Kind.LEFT_ONE_CLICK, at=timezone.now())
        return HttpResponse("OK\n", content_type="text/plain")
    if request.method == "POST":
        return _leave_by_page(request, subscriber_id)
    return render(request, "newsletter/leave.html", {"alternates": {}})


def _leave_by_page(request, subscriber_id):
    at = timezone.now()
    if "undo" in request.POST:
        is_back = actions.come_back(subscriber_id=subscriber_id, at=at)
        return render(request, "newsletter/undone.html", {"is_back": is_back, "alternates": {}})
    actions.leave(subscriber_id=subscriber_id, how=ConsentEvent.Kind.LEFT_PAGE, at=at)
    return render(request, "newsletter/left.html", {"alternates": {}})


def own_page(view):
    """Open a page about one reader by the signed link in that reader's mail; `reader` is given to the view."""

    @unseen
    @ANY_FORM
    @same_site
    @wraps(view)
    def opened(request):
        try:
            subscriber_id = tokens.read_preferences(request.GET.get("k", ""))
        except tokens.InvalidLinkError:
            return _link_problem(request, "invalid", 400)
        reader = Subscriber.objects.filter(pk=subscriber_id).exclude(state=Subscriber.State.ERASED).first()
        return view(request, reader) if reader else _link_problem(request, "gone", 410)

    return opened


@own_page
def preferences(request, reader):
    """Let a reader choose topics, frequency and language, or go on to leave."""
    if reader.state != Subscriber.State.CONFIRMED:
        return _link_problem(request, "gone", 410)
    first = {"language": reader.language, "frequency": reader.frequency, "topics": actions.wanted(reader)}
    form = PreferencesForm(request.POST or None, initial={**first, "topics": [t.key for t in first["topics"]]})
    if form.is_valid():
        chosen = {**form.cleaned_data, "topics": form.cleaned_data.get("topics", ())}
        actions.choose(subscriber_id=reader.pk, at=timezone.now(), **chosen)
        return redirect(f"{request.path}?k={request.GET['k']}&saved=1")
    context = {"form": form, "is_saved": "saved" in request.GET, **_own_links(request, reader)}
    return render(request, "newsletter/preferences.html", context, status=422 if form.is_bound else 200)


@own_page
def about_me(request, reader):
    """Show a reader everything that is kept about that reader."""
    context = {
        "reader": reader,
        "topics": actions.wanted(reader),
        "events": reader.consent_events.select_related("consent_text").order_by("-at", "-pk")[:MOST_SHOWN],
        "deliveries": reader.deliveries.select_related("campaign").order_by("-created_at", "pk")[:MOST_SHOWN],
        "delivery_days": actions.DELIVERIES_KEPT_FOR.days,
        **_own_links(request, reader),
    }
    return render(request, "newsletter/about_me.html", context)


@own_page
def erase(request, reader):
    """Show one button; when it is pressed, erase the address at once."""
    if request.method != "POST":
        return render(request, "newsletter/erase.html", _own_links(request, reader))
    actions.erase(subscriber_id=reader.pk, at=timezone.now())
    return render(request, "newsletter/erased.html", {"alternates": {}})


def _own_links(request, reader):
    return {"token": request.GET["k"], "leave_token": tokens.leave_token(reader.pk), "alternates": {}}


def _link_problem(request, problem, status):
    return render(request, "newsletter/link_problem.html", {"problem": problem, "alternates": {}}, status=status)


@unstored
@require_safe
def archive(request):
    """List what has gone out, the newest first."""
    page = Paginator(Campaign.objects.in_archive(), EDITIONS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "newsletter/archive.html", {"page": page})


@unstored
@require_safe
def edition(request, pk):
    """Show one edition as it went out."""
    if pk > 2**63 - 1:
        raise Http404
    campaign = get_object_or_404(Campaign.objects.in_archive(), pk=pk)
    language = languages.current()
    return render(
        request,
        "newsletter/edition.html",
        {"campaign": campaign, "language": language, "parts": parts(campaign, language)},
    )
