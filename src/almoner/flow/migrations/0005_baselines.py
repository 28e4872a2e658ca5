import django.db.models.deletion
from django.db import migrations, models

import almoner.vault.models


class Migration(migrations.Migration):
    dependencies = [
        ("flow", "0004_registers"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BaselineWaived",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=almoner.vault.models.new_uid, editable=False, unique=True)),
                ("happened_on", models.DateField()),
                ("recorded_at", models.DateTimeField(default=almoner.vault.models.moment, editable=False)),
                ("name", models.CharField(max_length=40)),
                ("why", models.TextField()),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="waived", to="flow.award"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.user",
                    ),
                ),
            ],
            options={
                "db_table": "flow_baseline_waived",
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("award", "name"), name="flow_baseline_waived_once")
                ],
            },
        ),
    ]
