from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="computer",
            field=models.CharField(blank=True, default="", max_length=255),
        ),
    ]
