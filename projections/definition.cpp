#include "projections/definition.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "events/codec.hpp"
#include "projections/view_set.hpp"

namespace byline {
namespace {

using Definition = ProjectionDefinition;
using DefinedJson = nlohmann::json;

constexpr std::array<std::string_view, 8> kAround = {
    "/type", "/subject/kind", "/subject/id", "/organization", "/actor", "/credential", "/at", "/position"};
constexpr std::array<std::string_view, 4> kPer = {"moment", "hour", "day", "month"};
constexpr std::array<std::string_view, 5> kTests = {"exists", "equals", "in", "at_least", "at_most"};
constexpr std::array<std::string_view, 6> kFolds = {"count", "sum", "min", "max", "first", "last"};

const std::set<FieldForm> kAnyForm = {FieldForm::text, FieldForm::number, FieldForm::truth, FieldForm::list,
                                      FieldForm::object};

struct NotDefined {
  std::string what;
};

/// A text of the operator's, in quotation marks and on one line.
std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::string shown(text.substr(0, kShown));
  return DefinedJson(shown).dump(-1, ' ', true, DefinedJson::error_handler_t::ignore);
}

template <class Names>
std::string listed(const Names& names) {
  std::string text;
  for (const auto& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

/// Words of a-z and 0-9 that begin with a letter, with one of these marks between them.
bool is_name(std::string_view text, char between) {
  auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > kMaxProjectionName || !is_letter(text.front())) return false;
  char before = '\0';
  for (char c : text) {
    if (!is_letter(c) && !is_digit(c) && (c != between || before == between)) return false;
    before = c;
  }
  return before != between;
}

/// Reads one definition. Throws NotDefined.
class DefinitionReader {
 public:
  DefinitionReader(const DefinedJson& json, std::size_t number)
      : json_(json), who_("number " + std::to_string(number)) {}

  Definition read() {
    if (!json_.is_object()) refuse("it", "must be a table");
    read_name();
    check_members(json_, "", {"name", "description", "events", "key", "filter", "columns"});
    read_description();
    read_events();
    read_key();
    read_filter();
    read_columns();
    made_.json = json_.dump();
    return std::move(made_);
  }

 private:
  [[noreturn]] void refuse(const std::string& member, const std::string& what) const {
    throw NotDefined{"The projection " + who_ + " cannot be used: " + member + " " + what + "."};
  }

  void check_members(const DefinedJson& object, const std::string& prefix,
                     std::initializer_list<std::string_view> known) const {
    for (const auto& [name, value] : object.items()) {
      if (std::ranges::find(known, name) == known.end())
        refuse(prefix + in_quotes(name), "is unknown here; known are " + listed(known));
    }
  }
  const DefinedJson& need(std::string_view name) const {
    auto found = json_.find(name);
    if (found == json_.end()) refuse(std::string(name), "is missing");
    return *found;
  }
  const DefinedJson& need_list(std::string_view name, std::size_t most) const {
    const auto& list = need(name);
    if (!list.is_array() || list.empty() || list.size() > most)
      refuse(std::string(name), "must be a list of 1 to " + std::to_string(most));
    return list;
  }

  void read_name() {
    const auto& name = need("name");
    if (!name.is_string() || !is_name(name.get_ref<const std::string&>(), '-')) {
      refuse("name", "must be made of a-z, 0-9 and single hyphens, begin with a letter and have at most " +
                         std::to_string(kMaxProjectionName) + " characters");
    }
    made_.name = name;
    who_ = in_quotes(made_.name);
    if (ViewSet::built_in()->named(made_.name)) refuse("name", "is that of a view that Byline has itself");
  }

  void read_description() {
    auto found = json_.find("description");
    if (found == json_.end()) return;
    if (!found->is_string() || found->get_ref<const std::string&>().size() > kMaxDescription)
      refuse("description", "must be a text of at most " + std::to_string(kMaxDescription) + " bytes");
    made_.description = *found;
  }

  void read_events() {
    for (const auto& type : need_list("events", std::variant_size_v<Event>)) {
      if (!type.is_string()) refuse("events", "must be a list of types of events, as texts");
      made_.events.push_back(type);
      const auto& name = made_.events.back();
      auto event = event_of_type(name);
      if (!event) refuse("events", "names " + in_quotes(name) + ", which is no type of event");
      if (std::ranges::count(made_.events, name) > 1) refuse("events", "names " + name + " twice");
      auto kind = subject_kind_of(*event);
      if (kind == SubjectKind::signing_key || kind == SubjectKind::projection)
        refuse("events", "names " + name + ", which belongs to no organization: nobody could read the rows");
      events_.push_back(std::move(*event));
    }
  }

  Definition::Pointer read_pointer(const DefinedJson& json, const std::string& member) const {
    Definition::Pointer pointer;
    if (!json.is_string()) refuse(member, "must be a JSON pointer, such as \"/actor\"");
    pointer.text = json;
    const auto& text = pointer.text;
    if (text.size() > kMaxPointer)
      refuse(member, "has a JSON pointer of more than " + std::to_string(kMaxPointer) + " bytes");
    if (!text.starts_with('/'))
      refuse(member, "has " + in_quotes(text) + ", where a JSON pointer begins with /");
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '/') {
        pointer.steps.emplace_back();
      } else if (text[i] != '~') {
        pointer.steps.back() += text[i];
      } else {
        auto escaped = i + 1 < text.size() ? text[++i] : '\0';
        if (escaped != '0' && escaped != '1')
          refuse(member, "has " + in_quotes(text) + ", where ~ must be followed by 0 or 1 (RFC 6901)");
        pointer.steps.back() += escaped == '0' ? '~' : '/';
      }
    }
    return pointer;
  }

  /// What can stand there. Throws where nothing can, or nobody may have it.
  std::set<FieldForm> forms_at(const Definition::Pointer& pointer, const std::string& member) const {
    bool is_data = pointer.steps.front() == "data" && pointer.steps.size() > 1;
    if (is_data) return forms_of_field(pointer, member);
    if (std::ranges::find(kAround, pointer.text) == kAround.end()) {
      refuse(member, "names " + in_quotes(pointer.text) + ", where an event has no value; it has " +
                         listed(kAround) + " and what begins with /data/");
    }
    return {pointer.text == "/position" ? FieldForm::number : FieldForm::text};
  }

  std::set<FieldForm> forms_of_field(const Definition::Pointer& pointer, const std::string& member) const {
    std::set<FieldForm> forms;
    for (const auto& event : events_) {
      auto fields = fields_of(event);
      auto field = std::ranges::find(fields, pointer.steps[1], &EventField::name);
      if (field == fields.end()) continue;
      if (is_hidden_field(field->name))
        refuse(member, "names " + in_quotes(pointer.text) + ", which is nobody's to read");
      if (field->is_personal) {
        refuse(member, "names " + in_quotes(pointer.text) + ", which tells of a person in " +
                           std::string(type_name(event)) + ": no projection can have it");
      }
      if (pointer.steps.size() == 2) {
        forms.insert(field->form);
      } else if (field->form == FieldForm::list || field->form == FieldForm::object) {
        return kAnyForm;  // what is in it is not known before
      }
    }
    if (forms.empty()) refuse(member, "names " + in_quotes(pointer.text) + ", which none of the events has");
    return forms;
  }

  /// A place where one of these can stand.
  Definition::Pointer read_place(const DefinedJson& json, const std::string& member,
                                 const std::set<FieldForm>& wanted, const std::string& what) const {
    auto pointer = read_pointer(json, member);
    auto forms = forms_at(pointer, member);
    if (std::ranges::none_of(forms, [&wanted](FieldForm form) { return wanted.contains(form); }))
      refuse(member, "names " + in_quotes(pointer.text) + ", which is never " + what);
    return pointer;
  }
  Definition::Pointer read_value_place(const DefinedJson& json, const std::string& member) const {
    return read_place(json, member, {FieldForm::text, FieldForm::number, FieldForm::truth},
                      "a text, a whole number, true or false");
  }

  void take_attribute(const std::string& name, const std::string& member) {
    if (!is_name(name, '_') || name == "id" || name == "type") {
      refuse(member, "would be shown as " + in_quotes(name) +
                         ": a name is made of a-z, 0-9 and single underscores, begins with a letter, has at "
                         "most " +
                         std::to_string(kMaxProjectionName) + " characters, and is not id or type");
    }
    if (!attributes_.insert(name).second) refuse(member, "would be shown as " + name + ", as another one is");
  }

  /// The steps of the pointer, joined; but for `data`, which is nearly everywhere.
  static std::string default_name(const Definition::Pointer& pointer, Definition::Per per) {
    if (per != Definition::Per::moment) return std::string(kPer[static_cast<std::size_t>(per)]);
    if (pointer.text == "/type") return "event_type";  // as in the audit
    std::string name;
    for (const auto& step : pointer.steps) {
      if (&step == &pointer.steps.front() && step == "data") continue;
      name.append(name.empty() ? "" : "_").append(step);
    }
    return name;
  }

  void read_key() {
    const auto& list = need_list("key", kMaxKeyMembers);
    for (std::size_t i = 0; i < list.size(); ++i) {
      auto where = "key[" + std::to_string(i) + "]";
      const auto& json = list[i];
      Definition::KeyMember member;
      if (json.is_object()) {
        check_members(json, where + ".", {"pointer", "name", "per"});
        if (!json.contains("pointer")) refuse(where + ".pointer", "is missing");
        member.pointer = read_value_place(json["pointer"], where + ".pointer");
        if (json.contains("per")) {
          member.per = read_per(json["per"], where + ".per");
          (void)read_place(json["pointer"], where + ".pointer", {FieldForm::text}, "a time");
        }
        if (json.contains("name")) {
          if (!json["name"].is_string()) refuse(where + ".name", "must be a text");
          member.name = json["name"];
        }
      } else {
        member.pointer = read_value_place(json, where);
      }
      if (member.name.empty()) member.name = default_name(member.pointer, member.per);
      take_attribute(member.name, where);
      made_.key.push_back(std::move(member));
    }
  }

  Definition::Per read_per(const DefinedJson& json, const std::string& member) const {
    auto word = json.is_string() ? json.get<std::string>() : std::string();
    auto found = std::ranges::find(kPer, word);
    if (found == kPer.begin() || found == kPer.end())
      refuse(member, "must be \"hour\", \"day\" or \"month\"");
    return static_cast<Definition::Per>(found - kPer.begin());
  }

  Definition::Value read_value(const DefinedJson& json, const std::string& member, bool ordered) const {
    if (json.is_string() && json.get_ref<const std::string&>().size() <= kMaxColumnText)
      return json.get<std::string>();
    if (json.is_boolean() && !ordered) return json.get<bool>();
    bool is_too_large = json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX;
    if (json.is_number_integer() && !is_too_large) return json.get<std::int64_t>();
    refuse(member,
           "must be a text of at most " + std::to_string(kMaxColumnText) + " bytes" +
               (ordered ? " or a whole number of 64 bits" : ", a whole number of 64 bits, true or false"));
  }

  void read_filter() {
    auto found = json_.find("filter");
    if (found == json_.end()) return;
    if (!found->is_array() || found->size() > kMaxConditions)
      refuse("filter", "must be a list of at most " + std::to_string(kMaxConditions) + " conditions");
    for (std::size_t i = 0; i < found->size(); ++i)
      made_.filter.push_back(read_condition((*found)[i], "filter[" + std::to_string(i) + "]"));
  }

  Definition::Condition read_condition(const DefinedJson& json, const std::string& where) const {
    if (!json.is_object()) refuse(where, "must be a table with a pointer and a comparison");
    check_members(json, where + ".", {"pointer", "exists", "equals", "in", "at_least", "at_most"});
    if (!json.contains("pointer")) refuse(where + ".pointer", "is missing");
    if (json.size() != 2) refuse(where, "must have, beside its pointer, one of " + listed(kTests));
    Definition::Condition condition;
    condition.pointer = json.contains("exists")
                            ? read_place(json["pointer"], where + ".pointer", kAnyForm, "there")
                            : read_value_place(json["pointer"], where + ".pointer");
    for (const auto& [name, value] : json.items()) {
      if (name == "pointer") continue;
      auto member = where + "." + name;
      condition.test = static_cast<Definition::Test>(std::ranges::find(kTests, name) - kTests.begin());
      condition.values = read_compared(condition.test, value, member);
      check_comparison(condition, member);
    }
    return condition;
  }

  std::vector<Definition::Value> read_compared(Definition::Test test, const DefinedJson& json,
                                               const std::string& member) const {
    if (test == Definition::Test::exists && !json.is_boolean()) refuse(member, "must be true or false");
    bool ordered = test == Definition::Test::at_least || test == Definition::Test::at_most;
    if (test != Definition::Test::in) return {read_value(json, member, ordered)};
    if (!json.is_array() || json.empty() || json.size() > kMaxAlternatives)
      refuse(member, "must be a list of 1 to " + std::to_string(kMaxAlternatives) + " values");
    std::vector<Definition::Value> values;
    for (const auto& one : json) values.push_back(read_value(one, member, false));
    return values;
  }

  /// A value that never stands there would be a condition that nothing can fulfil.
  void check_comparison(const Definition::Condition& condition, const std::string& member) const {
    if (condition.test == Definition::Test::exists) return;
    auto forms = forms_at(condition.pointer, member);
    for (const auto& value : condition.values) {
      auto form = std::holds_alternative<std::string>(value) ? FieldForm::text
                  : std::holds_alternative<bool>(value)      ? FieldForm::truth
                                                             : FieldForm::number;
      if (!forms.contains(form))
        refuse(member, "is of another kind than what stands at " + in_quotes(condition.pointer.text));
    }
  }

  void read_columns() {
    const auto& columns = need("columns");
    if (!columns.is_object() || columns.empty() || columns.size() > kMaxColumns)
      refuse("columns", "must be a table of 1 to " + std::to_string(kMaxColumns) + " columns");
    for (const auto& [name, json] : columns.items()) {
      auto where = "columns." + (is_name(name, '_') ? name : in_quotes(name));
      take_attribute(name, where);
      if (!json.is_object() || json.size() != 1)
        refuse(where, "must be a table with one of " + listed(kFolds));
      check_members(json, where + ".", {"count", "sum", "min", "max", "first", "last"});
      Definition::Column column;
      column.name = name;
      auto fold = json.items().begin().key();
      const auto& what = json.items().begin().value();
      column.fold = static_cast<Definition::Fold>(std::ranges::find(kFolds, fold) - kFolds.begin());
      bool counts_all = column.fold == Definition::Fold::count && what.is_boolean();
      if (counts_all && !what.get<bool>()) refuse(where + ".count", "must be true or a JSON pointer");
      if (!counts_all) column.pointer = read_column_place(column.fold, what, where + "." + fold);
      made_.columns.push_back(std::move(column));
    }
  }

  Definition::Pointer read_column_place(Definition::Fold fold, const DefinedJson& json,
                                        const std::string& member) const {
    using enum Definition::Fold;
    if (fold == count) return read_place(json, member, kAnyForm, "there");
    if (fold == sum) return read_place(json, member, {FieldForm::number}, "a whole number");
    if (fold == min || fold == max)
      return read_place(json, member, {FieldForm::number, FieldForm::text}, "a whole number or a text");
    return read_value_place(json, member);
  }

  const DefinedJson& json_;
  std::string who_;  ///< of which projection it is told
  Definition made_;
  std::vector<Event> events_;
  std::set<std::string> attributes_;
};

}  // namespace

std::expected<std::vector<ProjectionDefinition>, std::string> parse_definitions(std::string_view text) try {
  auto json = DefinedJson::parse(text, nullptr, false);
  if (!json.is_array()) return std::unexpected("The definitions of projections are no JSON array.");
  if (json.size() > kMaxProjections) {
    return std::unexpected("There are " + std::to_string(json.size()) +
                           " projections, of which there may be " + std::to_string(kMaxProjections) + ".");
  }
  std::vector<ProjectionDefinition> definitions;
  std::set<std::string> names;
  for (const auto& one : json) {
    definitions.push_back(DefinitionReader(one, definitions.size() + 1).read());
    const auto& name = definitions.back().name;
    if (!names.insert(name).second)
      return std::unexpected("The projection \"" + name + "\" is defined twice.");
  }
  return definitions;
} catch (const NotDefined& refused) {
  return std::unexpected(refused.what);
}

}  // namespace byline
