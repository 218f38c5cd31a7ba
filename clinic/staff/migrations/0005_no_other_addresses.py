"""Addresses that people added while allauth's page of addresses was open go: each of them was another way to sign in.

Where somebody's mails go is the clinic's to change, in their account (decision 0037).
"""

from django.db import migrations


def forget_other_addresses(apps, schema_editor):
    apps.get_model("account", "EmailAddress").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0004_resets_and_codes"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(forget_other_addresses, migrations.RunPython.noop)]
