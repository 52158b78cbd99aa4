"""Say what the domain's name servers lack for its mail to be believed, and the record to add."""

from django.core.management.base import BaseCommand, CommandError

from newsletter.bounces import dns_records


class Command(BaseCommand):
    help = "Check the SPF, DKIM, DMARC and MX records of a sender's domain. Changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("domain", help="what stands behind the @ of the sender's address")
        parser.add_argument("--selector", action="append", default=[], help="the DKIM selector your mail server uses")

    def handle(self, *args, **options):
        domain = options["domain"].strip().rstrip(".").lower()
        selectors = options["selector"] or list(dns_records.USUAL_SELECTORS)
        try:
            findings = dns_records.check(domain, selectors)
        except dns_records.LookupFailedError as error:
            raise CommandError(
                f"The name servers could not be asked ({error}). Is there a network, and is the domain right?"
            ) from error
        for finding in findings:
            self.stdout.write(f"{'ok     ' if finding.is_fine else 'MISSING'} {finding.what}: {finding.words}")
            if finding.record:
                self.stdout.write(f"        add: {finding.record}")
        if missing := sum(not finding.is_fine for finding in findings):
            raise CommandError(f"{missing} of {len(findings)} records are missing or too weak.")
