"""Mails that wait to tell the desk of a silent office name nobody any more: who acts is found when they go."""

from django.db import migrations


def name_nobody(apps, schema_editor):
    messages = apps.get_model("outbox", "Message").objects.filter(kind="referral_not_answered_desk")
    messages.filter(status__in=["scheduled", "failed"]).update(recipient="")


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0005_never_emptied"),
        ("outbox", "0004_never_emptied"),
    ]

    operations = [migrations.RunPython(name_nobody, migrations.RunPython.noop)]
