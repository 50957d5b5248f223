#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace byline {

/// What it means to open a data directory with this release.
struct UpgradePlan {
  std::string written_by;  ///< the newest release that wrote there; empty: a build before the first
  std::string release;     ///< this one
  std::uint64_t entries = 0;
  std::vector<std::string> steps;  ///< what the next start does, as sentences; none: nothing but starting
};

/// Looks at a data directory, which a service may be using, and changes nothing there. Reads the whole log,
/// to see whether this release knows every event; `tell` gets how far it is, now and then. The error is a
/// sentence that says why this release cannot open it.
std::expected<UpgradePlan, std::string> plan_upgrade(
    const std::filesystem::path& data,
    const std::function<void(std::uint64_t position, std::uint64_t last)>& tell = {});

/// Does what the next start would do, and waits for it. No service may be using the directory. The error is a
/// sentence.
std::expected<void, std::string> upgrade(
    const std::filesystem::path& data, const std::filesystem::path& key_file,
    const std::function<void(std::uint64_t position, std::uint64_t last)>& tell = {});

}  // namespace byline
