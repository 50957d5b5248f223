#include <boost/beast/http/verb.hpp>

#include "http/resources/resources.hpp"
#include "http/resources/routes.hpp"

namespace byline::http {
namespace {

using enum Shape;
using enum Entry;
constexpr auto kGet = boost::beast::http::verb::get;
constexpr auto kPost = boost::beast::http::verb::post;
constexpr auto kPatch = boost::beast::http::verb::patch;
constexpr auto kDelete = boost::beast::http::verb::delete_;

constexpr std::string_view kTokenSchemas =
    R"~({"security":[{},{"clientBasic":[]}],"requestBody":{"required":true,"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object","required":["grant_type"],"properties":{"grant_type":{"type":"string","enum":["client_credentials"]},"client_id":{"type":"string"},"client_secret":{"type":"string"},"scope":{"type":"string"}}}}}},"responses":{"200":{"description":"A bearer token","content":{"application/json":{"schema":{"type":"object","required":["access_token","token_type","expires_in"],"properties":{"access_token":{"type":"string"},"token_type":{"type":"string"},"expires_in":{"type":"integer"},"scope":{"type":"string"}}}}}},"400":{"description":"Refused (RFC 6749 section 5.2)","headers":{"Cache-Control":{"schema":{"const":"no-store"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/OAuthError"},"example":{"error":"invalid_request","error_description":"A parameter stands twice."}}}},"401":{"description":"The client could not be authenticated","headers":{"Cache-Control":{"schema":{"const":"no-store"}},"WWW-Authenticate":{"schema":{"type":"string"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/OAuthError"},"example":{"error":"invalid_client","error_description":"The client is unknown, its secret is wrong, or it is not active."}}}},"403":{"description":"The plan does not include the API","headers":{"Cache-Control":{"schema":{"const":"no-store"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/OAuthError"},"example":{"error":"api_not_licensed","error_description":"The organization's plan does not include the API."}}}},"413":{"$ref":"#/components/responses/BodyTooLarge"},"503":{"description":"Not right now","headers":{"Cache-Control":{"schema":{"const":"no-store"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/OAuthError"},"example":{"error":"temporarily_unavailable","error_description":"The storage is being opened."}}}}}})~";
constexpr std::string_view kHealthSchemas =
    R"~({"responses":{"200":{"description":"Yes","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Health"}}}},"400":{"$ref":"#/components/responses/Malformed"},"503":{"description":"No","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Health"}}}}}})~";
constexpr std::string_view kMetricsSchemas =
    R"~({"responses":{"200":{"description":"Prometheus text format 0.0.4","content":{"text/plain":{"schema":{"type":"string"}}}},"400":{"$ref":"#/components/responses/Malformed"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kOpenApiSchemas =
    R"~({"responses":{"200":{"description":"OpenAPI 3.1","content":{"application/json":{"schema":{"type":"object"}}}},"400":{"$ref":"#/components/responses/Malformed"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";

const Route kRoutes[] = {
    {kGet, "/admin/applications", "listApplications", "List the registered applications", list, bearer,
     &kApplications, list_applications},
    {kPost, "/admin/applications", "registerApplication", "Register an application; its secret is shown once",
     create, bearer, &kApplications, register_application},
    {kGet, "/admin/applications/{id}", "readApplication", "Read an application", read, bearer, &kApplications,
     read_application},
    {kPatch, "/admin/applications/{id}", "changeApplication",
     "Change an application, deactivate or reactivate it", change, bearer, &kApplications,
     change_application},
    {kDelete, "/admin/applications/{id}", "deleteApplication",
     "Delete an application; its name stays on records", remove, bearer, &kApplications, delete_application},

    {kGet, "/admin/users", "listUsers", "List the users", list, bearer, &kUsers, list_users},
    {kPost, "/admin/users", "createUser", "Create a user", create, bearer, &kUsers, create_user},
    {kGet, "/admin/users/{id}", "readUser", "Read a user", read, bearer, &kUsers, read_user},
    {kPatch, "/admin/users/{id}", "changeUser", "Change a user, deactivate or reactivate it", change, bearer,
     &kUsers, change_user},
    {kDelete, "/admin/users/{id}", "deleteUser", "Delete a user; its name stays on records", remove, bearer,
     &kUsers, delete_user},

    {kGet, "/admin/roles", "listRoles", "List the roles", list, bearer, &kRoles, list_roles},
    {kPost, "/admin/roles", "createRole", "Create a custom role", create, bearer, &kRoles, create_role},
    {kGet, "/admin/roles/{id}", "readRole", "Read a role", read, bearer, &kRoles, read_role},
    {kPatch, "/admin/roles/{id}", "changeRole", "Change a role, at once for every account that has it",
     change, bearer, &kRoles, change_role},
    {kDelete, "/admin/roles/{id}", "deleteRole", "Delete a custom role that no account has", remove, bearer,
     &kRoles, delete_role},

    {kGet, "/admin/organizations", "listOrganizations", "List the caller's organization", list, bearer,
     &kOrganizations, list_organizations},
    {kGet, "/admin/organizations/{id}", "readOrganization", "Read the caller's organization", read, bearer,
     &kOrganizations, read_organization},
    {kPatch, "/admin/organizations/{id}", "changeOrganization", "Change the organization's name or plan",
     change, bearer, &kOrganizations, change_organization},

    {kGet, "/admin/audit-events", "listAuditEvents", "List what was done, as the log has it", list, bearer,
     &kAuditEvents, list_audit_events},
    {kGet, "/admin/audit-events/{id}", "readAuditEvent", "Read one event of the log", read, bearer,
     &kAuditEvents, read_audit_event},

    {kPost, "/oauth2/token", "issueToken",
     "Get a bearer token with client credentials (RFC 6749 section 4.4)", plain, anyone, nullptr, issue_token,
     kTokenSchemas},

    {kGet, "/health/live", "healthLive", "Is the process alive?", plain, anyone, nullptr, health_live,
     kHealthSchemas},
    {kGet, "/health/ready", "healthReady", "Can it take commands?", plain, anyone, nullptr, health_ready,
     kHealthSchemas},
    {kGet, "/metrics", "metrics", "Figures for Prometheus", plain, anyone, nullptr, expose_metrics,
     kMetricsSchemas},
    {kGet, "/openapi.json", "openapi", "This description", plain, anyone, nullptr, openapi, kOpenApiSchemas},

    // Last: they fit whatever has two or three parts.
    {kGet, "/{service}/{collection}", "listRecords", "List a collection's records", list, bearer, &kRecords,
     list_records},
    {kPost, "/{service}/{collection}", "createRecord", "Create a record", create, bearer, &kRecords,
     create_record},
    {kGet, "/{service}/{collection}/{id}", "readRecord", "Read a record", read, bearer, &kRecords,
     read_record},
    {kPatch, "/{service}/{collection}/{id}", "changeRecord", "Set some of a record's attributes", change,
     bearer, &kRecords, change_record},
    {kDelete, "/{service}/{collection}/{id}", "deleteRecord", "Delete a record", remove, bearer, &kRecords,
     delete_record},
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace byline::http
