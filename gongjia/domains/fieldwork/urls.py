"""The URLs of work in the field."""

from gongjia.domains.fieldwork.asking import queries as asking
from gongjia.domains.fieldwork.asking import views as asking_views
from gongjia.domains.fieldwork.contacts import queries as contacts
from gongjia.domains.fieldwork.contacts import views as contact_views
from gongjia.domains.fieldwork.permissions import (
    ASK,
    LOG,
    LOOK_AFTER,
    PLAN,
    SEE,
    SEE_PLANS,
    SOLVE,
    STUDY,
    SUGGEST,
)
from gongjia.domains.fieldwork.surveys import queries as surveys
from gongjia.domains.fieldwork.surveys import views as survey_views
from gongjia.domains.fieldwork.surveys import views_mine
from gongjia.domains.fieldwork.visits import queries as visits
from gongjia.domains.fieldwork.visits import views as visit_views
from gongjia.domains.fieldwork.visits import views_found
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.routes import page

app_name = "fieldwork"
READ, SEND = ("GET", "HEAD"), ("POST",)
_CONTACT, _PLAN, _VISIT = contacts.by_reference, visits.plan_by_reference, visits.visit_by_reference
_FOUND, _SAID, _TOPIC = visits.observation_by_reference, asking.suggestion_by_reference, asking.topic_by_reference
_ASKED = surveys.by_reference
_C, _P, _V = "desk/contacts/<ref:reference>/", "desk/visit-plans/<ref:reference>/", "desk/visits/<ref:reference>/"
_O, _S, _T = "desk/observations/<ref:reference>/", "desk/suggestions/<ref:reference>/", "desk/topics/<ref:reference>/"
_Q, _MY = "desk/questionnaires/<ref:reference>/", "my/questionnaires/"

urlpatterns = [
    # contacts
    page("desk/contacts/", contact_views.contacts, may=SEE, name="contacts", methods=READ),
    page("desk/contacts/new/", contact_views.arrange, may=LOOK_AFTER, name="arrange"),
    page(_C, contact_views.contact, may=SEE, name="contact", subject=_CONTACT, methods=READ),
    page(f"{_C}publish/", contact_views.publish, may=LOOK_AFTER, name="publish", subject=_CONTACT),
    page(f"{_C}end/", contact_views.end, may=LOOK_AFTER, name="end_contact", subject=_CONTACT),
    page(f"{_C}days/", contact_views.log_days, may=LOG, name="log_days", subject=_CONTACT),
    page(f"{_C}report/", contact_views.report_year, may=LOG, name="report_year", subject=_CONTACT),
    # plans and visits
    page("desk/visit-plans/", visit_views.plans, may=SEE_PLANS, name="plans", methods=READ),
    page("desk/visit-plans/new/", visit_views.plan_new, may=PLAN, name="plan_new"),
    page(_P, visit_views.plan, may=SEE_PLANS, name="plan", subject=_PLAN, methods=READ),
    page(f"{_P}places/", visit_views.plan_places, may=PLAN, name="plan_places", subject=_PLAN),
    page(f"{_P}drop/", visit_views.plan_drop, may=PLAN, name="plan_drop", subject=_PLAN),
    page("desk/visits/", visit_views.visits, may=SEE, name="visits", methods=READ),
    page(_V, visit_views.visit, may=SEE, name="visit", subject=_VISIT, methods=READ),
    page(f"{_V}begin/", visit_views.begin, may=PLAN, name="begin", subject=_VISIT, methods=SEND),
    page(f"{_V}leave/", visit_views.leave, may=PLAN, name="leave", subject=_VISIT, methods=SEND),
    page(f"{_V}record/", visit_views.record, may=PLAN, name="record", subject=_VISIT),
    page(f"{_V}observe/", views_found.observe, may=PLAN, name="observe", subject=_VISIT),
    page(f"{_V}suggest/", asking_views.suggest_on_visit, may=PLAN, name="suggest_on_visit", subject=_VISIT),
    page(
        "desk/visit-photos/<ref:reference>/",
        visit_views.photo,
        may=SEE_PLANS,
        name="photo",
        subject=visits.photo_by_reference,
        methods=READ,
    ),
    # what was found
    page("desk/observations/", views_found.observations, may=SEE, name="observations", methods=READ),
    page(_O, views_found.observation, may=SEE, name="observation", subject=_FOUND, methods=READ),
    page(f"{_O}take/", views_found.take, may=SOLVE, name="take", subject=_FOUND),
    page(f"{_O}decline/", views_found.decline, may=SOLVE, name="decline", subject=_FOUND),
    page(f"{_O}report/", views_found.report, may=SOLVE, name="report", subject=_FOUND),
    page(f"{_O}verify/", views_found.verify, may=PLAN, name="verify", subject=_FOUND),
    page(f"{_O}back/", views_found.send_back, may=PLAN, name="send_back", subject=_FOUND),
    page(f"{_O}assign/", views_found.assign, may=PLAN, name="assign", subject=_FOUND),
    page(f"{_O}withdraw/", views_found.withdraw, may=PLAN, name="withdraw", subject=_FOUND),
    # suggestions and topics
    page("desk/suggestions/", asking_views.suggestions, may=SEE, name="suggestions", methods=READ),
    page("desk/suggestions/new/", asking_views.suggest, may=SUGGEST, name="suggest"),
    page(_S, asking_views.suggestion, may=SEE, name="suggestion", subject=_SAID),
    page(f"{_S}withdraw/", asking_views.withdraw, may=SUGGEST, name="withdraw_suggestion", subject=_SAID, methods=SEND),
    page("desk/topics/", asking_views.topics, may=SEE_PLANS, name="topics", methods=READ),
    page("desk/topics/new/", asking_views.topic_new, may=STUDY, name="topic_new"),
    page(_T, asking_views.topic, may=SEE_PLANS, name="topic", subject=_TOPIC, methods=READ),
    page(f"{_T}report/", asking_views.topic_report, may=STUDY, name="topic_report", subject=_TOPIC),
    page(f"{_T}file/", asking_views.topic_file, may=SEE_PLANS, name="topic_file", subject=_TOPIC, methods=READ),
    # questionnaires
    page("desk/questionnaires/", survey_views.questionnaires, may=ASK, name="questionnaires", methods=READ),
    page("desk/questionnaires/new/", survey_views.questionnaire_new, may=ASK, name="questionnaire_new"),
    page(_Q, survey_views.questionnaire, may=ASK, name="questionnaire", subject=_ASKED),
    page(_MY, views_mine.mine, may=SIGNED_IN, name="my_questionnaires", methods=READ),
    page(f"{_MY}<ref:reference>/", views_mine.answer, may=SIGNED_IN, name="my_questionnaire", subject=_ASKED),
]
