"""The URLs of the work portal."""

from gongjia.backbone.accounts.holders import by_reference as holder_by_reference
from gongjia.backbone.employers.queries import by_reference as employer_by_reference
from gongjia.backbone.memberships.queries import by_reference as membership_by_reference
from gongjia.backbone.memberships.queries import live_by_reference as live_membership_by_reference
from gongjia.backbone.organisations.queries import by_reference as organisation_by_reference
from gongjia.kernel.routes import page
from gongjia.portals.work import accounts, acts, briefs, finding, home, matters, office, views

app_name = "work"
READ = ("GET", "HEAD")

urlpatterns = [
    page("desk/", home.home, may="work.enter", name="home", methods=READ),
    page("desk/matters/", matters.work_list, may="work.enter", name="matters", methods=READ),
    page("desk/week/", matters.week, may="memberships.see", name="week", methods=READ),
    page("desk/figures/<slug:code>/", home.figure, may="organisations.see", name="figure", methods=READ),
    page("desk/search/", views.search, may="organisations.see", name="search", methods=READ),
    page("desk/tree/", views.tree, may="organisations.see", name="tree", methods=READ),
    page("desk/unions/", views.unions, may="organisations.see", name="unions", methods=READ),
    page(
        "desk/unions/<ref:reference>/",
        views.union,
        may="organisations.see",
        name="union",
        subject=organisation_by_reference,
        methods=READ,
    ),
    page(
        "desk/unions/<ref:reference>/on/",
        views.union_on,
        may="organisations.see",
        name="union_on",
        subject=organisation_by_reference,
        methods=READ,
    ),
    page(
        "desk/unions/<ref:reference>/tree/",
        views.tree_level,
        may="organisations.see",
        name="tree_level",
        subject=organisation_by_reference,
        methods=READ,
    ),
    *(
        page(f"desk/unions/<ref:reference>/{path}/", view, may=may, name=name, subject=organisation_by_reference)
        for path, view, may, name in (
            ("found", acts.union_found, "organisations.found", "union_found"),
            ("amend", acts.union_amend, "organisations.amend", "union_amend"),
            ("move", acts.union_move, "organisations.move", "union_move"),
            ("merge", acts.union_merge, "organisations.move", "union_merge"),
            ("dissolve", acts.union_dissolve, "organisations.move", "union_dissolve"),
            ("posts/end", acts.union_end_post, "posts.appoint", "union_end_post"),
        )
    ),
    *(
        page(f"desk/employers/<ref:reference>/{path}/", view, may=may, name=name, subject=employer_by_reference)
        for path, view, may, name in (
            ("heads", acts.employer_heads, "employers.write", "employer_heads"),
            ("cover", acts.employer_cover, "employers.cover", "employer_cover"),
        )
    ),
    page(
        "desk/members/<ref:reference>/appoint/",
        acts.appoint,
        may="posts.appoint",
        name="appoint",
        subject=live_membership_by_reference,
    ),
    page(
        "desk/members/<ref:reference>/posts/end/",
        acts.end_post,
        may="posts.appoint",
        name="end_post",
        subject=membership_by_reference,
    ),
    *(
        page(f"desk/{path}/<ref:reference>/brief/", view, may=may, name=f"{name}_brief", subject=subject, methods=READ)
        for path, view, may, name, subject in (
            ("unions", briefs.union, "organisations.see", "union", organisation_by_reference),
            ("employers", briefs.employer, "employers.see", "employer", employer_by_reference),
            ("members", briefs.member, "memberships.see", "member", membership_by_reference),
        )
    ),
    page("desk/employers/", views.employers_list, may="employers.see", name="employers", methods=READ),
    page(
        "desk/employers/<ref:reference>/",
        views.employer,
        may="employers.see",
        name="employer",
        subject=employer_by_reference,
        methods=READ,
    ),
    page("desk/members/", views.members, may="memberships.see", name="members", methods=READ),
    page("desk/members/find/", finding.find, may="people.open", name="find"),
    page(
        "desk/members/<ref:reference>/",
        views.person,
        may="people.open",
        name="person",
        subject=live_membership_by_reference,
        purpose=True,
    ),
    page("desk/accounts/", accounts.accounts, may="accounts.manage", name="accounts", methods=READ),
    page(
        "desk/accounts/<ref:reference>/",
        accounts.account,
        may="accounts.manage",
        name="account",
        subject=holder_by_reference,
        methods=READ,
    ),
    *(
        page(
            f"desk/accounts/<ref:reference>/{path}/",
            view,
            may="accounts.manage",
            name=name,
            subject=holder_by_reference,
        )
        for path, view, name in (
            ("open", accounts.open_account, "account_open"),
            ("password", accounts.issue_password, "account_password"),
            ("second-factor", accounts.reset_second_factor, "account_second_factor"),
            ("close", accounts.close_account, "account_close"),
            ("reopen", accounts.reopen_account, "account_reopen"),
        )
    ),
    page("desk/rights/", office.rights_page, may="posts.see", name="rights", methods=READ),
    page("desk/audit/", office.audit_page, may="audit.read", name="audit", methods=READ),
    page("desk/operations/", office.operations_page, may="operations.see", name="operations", methods=READ),
]
