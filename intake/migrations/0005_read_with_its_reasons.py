from django.db import migrations, models


class Migration(migrations.Migration):
    """What was read before is not taken over: it says nothing of the answers, and reading once more harms nobody."""

    dependencies = [("intake", "0004_file_kept_once")]

    operations = [
        migrations.RemoveField(model_name="intake", name="emergency_rules_read"),
        migrations.AddField(
            model_name="intake",
            name="emergency_reasons_read",
            field=models.JSONField(
                default=dict,
                help_text="Emergency rules that fire and were read, each with the answers it fired by: "
                "[question, value]",
            ),
        ),
        migrations.AddField(
            model_name="answerchange",
            name="sent",
            field=models.JSONField(
                null=True, help_text="As it was sent, where that contradicted itself; `after` is what counts"
            ),
        ),
    ]
