#include "transparency/checkpoint.hpp"

#include <algorithm>
#include <charconv>

#include "security/base64.hpp"

namespace byline::transparency {

std::string to_base64(const TreeHash& hash) {
  return security::to_base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

std::optional<TreeHash> hash_from_base64(std::string_view text) {
  auto bytes = security::from_base64(text);
  TreeHash hash;
  if (!bytes || bytes->size() != hash.size()) return std::nullopt;
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t size = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  return size;
}

std::optional<std::string_view> take_line(std::string_view& text) {
  auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::string text_of(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + to_base64(checkpoint.root) +
         "\n";
}

std::expected<SignedCheckpoint, std::string> parse_checkpoint(std::string_view text) {
  auto note = security::parse_note(text);
  if (!note) return std::unexpected(note.error());
  std::string_view rest = note->text;
  auto origin = take_line(rest), size_line = take_line(rest), root_line = take_line(rest);
  auto size = size_line ? parse_size(*size_line) : std::nullopt;
  auto root = root_line ? hash_from_base64(*root_line) : std::nullopt;
  // Further lines, of which we know nothing, may follow.
  if (!origin || origin->empty() || !size || !root)
    return std::unexpected("is not made of an origin, a size and a root, a line each");
  return SignedCheckpoint{{std::string(*origin), *size, *root}, std::move(*note)};
}

}  // namespace byline::transparency
