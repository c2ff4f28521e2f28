from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    run_before = [
        ("references", "0001_initial"),
        ("materials", "0001_initial"),
        ("requests_app", "0001_initial"),
    ]
    operations = [TrigramExtension(), UnaccentExtension(), BtreeGistExtension()]
