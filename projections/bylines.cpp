#include "projections/bylines.hpp"

#include <stdexcept>

#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {
namespace {

constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kVersionBytes = 4;
constexpr std::size_t kBylineBytes = 2 * (sizeof(AccountId) + kTimeBytes) + kVersionBytes;

void put_number(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

std::uint64_t take_number(std::string_view& in, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(in[i]);
  in.remove_prefix(bytes);
  return value;
}

AccountId take_account(std::string_view& in) {
  auto id = id_from_bytes<AccountId>(in.substr(0, sizeof(AccountId)));
  in.remove_prefix(sizeof(AccountId));
  return id;
}

}  // namespace

template <>
std::string write_row(const Byline& byline) {
  std::string out;
  out.reserve(kBylineBytes);
  out += byline.created_by.view();
  put_number(out, static_cast<std::uint64_t>(byline.created_at.micros), kTimeBytes);
  out += byline.last_updated_by.view();
  put_number(out, static_cast<std::uint64_t>(byline.last_updated_at.micros), kTimeBytes);
  put_number(out, byline.version.value, kVersionBytes);
  return out;
}
template <>
Byline parse_row(std::string_view bytes) {
  return parse_byline(bytes);
}

bool ends_subject(const Event& event) {
  return std::holds_alternative<UserDeleted>(event) || std::holds_alternative<RoleDeleted>(event) ||
         std::holds_alternative<ApplicationDeleted>(event) || std::holds_alternative<RecordDeleted>(event) ||
         std::holds_alternative<TeamDeleted>(event) || std::holds_alternative<CollectionDeleted>(event) ||
         std::holds_alternative<CredentialErased>(event) || erases_data(event);
}

std::string byline_key(const Subject& subject) {
  return make_key(static_cast<char>('a' + static_cast<int>(subject.kind)), subject.id_view());
}

Byline parse_byline(std::string_view bytes) {
  if (bytes.size() != kBylineBytes) throw std::runtime_error("a byline of the wrong length");
  Byline byline;
  byline.created_by = take_account(bytes);
  byline.created_at.micros = static_cast<std::int64_t>(take_number(bytes, kTimeBytes));
  byline.last_updated_by = take_account(bytes);
  byline.last_updated_at.micros = static_cast<std::int64_t>(take_number(bytes, kTimeBytes));
  byline.version.value = static_cast<std::uint32_t>(take_number(bytes, kVersionBytes));
  return byline;
}

void BylinesProjection::apply(const LogEntry& entry, Rows& rows) const {
  auto key = byline_key(entry.subject);
  if (ends_subject(entry.event)) return rows.erase(key);
  if (entry.version.value == 1)
    return rows.put(key, write_row(Byline{entry.actor, entry.at, entry.actor, entry.at, entry.version}));
  update_row<Byline>(rows, key, [&entry](Byline& byline) {
    byline.last_updated_by = entry.actor;
    byline.last_updated_at = entry.at;
    byline.version = entry.version;
  });
}

}  // namespace byline
