"""Measure what docs/scaling.md promises, on this machine alone: `make bench`.

    SAMHSA=<the national directory, XLSX or CSV> make bench

Without SAMHSA the import and the search of the whole country are left out. With MILLION=1 the services are multiplied
to a million and searched again, which takes a quarter of an hour. Web server, database and the program that asks
share this machine's cores. Ends with 1 when a figure misses its target.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bench import beside, database, load, site


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    target: str
    measured: str
    is_met: bool


def main() -> int:
    """Print the table; return the exit code."""
    folder = site.choose_folder()
    figures: list[Figure] = []
    print(f"Asking with {load.WRK or 'threads of our own (wrk is not installed)'}.", flush=True)
    with site.prepared(folder):
        for measure in (articles, whole_country, newsletter):
            for figure in measure(folder):
                figures.append(figure)
                print(f"  {figure.what}: {figure.measured}", flush=True)
    print_table(figures)
    return 0 if all(figure.is_met for figure in figures) else 1


def articles(folder) -> Iterator[Figure]:
    """Read an article, in turn in each language, without any cache."""
    paths = article_paths()
    queries = max(map(count_queries, paths))
    yield Figure("article: database queries", "≤ 6", str(queries), queries <= 6)
    with site.served(folder) as port:
        result = load.measure(port, paths)
    is_met = result.per_second >= 300 and not result.refused
    yield Figure("article: requests a second", "≥ 300", f"{result.per_second:,.0f}{_refused(result)}", is_met)


def whole_country(folder) -> Iterator[Figure]:
    """Import the national directory, then search it."""
    file = os.environ.get("SAMHSA")
    if not file:
        print("Import and search of the whole country are left out: SAMHSA names no file.")
        return
    command = site.manage("import_listings", file, "--as-of", "2022-05-01")
    seconds, megabytes = site.run_measured(command)
    yield Figure("first import: seconds", "≤ 60", f"{seconds:.1f}", seconds <= 60)
    yield Figure("first import: most memory, MB", "≤ 300", f"{megabytes:.0f}", megabytes <= 300)
    seconds, _megabytes = site.run_measured(command)
    yield Figure("second import of the same file: seconds", "≤ 10", f"{seconds:.1f}", seconds <= 10)
    yield from searches(folder)


def searches(folder) -> Iterator[Figure]:
    """Search among what was imported, as pages and in the database alone, then read a listing."""
    where = f"search among {count_services():,} services"
    with site.served(folder) as port:
        result = load.measure(port, database.searches(database.QUERIES))
        listing = load.measure(port, listing_paths())
    is_met = result.per_second >= 90 and not result.refused
    yield Figure(f"{where}: requests a second", "≥ 90", f"{result.per_second:,.0f}{_refused(result)}", is_met)
    yield Figure(f"{where}: 99 of 100 within, ms", "≤ 300", f"{result.p99_ms:,.0f}", result.p99_ms <= 300)
    is_met = listing.per_second >= 150 and not listing.refused
    yield Figure("a listing: requests a second", "≥ 150", f"{listing.per_second:,.0f}{_refused(listing)}", is_met)
    queries = max(map(count_queries, listing_paths()))
    yield Figure("a listing: database queries", "≤ 10", str(queries), queries <= 10)
    pages, places, leanest = database.measure(database.searches(database.QUERIES))
    yield Figure(f"{where}: database, 95 of 100 within, ms", "≤ 15", f"{pages.p95:.1f}", pages.p95 <= 15)
    ratio = places.times(leanest)
    yield Figure("places: times the leanest statement", "≤ 2.5", f"{ratio:.1f}", ratio <= 2.5)
    if os.environ.get("MILLION"):
        yield from million_services()


def million_services() -> Iterator[Figure]:
    """Multiply the services to a million over the ZIP codes, and search among them."""
    from bench import million

    for line in million.multiply():
        print(f"  {line}", flush=True)
    for has_place, words, most in ((True, "with a place", 60), (False, "without", 150)):
        paths = database.searches(database.QUERIES, has_place)
        pages, _places, _leanest = database.measure(paths, has_leanest=False)
        what = f"search among 1,000,000 services, {words}: database, 95 of 100 within, ms"
        yield Figure(what, f"≤ {most}", f"{pages.p95:.0f}", pages.p95 <= most)


def newsletter(folder) -> Iterator[Figure]:
    """Send campaigns to a mail server on this machine, as fast as it goes, and at a limited rate beside readers."""
    small, large = _sent("--recipients=20000"), _sent("--recipients=100000", "--turns=1")
    rate = int(small["median"])
    yield Figure("newsletter: messages a second", "≥ 400", f"{rate:,}", rate >= 400)
    start, seconds, memory = float(large["start"]), int(large["seconds"]), int(large["late"])
    yield Figure("newsletter: start for 100,000 readers, seconds", "≤ 5", f"{start:.1f}", start <= 5)
    yield Figure("newsletter: 100,000 messages, seconds", "≤ 300", f"{seconds:,}", seconds <= 300)
    yield Figure("newsletter: memory of the sender in the end, MB", "≤ 150", f"{memory:,}", memory <= 150)
    with site.served(folder) as port:
        alone, beside_it, rate = beside.measure(port, article_paths())
    measured = f"{alone:.0f} alone, {beside_it:.0f} beside {rate:.0f} messages a second"
    yield Figure("article at 50 a second: p99 in ms", "≤ twice alone", measured, beside_it <= 2 * alone)


def _sent(*options: str) -> dict[str, str]:
    """Run bench.newsletter and return the figures it printed last."""
    command = [sys.executable, "-m", "bench.newsletter", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    patterns = {
        "median": r"^median (\d+)",
        "seconds": r"messages/s, (\d+) s",
        "start": r"start ([\d.]+) s",
        "late": r"(\d+) MB in the end",
    }
    return {name: re.findall(pattern, done, re.M)[-1] for name, pattern in patterns.items()}


def article_paths() -> list[str]:
    """Return the address of the article with the most sources, which is among the longest, in each of its languages."""
    import django

    django.setup()
    from django.db.models import Count

    from portal.articles.models import Article

    article = Article.objects.published().annotate(sources=Count("references")).order_by("-sources", "pk").first()
    return list(article.published_urls().values())


def listing_paths() -> list[str]:
    """Return the addresses of a few listings, in each language."""
    from resources.models import ServiceAtLocation

    listings = ServiceAtLocation.objects.open().order_by("pk")[:20]
    return [listing.url(language) for listing in listings for language in ("en", "es")]


def count_queries(path: str) -> int:
    """Return how many statements a visit costs; the first of a process also reads small tables and does not count."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    Client(headers={"host": "localhost"}).get(path)
    with CaptureQueriesContext(connection) as queries:
        response = Client(headers={"host": "localhost"}).get(path)
    assert response.status_code == 200, path
    return len(queries)


def count_services() -> int:
    """Return how many services the directory holds."""
    from django.db import connection

    from resources.models import Service

    try:
        return Service.objects.count()
    finally:
        connection.close()


def _refused(result: load.Result) -> str:
    return f", {result.refused:,} refused" if result.refused else ""


def print_table(figures: list[Figure]) -> None:
    """Print target and measurement side by side, as docs/scaling.md shows them."""
    rows = [(figure.what, figure.target, figure.measured, "yes" if figure.is_met else "NO") for figure in figures]
    print("\n| Figure | Target | Measured | Met |\n|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    sys.exit(main())
