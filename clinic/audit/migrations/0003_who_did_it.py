"""Who did what stands in a table of pghistory, which is no model of ours: it is not emptied at once either."""

from django.db import migrations

GUARDED = """
    CREATE FUNCTION audit_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'Cannot truncate % table', TG_TABLE_NAME;
    END $$;
    CREATE TRIGGER who_did_it_never_emptied BEFORE TRUNCATE ON pghistory_context
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never_emptied();
"""
OPEN = """
    DROP TRIGGER who_did_it_never_emptied ON pghistory_context;
    DROP FUNCTION audit_never_emptied();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_nothing_truncated"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [migrations.RunSQL(GUARDED, OPEN)]
