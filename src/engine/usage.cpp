#include "engine/usage.hpp"

#include <spdlog/spdlog.h>

#include <atomic>
#include <map>

namespace byline {
namespace {

// Key: organization, account, day (four bytes, big-endian), area, operation, level. Value: the count, eight
// bytes, big-endian.

constexpr std::size_t kAccountBytes = 2 * sizeof(AccountId);
constexpr std::size_t kKey = kAccountBytes + 4 + 3;

template <class Number>
void put_number(std::string& out, Number value) {
  for (std::size_t i = sizeof value; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

template <class Number>
Number take_number(std::string_view bytes) {
  Number value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    value = static_cast<Number>(value << 8 | static_cast<unsigned char>(bytes.at(i)));
  return value;
}

std::string prefix_of(const OrganizationId& organization, const AccountId& account) {
  return std::string(organization.view()) + std::string(account.view());
}

static_assert(static_cast<int>(Area::admin_applications) == 0 && static_cast<int>(Area::reporting) == 12);
static_assert(static_cast<int>(Operation::remove) == 3 && static_cast<int>(Level::all) == 3);

PermissionUse parse(std::string_view key, std::uint64_t count) {
  auto rest = key.substr(kAccountBytes);
  return {{static_cast<Area>(rest[4]), static_cast<Operation>(rest[5]), static_cast<Level>(rest[6])},
          take_number<Day>(rest),
          count};
}

std::uint64_t read_count(const Database& database, const std::string& key) {
  std::string value;
  auto status = database.rocks().Get({}, database.usage(), key, &value);
  if (status.IsNotFound()) return 0;
  if (!status.ok()) throw std::runtime_error("counts of uses cannot be read: " + status.ToString());
  return take_number<std::uint64_t>(value);
}

}  // namespace

Day day_of(Time time) {
  constexpr std::int64_t kMicrosPerDay = 24LL * 60 * 60 * 1'000'000;
  return static_cast<Day>(time.micros / kMicrosPerDay);
}

std::string format_day(Day day) { return to_string(Time{day * 24LL * 60 * 60 * 1'000'000}).substr(0, 10); }

bool is_expired_use(std::string_view key, Time now) {
  return key.size() == kKey &&
         take_number<Day>(key.substr(kAccountBytes)) + PermissionUsage::kDays < day_of(now);
}

PermissionUsage::Shard& PermissionUsage::shard_of_this_thread() {
  static std::atomic<std::size_t> next = 0;
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed);
  return shards_[mine % shards_.size()];
}

void PermissionUsage::note(const OrganizationId& organization, const AccountId& account,
                           const Permission& permission, Time now) {
  auto key = prefix_of(organization, account);
  put_number(key, day_of(now));
  key += static_cast<char>(permission.area);
  key += static_cast<char>(permission.operation);
  key += static_cast<char>(permission.level);
  auto& shard = shard_of_this_thread();
  std::lock_guard guard(shard.mutex);
  ++shard.counts[std::move(key)];
}

void PermissionUsage::flush(Database& database) try {
  for (auto& shard : shards_) {
    std::lock_guard moving(moving_);
    {
      std::lock_guard guard(shard.mutex);
      if (shard.in_flight.empty()) shard.in_flight.swap(shard.counts);
    }
    if (shard.in_flight.empty()) continue;
    rocksdb::WriteBatch batch;
    for (const auto& [key, count] : shard.in_flight) {
      std::string value;
      put_number(value, read_count(database, key) + count);
      batch.Put(database.usage(), key, value);
    }
    if (auto status = database.rocks().Write({}, &batch); !status.ok())
      throw std::runtime_error("counts of uses cannot be written: " + status.ToString());
    shard.in_flight.clear();
  }
} catch (const std::exception& error) {
  spdlog::error("{}", error.what());
}

std::vector<PermissionUse> PermissionUsage::of(const Database& database, const OrganizationId& organization,
                                               const AccountId& account, Day since) const {
  auto prefix = prefix_of(organization, account);
  auto start = prefix;
  put_number(start, since);
  std::map<std::string, std::uint64_t> counts;
  std::unique_lock moving(moving_);
  auto add = [&](const Counts& pending) {
    for (const auto& [key, count] : pending) {
      if (key.starts_with(prefix) && key >= start) counts[key] += count;
    }
  };
  for (const auto& shard : shards_) {
    std::lock_guard guard(shard.mutex);
    add(shard.counts);
    add(shard.in_flight);
  }
  std::unique_ptr<rocksdb::Iterator> rows(database.rocks().NewIterator({}, database.usage()));
  moving.unlock();  // the iterator sees what was there when it was made
  for (rows->Seek(start); rows->Valid() && rows->key().starts_with(prefix); rows->Next())
    counts[rows->key().ToString()] += take_number<std::uint64_t>(rows->value().ToStringView());
  if (!rows->status().ok())
    throw std::runtime_error("counts of uses cannot be read: " + rows->status().ToString());
  std::vector<PermissionUse> uses;
  uses.reserve(counts.size());
  for (const auto& [key, count] : counts) uses.push_back(parse(key, count));
  return uses;
}

}  // namespace byline
