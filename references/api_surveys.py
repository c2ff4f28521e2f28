"""The API of surveys: what was answered, answers from another tool, and asking by our own page."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crp.rest.views import Viewset
from references import surveying
from references.filters import SurveyFilters
from references.models import Contact, SurveyAsk, SurveyResponse
from references.models.survey import SurveyKind
from references.serializers import Seen, SomebodyInput


class SurveyShape(serializers.ModelSerializer):
    class Meta:
        model = SurveyResponse
        fields = ("id", "customer", "contact", "kind", "score", "comment", "on", "offers", "source", "external_id")


class SurveyInput(SomebodyInput):
    """`external_id` is the other tool's own, unique within `source`: sending it again changes nothing twice."""

    kind = serializers.ChoiceField(SurveyKind.choices, default=SurveyKind.NPS)
    score = serializers.IntegerField(min_value=0, max_value=10)
    comment = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    offers = serializers.BooleanField(required=False)
    source: Any = serializers.CharField(max_length=60, required=False, allow_blank=True)
    external_id = serializers.CharField(max_length=120, required=False, allow_blank=True)


class SurveyAskShape(serializers.ModelSerializer):
    class Meta:
        model = SurveyAsk
        fields = ("id", "contact", "kind", "sent_at", "answered_at", "response")


class SurveyAskInput(serializers.Serializer):
    contact = Seen(Contact)
    kind = serializers.ChoiceField(SurveyKind.choices, default=SurveyKind.NPS)


class Surveys(Viewset):
    """What customers said of us, for those who see their health. POST writes an answer down; a promoter nominates."""

    queryset = SurveyResponse.objects.all()
    serializer_class = SurveyShape
    filterset_class = SurveyFilters
    ordering = ("-on", "-id")

    @extend_schema(request=SurveyInput, responses={201: SurveyShape})
    def create(self, request: Request) -> Response:
        said = self.checked(SurveyInput, request)
        if known := SurveyResponse.objects.known(said):
            return self.show(known)
        return self.show(SurveyResponse.objects.note(by=request.user, **said), created=True)

    @extend_schema(request=SurveyAskInput, responses={201: SurveyAskShape})
    @action(detail=False, methods=["post"])
    def ask(self, request: Request) -> Response:
        wanted = self.checked(SurveyAskInput, request)
        made = surveying.ask(wanted["contact"], wanted["kind"], by=request.user)
        return Response(SurveyAskShape(made).data, status=201)
