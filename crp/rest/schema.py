"""The served OpenAPI document."""

from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator


class KeptSchema(SchemaGenerator):
    """Made once a process for each language: it takes a second of work, is the same for everybody, and anybody may ask."""

    kept: ClassVar[dict[str, Any]] = {}

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        """The document as a dict of JSON values; not to be changed."""
        make: Any = super().get_schema
        language = get_language() or ""
        # Whoever asks may make up a version or a language; those are not worth the memory.
        if self.api_version or not public or language not in dict(settings.LANGUAGES):
            return make(request=request, public=public)
        if language not in self.kept:
            self.kept[language] = make(request=request, public=public)
        return self.kept[language]
