from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0026_device_flow"),
    ]

    operations = [
        migrations.AddField(
            model_name="signinpolicy",
            name="sign_up",
            field=models.CharField(
                choices=[
                    ("off", "Nobody"),
                    ("domains", "People with an address of a proved domain"),
                    ("anyone", "Anybody"),
                ],
                db_default="off",
                default="off",
                max_length=8,
            ),
        ),
    ]
