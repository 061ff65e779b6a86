from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0028_resource_servers")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="backchannel_logout_uri",
            field=models.CharField(blank=True, db_default="", default="", max_length=1024),
        ),
    ]
