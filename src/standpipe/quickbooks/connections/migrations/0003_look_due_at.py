from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0002_doubted_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="look_due_at",
            field=models.DateTimeField(null=True),
        ),
    ]
