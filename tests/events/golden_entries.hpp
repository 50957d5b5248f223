#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "events/event.hpp"

namespace byline::test {

/// What each golden file says, written by hand: the bytes in tests/events/golden were written once, when the
/// form was first released, and neither they nor these may change afterwards. A new form of a fact gets a
/// file and an entry of its own beside the old.
std::vector<LogEntry> golden_entries();

/// Files of forms that are not written any more, and what they say today.
std::vector<std::pair<std::string, LogEntry>> earlier_forms();

std::filesystem::path golden_folder();
/// `ApplicationRenamed.1.json`: the type and the version of its form.
std::string golden_name(const LogEntry& entry);
/// The bytes of an entry; the file ends them with a line feed, which is not a part of them.
std::string golden_bytes(const std::string& file);

}  // namespace byline::test
