#include "engine/kept_answers.hpp"

#include <cstring>

namespace byline {
namespace {

// A row: when it expires, microseconds, eight bytes in the machine's order; the fingerprint; the answer.
constexpr std::size_t kHeader = sizeof(std::int64_t) + sizeof(KeptAnswer::fingerprint);

}  // namespace

std::string answer_key(const AccountId& actor, const KeyedRequest& request) {
  return std::string(actor.view()) + request.key_digest;
}

std::string write_answer(const KeyedRequest& request, Time now, std::string_view bytes) {
  std::int64_t expires = now.micros + kAnswerLifetime;
  std::string row(kHeader, '\0');
  std::memcpy(row.data(), &expires, sizeof expires);
  std::memcpy(row.data() + sizeof expires, request.fingerprint.data(), request.fingerprint.size());
  row += bytes;
  return row;
}

bool is_expired_answer(std::string_view row, Time now) {
  if (row.size() < kHeader) return true;
  std::int64_t expires;
  std::memcpy(&expires, row.data(), sizeof expires);
  return expires <= now.micros;
}

std::optional<KeptAnswer> read_answer(std::string_view row, Time now) {
  if (is_expired_answer(row, now)) return std::nullopt;
  KeptAnswer answer;
  std::memcpy(answer.fingerprint.data(), row.data() + sizeof(std::int64_t), answer.fingerprint.size());
  answer.bytes = row.substr(kHeader);
  return answer;
}

}  // namespace byline
