#include "domain/state_form.hpp"

#include <algorithm>
#include <cstring>
#include <future>
#include <stdexcept>
#include <type_traits>

namespace byline {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

/// Its bytes are its value, and nothing between them is without meaning.
template <class T>
concept Plain = std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>;

class StateWriter {
 public:
  explicit StateWriter(const std::function<void(std::string_view)>& write) : write_(write) {
    piece_.reserve(kPieceBytes);
  }
  void bytes(const void* from, std::size_t count) {
    if (piece_.size() + count > kPieceBytes) flush();
    if (count > kPieceBytes) {
      write_({static_cast<const char*>(from), count});
      handed_on_ += count;
      return;
    }
    piece_.append(static_cast<const char*>(from), count);
  }
  /// How many bytes.
  std::uint64_t written() const { return handed_on_ + piece_.size(); }
  void flush() {
    write_(piece_);
    handed_on_ += piece_.size();
    piece_.clear();
  }

  template <Plain T>
  void pass(const T& value) {
    bytes(&value, sizeof(T));
  }
  void pass(const std::string& text) {
    pass(text.size());
    bytes(text.data(), text.size());
  }
  template <class T>
  void pass(const std::optional<T>& value) {
    pass(value.has_value());
    if (value) pass_thing(*this, *value);
  }
  template <class T>
  void pass(const std::vector<T>& values) {
    pass_size_and_each(values);
  }
  template <class T>
  void pass(const std::set<T>& values) {
    pass_size_and_each(values);
  }
  template <class Key, class Value>
  void pass(const boost::unordered_flat_map<Key, Value>& map) {
    pass_size_and_each(map);
  }
  template <class Key, class Value>
  void pass(const LargeMap<Key, Value>& map) {
    pass(map.size());
    map.for_each([this](const Key& key, const Value& value) { pass_each(*this, key, value); });
  }
  template <class First, class Second>
  void pass(const std::pair<First, Second>& pair) {
    pass_thing(*this, pair.first);
    pass_thing(*this, pair.second);
  }
  template <class T>
  void pass(const Interner<T>& interner) {
    pass(interner.size());
    for (std::uint32_t i = 0; i < interner.size(); ++i) {
      pass(interner.holders(i));
      if (interner.holders(i) > 0) pass_thing(*this, interner[i]);
    }
  }

 private:
  void pass_size_and_each(const auto& range) {
    pass(range.size());
    for (const auto& value : range) pass_thing(*this, value);
  }

  const std::function<void(std::string_view)>& write_;
  std::string piece_;
  std::uint64_t handed_on_ = 0;  ///< bytes
};

class StateReader {
 public:
  explicit StateReader(std::string_view rest) : rest_(rest) {}

  const char* bytes(std::size_t count) {
    if (count > rest_.size()) throw std::runtime_error("the write model's bytes end too early");
    const char* from = rest_.data();
    rest_.remove_prefix(count);
    return from;
  }
  bool is_at_end() const { return rest_.empty(); }

  template <Plain T>
  void pass(T& value) {
    std::memcpy(&value, bytes(sizeof(T)), sizeof(T));
  }
  void pass(std::string& text) {
    auto count = size();
    text.assign(bytes(count), count);
  }
  template <class T>
  void pass(std::optional<T>& value) {
    if (is_there()) pass_thing(*this, value.emplace());
  }
  template <class T>
  void pass(std::vector<T>& values) {
    values.resize(size());
    for (auto& value : values) pass_thing(*this, value);
  }
  template <class T>
  void pass(std::set<T>& values) {
    for (auto left = size(); left > 0; --left) {
      T value;
      pass_thing(*this, value);
      values.insert(values.end(), std::move(value));
    }
  }
  template <class Key, class Value>
  void pass(boost::unordered_flat_map<Key, Value>& map) {
    pass_map<Key>(map);
  }
  template <class Key, class Value>
  void pass(LargeMap<Key, Value>& map) {
    pass_map<Key>(map);
  }
  template <class First, class Second>
  void pass(std::pair<First, Second>& pair) {
    pass_thing(*this, pair.first);
    pass_thing(*this, pair.second);
  }
  template <class T>
  void pass(Interner<T>& interner) {
    auto count = size();
    for (std::uint32_t number = 0; number < count; ++number) {
      std::uint32_t holders = 0;
      pass(holders);
      T value;
      if (holders > 0) pass_thing(*this, value);
      interner.restore(std::move(value), holders);
    }
  }

 private:
  template <class Key>
  void pass_map(auto& map) {
    auto left = size();
    for (map.reserve(left); left > 0; --left) {
      Key key;
      pass_thing(*this, key);
      pass_thing(*this, map[key]);
    }
  }
  bool is_there() { return *bytes(1) != 0; }
  /// Each thing takes a byte at least, so that no damage asks for more memory than there are bytes.
  std::size_t size() {
    std::size_t count = 0;
    pass(count);
    if (count > rest_.size()) throw std::runtime_error("the write model's bytes count too much");
    return count;
  }

  std::string_view rest_;
};

template <class T, class Of>
concept As = std::same_as<std::remove_const_t<T>, Of>;

// A member that is added to one of these and forgotten here does not compile.

void pass_each(auto& archive, auto&... members) { (pass_thing(archive, members), ...); }

template <class Archive, class T>
void pass_thing(Archive& archive, T& thing) {
  if constexpr (requires { archive.pass(thing); }) {
    archive.pass(thing);
  } else if constexpr (As<T, State::Organization>) {
    auto& [plan, version, name, role, days, collections, administrators] = thing;
    pass_each(archive, plan, version, name, role, days, collections, administrators);
  } else if constexpr (As<T, State::Account>) {
    auto& [organization, email, roles, version, kind, active, name, email_text, url, description] = thing;
    pass_each(archive, organization, email, roles, version, kind, active, name, email_text, url, description);
  } else if constexpr (As<T, State::Settings>) {
    auto& [expires_at, owner, tags, networks, token_lifetime, rate_limit] = thing;
    pass_each(archive, expires_at, owner, tags, networks, token_lifetime, rate_limit);
  } else if constexpr (As<T, State::Role>) {
    auto& [organization, name, permissions, default_key, version, holders] = thing;
    pass_each(archive, organization, name, permissions, default_key, version, holders);
  } else if constexpr (As<T, State::Record>) {
    auto& [organization, assignee, collection, access_list, version] = thing;
    pass_each(archive, organization, assignee, collection, access_list, version);
  } else if constexpr (As<T, State::Team>) {
    auto& [organization, name, members, version] = thing;
    pass_each(archive, organization, name, members, version);
  } else if constexpr (As<T, State::OwnCollection>) {
    auto& [organization, collection, schema, version, records] = thing;
    pass_each(archive, organization, collection, schema, version, records);
  } else if constexpr (As<T, Collection>) {
    auto& [service, name, key, permissions] = thing;
    pass_each(archive, service, name, key, permissions);
  } else if constexpr (As<T, RequiredPermissions>) {
    auto& [view, edit, create, remove] = thing;
    pass_each(archive, view, edit, create, remove);
  } else {
    static_assert(As<T, AccessList>);
    auto& [accounts, teams] = thing;
    pass_each(archive, accounts, teams);
  }
}

}  // namespace

class StateForm {
 public:
  /// `take(member)` for each, in the order in which they are written.
  static void for_each_member(auto& state, auto&& take) {
    auto& [organizations, accounts, settings, expiries, emails, roles, records, teams, memberships,
           collections, projections, names, role_lists, collection_keys, access_lists, tail, last_at] = state;
    auto each = [&](auto&... members) { (take(members), ...); };
    each(organizations, accounts, settings, expiries, emails, roles, records, teams, memberships, collections,
         projections, names, role_lists, collection_keys, access_lists, tail, last_at);
  }

  static bool is_same(const State& one, const State& other) {
    auto accounts = [&](const State::Account& mine, State::Account theirs) {
      if (one.roles_of(mine) != other.roles_of(theirs)) return false;
      theirs.roles = mine.roles;  // a number, that may be another one there
      return mine == theirs;
    };
    auto records = [&](const State::Record& mine, State::Record theirs) {
      if (one.collection_of(mine) != other.collection_of(theirs) ||
          one.access_of(mine) != other.access_of(theirs)) {
        return false;
      }
      theirs.collection = mine.collection;
      theirs.access_list = mine.access_list;
      return mine == theirs;
    };
    return one.tail_ == other.tail_ && one.last_at_ == other.last_at_ &&
           one.organizations_ == other.organizations_ && are_same(one.accounts_, other.accounts_, accounts) &&
           one.settings_ == other.settings_ && one.expiries_ == other.expiries_ &&
           one.emails_ == other.emails_ && one.roles_ == other.roles_ &&
           are_same(one.records_, other.records_, records) && one.teams_ == other.teams_ &&
           one.memberships_ == other.memberships_ && one.collections_ == other.collections_ &&
           one.projections_ == other.projections_ && one.names_ == other.names_;
  }

  static std::unique_ptr<State> without_anything() {
    return std::unique_ptr<State>(new State(State::Empty{}));
  }

 private:
  template <class Key, class Value, class Same>
  static bool are_same(const LargeMap<Key, Value>& one, const LargeMap<Key, Value>& other, Same&& same) {
    bool all = one.size() == other.size();
    one.for_each([&](const Key& key, const Value& mine) {
      const auto* theirs = all ? other.find(key) : nullptr;
      all = theirs && same(mine, *theirs);
    });
    return all;
  }
};

/// Behind the members stands where each ends.
void write_state(const State& state, const std::function<void(std::string_view)>& write) {
  StateWriter writer(write);
  std::vector<std::uint64_t> ends;
  StateForm::for_each_member(state, [&](const auto& member) {
    pass_thing(writer, member);
    ends.push_back(writer.written());
  });
  for (auto end : ends) writer.pass(end);
  writer.flush();
}

/// The large members are read side by side.
std::unique_ptr<State> read_state(std::string_view bytes) {
  constexpr std::size_t kLarge = 1 << 20;
  auto state = StateForm::without_anything();
  std::size_t count = 0;
  StateForm::for_each_member(*state, [&count](const auto&) { ++count; });
  auto index_bytes = count * sizeof(std::uint64_t);
  if (bytes.size() < index_bytes) throw std::runtime_error("the write model's bytes end too early");
  StateReader index(bytes.substr(bytes.size() - index_bytes));
  bytes.remove_suffix(index_bytes);
  std::uint64_t begin = 0;
  std::vector<std::future<void>> large;
  StateForm::for_each_member(*state, [&](auto& member) {
    std::uint64_t end = 0;
    index.pass(end);
    if (end < begin || end > bytes.size())
      throw std::runtime_error("the write model's bytes end where they should not");
    auto part = bytes.substr(begin, end - begin);
    auto read = [&member, part] {
      StateReader reader(part);
      pass_thing(reader, member);
      if (!reader.is_at_end())
        throw std::runtime_error("the write model's bytes do not end where they should");
    };
    begin = end;
    if (part.size() < kLarge) return read();
    large.push_back(std::async(std::launch::async, read));
  });
  for (auto& each : large) each.get();
  if (begin != bytes.size()) throw std::runtime_error("the write model's bytes do not end where they should");
  return state;
}

bool is_same(const State& one, const State& other) { return StateForm::is_same(one, other); }

}  // namespace byline
