#pragma once

#include <string>
#include <vector>

#include "domain/command.hpp"

namespace byline::test {

// Commands as the API would make them, with fresh ids.

FoundOrganization found_command(const std::string& name = "Harbor County",
                                const std::string& email = "ada@example.org");
/// The id that the command gives the default role with this key.
RoleId role_of(const FoundOrganization& command, std::string_view key);

RegisterApplication register_command(const std::string& name, const std::string& email,
                                     std::vector<RoleId> roles);
CreateUser user_command(const std::string& name, const std::string& email, std::vector<RoleId> roles);
/// A report; `json` is its attributes.
CreateRecord record_command(const std::string& json);
ChangeRecord change_record_command(const RecordId& id, const std::string& json);
DeleteRecord delete_record_command(const RecordId& id);

}  // namespace byline::test
