/* The pages of administrators, in the order of their navigation: a line for each. One without a name belongs to the one before it. */
#include "view/view_page.h"

const AdminPage admin_pages[] = {
    {"/admin", "Overview", ROLE_VIEWER},
    {"/admin/people", "People", ROLE_VIEWER},
    {"/admin/person", NULL, ROLE_VIEWER},
    {"/admin/change", NULL, ROLE_VIEWER},
    {"/admin/bulk", NULL, ROLE_ADMIN},
    {"/admin/bulks", NULL, ROLE_ADMIN},
    {"/admin/view", NULL, ROLE_VIEWER},
    {"/admin/organizations", "Organizations", ROLE_VIEWER},
    {"/admin/organization", NULL, ROLE_VIEWER},
    {"/admin/requests", "Requests", ROLE_VIEWER},
    {"/admin/request", NULL, ROLE_VIEWER},
    {"/admin/queues", "Queues", ROLE_VIEWER},
    {"/admin/queue", NULL, ROLE_VIEWER},
    {"/admin/approvals", "Approvals", ROLE_VIEWER},
    {"/admin/approval", NULL, ROLE_VIEWER},
    {"/admin/audit", "Audit", ROLE_VIEWER},
    {"/admin/plans", "Plans and limits", ROLE_VIEWER},
    {"/admin/limit", NULL, ROLE_VIEWER},
    {"/admin/plan", NULL, ROLE_VIEWER},
    {"/admin/feature", NULL, ROLE_VIEWER},
    {"/admin/route", NULL, ROLE_VIEWER},
    {"/admin/plan-grant", NULL, ROLE_VIEWER},
    {"/admin/settings", NULL, ROLE_VIEWER},
    {"/admin/version", NULL, ROLE_VIEWER},
    {"/admin/what-if", "What if", ROLE_VIEWER},
    {"/admin/recommendations", "Recommendations", ROLE_VIEWER},
    {"/admin/access", "Access", ROLE_ADMIN},
    {"/admin/sessions", NULL, ROLE_ADMIN},
};

const int admin_page_count = G_N_ELEMENTS(admin_pages);
