from references.models import ActivityType


def test_the_twelve_standard_types_are_seeded(db: None) -> None:
    assert ActivityType.objects.filter(in_use=True).count() == 12
