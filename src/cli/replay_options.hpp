#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "byline/service.hpp"

namespace byline::cli {

struct ReplayOptions {
  LogPlace place;
  std::string data = "data";
  std::string backups;
  std::uint32_t backup = 0;
  std::string key_file, url, token_file, ca_file;
  // Which events.
  std::string from, to, since, until;
  std::vector<std::string> applications, users, roles, records, subjects, actors, credentials;
  std::vector<std::string> types, kinds;
  std::string command, correlation;
  // How they are shown.
  std::string form = "text";
  std::string color = "auto";
  bool json = false;
  double speed = 0;  ///< 0: as fast as it goes
  std::string sink;
  // Questions in their place.
  std::string as_of;
  std::vector<std::string> diff;
  std::string who_could, at;
  std::optional<std::uint64_t> explain;
  std::string incident;
  std::string evidence;

  bool asks() const {
    return !as_of.empty() || !diff.empty() || !who_could.empty() || explain || !incident.empty() ||
           !evidence.empty();
  }
};

/// Answers the question that was asked; the exit status.
int answer_question(const ReplayOptions& options);

}  // namespace byline::cli
