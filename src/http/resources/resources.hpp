#pragma once

#include "http/call.hpp"
#include "http/resource.hpp"

namespace byline::http {

// The resource types, and a handler for each of their operations; routes.cpp says which path leads where.

extern const ResourceSpec kApplications;
Awaitable<Response> list_applications(Call& call);
Awaitable<Response> read_application(Call& call);
Awaitable<Response> register_application(Call& call);
Awaitable<Response> change_application(Call& call);
Awaitable<Response> delete_application(Call& call);

// Of applications, and of users: the address says which.
extern const ResourceSpec kCredentials;
Awaitable<Response> list_credentials(Call& call);
Awaitable<Response> read_credential(Call& call);
Awaitable<Response> issue_credential(Call& call);
Awaitable<Response> rotate_secret(Call& call);
Awaitable<Response> change_credential(Call& call);
Awaitable<Response> revoke_credential(Call& call);

extern const ResourceSpec kSigningKeys;
Awaitable<Response> list_signing_keys(Call& call);
Awaitable<Response> read_signing_key(Call& call);
Awaitable<Response> create_signing_key(Call& call);

extern const ResourceSpec kUsers;
Awaitable<Response> list_users(Call& call);
Awaitable<Response> read_user(Call& call);
Awaitable<Response> create_user(Call& call);
Awaitable<Response> change_user(Call& call);
Awaitable<Response> delete_user(Call& call);

extern const ResourceSpec kRoles;
Awaitable<Response> list_roles(Call& call);
Awaitable<Response> read_role(Call& call);
Awaitable<Response> create_role(Call& call);
Awaitable<Response> change_role(Call& call);
Awaitable<Response> delete_role(Call& call);

extern const ResourceSpec kTeams;
Awaitable<Response> list_teams(Call& call);
Awaitable<Response> read_team(Call& call);
Awaitable<Response> create_team(Call& call);
Awaitable<Response> change_team(Call& call);
Awaitable<Response> delete_team(Call& call);

extern const ResourceSpec kCollections;
Awaitable<Response> list_collections(Call& call);
Awaitable<Response> read_collection(Call& call);
Awaitable<Response> create_collection(Call& call);
Awaitable<Response> change_collection(Call& call);
Awaitable<Response> delete_collection(Call& call);

extern const ResourceSpec kOrganizations;
Awaitable<Response> list_organizations(Call& call);
Awaitable<Response> read_organization(Call& call);
Awaitable<Response> change_organization(Call& call);

extern const ResourceSpec kAuditEvents;
Awaitable<Response> list_audit_events(Call& call);
Awaitable<Response> read_audit_event(Call& call);
Awaitable<Response> stream_audit_events(Call& call);
Awaitable<Response> export_audit_events(Call& call);
Awaitable<Response> prove_audit_event(Call& call);
Awaitable<Response> read_checkpoint(Call& call);
Awaitable<Response> publish_checkpoint(Call& call);
Awaitable<Response> read_tile(Call& call);
Awaitable<Response> read_entry_bundle(Call& call);

extern const ResourceSpec kProjections;
Awaitable<Response> list_projections(Call& call);
Awaitable<Response> read_projection(Call& call);
Awaitable<Response> rebuild_projection(Call& call);

extern const ResourceSpec kProjectionRows;
Awaitable<Response> list_projection_rows(Call& call);

extern const ResourceSpec kProjectionJobs;
Awaitable<Response> list_projection_jobs(Call& call);
Awaitable<Response> create_projection_job(Call& call);
Awaitable<Response> read_projection_job(Call& call);
Awaitable<Response> change_projection_job(Call& call);

extern const ResourceSpec kErasures;
Awaitable<Response> create_erasure(Call& call);
Awaitable<Response> read_erasure(Call& call);

extern const ResourceSpec kRecords;
Awaitable<Response> list_records(Call& call);
Awaitable<Response> read_record(Call& call);
Awaitable<Response> create_record(Call& call);
Awaitable<Response> change_record(Call& call);
Awaitable<Response> delete_record(Call& call);

extern const ResourceSpec kAccountAccess;
Awaitable<Response> list_access(Call& call);
Awaitable<Response> read_access(Call& call);

extern const ResourceSpec kUnusedPermissions;
Awaitable<Response> read_unused_permissions(Call& call);

Awaitable<Response> foresee_role(Call& call);
Awaitable<Response> foresee_account(Call& call);

Awaitable<Response> evaluate_access(Call& call);
Awaitable<Response> evaluate_accesses(Call& call);
Awaitable<Response> search_resources(Call& call);
Awaitable<Response> search_subjects(Call& call);
Awaitable<Response> search_actions(Call& call);
Awaitable<Response> describe_authzen(Call& call);

Awaitable<Response> health_live(Call& call);
Awaitable<Response> health_ready(Call& call);
Awaitable<Response> expose_metrics(Call& call);
Awaitable<Response> openapi(Call& call);

}  // namespace byline::http
