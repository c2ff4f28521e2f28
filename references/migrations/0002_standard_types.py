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

# The branches CRM exports use most, so that a misspelt one is noticed and named; admins change them.
INDUSTRIES = {
    "Technology": ["Software", "Hardware", "IT services", "Telecommunications", "Semiconductors"],
    "Health": ["Medical", "Healthcare", "Pharmaceuticals", "Biotechnology", "Medical devices"],
    "Finance": ["Banking", "Insurance", "Payments"],
    "Industry": ["Manufacturing", "Automotive", "Chemicals", "Aerospace", "Construction", "Machinery"],
    "Transport": ["Freight and ports", "Logistics", "Aviation", "Rail"],
    "Energy": ["Energy and water", "Oil and gas", "Utilities"],
    "Consumer goods": ["Retail", "Food and cold chain", "Textiles", "Hospitality", "Agriculture"],
    "Media": ["Entertainment", "Marketing", "Publishing"],
    "Services": ["Employment", "Professional services", "Real estate", "Legal services"],
    "Public sector": ["Government", "Education", "Defence", "Non-profit"],
}


def seed(apps, schema_editor):
    ActivityType = apps.get_model("references", "ActivityType")
    names = ("name", "icon", "live", "effort", "limit_count", "limit_days", "cooldown_days")
    for position, (slug, *values) in enumerate(STANDARD, start=1):
        ActivityType.objects.get_or_create(slug=slug, defaults=dict(zip(names, values, strict=True), position=position * 10))
    Industry = apps.get_model("references", "Industry")
    for name, children in INDUSTRIES.items():
        parent, _created = Industry.objects.get_or_create(name=name)
        for child in children:
            Industry.objects.get_or_create(name=child, defaults={"parent": parent})


class Migration(migrations.Migration):
    dependencies = [("references", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
