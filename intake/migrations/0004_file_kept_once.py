from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_signed_before_sent")]

    operations = [
        migrations.AddConstraint(
            model_name="patientfile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("intake", "sent_sha256"),
                name="file_is_kept_once_for_each_intake",
            ),
        ),
    ]
