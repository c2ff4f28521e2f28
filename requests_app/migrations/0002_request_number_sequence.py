from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE IF NOT EXISTS requests_app_request_number AS integer START WITH 1001",
            "DROP SEQUENCE IF EXISTS requests_app_request_number",
        )
    ]
