#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "byline/service.hpp"

namespace byline::cli {

// One function a subcommand: it adds itself with its options and its examples, and sets `run` to what is to
// be done after parsing. `run` gives the process' exit status.

struct Program {
  CLI::App app{
      "Byline registers the applications that may touch an organization's records, and signs the records."};
  std::function<int()> run;
  /// The `[[projection]]` tables of the configuration, as ServiceOptions has them.
  std::string projections = {};
};

/// Says what is wrong, on standard error; the exit status.
int fail(const std::string& sentence);
/// Of an option that is a whole number.
CLI::Validator at_least_one();
/// From here on only this user can read the files that are made.
void keep_from_others();

void add_init(Program& program);
void add_serve(Program& program);
void add_replay(Program& program);
void add_rebuild(Program& program);
void add_keys(Program& program);
void add_link(Program& program);
void add_erase(Program& program);
void add_verify(Program& program);
void add_upgrade(Program& program);
void add_backup(Program& program);
void add_restore(Program& program);
void add_export(Program& program);
void add_import(Program& program);
void add_witness(Program& program);
void add_version(Program& program);

/// The options that say what to found: for `init`, and for the first start of `serve`.
void add_founding_options(CLI::App& command, Founding& founding);

/// Gives every option of every subcommand that can be configured its `BYLINE_…` variable.
void name_environment(CLI::App& app);

/// Reads a TOML file and makes its values the defaults of the options they name: top-level keys for all
/// subcommands, tables for one. So flags win over the environment, and that over the file. Takes the
/// projections that it defines, unread. The error is a sentence.
std::string apply_configuration(Program& program, const std::string& file);

}  // namespace byline::cli
