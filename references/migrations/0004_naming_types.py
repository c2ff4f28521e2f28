from django.db import migrations

NAMING = ("name-drop", "logo-use", "quote", "success-story", "case-study", "roi-case-study", "pr", "video-testimonial")


def mark(apps, schema_editor):
    apps.get_model("references", "ActivityType").objects.filter(slug__in=NAMING).update(naming=True)


class Migration(migrations.Migration):
    dependencies = [("references", "0003_customer_competitors_activitytype_naming")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
