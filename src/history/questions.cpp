#include "history/questions.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "engine/access.hpp"
#include "engine/exercised.hpp"
#include "engine/fresh_fold.hpp"
#include "engine/past_reader.hpp"
#include "engine/visible_records.hpp"
#include "events/about.hpp"
#include "history/filter.hpp"
#include "history/row_names.hpp"
#include "projections/key.hpp"

namespace byline::history {
namespace {

/// A subject and where it belongs.
struct Place {
  OrganizationId organization;
  Subject subject;
  auto key() const { return std::tuple(organization.bytes, subject.kind, subject.id); }
  friend bool operator<(const Place& a, const Place& b) { return a.key() < b.key(); }
};
Place place_of(const LogEntry& entry) { return {entry.organization, entry.subject}; }

/// What was seen of something is no change to it.
bool is_about_thing(const LogEntry& entry) {
  switch (entry.subject.kind) {
    case SubjectKind::credential_use:
    case SubjectKind::sign_in:
    case SubjectKind::access:
    case SubjectKind::token:
    case SubjectKind::signing_key:
    case SubjectKind::projection:
      return false;
    default:
      return true;
  }
}

std::string id_of(const Subject& subject) { return to_string(Id<void>{subject.id}); }

Json head_of(const Subject& subject, const std::optional<Json>& thing) {
  Json head = {{"kind", name_of(subject.kind)}, {"subject", id_of(subject)}};
  if (thing && thing->contains("name")) head["name"] = (*thing)["name"];
  return head;
}

/// The log up to a point, and the rows that it gives.
class Fold {
 public:
  Fold() : fold_(ViewSet::built_in(), FreshFold::Keep::entries) {}
  void apply(const LogEntry& entry) {
    fold_.apply(entry);
    reader_.reset();
  }
  const Reader& reader() {
    if (!reader_) reader_ = fold_.reader();
    return *reader_;
  }

 private:
  FreshFold fold_;
  std::unique_ptr<Reader> reader_;
};

std::expected<void, std::string> fold_until(const ReadEntries& read, const Moment& moment, Fold& fold) {
  return read([&](const LogEntry& entry) {
    if (!moment.covers(entry)) return false;
    fold.apply(entry);
    return true;
  });
}

std::vector<OrganizationId> organizations_of(const Reader& reader) {
  std::vector<OrganizationId> found;
  for (auto row = reader.scan(View::organizations, {}, {}, Direction::forward); row->valid(); row->next())
    found.push_back(
        id_from_bytes<OrganizationId>(row->key().substr(row->key().size() - sizeof(OrganizationId))));
  return found;
}

/// The roles that give the permission at the level that counts.
Json roles_giving(const Reader& reader, const OrganizationId& organization, const AccountRow& account,
                  Area area, Operation operation, Level level) {
  auto roles = Json::array();
  for (const auto& id : account.roles) {
    auto role = find_role(reader, organization, id);
    if (role && level != Level::none && role->permissions.at(area, operation) == level)
      roles.push_back(role->name);
  }
  return roles;
}

std::string permission_text(Area area, Operation operation) {
  return std::string(name_of(area)) + ":" + std::string(name_of(operation));
}

std::string sentence_in(const Reader& reader, const LogEntry& entry) {
  return sentence_of(entry, RowNames(reader, entry.organization));
}

}  // namespace

std::expected<Moment, std::string> parse_place(std::string_view text) {
  Position position;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position.value);
  if (error == std::errc() && end == text.data() + text.size()) return Moment{position, {}};
  auto time = parse_moment(text);
  if (!time) return std::unexpected(time.error() + " A position does as well.");
  return Moment{{}, *time};
}

std::string ends_before(std::uint64_t last) {
  return "The log ends at position " + std::to_string(last) + ".";
}

// -- as of a moment --

namespace {

/// Those that a subject with a given id may be of.
constexpr std::array kKindsOfThings = {SubjectKind::user,       SubjectKind::application, SubjectKind::role,
                                       SubjectKind::team,       SubjectKind::collection,  SubjectKind::record,
                                       SubjectKind::credential, SubjectKind::organization};

std::unexpected<std::string> nothing_then(const Id<void>& subject) {
  return std::unexpected("There was nothing with the id " + to_string(subject) + " then.");
}

Json was(const Subject& subject, const Json& thing) {
  auto answer = head_of(subject, thing);
  answer["was"] = thing;
  return answer;
}

}  // namespace

std::expected<void, std::string> ask_as_of(const ReadEntries& read, const Moment& moment,
                                           const std::optional<Id<void>>& subject, const TakeAnswer& take) {
  Fold fold;
  if (auto folded = fold_until(read, moment, fold); !folded) return folded;
  const auto& reader = fold.reader();
  for (const auto& organization : organizations_of(reader)) {
    if (!subject) {
      auto tell = [&](const Subject& about, const Json& thing) { return take(was(about, thing)); };
      if (!for_each_thing(reader, organization, tell)) return {};
      continue;
    }
    for (auto kind : kKindsOfThings) {
      Subject about{kind, *subject};
      auto thing = thing_of(reader, organization, about);
      if (!thing) continue;
      take(was(about, *thing));
      return {};
    }
  }
  if (subject) return nothing_then(*subject);
  return {};
}

std::expected<bool, std::string> ask_as_of(const Reader& now, const Moment& moment, const Id<void>& subject,
                                           const TakeAnswer& take) {
  if (moment.position && *moment.position > now.tail()) return std::unexpected(ends_before(now.tail().value));
  for (const auto& organization : organizations_of(now)) {
    for (auto kind : kKindsOfThings) {
      Subject about{kind, subject};
      if (!find_last_entry(now, organization, about)) continue;
      if (kind == SubjectKind::credential) return false;
      PastReader then(now, organization, [&moment](const LogEntry& entry) { return moment.covers(entry); });
      auto thing = thing_of(then, organization, about);
      if (!thing) return nothing_then(subject);
      take(was(about, *thing));
      return true;
    }
  }
  return nothing_then(subject);
}

// -- from one moment to another --

std::expected<void, std::string> ask_difference(const ReadEntries& read, const Moment& from, const Moment& to,
                                                const TakeAnswer& take) {
  struct Touched {
    std::optional<Json> before;
    std::vector<std::uint64_t> positions;
    std::set<AccountId> actors;
  };
  std::map<Place, Touched> touched;
  auto first = read([&](const LogEntry& entry) {
    if (!to.covers(entry)) return false;
    if (from.covers(entry) || !is_about_thing(entry)) return true;
    auto& one = touched[place_of(entry)];
    one.positions.push_back(entry.position.value);
    one.actors.insert(entry.actor);
    return true;
  });
  if (!first) return first;
  Fold fold;
  bool begun = false;
  auto remember = [&] {
    begun = true;
    for (auto& [place, one] : touched)
      one.before = thing_by_ids(fold.reader(), place.organization, place.subject);
  };
  auto second = read([&](const LogEntry& entry) {
    if (!to.covers(entry)) return false;
    if (!begun && !from.covers(entry)) remember();
    fold.apply(entry);
    return true;
  });
  if (!second) return second;
  const auto& reader = fold.reader();
  for (const auto& [place, one] : touched) {
    auto after = thing_by_ids(reader, place.organization, place.subject);
    RowNames names(reader, place.organization);
    auto changes = with_names(difference(one.before, after), names);
    if (changes.empty()) continue;  // it was changed there and back
    auto answer = head_of(place.subject, after ? after : one.before);
    answer["what"] = !one.before ? "new" : !after ? "gone" : "changed";
    answer["changes"] = std::move(changes);
    auto by = Json::array();
    for (const auto& actor : one.actors) by.push_back(names.name_of(to_string(actor)));
    answer["by"] = std::move(by);
    answer["positions"] = one.positions;
    if (!take(answer)) return {};
  }
  return {};
}

// -- who could --

std::expected<AskedPermission, std::string> parse_permission(std::string_view text) {
  auto wrong = [&](const std::string& what) {
    return std::unexpected("\"" + std::string(text) + "\" is no permission: " + what +
                           ". Write area:operation or area:operation:collection, such as "
                           "intake:edit:intake/reports.");
  };
  auto colon = text.find(':');
  if (colon == std::string_view::npos) return wrong("it has no colon");
  auto rest = text.substr(colon + 1);
  auto second = rest.find(':');
  auto area = area_named(text.substr(0, colon));
  auto operation = operation_named(rest.substr(0, second));
  if (!area) return wrong("there is no such area");
  if (!operation) return wrong("there is no such operation");
  return AskedPermission{
      *area, *operation,
      second == std::string_view::npos ? std::string() : std::string(rest.substr(second + 1))};
}

std::expected<void, std::string> ask_who_could(const ReadEntries& read, const AskedPermission& asked,
                                               const Moment& moment, const TakeAnswer& take) {
  Fold fold;
  Time last;
  auto folded = read([&](const LogEntry& entry) {
    if (!moment.covers(entry)) return false;
    fold.apply(entry);
    last = entry.at;
    return true;
  });
  if (!folded) return folded;
  auto at = moment.time.value_or(last);
  const auto& reader = fold.reader();
  bool has_collection = asked.collection.empty();
  for (const auto& organization : organizations_of(reader)) {
    auto collection =
        asked.collection.empty() ? nullptr : find_collection(reader, organization, asked.collection);
    if (!asked.collection.empty() && !collection) continue;
    has_collection = true;
    auto prefix = account_prefix(organization);
    for (auto row = reader.scan(View::accounts, prefix, {}, Direction::forward); row->valid(); row->next()) {
      auto id = id_from_bytes<AccountId>(row->key().substr(prefix.size()));
      auto principal = find_principal(reader, organization, id);
      if (!principal || !principal->is_active(at)) continue;
      if (principal->kind == SubjectKind::application && !principal->licensed) continue;
      auto level = principal->access.at(asked.area, asked.operation);
      if (collection && level != Level::none)
        level = reach_in(*collection, asked.operation, principal->access);
      if (level == Level::none) continue;
      auto account = parse_account_row(row->value());
      Json answer = {{"account", to_string(id)},
                     {"name", account.name},
                     {"kind", name_of(account.kind)},
                     {"level", name_of(level)}};
      answer["through"] = roles_giving(reader, organization, account, asked.area, asked.operation,
                                       principal->access.at(asked.area, asked.operation));
      if (!take(answer)) return {};
    }
  }
  if (!has_collection) return std::unexpected("There was no collection " + asked.collection + " then.");
  return {};
}

// -- one command --

namespace {

Json who_of(const Reader& reader, const LogEntry& entry) {
  RowNames names(reader, entry.organization);
  Json who = {{"account", to_string(entry.actor)}, {"name", names.name_of(to_string(entry.actor))}};
  if (auto account = find_account(reader, entry.organization, entry.actor)) {
    who["kind"] = name_of(account->kind);
    auto roles = Json::array();
    for (const auto& id : account->roles) roles.push_back(names.name_of(to_string(id)));
    who["roles"] = std::move(roles);
  }
  if (entry.credential) {
    auto credential = thing_of(reader, entry.organization, {SubjectKind::credential, *entry.credential});
    who["credential"] = credential.value_or(Json::object());
    who["credential"]["id"] = to_string(*entry.credential);
  }
  return who;
}

/// What doing it took, what the actor had, and through which roles. `before`: where the actor stood then;
/// `after` has the entries.
class Rights {
 public:
  Rights(const Reader& before, const LogEntry& first)
      : organization_(first.organization),
        actor_(first.actor),
        account_(find_account(before, first.organization, first.actor)) {
    auto principal = find_principal(before, first.organization, first.actor);
    if (principal) access_ = principal->access;
    if (!account_) return;
    for (const auto& id : account_->roles) {
      if (auto role = find_role(before, organization_, id)) roles_.push_back(std::move(*role));
    }
  }

  Json of(const Reader& after, const std::vector<LogEntry>& commit) const {
    if (actor_ == kSystemAccount) return "an operator at the command line, or the service itself";
    AccessHistories histories(after, organization_);
    std::map<std::pair<Area, Operation>, Level> needed;
    for (const auto& entry : commit) {
      for (const auto& permission : permissions_exercised(after, histories, entry)) {
        auto& level = needed[{permission.area, permission.operation}];
        level = std::max(level, permission.level);
      }
    }
    auto list = Json::array();
    for (const auto& [which, level] : needed) {
      auto held = access_.at(which.first, which.second);
      auto through = Json::array();
      for (const auto& role : roles_) {
        if (held != Level::none && role.permissions.at(which.first, which.second) == held)
          through.push_back(role.name);
      }
      list.push_back({{"permission", permission_text(which.first, which.second)},
                      {"needed", name_of(level)},
                      {"held", name_of(held)},
                      {"through", std::move(through)}});
    }
    return list;
  }

 private:
  const OrganizationId organization_;
  const AccountId actor_;
  const std::optional<AccountRow> account_;
  PermissionMatrix access_;
  std::vector<RoleRow> roles_;
};

}  // namespace

std::expected<Json, std::string> explain(const ReadEntries& read, Position position) {
  std::optional<Commit> commit;
  auto found = read([&](const LogEntry& entry) {
    if (entry.position == position) commit = entry.commit;
    return entry.position < position;
  });
  if (!found) return std::unexpected(found.error());
  if (!commit)
    return std::unexpected("There is no event at position " + std::to_string(position.value) + ".");
  Position end{commit->first.value + commit->count - 1};

  Fold fold;
  std::vector<LogEntry> entries;
  std::map<Place, std::optional<Json>> before, after;
  std::optional<Rights> rights;
  Json who, followed = Json::array();
  std::map<Place, int> later;
  constexpr int kMostLater = 3;  ///< events of one subject
  constexpr std::size_t kMostFollowed = 50;
  auto gather = [&] {
    for (const auto& entry : entries)
      after.try_emplace(place_of(entry), thing_by_ids(fold.reader(), entry.organization, entry.subject));
  };
  auto second = read([&](const LogEntry& entry) {
    if (entry.position < commit->first) {
      fold.apply(entry);
      return true;
    }
    if (entry.position <= end) {
      if (!rights) {
        rights.emplace(fold.reader(), entry);
        who = who_of(fold.reader(), entry);
      }
      if (is_about_thing(entry))
        before.try_emplace(place_of(entry), thing_by_ids(fold.reader(), entry.organization, entry.subject));
      entries.push_back(entry);
      if (entry.position == end) {
        for (const auto& one : entries) fold.apply(one);
        gather();
      }
      return true;
    }
    std::string how;
    auto is_cause = [&](const LogEntry& one) { return entry.causation == one.id; };
    auto place = place_of(entry);
    if (std::ranges::any_of(entries, is_cause)) {
      how = "it led to this";
    } else if (!entry.correlation.empty() && entry.correlation == entries.front().correlation) {
      how = "in the same request";
    } else if (after.contains(place) && later[place]++ < kMostLater) {
      how = "next to the same subject";
    } else {
      fold.apply(entry);
      return true;
    }
    fold.apply(entry);
    followed.push_back({{"position", entry.position.value},
                        {"at", to_string(entry.at)},
                        {"summary", sentence_in(fold.reader(), entry)},
                        {"how", how}});
    return followed.size() < kMostFollowed;
  });
  if (!second) return std::unexpected(second.error());
  if (entries.empty())
    return std::unexpected("There is no event at position " + std::to_string(position.value) + ".");

  const auto& reader = fold.reader();
  const auto& first = entries.front();
  auto summary = Json::array();
  for (const auto& entry : entries) summary.push_back(sentence_in(reader, entry));
  auto changed = Json::array();
  for (const auto& [place, was] : before) {
    const auto& is = after[place];
    auto change = head_of(place.subject, is ? is : was);
    change["what"] = !was ? "new" : !is ? "gone" : "changed";
    change["changes"] = with_names(difference(was, is), RowNames(reader, place.organization));
    changed.push_back(std::move(change));
  }
  Json answer = {{"positions", Json::array({commit->first.value, end.value})},
                 {"at", to_string(first.at)},
                 {"command", to_string(first.command)}};
  if (!first.correlation.empty()) answer["correlation"] = first.correlation;
  answer["summary"] = std::move(summary);
  answer["who"] = std::move(who);
  answer["rights"] = rights->of(reader, entries);
  answer["changed"] = std::move(changed);
  answer["followed"] = std::move(followed);
  return answer;
}

// -- a leaked credential --

std::expected<Json, std::string> tell_incident(const ReadEntries& read, const CredentialId& credential,
                                               const Moment& from) {
  struct Touched {
    Position first, last;
    std::optional<Json> before, after;
  };
  std::map<Place, Touched> touched;
  std::optional<AccountId> account;
  OrganizationId home;
  auto is_done_with_it = [&](const LogEntry& entry) {
    return entry.credential == credential && from.begins_with(entry);
  };
  auto first = read([&](const LogEntry& entry) {
    if (entry.subject == Subject{SubjectKind::credential, credential}) {
      home = entry.organization;
      account = account_of(entry.event);
    }
    if (!is_done_with_it(entry) || !is_about_thing(entry)) return true;
    auto& one = touched[place_of(entry)];
    if (one.first.value == 0) one.first = entry.position;
    one.last = entry.position;
    return true;
  });
  if (!first) return std::unexpected(first.error());
  if (!account) return std::unexpected("There is no credential with the id " + to_string(credential) + ".");

  Fold fold;
  auto done = Json::array(), seen = Json::array();
  bool ended = false;
  std::map<std::pair<Area, Operation>, Level> could, did;
  bool begun = false;
  auto look_at_rights = [&] {
    begun = true;
    auto principal = find_principal(fold.reader(), home, *account);
    if (!principal || !principal->active) return;
    for_each_permission(principal->access, [&](Area area, Operation operation, Level level) {
      auto& known = could[{area, operation}];
      known = std::max(known, level);
    });
  };
  auto changes_rights = [](const LogEntry& entry) {
    return entry.subject.kind == SubjectKind::role || entry.subject.kind == SubjectKind::user ||
           entry.subject.kind == SubjectKind::application || entry.subject.kind == SubjectKind::organization;
  };
  auto second = read([&](const LogEntry& entry) {
    if (!begun && from.begins_with(entry)) look_at_rights();
    auto found = touched.find(place_of(entry));
    if (found != touched.end() && found->second.first == entry.position)
      found->second.before = thing_by_ids(fold.reader(), entry.organization, entry.subject);
    fold.apply(entry);
    if (found != touched.end() && found->second.last == entry.position)
      found->second.after = thing_by_ids(fold.reader(), entry.organization, entry.subject);
    if (begun && !ended && changes_rights(entry)) look_at_rights();
    ended = ended || (entry.subject == Subject{SubjectKind::credential, credential} &&
                      (std::holds_alternative<CredentialRevoked>(entry.event) ||
                       std::holds_alternative<CredentialErased>(entry.event)));
    if (entry.subject == Subject{SubjectKind::credential_use, credential} && from.begins_with(entry))
      seen.push_back({{"at", to_string(entry.at)}, {"summary", sentence_in(fold.reader(), entry)}});
    if (!is_done_with_it(entry)) return true;
    done.push_back({{"position", entry.position.value},
                    {"at", to_string(entry.at)},
                    {"type", type_name(entry.event)},
                    {"summary", sentence_in(fold.reader(), entry)}});
    AccessHistories histories(fold.reader(), entry.organization);
    for (const auto& permission : permissions_exercised(fold.reader(), histories, entry))
      did[{permission.area, permission.operation}] = permission.level;
    return true;
  });
  if (!second) return std::unexpected(second.error());
  if (!begun) look_at_rights();

  const auto& reader = fold.reader();
  RowNames names(reader, home);
  Json answer = {
      {"credential", thing_of(reader, home, {SubjectKind::credential, credential}).value_or(Json::object())},
      {"account", {{"id", to_string(*account)}, {"name", names.name_of(to_string(*account))}}},
      {"from", from.position ? Json(from.position->value)
               : from.time   ? Json(to_string(*from.time))
                             : Json("the beginning")}};
  answer["done"] = std::move(done);
  answer["seen"] = std::move(seen);
  auto list = Json::array();
  for (const auto& [place, one] : touched) {
    auto now = thing_by_ids(reader, place.organization, place.subject);
    RowNames known(reader, place.organization);
    auto change = head_of(place.subject, one.after ? one.after : one.before);
    change["before"] = one.before ? with_names(*one.before, known) : Json();
    change["after"] = one.after ? with_names(*one.after, known) : Json();
    change["changes"] = with_names(difference(one.before, one.after), known);
    change["changed_since"] = now != one.after;
    list.push_back(std::move(change));
  }
  answer["touched"] = std::move(list);
  auto others = Json::array();
  for (const auto& [which, level] : could) {
    others.push_back({{"permission", permission_text(which.first, which.second)},
                      {"level", name_of(level)},
                      {"used", did.contains(which)}});
  }
  answer["could"] = std::move(others);
  // How much of the records that reaches, by collection, as they are at the end.
  auto reach = Json::array();
  auto principal = find_principal(reader, home, *account);
  PermissionMatrix access;
  for (const auto& [which, level] : could) access.set(which.first, which.second, level);
  std::vector<Collection> collections(default_collections().begin(), default_collections().end());
  auto own = collection_prefix(home);
  for (auto row = reader.scan(View::collections, own, {}, Direction::forward); row->valid(); row->next()) {
    auto found = parse_collection_row(row->value());
    collections.push_back(
        {found.service, found.name, collection_key(found.service, found.name), found.permissions});
  }
  for (const auto& collection : collections) {
    auto level = reach_in(collection, Operation::view, access);
    if (level == Level::none || !principal) continue;
    constexpr std::size_t kMostCounted = 1'000'000;
    std::size_t records = 0;
    for (auto id = records_within_reach(reader, *principal, collection, level, {}, Direction::forward);
         id.valid() && records < kMostCounted; id.next())
      ++records;
    if (records > 0)
      reach.push_back({{"collection", collection.key}, {"level", name_of(level)}, {"records", records}});
  }
  answer["records_within_reach"] = std::move(reach);
  return answer;
}

// -- for people --

namespace {

void append_outline(std::string& text, const Json& json, std::size_t depth) {
  std::string indent(depth * 2, ' ');
  // A text with line breaks in it would read as lines of ours.
  auto scalar = [](const Json& value) {
    if (!value.is_string()) return value.dump();
    auto plain = value.get<std::string>();
    bool is_one_line = std::ranges::none_of(plain, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    return is_one_line ? plain : value.dump();
  };
  constexpr std::size_t kMostInLine = 8, kLongestInLine = 40;
  auto is_short = [](const Json& item) {
    return item.is_primitive() &&
           (!item.is_string() || item.get_ref<const std::string&>().size() <= kLongestInLine);
  };
  auto is_flat = [&](const Json& value) {
    return value.is_primitive() || value.empty() ||
           (value.is_array() && std::ranges::all_of(value, is_short) && value.size() <= kMostInLine);
  };
  auto flat = [&](const Json& value) {
    if (value.is_primitive()) return scalar(value);
    std::string list;
    for (const auto& item : value) list += (list.empty() ? "" : ", ") + scalar(item);
    return list.empty() ? std::string("none") : list;
  };
  if (json.is_array()) {
    for (const auto& item : json) {
      if (is_flat(item)) {
        text += indent + "- " + flat(item) + "\n";
        continue;
      }
      auto begin = text.size();
      append_outline(text, item, depth + 1);
      text.replace(begin + indent.size(), 1, "-");
    }
    return;
  }
  for (const auto& [name, value] : json.items()) {
    auto title = name;
    std::ranges::replace(title, '_', ' ');
    if (is_flat(value)) {
      text += indent + title + ": " + flat(value) + "\n";
    } else {
      text += indent + title + ":\n";
      append_outline(text, value, depth + 1);
    }
  }
}

}  // namespace

std::string outline(const Json& json) {
  std::string text;
  append_outline(text, json, 0);
  return text;
}

}  // namespace byline::history
