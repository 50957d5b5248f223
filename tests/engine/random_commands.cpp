#include "random_commands.hpp"

#include "engine/clock.hpp"
#include "engine/ids.hpp"

namespace byline::test {

Command RandomCommands::next() {
  switch (below(14)) {
    case 0:
    case 1: {
      auto command = register_command(name(), address(), {some_role()});
      if (below(2)) command.url = "https://example.org/" + std::to_string(below(9));
      applications_.push_back(command.id);
      return command;
    }
    case 2:
    case 3: {
      ChangeApplication command;
      command.id = some(applications_);
      if (below(2)) command.name = name();
      if (below(3) == 0) command.email = parse_email(address()).value();
      if (below(3) == 0) command.roles = std::vector{some_role()};
      if (below(3) == 0) command.url = below(2) ? "" : "https://example.org";
      if (below(3) == 0) command.description = below(2) ? "" : "Übernimmt Meldungen 📥";
      if (below(3) == 0) command.active = below(2) == 0;
      return command;
    }
    case 4:
      return below(3) ? Command(record_command("{}")) : Command(DeleteApplication{some(applications_)});
    case 5: {
      auto command = user_command(name(), address(), {some_role()});
      users_.push_back(command.id);
      return command;
    }
    case 6: {
      ChangeUser command;
      command.id = some(users_);
      if (below(2)) command.name = name();
      if (below(2)) command.active = below(2) == 0;
      if (below(2)) command.roles = std::vector{some_role()};
      return command;
    }
    case 7:
      return DeleteUser{some(users_)};
    case 8: {
      CreateRole command;
      command.id = new_id<RoleId>(system_now());
      command.name = "Role " + std::to_string(below(1000));
      command.permissions.emplace().set(Area::people, Operation::view, Level::all);
      roles_.push_back(command.id);
      return command;
    }
    case 9: {
      ChangeRole command;
      command.id = some(roles_);
      if (below(2)) command.name = "Role " + std::to_string(below(1000));
      command.permissions.emplace().set(Area::intake, Operation::view,
                                        below(2) ? Level::all : Level::limited);
      return command;
    }
    case 10:
      return below(2) ? Command(DeleteRole{some(roles_)}) : Command(organization());
    case 11: {
      auto command = record_command(R"({"name":")" + name() + R"(","amount":1.50})");
      records_.push_back(command.id);
      return command;
    }
    case 12:
      return change_record_command(some(records_), R"({"amount":)" + std::to_string(below(5)) + R"(,"p)" +
                                                       std::to_string(below(4)) + R"(":null})");
    default:
      return below(3) ? Command(change_record_command(some(records_), R"({"nested":{"a":[1,2]}})"))
                      : Command(delete_record_command(some(records_)));
  }
}

}  // namespace byline::test
