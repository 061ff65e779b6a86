from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0035_signs_out_until"),
    ]

    operations = [
        migrations.AlterField(
            model_name="authevent",
            name="way",
            field=models.CharField(
                choices=[
                    ("password", "Password"),
                    ("new_password", "New password"),
                    ("email_code", "Code by e-mail"),
                    ("sms_code", "Code by SMS"),
                    ("passkey", "Passkey"),
                    ("connection", "Connection"),
                    ("totp", "Authenticator app"),
                    ("key", "Security key"),
                    ("second_code", "Second factor by a code"),
                    ("recovery_code", "Recovery code"),
                    ("session", "Single sign-on"),
                    ("reset", "Forgotten password"),
                    ("sign_up", "Sign-up"),
                    ("device", "Device code"),
                    ("account", "Account page"),
                    ("token", "Token"),
                ],
                max_length=16,
            ),
        ),
    ]
