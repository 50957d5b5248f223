#include "commands.hpp"

#include "engine/clock.hpp"
#include "engine/ids.hpp"

namespace byline::test {
namespace {

template <class I>
I fresh() {
  return new_id<I>(system_now());
}

constexpr const char* kReports = "intake/reports";

}  // namespace

FoundOrganization found_command(const std::string& name, const std::string& email) {
  FoundOrganization command;
  command.id = fresh<OrganizationId>();
  command.name = name;
  for (auto& role : command.roles) role = fresh<RoleId>();
  command.administrator = fresh<AccountId>();
  command.administrator_name = "Ada Moreno";
  command.administrator_email = parse_email(email).value();
  command.credential = fresh<CredentialId>();
  command.token_digest = std::string(64, 'a');
  command.token_hint = "wxyz";
  return command;
}

RoleId role_of(const FoundOrganization& command, std::string_view key) {
  auto roles = default_roles();
  return command.roles.at(static_cast<std::size_t>(find_default_role(key) - roles.data()));
}

RegisterApplication register_command(const std::string& name, const std::string& email,
                                     std::vector<RoleId> roles) {
  RegisterApplication command;
  command.id = fresh<AccountId>();
  command.credentials = {
      {fresh<CredentialId>(), MadeSecret{CredentialKind::client_secret, std::string(64, 'b'), "4321"}}};
  command.name = name;
  command.email = parse_email(email).value();
  command.roles = std::move(roles);
  return command;
}

CreateUser user_command(const std::string& name, const std::string& email, std::vector<RoleId> roles) {
  return {fresh<AccountId>(), name, parse_email(email).value(), std::move(roles), {}};
}

CreateRecord record_command(const std::string& json) {
  return {.id = fresh<RecordId>(), .collection = kReports, .attributes = {json}};
}

ChangeRecord change_record_command(const RecordId& id, const std::string& json) {
  return {.id = id, .collection = kReports, .attributes = {json}};
}

DeleteRecord delete_record_command(const RecordId& id) { return {.id = id, .collection = kReports}; }

}  // namespace byline::test
