from django.db import migrations, models


class Migration(migrations.Migration):
    """Forms under way count from the day they were begun."""

    dependencies = [("intake", "0005_read_with_its_reasons")]

    operations = [
        migrations.AddField(
            model_name="intake",
            name="safety_answered_at",
            field=models.DateTimeField(
                blank=True, help_text="When the page of the safety check was last answered", null=True
            ),
        ),
    ]
