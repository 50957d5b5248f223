// The Open Cybersecurity Schema Framework (https://schema.ocsf.io, version 1.3), as far as events have
// something to say in it. docs/history.md has the table.

#include <array>

#include "events/about.hpp"
#include "events/codec.hpp"
#include "events/json_writer.hpp"
#include "history/form.hpp"

namespace byline::history {
namespace {

constexpr std::string_view kSchemaVersion = "1.3.0";

/// A class of OCSF's, and one of its activities.
struct Meaning {
  int class_uid = 0;
  int activity = 0;
};
constexpr int kAccountChange = 3001, kAuthentication = 3002, kEntityManagement = 3004, kApiActivity = 6003;
constexpr int kOther = 99;
namespace account {
constexpr int kCreate = 1, kEnable = 2, kPasswordChange = 3, kPasswordReset = 4, kDisable = 5, kDelete = 6,
              kAttachPolicy = 7, kMfaEnable = 10;
}
namespace authentication {
constexpr int kLogon = 1, kTicket = 3;
}
namespace entity {
constexpr int kCreate = 1, kUpdate = 3, kDelete = 4;
}

/// By the event's own name, for what is not told from others by its last word.
constexpr std::array<std::pair<std::string_view, Meaning>, 22> kMeanings = {{
    {"UserCreated", {kAccountChange, account::kCreate}},
    {"UserReactivated", {kAccountChange, account::kEnable}},
    {"UserDeactivated", {kAccountChange, account::kDisable}},
    {"UserDeleted", {kAccountChange, account::kDelete}},
    {"UserErased", {kAccountChange, kOther}},
    {"UserRolesChanged", {kAccountChange, account::kAttachPolicy}},
    {"UserRenamed", {kAccountChange, kOther}},
    {"UserEmailChanged", {kAccountChange, kOther}},
    {"ApplicationRegistered", {kAccountChange, account::kCreate}},
    {"ApplicationReactivated", {kAccountChange, account::kEnable}},
    {"ApplicationDeactivated", {kAccountChange, account::kDisable}},
    {"ApplicationExpired", {kAccountChange, account::kDisable}},
    {"ApplicationDeleted", {kAccountChange, account::kDelete}},
    {"ApplicationRolesChanged", {kAccountChange, account::kAttachPolicy}},
    {"PasswordSet", {kAccountChange, account::kPasswordChange}},
    {"SignInLinkIssued", {kAccountChange, account::kPasswordReset}},
    {"TotpRegistered", {kAccountChange, account::kMfaEnable}},
    {"SessionStarted", {kAuthentication, authentication::kLogon}},
    {"AuthenticationsFailed", {kAuthentication, authentication::kLogon}},
    {"EndedCredentialPresented", {kAuthentication, authentication::kLogon}},
    {"TokensIssued", {kAuthentication, authentication::kTicket}},
    {"AccessRefused", {kApiActivity, kOther}},
}};

Meaning meaning_of(std::string_view type, SubjectKind kind) {
  for (const auto& [name, meaning] : kMeanings) {
    if (name == type) return meaning;
  }
  if (kind == SubjectKind::application) return {kAccountChange, kOther};
  for (auto end : {"Created", "Issued", "Registered", "Linked"}) {
    if (type.ends_with(end)) return {kEntityManagement, entity::kCreate};
  }
  for (auto end : {"Deleted", "Revoked", "Erased"}) {
    if (type.ends_with(end)) return {kEntityManagement, entity::kDelete};
  }
  return {kEntityManagement, entity::kUpdate};
}

bool is_failure(const Event& event) {
  return std::holds_alternative<AuthenticationsFailed>(event) ||
         std::holds_alternative<AccessRefused>(event) ||
         std::holds_alternative<EndedCredentialPresented>(event);
}

/// Whose password, session, credential it is; else the subject itself.
std::string account_in(const LogEntry& entry) {
  if (auto account = account_of(entry.event)) return to_string(*account);
  // Of attempts to be an account that does not exist it is nobody.
  bool is_nobody = std::holds_alternative<AuthenticationsFailed>(entry.event);
  return is_nobody ? std::string() : to_string(Id<void>{entry.subject.id});
}

/// What the service itself summed up of somebody else's doing.
bool is_sum(SubjectKind kind) {
  return kind == SubjectKind::credential_use || kind == SubjectKind::sign_in || kind == SubjectKind::access;
}

/// The address from which it was done, where the event says one.
std::string address_of(const Event& event) {
  return std::visit(
      [](const auto& fact) -> std::string {
        if constexpr (requires { fact.from; }) return fact.from;
        if constexpr (requires { fact.last_from; }) return fact.last_from;
        if constexpr (requires { fact.presented_from; }) return fact.presented_from;
        if constexpr (requires { fact.used_from; }) return fact.used_from;
        return {};
      },
      event);
}

void write_user(JsonWriter& json, std::string_view member, const std::string& id, const Names& names) {
  json.key(member);
  json.begin_object();
  json.member("uid", std::string_view(id));
  if (auto name = names.name_of(id); name != id) json.member("name", std::string_view(name));
  json.end_object();
}

class OcsfForm final : public Form {
 public:
  std::string line(const LogEntry& entry, std::string_view, const Names& names) const override {
    auto type = type_name(entry.event);
    auto [class_uid, activity] = meaning_of(type, entry.subject.kind);
    bool failed = is_failure(entry.event);
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.member("category_uid", class_uid / 1000);  // Identity & Access Management, Application Activity
    json.member("class_uid", class_uid);
    json.member("activity_id", activity);
    if (activity == kOther) json.member("activity_name", type);
    json.member("type_uid", class_uid * 100 + activity);
    json.member("time", entry.at.micros / 1000);
    json.member("severity_id", failed ? 3 : 1);  // medium, informational
    json.member("status_id", failed ? 2 : 1);    // failure, success
    json.key("metadata");
    json.begin_object();
    json.member("version", kSchemaVersion);
    json.member("uid", std::string_view(to_string(entry.id)));
    json.member("event_code", type);
    json.member("sequence", entry.position.value);
    if (!entry.correlation.empty()) json.member("correlation_uid", std::string_view(entry.correlation));
    json.member("tenant_uid", std::string_view(to_string(entry.organization)));
    json.key("product");
    json.begin_object();
    json.member("name", "Byline");
    json.member("vendor_name", "Byline");
    json.end_object();
    json.end_object();
    json.key("actor");
    json.begin_object();
    write_user(json, "user", is_sum(entry.subject.kind) ? account_in(entry) : to_string(entry.actor), names);
    json.end_object();
    if (const auto* refused = std::get_if<AccessRefused>(&entry.event)) {
      json.key("api");
      json.begin_object();
      json.member("operation", refused->operations.empty()
                                   ? std::string_view("unknown")
                                   : std::string_view(refused->operations.front().operation));
      json.end_object();
    }
    if (class_uid == kEntityManagement) {
      auto id = to_string(Id<void>{entry.subject.id});
      json.key("entity");
      json.begin_object();
      json.member("uid", std::string_view(id));
      if (auto name = names.name_of(id); name != id) json.member("name", std::string_view(name));
      json.member("type", name_of(entry.subject.kind));
      json.member("version", std::string_view(std::to_string(entry.version.value)));
      json.end_object();
    } else if (auto id = account_in(entry); !id.empty()) {
      write_user(json, "user", id, names);
    } else {
      json.key("user");  // which Authentication must have
      json.begin_object();
      json.member("name", "unknown");
      json.end_object();
    }
    if (auto address = address_of(entry.event); !address.empty()) {
      json.key("src_endpoint");
      json.begin_object();
      json.member("ip", std::string_view(address));
      json.end_object();
    }
    json.raw_member("unmapped", data_json(entry));
    json.end_object();
    return line + "\n";
  }
};

}  // namespace

std::unique_ptr<Form> ocsf_form() { return std::make_unique<OcsfForm>(); }

}  // namespace byline::history
