"""Customers, the people in them, what each will do, and how often they were asked."""

from references.models.activity import Activity, Hold
from references.models.activity_type import ActivityType
from references.models.complaint import Complaint
from references.models.contact import Contact, Release
from references.models.customer import Customer, CustomerStatus, Deployment, Publicity
from references.models.gift_policy import GiftPolicy
from references.models.health_rules import HealthRules
from references.models.merge import Merge
from references.models.nomination import Nomination, NominationOrigin, NominationState
from references.models.note import Note
from references.models.pause import Pause
from references.models.policy import UsagePolicy
from references.models.referral import Referral, ReferralState
from references.models.reward import Reward, RewardKind
from references.models.survey import SurveyResponse
from references.models.survey_ask import SurveyAsk
from references.models.task import Task
from references.models.taxonomy import Industry, Product, Region, UseCase
from references.models.thanks import Thanks, ThanksText
from references.models.watch import Watch
from references.models.willingness import Answer, Willingness

__all__ = [
    "Activity", "ActivityType", "Answer", "Complaint", "Contact", "Customer", "CustomerStatus", "Deployment",
    "GiftPolicy", "HealthRules", "Hold", "Industry", "Merge", "Nomination", "NominationOrigin", "NominationState", "Note",
    "Pause", "Product", "Publicity", "Referral", "ReferralState", "Region", "Release", "Reward", "RewardKind",
    "SurveyAsk", "SurveyResponse", "Task", "Thanks", "ThanksText", "UsagePolicy", "UseCase", "Watch", "Willingness",
]  # fmt: skip
