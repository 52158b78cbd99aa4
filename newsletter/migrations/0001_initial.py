"""Make the tables of the newsletter, with what keeps them true in PostgreSQL itself."""

import django.db.models.deletion
import newsletter.models.campaign
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('email_hash', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='keyed hash of the address')),
                ('reason', models.CharField(choices=[('left', 'Left, address erased since'), ('bounced', 'The address does not exist'), ('complained', 'Called it spam'), ('staff', 'Asked staff never to be written to')], max_length=20, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'verbose_name': 'suppressed address',
                'verbose_name_plural': 'suppressed addresses',
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(help_text='Name no illness: others may see the screen.', max_length=120, validators=[newsletter.models.campaign.refuse_places], verbose_name='subject')),
                ('subject_en', models.CharField(help_text='Name no illness: others may see the screen.', max_length=120, null=True, validators=[newsletter.models.campaign.refuse_places], verbose_name='subject')),
                ('subject_es', models.CharField(help_text='Name no illness: others may see the screen.', max_length=120, null=True, validators=[newsletter.models.campaign.refuse_places], verbose_name='subject')),
                ('body', models.TextField(blank=True, validators=[newsletter.models.campaign.refuse_places], verbose_name='text')),
                ('body_en', models.TextField(blank=True, null=True, validators=[newsletter.models.campaign.refuse_places], verbose_name='text')),
                ('body_es', models.TextField(blank=True, null=True, validators=[newsletter.models.campaign.refuse_places], verbose_name='text')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('scheduled', 'Scheduled'), ('preparing', 'About to start'), ('running', 'Being sent'), ('paused', 'Paused'), ('finished', 'Finished'), ('cancelled', 'Cancelled'), ('held', 'Held back')], default='draft', max_length=10, verbose_name='state')),
                ('start_at', models.DateTimeField(blank=True, help_text='Empty: as soon as you start it.', null=True, verbose_name='start at')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('recipient_count', models.PositiveIntegerField(default=0, verbose_name='recipients')),
                ('excluded_count', models.PositiveIntegerField(default=0, verbose_name='left out')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'campaign',
                'verbose_name_plural': 'campaigns',
                'permissions': [('send_campaign', 'Can send campaigns')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'scheduled', 'preparing', 'running', 'paused', 'finished', 'cancelled', 'held'])), name='campaign_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'scheduled'), _negated=True), ('start_at__isnull', False), _connector='OR'), name='campaign_scheduled_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['running', 'paused', 'finished']), _negated=True), ('started_at__isnull', False), _connector='OR'), name='campaign_started_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'finished'), _negated=True), ('finished_at__isnull', False), _connector='OR'), name='campaign_finished_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['draft', 'scheduled', 'preparing']), _negated=True), ('started_at', None), _connector='OR'), name='campaign_started_never_a_draft_again')],
            },
        ),
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=20, unique=True, verbose_name='version')),
                ('text', models.TextField(verbose_name='text beside the box')),
                ('text_en', models.TextField(null=True, verbose_name='text beside the box')),
                ('text_es', models.TextField(null=True, verbose_name='text beside the box')),
                ('effective_at', models.DateTimeField(verbose_name='in use from')),
            ],
            options={
                'verbose_name': 'consent text',
                'verbose_name_plural': 'consent texts',
                'constraints': [models.CheckConstraint(condition=models.Q(('text_en__isnull', False), ('text_en__regex', '\\S')), name='consenttext_text_en_is_written', violation_error_message='A consent text needs its words in every language.'), models.CheckConstraint(condition=models.Q(('text_es__isnull', False), ('text_es__regex', '\\S')), name='consenttext_text_es_is_written', violation_error_message='A consent text needs its words in every language.')],
            },
        ),
        migrations.CreateModel(
            name='SenderGuard',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('instance_id', models.CharField(max_length=100, verbose_name='installation')),
                ('epoch', models.PositiveIntegerField(default=1, verbose_name='how often it was handed over')),
                ('adopted_at', models.DateTimeField(verbose_name='since')),
            ],
            options={
                'verbose_name': "sender's guard",
                'verbose_name_plural': "sender's guard",
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='senderguard_only_one')],
            },
        ),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.CharField(blank=True, max_length=254, null=True, verbose_name='e-mail address')),
                ('email_norm', models.CharField(blank=True, editable=False, max_length=254, null=True, unique=True, verbose_name='address in small letters')),
                ('email_hash', models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True, verbose_name='keyed hash of the address')),
                ('language', models.CharField(choices=[('en', 'English'), ('es', 'Spanish')], max_length=10, verbose_name='language')),
                ('state', models.CharField(choices=[('pending', 'Has not confirmed yet'), ('confirmed', 'Receives the newsletter'), ('left', 'Has left'), ('erased', 'Has left, address erased')], default='pending', max_length=10, verbose_name='state')),
                ('requested_at', models.DateTimeField(verbose_name='asked for it')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed')),
                ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='left')),
                ('confirmation_due_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmation mail due')),
                ('confirmation_tries', models.PositiveSmallIntegerField(default=0, verbose_name='attempts at the confirmation mail')),
            ],
            options={
                'verbose_name': 'subscriber',
                'verbose_name_plural': 'subscribers',
                'indexes': [models.Index(condition=models.Q(('confirmation_due_at__isnull', False)), fields=['confirmation_due_at'], name='subscriber_confirmation_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'confirmed', 'left', 'erased'])), name='subscriber_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('email', None), ('email_hash', None), ('email_norm', None), ('state', 'erased')), models.Q(models.Q(('state', 'erased'), _negated=True), ('email__isnull', False), ('email_hash__isnull', False), ('email_norm__isnull', False)), _connector='OR'), name='subscriber_has_address_until_erased'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), ('confirmed_at__isnull', False), _connector='OR'), name='subscriber_confirmed_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['left', 'erased']), _negated=True), ('left_at__isnull', False), _connector='OR'), name='subscriber_left_says_when'), models.CheckConstraint(condition=models.Q(('confirmation_due_at', None), ('state', 'pending'), _connector='OR'), name='subscriber_confirms_once')],
            },
        ),
        migrations.CreateModel(
            name='ConsentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('requested', 'Asked for it'), ('confirmed', 'Confirmed'), ('language', 'Changed the language'), ('left by page', 'Left by the page'), ('left by one click', "Left by the mail program's button"), ('returned', 'Took the leaving back')], max_length=20, verbose_name='what')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('language', models.CharField(choices=[('en', 'English'), ('es', 'Spanish')], max_length=10, verbose_name='language')),
                ('consent_text', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='newsletter.consenttext', verbose_name='text version')),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consent_events', to='newsletter.subscriber', verbose_name='subscriber')),
            ],
            options={
                'verbose_name': 'consent event',
                'verbose_name_plural': 'consent events',
            },
        ),
        migrations.CreateModel(
            name='CampaignText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('es', 'Spanish')], max_length=10, verbose_name='language')),
                ('subject', models.CharField(max_length=120, verbose_name='subject')),
                ('html', models.TextField(verbose_name='HTML part')),
                ('text', models.TextField(verbose_name='text part')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the three')),
                ('frozen_at', models.DateTimeField(verbose_name='frozen')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='newsletter.campaign', verbose_name='campaign')),
            ],
            options={
                'verbose_name': 'frozen text',
                'verbose_name_plural': 'frozen texts',
                'constraints': [models.UniqueConstraint(fields=('campaign', 'language'), name='campaigntext_one_a_language')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email_norm', models.CharField(max_length=254, verbose_name='address in small letters')),
                ('language', models.CharField(choices=[('en', 'English'), ('es', 'Spanish')], max_length=10, verbose_name='language')),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('claimed', 'Taken by a sender'), ('sending', 'Being handed over'), ('sent', 'Accepted by the mail server'), ('retry', 'To be tried again'), ('failed', 'Refused'), ('uncertain', 'Uncertain: handed over, no answer'), ('skipped', 'Not sent: the person left'), ('cancelled', 'Not sent: cancelled')], default='queued', max_length=10, verbose_name='state')),
                ('attempt', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('worker', models.BigIntegerField(blank=True, null=True, verbose_name='sender')),
                ('message_id', models.CharField(max_length=320, unique=True, verbose_name='Message-ID')),
                ('next_at', models.DateTimeField(verbose_name='next attempt')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('dated_at', models.DateTimeField(blank=True, null=True, verbose_name='date in the message')),
                ('marked_at', models.DateTimeField(blank=True, null=True, verbose_name='handed over')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('smtp_code', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="answer's code")),
                ('smtp_reply', models.CharField(blank=True, default='', max_length=200, verbose_name='answer')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='newsletter.campaign', verbose_name='campaign')),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='newsletter.subscriber', verbose_name='subscriber')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'retry'])), fields=['campaign', 'next_at', 'id'], name='delivery_waiting'), models.Index(condition=models.Q(('state__in', ['claimed', 'sending'])), fields=['worker'], name='delivery_under_way')],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'subscriber'), name='delivery_one_a_subscriber'), models.UniqueConstraint(fields=('campaign', 'email_norm'), name='delivery_one_an_address'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'claimed', 'sending', 'sent', 'retry', 'failed', 'uncertain', 'skipped', 'cancelled'])), name='delivery_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['claimed', 'sending']), ('worker__isnull', False)), models.Q(models.Q(('state__in', ['claimed', 'sending']), _negated=True), ('worker', None)), _connector='OR'), name='delivery_held_by_a_worker_only_while_under_way'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['sending', 'sent', 'uncertain']), _negated=True), models.Q(('attempt__gte', 1), ('dated_at__isnull', False), ('marked_at__isnull', False)), _connector='OR'), name='delivery_handed_over_only_after_the_mark'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['sent', 'failed', 'uncertain', 'skipped', 'cancelled']), _negated=True), ('done_at__isnull', False), _connector='OR'), name='delivery_ended_says_when')],
            },
        ),
        # Half of a delivery's updates then stay on their page: each row is written four times in a campaign.
        migrations.RunSQL("ALTER TABLE newsletter_delivery SET (fillfactor = 70)", migrations.RunSQL.noop),
        # A sender's number is never used twice, so that a free lock means a dead sender.
        migrations.RunSQL(
            "CREATE SEQUENCE newsletter_worker AS integer", "DROP SEQUENCE newsletter_worker"
        ),
        migrations.RunSQL(
            """
            CREATE FUNCTION newsletter_consentevent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'consent events are never changed' USING ERRCODE = 'integrity_constraint_violation';
            END $$;
            CREATE TRIGGER newsletter_consentevent_append_only BEFORE UPDATE ON newsletter_consentevent
            FOR EACH ROW EXECUTE FUNCTION newsletter_consentevent_is_append_only();
            """,
            "DROP TRIGGER newsletter_consentevent_append_only ON newsletter_consentevent; "
            "DROP FUNCTION newsletter_consentevent_is_append_only();",
        ),
    ]
