#include "story/csv.hpp"

#include "support/process.hpp"

namespace byline::test {

std::vector<std::vector<std::string>> read_csv(const std::filesystem::path& file) {
  auto text = read_file(file);
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      rows.back().back() += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (quoted) {
      rows.back().back() += c;
    } else if (c == ',') {
      rows.back().emplace_back();
    } else if (c == '\n') {
      rows.push_back({""});
    } else if (c != '\r') {
      rows.back().back() += c;
    }
  }
  rows.pop_back();  // the file ends with a line break
  rows.erase(rows.begin());
  return rows;
}

}  // namespace byline::test
