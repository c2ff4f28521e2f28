"""How every form of ours is drawn: one field template, an error summary, and a few widgets Django lacks."""

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.utils.functional import cached_property

from crp.verbs import Refused


class Field(forms.BoundField):
    """A bound field that knows how it wants to be laid out."""

    @property
    def layout(self) -> str:
        """`tick` for a single checkbox, whose label follows it; else `field`."""
        return "tick" if isinstance(self.field.widget, forms.CheckboxInput) else "field"

    @property
    def optional(self) -> bool:
        """What is optional is marked, not what is required; a choice that always holds something is neither."""
        marks = getattr(self.field, "marks_optional", True)
        return marks and not self.field.required and self.layout == "field" and not self.field.disabled

    @property
    def goal(self) -> str:
        """Where the error summary's link jumps to; the first choice of a group, for a group has no focus of its own."""
        return f"{self.auto_id}_0" if self.use_fieldset else str(self.id_for_label or self.auto_id)


class Renderer(DjangoTemplates):
    """Django's renderer with our templates first."""

    bound_field_class = Field

    @cached_property
    def engine(self) -> Any:
        django_templates = Path(forms.__file__).parent / "templates"
        return self.backend(
            {
                "APP_DIRS": False,
                "DIRS": [settings.BASE_DIR / "templates", django_templates],
                "NAME": "forms",
                "OPTIONS": {"builtins": ["crp.ui.templatetags.ui", "django.templatetags.i18n"]},
            }
        )


class DayInput(forms.DateInput):
    """The browser's own day picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own day and time picker, in the reader's time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class Segments(forms.RadioSelect):
    """A small choice side by side: Yes, Ask first, No."""

    template_name = "django/forms/widgets/segments.html"


class Choices(forms.RadioSelect):
    """A choice of whole lines, as on outside pages."""

    template_name = "django/forms/widgets/choices.html"


class Lookup(forms.TextInput):
    """A text box that suggests names from `url` (`?q=` → <option>s) as one types; plain typing works as well."""

    template_name = "django/forms/widgets/lookup.html"

    def __init__(self, url: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.url = url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        own = context["widget"]["attrs"]
        own |= {"data-lookup": str(self.url), "list": f"{own.get('id', name)}_list"}
        return context


def refuse(form: forms.BaseForm, error: Refused) -> None:
    """Show a domain refusal where it belongs: at its field when the form has it, else above the form."""
    form.add_error(
        error.field if error.field in form.fields else None, forms.ValidationError(str(error.message), code=error.code)
    )
