#include <boost/beast/http/verb.hpp>

#include "http/oauth/endpoints.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/routes.hpp"
#include "http/sign_in/endpoints.hpp"

namespace byline::http {
namespace {

using enum Shape;
using enum Entry;
constexpr auto kGet = boost::beast::http::verb::get;
constexpr auto kPost = boost::beast::http::verb::post;
constexpr auto kPatch = boost::beast::http::verb::patch;
constexpr auto kPut = boost::beast::http::verb::put;
constexpr auto kDelete = boost::beast::http::verb::delete_;

constexpr std::string_view kTokenSchemas =
    R"~({"security":[{},{"clientBasic":[]}],"requestBody":{"required":true,"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object","required":["grant_type"],"properties":{"grant_type":{"type":"string","enum":["client_credentials"]},"client_id":{"type":"string"},"client_secret":{"type":"string"},"scope":{"type":"string"}}}}}},"responses":{"200":{"description":"A bearer token","content":{"application/json":{"schema":{"type":"object","required":["access_token","token_type","expires_in"],"properties":{"access_token":{"type":"string"},"token_type":{"type":"string"},"expires_in":{"type":"integer"},"scope":{"type":"string"}}}}}},"400":{"description":"Refused (RFC 6749 section 5.2)","headers":{"Cache-Control":{"schema":{"const":"no-store"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/OAuthError"},"example":{"error":"invalid_request","error_description":"A parameter stands twice."}}}},"401":{"description":"The client could not be authenticated","headers":{"Cache-Control":{"schema":{"const":"no-store"}},"WWW-Authenticate":{"schema":{"type":"string"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/OAuthError"},"example":{"error":"invalid_client","error_description":"The client is unknown, its secret is wrong, or it is not active."}}}},"403":{"description":"The plan does not include the API","headers":{"Cache-Control":{"schema":{"const":"no-store"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/OAuthError"},"example":{"error":"api_not_licensed","error_description":"The organization's plan does not include the API."}}}},"413":{"$ref":"#/components/responses/BodyTooLarge"},"503":{"description":"Not right now","headers":{"Cache-Control":{"schema":{"const":"no-store"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/OAuthError"},"example":{"error":"temporarily_unavailable","error_description":"The storage is being opened."}}}}}})~";
constexpr std::string_view kIntrospectionSchemas =
    R"~({"security":[{},{"clientBasic":[]}],"requestBody":{"required":true,"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object","required":["token"],"properties":{"token":{"type":"string"},"token_type_hint":{"type":"string"},"client_id":{"type":"string"},"client_secret":{"type":"string"}}}}}},"responses":{"200":{"description":"Whether it is good; where it is, what it says","content":{"application/json":{"schema":{"type":"object","required":["active"],"properties":{"active":{"type":"boolean"},"scope":{"type":"string"},"client_id":{"type":"string"},"sub":{"type":"string"},"token_type":{"type":"string"},"exp":{"type":"integer"},"iat":{"type":"integer"},"iss":{"type":"string"},"aud":{"type":"string"},"jti":{"type":"string"},"organization":{"type":"string"}}}}}},"400":{"$ref":"#/components/responses/OAuthRefusal"},"401":{"$ref":"#/components/responses/OAuthRefusal"},"403":{"$ref":"#/components/responses/OAuthRefusal"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"503":{"$ref":"#/components/responses/OAuthRefusal"}}})~";
constexpr std::string_view kRevocationSchemas =
    R"~({"security":[{},{"clientBasic":[]}],"requestBody":{"required":true,"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object","required":["token"],"properties":{"token":{"type":"string"},"token_type_hint":{"type":"string"},"client_id":{"type":"string"},"client_secret":{"type":"string"}}}}}},"responses":{"200":{"description":"It is good no more, if it ever was"},"400":{"$ref":"#/components/responses/OAuthRefusal"},"401":{"$ref":"#/components/responses/OAuthRefusal"},"403":{"$ref":"#/components/responses/OAuthRefusal"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"503":{"$ref":"#/components/responses/OAuthRefusal"}}})~";
constexpr std::string_view kRotationSchemas =
    R"~({"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}},{"name":"credential","in":"path","required":true,"schema":{"type":"string"}},{"name":"Idempotency-Key","in":"header","description":"The same key and request get the same answer for 24 hours","schema":{"type":"string"}},{"name":"If-Match","in":"header","description":"The ETag of the version that was seen; 412 when there is a newer one","schema":{"type":"string"}}],"requestBody":{"required":false,"content":{"application/vnd.api+json":{"schema":{"type":"object","required":["data"],"properties":{"data":{"type":"object","required":["type"],"properties":{"type":{"const":"credentials"},"attributes":{"type":"object","additionalProperties":false,"properties":{"overlap_seconds":{"type":"integer","minimum":0,"maximum":7776000,"default":86400,"description":"how long the old secret lives on; 0 revokes it at once"},"label":{"type":["string","null"],"maxLength":50},"expires_at":{"type":["string","null"],"format":"date-time"}}}}}}}}}},"responses":{"201":{"description":"The new secret, in meta.client_secret, for this once","content":{"application/vnd.api+json":{"schema":{"type":"object","required":["data"],"properties":{"data":{"$ref":"#/components/schemas/Credentials"},"meta":{"type":"object"},"links":{"type":"object"}}}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotIssue"},"404":{"$ref":"#/components/responses/NothingThere"},"409":{"$ref":"#/components/responses/CredentialOver"},"412":{"$ref":"#/components/responses/StaleVersion"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"415":{"$ref":"#/components/responses/UnsupportedMediaType"},"422":{"$ref":"#/components/responses/NotPossible"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kEvaluationSchemas =
    R"~({"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","properties":{"subject":{"type":"object","properties":{"type":{"type":"string","enum":["application","user","account","token"]},"id":{"type":"string"}}},"action":{"type":"object","properties":{"name":{"type":"string","enum":["view","edit","create","delete"]}}},"resource":{"type":"object","properties":{"type":{"type":"string","examples":["intake/reports"]},"id":{"type":"string"},"properties":{"type":"object","properties":{"assignee":{"type":["string","null"]},"access_list":{"type":"array"}}}}},"context":{"type":"object"}}}}}},"responses":{"200":{"description":"The decision","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Decision"}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"415":{"$ref":"#/components/responses/UnsupportedMediaType"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kEvaluationsSchemas =
    R"~({"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","properties":{"subject":{"type":"object","properties":{"type":{"type":"string","enum":["application","user","account","token"]},"id":{"type":"string"}}},"action":{"type":"object","properties":{"name":{"type":"string","enum":["view","edit","create","delete"]}}},"resource":{"type":"object","properties":{"type":{"type":"string","examples":["intake/reports"]},"id":{"type":"string"},"properties":{"type":"object","properties":{"assignee":{"type":["string","null"]},"access_list":{"type":"array"}}}}},"context":{"type":"object"},"evaluations":{"type":"array","maxItems":1000,"items":{"type":"object"}},"options":{"type":"object","properties":{"evaluations_semantic":{"type":"string","enum":["execute_all","deny_on_first_deny","permit_on_first_permit"]}}}}}}}},"responses":{"200":{"description":"The decisions, in the order of the questions","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Decisions"}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"415":{"$ref":"#/components/responses/UnsupportedMediaType"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kSearchSchemas =
    R"~({"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","properties":{"subject":{"type":"object","properties":{"type":{"type":"string","enum":["application","user","account","token"]},"id":{"type":"string"}}},"action":{"type":"object","properties":{"name":{"type":"string","enum":["view","edit","create","delete"]}}},"resource":{"type":"object","properties":{"type":{"type":"string","examples":["intake/reports"]},"id":{"type":"string"},"properties":{"type":"object","properties":{"assignee":{"type":["string","null"]},"access_list":{"type":"array"}}}}},"context":{"type":"object"},"page":{"type":"object","properties":{"token":{"type":"string"},"limit":{"type":"integer","minimum":1,"maximum":100}}}}}}}},"responses":{"200":{"description":"A page of what was found","content":{"application/json":{"schema":{"$ref":"#/components/schemas/SearchResults"}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"415":{"$ref":"#/components/responses/UnsupportedMediaType"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kPublicSchemas =
    R"~({"responses":{"200":{"description":"Where the endpoints are","content":{"application/json":{"schema":{"type":"object"}}}},"400":{"$ref":"#/components/responses/Malformed"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kImpactSchemas =
    R"~({"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}},{"name":"days","in":"query","description":"How far back to look for operations that would be refused","schema":{"type":"integer","minimum":1,"maximum":366,"default":30}}],"requestBody":{"required":true,"content":{"application/vnd.api+json":{"schema":{"type":"object","required":["data"],"properties":{"data":{"type":"object"}}}}}},"responses":{"200":{"description":"Who would gain and lose what","content":{"application/vnd.api+json":{"schema":{"type":"object"}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"404":{"$ref":"#/components/responses/NothingThere"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"415":{"$ref":"#/components/responses/UnsupportedMediaType"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kHealthSchemas =
    R"~({"responses":{"200":{"description":"Yes","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Health"}}}},"400":{"$ref":"#/components/responses/Malformed"},"503":{"description":"No","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Health"}}}}}})~";
constexpr std::string_view kMetricsSchemas =
    R"~({"responses":{"200":{"description":"Prometheus text format 0.0.4","content":{"text/plain":{"schema":{"type":"string"}}}},"400":{"$ref":"#/components/responses/Malformed"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kOpenApiSchemas =
    R"~({"responses":{"200":{"description":"OpenAPI 3.1","content":{"application/json":{"schema":{"type":"object"}}}},"400":{"$ref":"#/components/responses/Malformed"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";

constexpr std::string_view kRegisterSchemas =
    R"~({"security":[{"registration":[]}],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["client_name","contacts"],"properties":{"client_name":{"type":"string"},"contacts":{"type":"array","items":{"type":"string","format":"email"},"description":"the first is the application's own address"},"client_uri":{"type":"string","format":"uri"},"token_endpoint_auth_method":{"type":"string","enum":["client_secret_basic","client_secret_post","private_key_jwt","tls_client_auth","self_signed_tls_client_auth"]},"grant_types":{"type":"array","items":{"const":"client_credentials"}},"jwks":{"type":"object"},"jwks_uri":{"type":"string","format":"uri"},"roles":{"type":"array","items":{"type":"string"},"description":"of those that the initial access token gives; all of them where it is left out"}}}}}},"responses":{"201":{"description":"Registered; the secret and the token are told for this once","content":{"application/json":{"schema":{"type":"object","required":["client_id","registration_access_token","registration_client_uri"],"properties":{"client_id":{"type":"string"},"client_secret":{"type":"string"},"client_id_issued_at":{"type":"integer"},"client_secret_expires_at":{"type":"integer"},"registration_access_token":{"type":"string"},"registration_client_uri":{"type":"string","format":"uri"},"client_name":{"type":"string"},"contacts":{"type":"array","items":{"type":"string","format":"email"},"description":"the first is the application's own address"},"client_uri":{"type":"string","format":"uri"},"token_endpoint_auth_method":{"type":"string","enum":["client_secret_basic","client_secret_post","private_key_jwt","tls_client_auth","self_signed_tls_client_auth"]},"grant_types":{"type":"array","items":{"const":"client_credentials"}},"jwks":{"type":"object"},"jwks_uri":{"type":"string","format":"uri"},"roles":{"type":"array","items":{"type":"string"},"description":"of those that the initial access token gives; all of them where it is left out"}}}}}},"400":{"$ref":"#/components/responses/OAuthRefusal"},"401":{"$ref":"#/components/responses/OAuthRefusal"},"403":{"$ref":"#/components/responses/OAuthRefusal"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"503":{"$ref":"#/components/responses/OAuthRefusal"}}})~";
constexpr std::string_view kReadRegistrationSchemas =
    R"~({"security":[{"registration":[]}],"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"What is registered","content":{"application/json":{"schema":{"type":"object","required":["client_id","registration_access_token","registration_client_uri"],"properties":{"client_id":{"type":"string"},"client_secret":{"type":"string"},"client_id_issued_at":{"type":"integer"},"client_secret_expires_at":{"type":"integer"},"registration_access_token":{"type":"string"},"registration_client_uri":{"type":"string","format":"uri"},"client_name":{"type":"string"},"contacts":{"type":"array","items":{"type":"string","format":"email"},"description":"the first is the application's own address"},"client_uri":{"type":"string","format":"uri"},"token_endpoint_auth_method":{"type":"string","enum":["client_secret_basic","client_secret_post","private_key_jwt","tls_client_auth","self_signed_tls_client_auth"]},"grant_types":{"type":"array","items":{"const":"client_credentials"}},"jwks":{"type":"object"},"jwks_uri":{"type":"string","format":"uri"},"roles":{"type":"array","items":{"type":"string"},"description":"of those that the initial access token gives; all of them where it is left out"}}}}}},"400":{"$ref":"#/components/responses/OAuthRefusal"},"401":{"$ref":"#/components/responses/OAuthRefusal"},"403":{"$ref":"#/components/responses/OAuthRefusal"},"503":{"$ref":"#/components/responses/OAuthRefusal"}}})~";
constexpr std::string_view kChangeRegistrationSchemas =
    R"~({"security":[{"registration":[]}],"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["client_id","client_name","contacts"],"properties":{"client_id":{"type":"string"},"client_name":{"type":"string"},"contacts":{"type":"array","items":{"type":"string","format":"email"},"description":"the first is the application's own address"},"client_uri":{"type":"string","format":"uri"},"token_endpoint_auth_method":{"type":"string","enum":["client_secret_basic","client_secret_post","private_key_jwt","tls_client_auth","self_signed_tls_client_auth"]},"grant_types":{"type":"array","items":{"const":"client_credentials"}},"jwks":{"type":"object"},"jwks_uri":{"type":"string","format":"uri"},"roles":{"type":"array","items":{"type":"string"},"description":"of those that the initial access token gives; all of them where it is left out"}}}}}},"responses":{"200":{"description":"What is registered now","content":{"application/json":{"schema":{"type":"object","required":["client_id","registration_access_token","registration_client_uri"],"properties":{"client_id":{"type":"string"},"client_secret":{"type":"string"},"client_id_issued_at":{"type":"integer"},"client_secret_expires_at":{"type":"integer"},"registration_access_token":{"type":"string"},"registration_client_uri":{"type":"string","format":"uri"},"client_name":{"type":"string"},"contacts":{"type":"array","items":{"type":"string","format":"email"},"description":"the first is the application's own address"},"client_uri":{"type":"string","format":"uri"},"token_endpoint_auth_method":{"type":"string","enum":["client_secret_basic","client_secret_post","private_key_jwt","tls_client_auth","self_signed_tls_client_auth"]},"grant_types":{"type":"array","items":{"const":"client_credentials"}},"jwks":{"type":"object"},"jwks_uri":{"type":"string","format":"uri"},"roles":{"type":"array","items":{"type":"string"},"description":"of those that the initial access token gives; all of them where it is left out"}}}}}},"400":{"$ref":"#/components/responses/OAuthRefusal"},"401":{"$ref":"#/components/responses/OAuthRefusal"},"403":{"$ref":"#/components/responses/OAuthRefusal"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"503":{"$ref":"#/components/responses/OAuthRefusal"}}})~";
constexpr std::string_view kDeleteRegistrationSchemas =
    R"~({"security":[{"registration":[]}],"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"responses":{"204":{"description":"The application is deleted"},"400":{"$ref":"#/components/responses/OAuthRefusal"},"401":{"$ref":"#/components/responses/OAuthRefusal"},"403":{"$ref":"#/components/responses/OAuthRefusal"},"503":{"$ref":"#/components/responses/OAuthRefusal"}}})~";
constexpr std::string_view kSignInSchemas =
    R"~({"security":[],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["email","password"],"properties":{"email":{"type":"string"},"password":{"type":"string"},"code":{"type":"string","description":"where the user has an authenticator app"}}}}}},"responses":{"200":{"description":"Signed in: the session is in the cookie __Host-byline_session","headers":{"Set-Cookie":{"schema":{"type":"string"}}},"content":{"application/json":{"schema":{"type":"object","required":["user","organization"],"properties":{"user":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"},"email":{"type":"string"}}},"organization":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},"csrf_token":{"type":"string","description":"to be sent in X-CSRF-Token with everything that changes something"},"expires_at":{"type":"string","format":"date-time"}}}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"415":{"$ref":"#/components/responses/UnsupportedMediaType"},"422":{"$ref":"#/components/responses/NotPossible"},"429":{"$ref":"#/components/responses/SlowDown"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kSignOutSchemas =
    R"~({"responses":{"204":{"description":"The session is over"},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kLinkSchemas =
    R"~({"security":[],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["link","password"],"properties":{"link":{"type":"string","description":"what stands behind the # of the link"},"password":{"type":"string","minLength":12}}}}}},"responses":{"204":{"description":"The password is set; all sessions of the user are over"},"400":{"$ref":"#/components/responses/MalformedQuestion"},"403":{"$ref":"#/components/responses/MayNotAsk"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"415":{"$ref":"#/components/responses/UnsupportedMediaType"},"422":{"$ref":"#/components/responses/NotPossible"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kAccountSchemas =
    R"~({"responses":{"200":{"description":"Who calls","content":{"application/json":{"schema":{"type":"object","required":["user","organization"],"properties":{"user":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"},"email":{"type":"string"}}},"organization":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},"csrf_token":{"type":"string","description":"to be sent in X-CSRF-Token with everything that changes something"},"expires_at":{"type":"string","format":"date-time"}}}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kPasswordSchemas =
    R"~({"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["password"],"properties":{"password":{"type":"string","minLength":12},"current_password":{"type":"string"}}}}}},"responses":{"204":{"description":"It is set; other sessions are over"},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"415":{"$ref":"#/components/responses/UnsupportedMediaType"},"422":{"$ref":"#/components/responses/NotPossible"},"429":{"$ref":"#/components/responses/SlowDown"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kTotpSchemas =
    R"~({"responses":{"200":{"description":"A secret for the device, not kept yet","content":{"application/json":{"schema":{"type":"object","properties":{"secret":{"type":"string"},"uri":{"type":"string"},"enrollment":{"type":"string"}}}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kConfirmSchemas =
    R"~({"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["enrollment","code"],"properties":{"enrollment":{"type":"string"},"code":{"type":"string"},"label":{"type":"string"}}}}}},"responses":{"204":{"description":"From now on its codes are wanted"},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"415":{"$ref":"#/components/responses/UnsupportedMediaType"},"422":{"$ref":"#/components/responses/NotPossible"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kPageSchemas =
    R"~({"security":[],"responses":{"200":{"description":"A page for people","content":{"text/html":{"schema":{"type":"string"}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kOidcSchemas =
    R"~({"security":[],"responses":{"302":{"description":"To the provider"},"404":{"description":"There is no provider","content":{"text/html":{"schema":{"type":"string"}}}},"503":{"description":"It cannot be reached","content":{"text/html":{"schema":{"type":"string"}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"}}})~";
constexpr std::string_view kOidcBackSchemas =
    R"~({"security":[],"parameters":[{"name":"code","in":"query","schema":{"type":"string"}},{"name":"state","in":"query","schema":{"type":"string"}}],"responses":{"200":{"description":"Signed in","content":{"text/html":{"schema":{"type":"string"}}}},"400":{"description":"Begun elsewhere, or too long ago","content":{"text/html":{"schema":{"type":"string"}}}},"403":{"description":"Nobody here","content":{"text/html":{"schema":{"type":"string"}}}},"404":{"description":"There is no provider","content":{"text/html":{"schema":{"type":"string"}}}},"502":{"description":"The answer cannot be used","content":{"text/html":{"schema":{"type":"string"}}}},"503":{"description":"Not right now","content":{"text/html":{"schema":{"type":"string"}}}}}})~";

constexpr std::string_view kFeedSchemas =
    R"~({"parameters":[{"name":"Last-Event-ID","in":"header","description":"The position behind which to go on","schema":{"type":"string"}},{"name":"after","in":"query","description":"The same, for the first time; without either only what is new","schema":{"type":"integer","minimum":0}},{"name":"filter","in":"query","style":"deepObject","explode":true,"description":"As in the list, such as filter[event_type]=ApplicationRegistered, filter[subject]=… or filter[collection]=intake/reports","schema":{"type":"object"}},{"name":"fields","in":"query","style":"deepObject","explode":true,"schema":{"type":"object"}}],"responses":{"200":{"description":"Server-sent events: the id is the position, the data an audit-events resource; event end says why it is over","content":{"text/event-stream":{"schema":{"type":"string"}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kExportSchemas =
    R"~({"parameters":[{"name":"after","in":"query","description":"The position behind which to begin","schema":{"type":"integer","minimum":0}}],"responses":{"200":{"description":"The entries of the log, a JSON object a line, as docs/log-format.md has them","content":{"application/x-ndjson":{"schema":{"type":"string"}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kProofSchemas =
    R"~({"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"The event, what leads from it to the root of the tree, and a checkpoint","headers":{"Byline-Opening":{"description":"What opens the personal data of this event, and of no other","schema":{"type":"string"}}},"content":{"text/plain":{"schema":{"type":"string"}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"404":{"$ref":"#/components/responses/NothingThere"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kCheckpointSchemas =
    R"~({"security":[],"responses":{"200":{"description":"The checkpoint that was published last","content":{"text/plain":{"schema":{"type":"string"}}}},"400":{"$ref":"#/components/responses/Malformed"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kFreshCheckpointSchemas =
    R"~({"responses":{"200":{"description":"The checkpoint","content":{"text/plain":{"schema":{"type":"string"}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"413":{"$ref":"#/components/responses/BodyTooLarge"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kTileSchemas =
    R"~({"security":[],"parameters":[{"name":"tile","in":"path","required":true,"description":"<L>/<N>[.p/<W>]: level, index in groups of three digits, width where it is partial","schema":{"type":"string","examples":["0/x001/234.p/8"]}}],"responses":{"200":{"description":"Hashes of 32 bytes, one after the other","content":{"application/octet-stream":{"schema":{"type":"string","format":"binary"}}}},"400":{"$ref":"#/components/responses/Malformed"},"404":{"$ref":"#/components/responses/NothingThere"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";
constexpr std::string_view kBundleSchemas =
    R"~({"parameters":[{"name":"bundle","in":"path","required":true,"description":"<N>[.p/<W>]: index in groups of three digits, number of entries where they are fewer than 256","schema":{"type":"string","examples":["x001/234.p/8"]}}],"responses":{"200":{"description":"Entries, each behind its length of two bytes, big-endian","content":{"application/octet-stream":{"schema":{"type":"string","format":"binary"}}}},"400":{"$ref":"#/components/responses/MalformedQuestion"},"401":{"$ref":"#/components/responses/Unauthorized"},"403":{"$ref":"#/components/responses/MayNotAsk"},"404":{"$ref":"#/components/responses/NothingThere"},"409":{"$ref":"#/components/responses/EntryTooLong"},"503":{"$ref":"#/components/responses/Unavailable"}}})~";

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

    {kGet, "/admin/applications/{id}/credentials", "listApplicationCredentials",
     "List what an application proves itself with", list, bearer, &kCredentials, list_credentials},
    {kPost, "/admin/applications/{id}/credentials", "issueApplicationCredential",
     "Give an application a client secret, a public key or the address of a key set", create, bearer,
     &kCredentials, issue_credential},
    {kGet, "/admin/applications/{id}/credentials/{credential}", "readApplicationCredential",
     "Read one credential, and when it was used last", read, bearer, &kCredentials, read_credential},
    {kPatch, "/admin/applications/{id}/credentials/{credential}", "changeApplicationCredential",
     "Change a credential's label or end", change, bearer, &kCredentials, change_credential},
    {kDelete, "/admin/applications/{id}/credentials/{credential}", "revokeApplicationCredential",
     "Revoke a credential, with the tokens it was used for", remove, bearer, &kCredentials,
     revoke_credential},
    {kPost, "/admin/applications/{id}/credentials/{credential}/rotate", "rotateClientSecret",
     "Issue a secret in the place of another, which lives on for a while", plain, bearer, nullptr,
     rotate_secret, kRotationSchemas},

    {kGet, "/admin/users/{id}/credentials", "listUserCredentials", "List what a user proves itself with",
     list, bearer, &kCredentials, list_credentials},
    {kPost, "/admin/users/{id}/credentials", "issueUserCredential", "Give a user an access token", create,
     bearer, &kCredentials, issue_credential},
    {kGet, "/admin/users/{id}/credentials/{credential}", "readUserCredential",
     "Read one credential, and when it was used last", read, bearer, &kCredentials, read_credential},
    {kPatch, "/admin/users/{id}/credentials/{credential}", "changeUserCredential",
     "Change a credential's label or end", change, bearer, &kCredentials, change_credential},
    {kDelete, "/admin/users/{id}/credentials/{credential}", "revokeUserCredential",
     "Revoke a credential, with the tokens it was used for", remove, bearer, &kCredentials,
     revoke_credential},

    {kGet, "/admin/signing-keys", "listSigningKeys", "List the keys that access tokens are signed with", list,
     bearer, &kSigningKeys, list_signing_keys},
    {kPost, "/admin/signing-keys", "createSigningKey", "Make a new key, which takes over from the one before",
     create, bearer, &kSigningKeys, create_signing_key},
    {kGet, "/admin/signing-keys/{id}", "readSigningKey", "Read one of them", read, bearer, &kSigningKeys,
     read_signing_key},

    {kGet, "/admin/projections", "listProjections",
     "List the views, how far each is folded, and what is done to it", list, bearer, &kProjections,
     list_projections},
    {kGet, "/admin/projections/{name}", "readProjection", "Read how a view stands", read, bearer,
     &kProjections, read_projection},
    {kPost,
     "/admin/projections/{name}/rebuilds",
     "rebuildProjection",
     "Build a view anew from the log, or hold it against the log, while everything goes on",
     create,
     bearer,
     &kProjectionJobs,
     rebuild_projection,
     {},
     true},
    {kGet, "/admin/projections/{name}/rows", "listProjectionRows",
     "List the organization's rows of a view that the operator defined", list, bearer, &kProjectionRows,
     list_projection_rows},
    {kGet, "/admin/projection-jobs", "listProjectionJobs", "List the work on views, the newest first", list,
     bearer, &kProjectionJobs, list_projection_jobs},
    {kPost, "/admin/projection-jobs", "createProjectionJob",
     "The same for several views, which read the log once", create, bearer, &kProjectionJobs,
     create_projection_job},
    {kGet, "/admin/projection-jobs/{id}", "readProjectionJob", "Read how far it has come, or what came of it",
     read, bearer, &kProjectionJobs, read_projection_job},
    {kPatch, "/admin/projection-jobs/{id}", "changeProjectionJob", "Pause it, go on with it, or cancel it",
     change, bearer, &kProjectionJobs, change_projection_job},

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

    {kGet, "/admin/teams", "listTeams", "List the teams", list, bearer, &kTeams, list_teams},
    {kPost, "/admin/teams", "createTeam", "Create a team of accounts", create, bearer, &kTeams, create_team},
    {kGet, "/admin/teams/{id}", "readTeam", "Read a team", read, bearer, &kTeams, read_team},
    {kPatch, "/admin/teams/{id}", "changeTeam", "Change a team's name or members", change, bearer, &kTeams,
     change_team},
    {kDelete, "/admin/teams/{id}", "deleteTeam", "Delete a team; access lists then name nobody by it", remove,
     bearer, &kTeams, delete_team},

    {kGet, "/admin/collections", "listCollections", "List the collections and what they ask for", list,
     bearer, &kCollections, list_collections},
    {kPost, "/admin/collections", "createCollection", "Add a collection of the organization's own", create,
     bearer, &kCollections, create_collection},
    {kGet, "/admin/collections/{id}", "readCollection", "Read a collection", read, bearer, &kCollections,
     read_collection},
    {kPatch, "/admin/collections/{id}", "changeCollection", "Change what a collection of one's own asks for",
     change, bearer, &kCollections, change_collection},
    {kDelete, "/admin/collections/{id}", "deleteCollection", "Delete a collection that has no records",
     remove, bearer, &kCollections, delete_collection},

    {kGet, "/admin/access", "listAccess", "Who may do an operation in a collection, now or at a past moment",
     list, bearer, &kAccountAccess, list_access},
    {kGet, "/admin/accounts/{id}/access", "readAccess",
     "What an account may do and through which role, now or at a past moment", read, bearer, &kAccountAccess,
     read_access},
    {kGet, "/admin/applications/{id}/unused-permissions", "readUnusedPermissions",
     "What an application was granted and has not used", read, bearer, &kUnusedPermissions,
     read_unused_permissions},
    {kPost, "/admin/roles/{id}/impact", "foreseeRole", "What a change of a role's permissions would do",
     plain, bearer, nullptr, foresee_role, kImpactSchemas},
    {kPost, "/admin/accounts/{id}/impact", "foreseeAccount", "What a change of an account's roles would do",
     plain, bearer, nullptr, foresee_account, kImpactSchemas},

    {kGet, "/admin/organizations", "listOrganizations", "List the caller's organization", list, bearer,
     &kOrganizations, list_organizations},
    {kGet, "/admin/organizations/{id}", "readOrganization", "Read the caller's organization", read, bearer,
     &kOrganizations, read_organization},
    {kPatch, "/admin/organizations/{id}", "changeOrganization", "Change the organization's name or plan",
     change, bearer, &kOrganizations, change_organization},

    {kPost, "/admin/erasures", "eraseSubject",
     "Make the personal data of a user or an application, or what was in a record, unreadable for ever",
     create, bearer, &kErasures, create_erasure},
    {kGet, "/admin/erasures/{id}", "readErasure", "Read when that was done, and by whom", read, bearer,
     &kErasures, read_erasure},

    {kGet, "/admin/audit-events", "listAuditEvents", "List what was done, as the log has it", list, bearer,
     &kAuditEvents, list_audit_events},
    {kGet, "/admin/audit-events/stream", "streamAuditEvents", "Follow what is done, as it is done", plain,
     bearer, nullptr, stream_audit_events, kFeedSchemas},
    {kGet, "/admin/audit-events/export", "exportAuditEvents",
     "Get the organization's part of the log as a whole", plain, bearer, nullptr, export_audit_events,
     kExportSchemas},
    {kGet, "/admin/audit-events/{id}", "readAuditEvent", "Read one event of the log", read, bearer,
     &kAuditEvents, read_audit_event},
    {kGet, "/admin/audit-events/{id}/proof", "proveAuditEvent",
     "Prove to anybody that an event is in the log (C2SP tlog-proof)", plain, bearer, nullptr,
     prove_audit_event, kProofSchemas},

    {kGet, "/log/checkpoint", "readCheckpoint",
     "Read what the log says of itself, signed (C2SP tlog-checkpoint)", plain, anyone, nullptr,
     read_checkpoint, kCheckpointSchemas},
    {kPost, "/log/checkpoint", "publishCheckpoint", "Publish one of everything that is in the log now", plain,
     bearer, nullptr, publish_checkpoint, kFreshCheckpointSchemas},
    {kGet, "/log/tile/entries/{+bundle}", "readEntryBundle", "Read up to 256 entries as the log has them",
     plain, bearer, nullptr, read_entry_bundle, kBundleSchemas},
    {kGet, "/log/tile/{+tile}", "readTile", "Read hashes of the log's Merkle tree (C2SP tlog-tiles)", plain,
     anyone, nullptr, read_tile, kTileSchemas},

    {kPost, "/oauth2/token", "issueToken",
     "Get a bearer token with client credentials (RFC 6749 section 4.4)", plain, anyone, nullptr, issue_token,
     kTokenSchemas},
    {kPost, "/oauth2/introspect", "introspectToken", "Is this token good, and whose is it? (RFC 7662)", plain,
     anyone, nullptr, introspect_token, kIntrospectionSchemas},
    {kPost, "/oauth2/revoke", "revokeToken", "End an access token before its time (RFC 7009)", plain, anyone,
     nullptr, revoke_token, kRevocationSchemas},
    {kPost, "/oauth2/register", "registerClient", "Register oneself with an initial access token (RFC 7591)",
     plain, anyone, nullptr, register_client, kRegisterSchemas},
    {kGet, "/oauth2/register/{id}", "readRegistration", "Read one's own registration (RFC 7592)", plain,
     anyone, nullptr, read_registration, kReadRegistrationSchemas},
    {kPut, "/oauth2/register/{id}", "changeRegistration", "Change one's own registration (RFC 7592)", plain,
     anyone, nullptr, change_registration, kChangeRegistrationSchemas},
    {kDelete, "/oauth2/register/{id}", "deleteRegistration", "Delete one's own registration (RFC 7592)",
     plain, anyone, nullptr, delete_registration, kDeleteRegistrationSchemas},

    {kGet, "/sign-in", "signInPage", "A page to sign in on", plain, anyone, nullptr, sign_in_page,
     kPageSchemas},
    {kPost, "/sign-in", "signIn", "Sign in with e-mail address and password", plain, anyone, nullptr, sign_in,
     kSignInSchemas},
    {kGet, "/sign-in/link", "linkPage", "The page that a link leads to", plain, anyone, nullptr, link_page,
     kPageSchemas},
    {kPost, "/sign-in/link", "useLink", "Choose a password by a link, once", plain, anyone, nullptr, use_link,
     kLinkSchemas},
    {kGet, "/sign-in/oidc", "beginOidc", "Sign in with the OpenID Connect provider", plain, anyone, nullptr,
     begin_oidc, kOidcSchemas},
    {kGet, "/sign-in/oidc/callback", "finishOidc", "Where the provider sends the browser back to", plain,
     anyone, nullptr, finish_oidc, kOidcBackSchemas},
    {kPost, "/sign-out", "signOut", "End the session", plain, bearer, nullptr, sign_out, kSignOutSchemas},
    {kGet, "/account", "showAccount", "Who is signed in", plain, bearer, nullptr, show_account,
     kAccountSchemas},
    {kPost, "/account/password", "changePassword", "Set one's own password", plain, bearer, nullptr,
     change_password, kPasswordSchemas},
    {kPost, "/account/totp", "beginTotp", "Begin to use an authenticator app", plain, bearer, nullptr,
     begin_totp, kTotpSchemas},
    {kPost, "/account/totp/confirm", "confirmTotp",
     "Show that the app works; from then on its codes are wanted", plain, bearer, nullptr, confirm_totp,
     kConfirmSchemas},

    {kGet, "/oauth2/jwks", "keySet", "The public keys that access tokens are signed with (RFC 7517)", plain,
     anyone, nullptr, show_key_set, kPublicSchemas},
    {kGet, "/.well-known/oauth-authorization-server", "oauthConfiguration",
     "What the authorization server can do, and where (RFC 8414)", plain, anyone, nullptr,
     describe_authorization_server, kPublicSchemas},

    {kPost, "/access/v1/evaluation", "evaluateAccess", "May it? (AuthZEN 1.0 section 6)", plain, bearer,
     nullptr, evaluate_access, kEvaluationSchemas},
    {kPost, "/access/v1/evaluations", "evaluateAccesses", "May it? Several questions (AuthZEN 1.0 section 7)",
     plain, bearer, nullptr, evaluate_accesses, kEvaluationsSchemas},
    {kPost, "/access/v1/search/resource", "searchResources", "The records that a subject may do something to",
     plain, bearer, nullptr, search_resources, kSearchSchemas},
    {kPost, "/access/v1/search/subject", "searchSubjects", "Who may do something to a record", plain, bearer,
     nullptr, search_subjects, kSearchSchemas},
    {kPost, "/access/v1/search/action", "searchActions", "What a subject may do to a record", plain, bearer,
     nullptr, search_actions, kSearchSchemas},
    {kGet, "/.well-known/authzen-configuration", "authzenConfiguration",
     "Where the decisions are asked for (AuthZEN 1.0 section 9)", plain, anyone, nullptr, describe_authzen,
     kPublicSchemas},

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
