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
from .actions import alerts, pages
from .forms import AddressForm, PreferencesForm, SignUpForm, WatchForm
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
    status = _refusal(request, form)
    if status:
        return _sign_up(request, form, status=status)
    if not form.looks_automatic:
        _subscribe(form)
    return redirect("newsletter:check-mail")


def _sign_up(request, form, status=200):
    context = {"form": form, "is_limited": status == 429, **_days()}
    return render(request, "newsletter/index.html", context, status=status)


def _days():
    return {"unconfirmed_days": actions.UNCONFIRMED_FOR.days, "kept_days": actions.ADDRESS_KEPT_FOR.days}


def _refusal(request, form) -> int:
    """Return the status of the answer to a form that sets off no mail: wrong, or too many of late; 0 if it may."""
    if not form.is_valid():
        return 422
    return 0 if form.looks_automatic or _may_ask(request, form.domain) else 429


def _may_ask(request, domain):
    """Count the mail against what one network, one domain and everybody together may set off in an hour."""
    return (
        ratelimit.allowed("newsletter.network", ratelimit.network(request), (5, HOUR))
        and ratelimit.allowed("newsletter.all", "everybody", (120, HOUR))
        and (
            ratelimit.allowed("newsletter.domain", domain, (30, HOUR))
            or Subscriber.objects.share_of(domain) > BIG_PROVIDER
        )
    )


def _may_get(form):
    """Count one more mail to this mailbox; who got enough gets none, in silence, for nobody may probe the list."""
    return ratelimit.allowed("newsletter.address", form.limit_key, (1, DAY), (3, 30 * DAY))


def _subscribe(form):
    if _may_get(form):
        actions.subscribe(
            email=form.cleaned_data["email"],
            language=form.cleaned_data["language"],
            frequency=form.cleaned_data["frequency"],
            topics=form.cleaned_data.get("topics", ()),
            consent_text=form.consent_text,
            at=timezone.now(),
        )


@unseen
@ANY_FORM
@same_site
def watch(request):
    """Take the wish to hear of one page, which the query names; the answer is the same for everybody."""
    page = request.GET.get("page", "")
    named = pages.watchable([page]).get(page)
    if named is None:
        return _link_problem(request, "page", 404)
    first = {"language": languages.current(), "frequency": Frequency.AT_ONCE}
    form = WatchForm(request.POST if request.method == "POST" else None, initial=first)
    status = _refusal(request, form) if form.is_bound else 200
    if status:
        context = {"form": form, "named": named, "is_limited": status == 429, **_days()}
        return render(request, "newsletter/watch.html", context, status=status)
    if not form.looks_automatic:
        _watch(form, page)
    return redirect("newsletter:check-mail")


def _watch(form, page):
    """Note the wish and have a mail sent, unless the mailbox got enough; a reader may follow several pages a day."""
    chosen = {name: form.cleaned_data[name] for name in ("email", "language", "frequency")}
    if _may_get_more(form) if actions.is_reader(chosen["email"]) else _may_get(form):
        actions.watch(page=page, at=timezone.now(), **chosen)


def _may_get_more(form):
    """Count one more mail to the mailbox of a reader."""
    return ratelimit.allowed("newsletter.reader", form.limit_key, (5, DAY), (15, 30 * DAY))


@unseen
@require_safe
def check_mail(request):
    """Ask to look into the mailbox: the same page whatever we know of the address."""
    return render(request, "newsletter/check_mail.html", {"days": tokens.CONFIRM_FOR.days, "alternates": {}})


@unstored
@ANY_FORM
@same_site
def lost_link(request):
    """Take an address and mail its reader the link to the reader's own page; the answer is the same for everybody."""
    form = AddressForm(request.POST or None)
    status = _refusal(request, form) if form.is_bound else 200
    if status:
        return render(request, "newsletter/lost_link.html", {"form": form, "is_limited": status == 429}, status=status)
    if not form.looks_automatic and _may_get(form):
        actions.mail_own_link(email=form.cleaned_data["email"], at=timezone.now())
    return redirect("newsletter:link-sent")


@unseen
@require_safe
def link_sent(request):
    """Ask to look into the mailbox: the same page whether the address is a reader's or not."""
    return render(request, "newsletter/link_sent.html", {"alternates": {}})


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
        reader = Subscriber.objects.filter(pk=subscriber_id).first()
        named = alerts.named(alerts.of(reader).waiting()) if reader else []
        return render(request, "newsletter/confirm.html", {"reader": reader, "pages": named, "alternates": {}})
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
    first = {"language": reader.language, "frequency": reader.frequency, "news": reader.wants_news}
    first["topics"] = [topic.key for topic in actions.wanted(reader)]
    watched = alerts.named(alerts.of(reader).started())
    form = PreferencesForm(request.POST or None, initial=first, pages=watched, wants_news=reader.wants_news)
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
        "pages": alerts.named(alerts.of(reader)),
        "events": reader.consent_events.select_related("consent_text").order_by("-at", "-pk")[:MOST_SHOWN],
        "deliveries": reader.deliveries.select_related("campaign").order_by("-created_at", "pk")[:MOST_SHOWN],
        "delivery_days": actions.DELIVERIES_KEPT_FOR.days,
        "digest_days": actions.DIGESTS_KEPT_FOR.days,
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
