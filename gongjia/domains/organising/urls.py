"""The URLs of the radar."""

from gongjia.domains.organising import queries, views, views_radar, views_review, views_work
from gongjia.kernel.routes import page

app_name = "organising"
READ = ("GET", "HEAD")
_RUN = queries.run_by_reference

urlpatterns = [
    page("desk/radar/", views_radar.radar, may="organising.compare", name="radar"),
    page(
        "desk/radar/<ref:reference>/",
        views_radar.run,
        may="organising.compare",
        name="run",
        subject=queries.run_with_counts,
    ),
    page(
        "desk/radar/<ref:reference>/heading/",
        views_radar.heading,
        may="organising.compare",
        name="run_heading",
        subject=queries.draft_by_reference,
    ),
    page(
        "desk/radar/<ref:reference>/employers/",
        views_radar.employers,
        may="organising.compare",
        name="run_employers",
        subject=_RUN,
        methods=READ,
    ),
    page(
        "desk/radar/<ref:reference>/progress/",
        views_radar.run_progress,
        may="organising.compare",
        name="run_progress",
        subject=_RUN,
        methods=READ,
    ),
    page(
        "desk/radar/<ref:reference>/review/",
        views_review.queue,
        may="organising.compare",
        name="review",
        subject=_RUN,
    ),
    page(
        "desk/radar/<ref:reference>/repeat/",
        views_review.repeat,
        may="organising.compare",
        name="repeat",
        subject=_RUN,
        methods=("POST",),
    ),
    page("desk/radar/decisions/", views_review.decisions, may="organising.compare", name="decisions", methods=READ),
    page(
        "desk/radar/<ref:reference>/rows/",
        views_radar.bad_rows,
        may="organising.compare",
        name="bad_rows",
        subject=_RUN,
        methods=READ,
    ),
    page("desk/leads/", views.leads, may="organising.see", name="leads"),
    page("desk/leads/unions/", views.unions, may="organising.assign", name="unions", methods=READ),
    page("desk/leads/all/", views.assign_all, may="organising.assign", name="assign_all", methods=("POST",)),
    page("desk/leads/work/", views_work.work_list, may="organising.see", name="work_list", methods=READ),
    page("desk/leads/export/", views_work.export, may="organising.see", name="export", methods=("POST",)),
    page(
        "desk/leads/<ref:reference>/arrange/",
        views_work.arrange,
        may="organising.work",
        name="arrange",
        subject=queries.lead_by_reference,
    ),
    page(
        "desk/leads/<ref:reference>/visit/",
        views_work.visit,
        may="organising.work",
        name="visit",
        subject=queries.lead_by_reference,
    ),
    page(
        "desk/leads/<ref:reference>/refusal/",
        views_work.refusal,
        may="organising.work",
        name="refusal",
        subject=queries.lead_by_reference,
    ),
    page(
        "desk/leads/<ref:reference>/",
        views.lead,
        may="organising.see",
        name="lead",
        subject=queries.lead_by_reference,
    ),
]
