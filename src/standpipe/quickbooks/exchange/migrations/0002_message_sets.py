from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="exchange",
            name="set_id",
            field=models.CharField(blank=True, default="", max_length=23),
        ),
    ]
