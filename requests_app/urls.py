"""Pages of this app."""

from django.urls import URLPattern, path

from requests_app.views import answer, assignments, deals, matching_pages, panels, queue, requesting, requests, rules

app_name = "requests_app"
urlpatterns: list[URLPattern] = [
    path("requests/", queue.queue, name="queue"),
    path("requests/export/", queue.export, name="queue_export"),
    path("requests/bulk/", queue.bulk, name="bulk"),
    path("requests/mine/", queue.mine, name="mine"),
    path("requests/new/", requesting.new, name="new"),
    path("requests/eligible/", requesting.eligible, name="eligible"),
    path("requests/rules/", rules.rules, name="rules"),
    path("requests/<int:pk>/", requests.record, name="request"),
    path("requests/<int:pk>/submit/", requests.submit, name="request_submit"),
    path("requests/<int:pk>/take/", requests.take, name="request_take"),
    path("requests/<int:pk>/assign/", requests.assign, name="request_assign"),
    path("requests/<int:pk>/withdraw/", requests.withdraw, name="request_withdraw"),
    path("requests/<int:pk>/close/", requests.close, name="request_close"),
    path("requests/<int:pk>/move/", requests.move, name="request_move"),
    path("requests/<int:pk>/criteria/", requests.criteria, name="request_criteria"),
    path("requests/<int:pk>/relax/", requests.relax, name="request_relax"),
    path("requests/<int:pk>/pause-clock/", requests.clock, {"verb": "pause"}, name="request_pause_clock"),
    path("requests/<int:pk>/resume-clock/", requests.clock, {"verb": "resume"}, name="request_resume_clock"),
    path("requests/<int:pk>/matches/", matching_pages.matches, name="matches"),
    path("requests/<int:pk>/matches/compare/", matching_pages.compare, name="compare"),
    path("requests/<int:pk>/matches/relax/", matching_pages.relaxations, name="relaxations"),
    path("requests/<int:pk>/propose/<int:contact_pk>/", matching_pages.propose, name="propose"),
    path("assignments/<int:pk>/", assignments.record, name="assignment"),
    path("assignments/<int:pk>/approve/", assignments.approve, name="assignment_approve"),
    path("assignments/<int:pk>/decline/", assignments.decline, name="assignment_decline"),
    path("assignments/<int:pk>/invite/", assignments.invite, name="assignment_invite"),
    path("assignments/<int:pk>/accept/", assignments.accept, name="assignment_accept"),
    path("assignments/<int:pk>/schedule/", assignments.schedule, name="assignment_schedule"),
    path("assignments/<int:pk>/complete/", assignments.complete, name="assignment_complete"),
    path("assignments/<int:pk>/miss/", assignments.miss, name="assignment_miss"),
    path("assignments/<int:pk>/withdraw/", assignments.withdraw, name="assignment_withdraw"),
    path("deals/", deals.deals, name="deals"),
    path("deals/export/", deals.export, name="deals_export"),
    path("deals/<int:pk>/", deals.record, name="opportunity"),
    path("deals/<int:pk>/close/", deals.close, name="opportunity_close"),
    path("deals/<int:pk>/own-up/", deals.own_up, name="opportunity_own_up"),
    path("deals/<int:pk>/use-material/", deals.use_material, name="opportunity_use_material"),
    path("requests/customer/<int:pk>/", panels.customer_requests, name="customer_panel"),
    path("deals/customer/<int:pk>/", panels.customer_deals, name="customer_deals_panel"),
    path("o/answer/<str:token>/", answer.answer, name="answer"),
]
