"""How the list of imports is narrowed."""

import django_filters as filters

from crp.imports.models import ImportRun, RunState


class RunFilters(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=RunState.choices)
    kind = filters.CharFilter(max_length=20)
    source = filters.CharFilter(max_length=60)

    class Meta:
        model = ImportRun
        fields = ("state", "kind", "source")
