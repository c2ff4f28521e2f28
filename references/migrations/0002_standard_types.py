from django.db import migrations

# slug, name, icon, live, effort, limit, in days, rest in days: the field's usual defaults; admins change them.
STANDARD = [
    ("name-drop", "Name drop", "tag", False, 1, None, 365, 0),
    ("logo-use", "Logo use", "image", False, 1, None, 365, 0),
    ("quote", "Quote", "quote", False, 1, 4, 365, 0),
    ("rfp-text", "RFP text", "file-text", False, 1, 6, 365, 0),
    ("success-story", "Success story", "star", False, 2, 2, 365, 30),
    ("case-study", "Case study", "book-open", False, 3, 1, 365, 60),
    ("roi-case-study", "ROI case study", "calculator", False, 4, 1, 365, 90),
    ("sales-call", "Sales call", "phone", True, 2, 4, 365, 14),
    ("pr", "Press", "newspaper", True, 3, 2, 365, 60),
    ("analyst-interview", "Analyst interview", "telescope", True, 3, 2, 365, 60),
    ("video-testimonial", "Video testimonial", "video", True, 4, 1, 365, 90),
    ("site-visit", "Site visit", "map-pin", True, 5, 2, 365, 90),
]


def seed(apps, schema_editor):
    ActivityType = apps.get_model("references", "ActivityType")
    names = ("name", "icon", "live", "effort", "limit_count", "limit_days", "cooldown_days")
    for position, (slug, *values) in enumerate(STANDARD, start=1):
        ActivityType.objects.get_or_create(slug=slug, defaults=dict(zip(names, values), position=position * 10))


class Migration(migrations.Migration):
    dependencies = [("references", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
