"""Pages of this app."""

from django.urls import path

from metrics.views import customers, insight, pages, rows, settings

app_name = "metrics"
urlpatterns = [
    path("", insight.insight, name="insight"),
    path("coverage/", pages.coverage_page, name="coverage"),
    path("coverage/<int:industry>/<int:region>/", pages.cell, name="cell"),
    path("utilisation/", pages.utilisation_page, name="utilisation"),
    path("turnaround/", pages.turnaround, name="turnaround"),
    path("materials/", pages.materials, name="materials"),
    path("comparison/", pages.comparable, name="comparison"),
    path("program/", pages.health, name="program"),
    path("leads/", customers.lead_list, name="leads"),
    path("tiers/", customers.tiers_page, name="tiers"),
    path("satisfaction/", customers.satisfaction_page, name="satisfaction"),
    path("rows/uses/", customers.uses, name="rows_uses"),
    path("rows/answers/", customers.answers, name="rows_answers"),
    path("rows/complaints/", customers.complaints, name="rows_complaints"),
    path("sourced/", pages.sourced_page, name="sourced"),
    path("rows/deals/", rows.deals, name="rows_deals"),
    path("rows/requests/", rows.requests, name="rows_requests"),
    path("rows/asked/", rows.assignments, name="rows_assignments"),
    path("rows/references/", rows.people, name="rows_people"),
    path("settings/", settings.settings_page, name="settings"),
    path("settings/rates/", settings.rate_set, name="rate_set"),
    path("settings/rates/<int:pk>/remove/", settings.rate_remove, name="rate_remove"),
]
