import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Cases and assessments of before name no unused alarm, and their decisions need none to be seen."""

    dependencies = [
        ('intake', '0006_safety_answered_at'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AlarmsSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('alarms', models.JSONField(help_text='Those that were seen, as the assessment has them')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='update_update',
        ),
        migrations.AddField(
            model_name='case',
            name='unused_alarms',
            field=models.JSONField(default=list, help_text='Alarming answers of the newest assessment that no fired rule used, worst first: {question, value, severity, said}'),
        ),
        migrations.AddField(
            model_name='casehistory',
            name='unused_alarms',
            field=models.JSONField(default=list, help_text='Alarming answers of the newest assessment that no fired rule used, worst first: {question, value, severity, said}'),
        ),
        migrations.AlterField(
            model_name='caseevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('new_flag', 'New answers'), ('alarms_seen', 'Saw danger signs no rule used'), ('raised', 'Raised by new answers'), ('reopened', 'Reopened'), ('raised_by_staff', 'Raised by staff'), ('submitted', 'Intake submitted'), ('answer_changed', 'A red-flag answer was changed'), ('acknowledged', 'Acknowledged'), ('handed_back', 'Handed back to the queue'), ('contact', 'Contact tried'), ('proposed', 'Lower tier proposed'), ('decided', 'Decided'), ('second_agreed', 'Second person agreed'), ('second_refused', 'Second person did not agree'), ('proposal_dropped', 'Proposal dropped')], max_length=20),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "intake_casehistory" ("acknowledge_by", "acknowledged_at", "acknowledged_by_id", "decide_by", "decided_at", "decided_by_id", "flags", "id", "intake_id", "location_id", "opened_at", "opened_because", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "rules_urgency", "status", "unused_alarms", "urgency", "version") VALUES (NEW."acknowledge_by", NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."decide_by", NEW."decided_at", NEW."decided_by_id", NEW."flags", NEW."id", NEW."intake_id", NEW."location_id", NEW."opened_at", NEW."opened_because", NEW."patient_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."rules_urgency", NEW."status", NEW."unused_alarms", NEW."urgency", NEW."version"); RETURN NULL;', hash='0f86ea35809449560ca0f8df61e0b1dac78be296', operation='INSERT', pgid='pgtrigger_insert_insert_32e15', table='intake_case', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "intake_casehistory" ("acknowledge_by", "acknowledged_at", "acknowledged_by_id", "decide_by", "decided_at", "decided_by_id", "flags", "id", "intake_id", "location_id", "opened_at", "opened_because", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "rules_urgency", "status", "unused_alarms", "urgency", "version") VALUES (NEW."acknowledge_by", NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."decide_by", NEW."decided_at", NEW."decided_by_id", NEW."flags", NEW."id", NEW."intake_id", NEW."location_id", NEW."opened_at", NEW."opened_because", NEW."patient_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."rules_urgency", NEW."status", NEW."unused_alarms", NEW."urgency", NEW."version"); RETURN NULL;', hash='526007fb997f9c0736e5eb0093164cdd46d73179', operation='UPDATE', pgid='pgtrigger_update_update_a7f56', table='intake_case', when='AFTER')),
        ),
        migrations.AddField(
            model_name='alarmsseen',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alarms_seen', to='intake.assessment'),
        ),
        migrations.AddField(
            model_name='alarmsseen',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='decision',
            name='alarms_seen',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='intake.alarmsseen'),
        ),
        migrations.AddConstraint(
            model_name='alarmsseen',
            constraint=models.UniqueConstraint(fields=('assessment', 'by'), name='alarms_are_seen_once_by_each_person'),
        ),
        migrations.AddConstraint(
            model_name='alarmsseen',
            constraint=models.CheckConstraint(condition=models.Q(('alarms', []), _negated=True), name='alarms_seen_are_named'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alarmsseen',
            trigger=pgtrigger.compiler.Trigger(name='alarms_seen_only_grow', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f72c1551e6f88a815cd8904c10d840de8aabaa96', operation='UPDATE OR DELETE', pgid='pgtrigger_alarms_seen_only_grow_44b20', table='intake_alarmsseen', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='decision_comes_after_its_alarms_were_seen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF (\n        SELECT jsonb_array_length(COALESCE(a.result -> 'unused_alarms', '[]'::jsonb))\n        FROM intake_assessment a WHERE a.id = NEW.assessment_id\n    ) > 0 AND NOT EXISTS (\n        SELECT FROM intake_alarmsseen s\n        WHERE s.id = NEW.alarms_seen_id AND s.assessment_id = NEW.assessment_id AND s.by_id = NEW.by_id\n    ) THEN\n        RAISE EXCEPTION 'Whoever decides has seen the danger signs that no rule used'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_comes_after_its_alarms_were_seen';\n    END IF;\n    RETURN NEW;\n", hash='2c5d88ddea2ca67062f3e0ea8c699886498ab7a9', operation='INSERT OR UPDATE OF "assessment_id", "alarms_seen_id", "by_id"', pgid='pgtrigger_decision_comes_after_its_alarms_were_seen_75010', table='intake_decision', when='BEFORE')),
        ),
    ]
