"""Pages of this app."""

from django.urls import URLPattern, path

from materials.moves import MOVES
from materials.views import approving, making, moving, outside, permitting, reading, sharing

app_name = "materials"
urlpatterns: list[URLPattern] = [
    path("material/", reading.library, name="library"),
    path("material/export/", reading.export, name="export"),
    path("material/board/", reading.board, name="board"),
    path("material/new/", making.new, name="new"),
    path("material/customers/", making.customer_names, name="customer_names"),
    path("material/panels/customer/", reading.customer_panel, name="customer_panel"),
    path("material/panels/share-now/", reading.share_now, name="share_now"),
    path("material/approvals/", approving.approvals, name="approvals"),
    path("material/approvals/<int:pk>/remind/", approving.remind, name="approval_remind"),
    path("material/approvals/<int:pk>/extend/", approving.extend, name="approval_extend"),
    path("material/approvals/<int:pk>/record/", approving.record_answer, name="approval_record"),
    path("material/approvals/<int:pk>/withdraw/", approving.withdraw, name="approval_withdraw"),
    path("material/permissions/<int:pk>/withdraw/", permitting.withdraw, name="permission_withdraw"),
    path("material/share/", sharing.share, name="share"),
    path("material/shares/", sharing.shares, name="shares"),
    path("material/shares/<int:pk>/", sharing.share_link, name="share_link"),
    path("material/shares/<int:pk>/revoke/", sharing.revoke, name="share_revoke"),
    path("material/files/<int:pk>/", making.file, name="file"),
    path("material/<int:pk>/", reading.record, name="material"),
    path("material/<int:pk>/edit/", making.edit, name="edit"),
    path("material/<int:pk>/upload/", making.upload, name="upload"),
    path("material/<int:pk>/files/<int:file_pk>/remove/", making.remove_file, name="remove_file"),
    path("material/<int:pk>/versions/<int:number>/", making.version, name="version"),
    path("material/<int:pk>/quote/", making.quote, name="quote"),
    path("material/<int:pk>/where-used/", reading.where_used, name="where_used"),
    path("material/<int:pk>/permission/", permitting.grant, name="permission_grant"),
    path("material/<int:pk>/send-to-customer/", approving.send_to_customer, name="material_send_to_customer"),
    *(
        path(f"material/<int:pk>/{move.path}/", moving.move, {"verb": move.verb}, name=f"material_{move.verb}")
        for move in MOVES
        if move.verb != "send_to_customer"
    ),
    path("o/approval/<str:token>/", outside.approval_page, name="approval_page"),
    path("o/approval/<str:token>/files/<int:pk>/", outside.approval_file, name="approval_file"),
    path("s/<str:token>/", outside.share_page, name="share_page"),
    path("s/<str:token>/files/<int:pk>/", outside.share_file, name="share_file"),
]
