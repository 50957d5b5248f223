#include "events/entry_head.hpp"

#include <bit>
#include <limits>
#include <utility>

#include "events/eight_bytes.hpp"

namespace byline {
namespace {

/// The lowest of its bits that is set marks the first byte that is more than itself in a JSON string: a
/// quotation mark, a backslash, a control character or a part of what is not ASCII. Zero where none is.
std::uint64_t first_not_plain(std::uint64_t word) {
  using namespace eight_bytes;
  auto out_of_range = (word | ~at_least(word & ~kHigh, ' ')) & kHigh;
  return out_of_range | any_is(word, '\\') | any_is(word, '"');
}

/// Walks over text of which every piece is known beforehand. What does not fit is remembered; nothing after
/// it is looked at.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool fits() const { return fits_; }
  std::string_view rest() const { return rest_; }

  /// Whether this comes next; passes over it then.
  template <std::size_t N>
  bool take(const char (&piece)[N]) {
    constexpr auto kSize = N - 1;
    if (!fits_ || !rest_.starts_with(std::string_view(piece, kSize))) return false;
    rest_.remove_prefix(kSize);
    return true;
  }
  template <std::size_t N>
  void expect(const char (&piece)[N]) {
    fits_ = take(piece);
  }

  template <class T>
  T number() {
    std::uint64_t value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits)
      value = value * 10 + static_cast<std::uint64_t>(rest_[digits] - '0');
    // With more digits it may be out of range; JSON knows no leading zeros.
    bool is_plain = digits > 0 && digits < std::numeric_limits<std::uint64_t>::digits10 + 1 &&
                    (digits == 1 || rest_[0] != '0') && std::in_range<T>(value);
    if (!is_plain) return miss<T>();
    rest_.remove_prefix(digits);
    return static_cast<T>(value);
  }

  std::string_view plain_string() {
    if (!take("\"")) return miss<std::string_view>();
    std::size_t size = 0;
    std::uint64_t end = 0;
    for (; end == 0; size += 8) {
      if (size + 8 > rest_.size()) return miss<std::string_view>();  // more follows every string
      end = first_not_plain(eight_bytes::load(rest_.data() + size));
    }
    size = size - 8 + static_cast<std::size_t>(std::countr_zero(end)) / 8;
    if (rest_[size] != '"') return miss<std::string_view>();
    auto text = rest_.substr(0, size);
    rest_.remove_prefix(size + 1);
    return text;
  }

  template <class I>
  I id() {
    auto found = parse_id<I>(quoted(36));
    return found ? *found : miss<I>();
  }

  Time time() {
    auto found = parse_time(quoted(27));
    return found ? *found : miss<Time>();
  }

 private:
  /// What stands between quotation marks and has this length.
  std::string_view quoted(std::size_t size) {
    if (!fits_ || rest_.size() < size + 2 || rest_[0] != '"' || rest_[size + 1] != '"') return {};
    auto text = rest_.substr(1, size);
    rest_.remove_prefix(size + 2);
    return text;
  }

  template <class T>
  T miss() {
    fits_ = false;
    return T{};
  }

  std::string_view rest_;
  bool fits_ = true;
};

}  // namespace

std::optional<EntryHead> read_head_as_written(std::string_view bytes, LogEntry& entry) {
  EntryHead head;
  Scanner scan(bytes);
  scan.expect("{\"position\":");
  entry.position.value = scan.number<std::uint64_t>();
  scan.expect(",\"commit\":{\"first\":");
  entry.commit.first.value = scan.number<std::uint64_t>();
  scan.expect(",\"count\":");
  entry.commit.count = scan.number<std::uint32_t>();
  scan.expect("},\"id\":");
  entry.id = scan.id<EventId>();
  scan.expect(",\"type\":");
  head.type = scan.plain_string();
  scan.expect(",\"schema\":");
  head.schema = scan.number<std::int64_t>();
  scan.expect(",\"subject\":{\"kind\":");
  auto kind = subject_kind_named(scan.plain_string());
  scan.expect(",\"id\":");
  auto subject = scan.id<Id<void>>();
  scan.expect("},\"version\":");
  entry.version.value = scan.number<std::uint32_t>();
  scan.expect(",\"organization\":");
  entry.organization = scan.id<OrganizationId>();
  scan.expect(",\"actor\":");
  entry.actor = scan.id<AccountId>();
  scan.expect(",\"at\":");
  entry.at = scan.time();
  scan.expect(",\"command\":");
  entry.command = scan.id<CommandId>();
  if (!scan.fits() || !kind) return std::nullopt;
  entry.subject = Subject(*kind, subject);
  if (scan.take(",\"correlation\":")) entry.correlation = scan.plain_string();
  if (scan.take(",\"causation\":")) entry.causation = scan.id<EventId>();
  if (scan.take(",\"credential\":")) entry.credential = scan.id<CredentialId>();
  if (scan.take(",\"closed\":")) {
    auto state = seal_state_named(scan.plain_string());
    if (!state) return std::nullopt;
    entry.seal = *state;
  } else if (scan.take(",\"sealed\":")) {
    head.sealed = scan.plain_string();
  }
  scan.expect(",\"data\":");
  if (!scan.fits() || !scan.rest().ends_with('}')) return std::nullopt;
  head.data = scan.rest().substr(0, scan.rest().size() - 1);
  return head;
}

}  // namespace byline
