
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0002_majority_age'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignInTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('password', 'Password'), ('code', 'Code')], max_length=10)),
                ('account_key', models.BinaryField(help_text='Keyed hash of the address that was typed', max_length=32)),
                ('network_key', models.BinaryField(help_text='Keyed hash of the network it came from', max_length=32)),
                ('device_key', models.BinaryField(help_text='Keyed hash of a browser that was let in before, or empty', max_length=32)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['account_key', 'at'], name='sign_in_try_account'), models.Index(fields=['network_key', 'at'], name='sign_in_try_network'), models.Index(fields=['device_key', 'at'], name='sign_in_try_device')],
            },
        ),
        migrations.CreateModel(
            name='SpentCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('counter', models.BigIntegerField(help_text='The half minute the code belongs to')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'counter'), name='each_code_opens_once')],
            },
        ),
    ]
