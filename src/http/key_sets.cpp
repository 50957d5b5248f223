#include "http/key_sets.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/clock.hpp"
#include "security/strict_json.hpp"

namespace byline::http {
namespace {

/// Keys of kinds that are not known here are passed over (RFC 7517 §5).
std::shared_ptr<const KeySet> read_key_set(const std::string& text) {
  constexpr std::size_t kDepth = 8;
  auto root = security::parse_strict_json(text, kDepth);
  if (!root || !root->is_object() || !root->contains("keys") || !(*root)["keys"].is_array()) return nullptr;
  auto set = std::make_shared<KeySet>();
  for (const auto& jwk : (*root)["keys"]) {
    auto key = security::PublicKey::from_jwk(jwk);
    if (key && set->keys.size() < KeySets::kMaxKeys)
      set->keys.push_back({jwk.value("kid", std::string()), std::move(*key)});
  }
  return set;
}

bool has_key(const KeySet& set, const std::string& kid) {
  return kid.empty() || std::ranges::any_of(set.keys, [&](const KeySet::Key& key) { return key.kid == kid; });
}

}  // namespace

Awaitable<std::shared_ptr<const KeySet>> KeySets::get(std::string url, std::string kid) {
  auto now = system_now();
  std::shared_ptr<const KeySet> known;
  {
    std::lock_guard guard(mutex_);
    if (remembered_.size() >= kRemembered) remembered_.clear();
    auto& remembered = remembered_[url];
    known = remembered.set;
    bool asked_lately = now.micros - remembered.asked_at.micros < kNotBefore;
    bool good = known && now.micros - known->fetched_at.micros < kFresh && has_key(*known, kid);
    // Who comes while it is being fetched for another does not wait for that one, but fetches too.
    if (good || (asked_lately && remembered.fetching == 0)) co_return known;
    remembered.asked_at = now;
    ++remembered.fetching;
  }
  auto work = [rules = rules_, url] {
    auto text = fetch(url, rules);
    if (!text) spdlog::warn("a key set cannot be fetched: {}", text.error());
    return text ? read_key_set(*text) : nullptr;
  };
  auto fetched = co_await run_on(pool_, std::move(work));
  std::lock_guard guard(mutex_);
  auto& remembered = remembered_[url];
  if (remembered.fetching > 0) --remembered.fetching;
  if (!fetched || !*fetched) {
    bool usable = known && now.micros - known->fetched_at.micros < kStale;
    co_return usable ? known : nullptr;
  }
  auto set = std::make_shared<KeySet>(**fetched);
  set->fetched_at = now;
  remembered.set = set;
  co_return set;
}

}  // namespace byline::http
