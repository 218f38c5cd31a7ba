
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0003_sign_in_tries'),
    ]

    operations = [
        migrations.CreateModel(
            name='ResetRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account_key', models.BinaryField(help_text='Keyed hash of the address', max_length=32)),
                ('network_key', models.BinaryField(help_text='Keyed hash of the network it was asked from', max_length=32)),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['account_key', 'asked_at'], name='reset_request_account'), models.Index(fields=['network_key', 'asked_at'], name='reset_request_network'), models.Index(models.F('id'), condition=models.Q(('address', ''), _negated=True), name='reset_request_waits')],
            },
        ),
        migrations.CreateModel(
            name='HandedOverCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.BinaryField(help_text='Keyed hash of the code', max_length=32)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('made_by', None), models.Q(('made_by', models.F('user')), _negated=True), _connector='OR'), name='nobody_hands_a_code_to_themselves')],
            },
        ),
    ]
