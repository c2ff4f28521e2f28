"""Pages of this app."""

from django.urls import path

from crp.accounts import people, views

app_name = "accounts"
urlpatterns = [
    path("account/settings/", views.preferences, name="settings"),
    path("account/email/", views.own_address, name="own_address"),
    path("account/demo/", views.demo_sign_in, name="demo_sign_in"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/teams/", people.teams, name="teams"),
    path("people/teams/new/", people.team, name="team_new"),
    path("people/teams/<int:pk>/", people.team, name="team"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/invite/", people.person_invite, name="person_invite"),
    path("people/<int:pk>/disable/", people.person_disable, name="person_disable"),
    path("people/<int:pk>/enable/", people.person_enable, name="person_enable"),
]
