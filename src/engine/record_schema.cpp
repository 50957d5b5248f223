#include "engine/record_schema.hpp"

#include <re2/re2.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <variant>

#include "domain/limits.hpp"
#include "events/json_members.hpp"

namespace byline {

using nlohmann::json;

struct RecordSchema::Node {
  bool never = false;             ///< the schema `false`
  std::optional<unsigned> types;  ///< a bit for each of kTypes
  std::optional<json> constant;
  std::vector<json> values;  ///< enum; none: any
  std::map<std::string, Node, std::less<>> properties;
  std::vector<std::string> required;
  std::vector<Node> additional;  ///< none or one, as are the next three
  std::vector<Node> names;
  std::vector<Node> items;
  std::vector<Node> negated;
  std::vector<Node> all, any, one;
  std::shared_ptr<const re2::RE2> pattern;
  std::map<std::string_view, double> bounds;  ///< by keyword
};

namespace {

using Node = RecordSchema::Node;

constexpr std::array<std::string_view, 7> kTypes = {"null",   "boolean", "object", "array",
                                                    "number", "string",  "integer"};
constexpr unsigned kInteger = 6, kNumber = 4;
constexpr std::array<std::string_view, 11> kBounds = {
    "minimum",   "maximum",  "exclusiveMinimum", "exclusiveMaximum", "multipleOf",   "minLength",
    "maxLength", "minItems", "maxItems",         "minProperties",    "maxProperties"};
constexpr std::array<std::string_view, 11> kAnnotations = {
    "$schema", "$id",      "$comment", "title",     "description", "default",
    "format",  "examples", "readOnly", "writeOnly", "deprecated"};

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 2000;
constexpr std::size_t kMaxPattern = 500;  // octets
constexpr std::int64_t kMaxPatternMemory = 1 << 18;
constexpr int kMaxProgram = 20'000;
constexpr std::size_t kBudget = 500'000;  // steps of one check
constexpr std::size_t kMaxProblems = 20;

/// Thrown at the first thing that is wrong with a schema.
struct Wrong {
  Problem problem;
};

class Compiler {
 public:
  Node compile(const json& schema, const std::string& place, std::size_t depth) {
    if (++nodes_ > kMaxNodes) refuse(place, "it has more than 2000 parts");
    if (depth > kMaxDepth) refuse(place, "it is nested too deep");
    Node node;
    if (schema.is_boolean()) {
      node.never = !schema.get<bool>();
      return node;
    }
    if (!schema.is_object()) refuse(place, "a schema is an object, true or false");
    for (const auto& [keyword, value] : schema.items()) {
      take(node, keyword, value, place + "/" + escape_pointer(keyword), depth);
    }
    return node;
  }

 private:
  [[noreturn]] static void refuse(const std::string& place, std::string why) {
    throw Wrong{{Code::invalid_value, place, std::move(why)}};
  }

  void take(Node& node, const std::string& keyword, const json& value, const std::string& place,
            std::size_t depth) {
    auto one = [&](std::vector<Node>& into) { into.push_back(compile(value, place, depth + 1)); };
    auto many = [&](std::vector<Node>& into) {
      if (!value.is_array() || value.empty()) refuse(place, "it is a list of schemas");
      for (std::size_t i = 0; i < value.size(); ++i)
        into.push_back(compile(value[i], place + "/" + std::to_string(i), depth + 1));
    };
    if (auto bound = std::ranges::find(kBounds, keyword); bound != kBounds.end()) {
      if (!value.is_number() || !std::isfinite(value.get<double>())) refuse(place, "it is a number");
      if (keyword == "multipleOf" && value.get<double>() <= 0) refuse(place, "it is above 0");
      node.bounds[*bound] = value.get<double>();
    } else if (keyword == "type") {
      node.types = types(value, place);
    } else if (keyword == "enum" && value.is_array() && !value.empty()) {
      node.values.assign(value.begin(), value.end());
    } else if (keyword == "const") {
      node.constant = value;
    } else if (keyword == "properties" && value.is_object()) {
      for (const auto& [name, schema] : value.items())
        node.properties.emplace(name, compile(schema, place + "/" + escape_pointer(name), depth + 1));
    } else if (keyword == "required") {
      node.required = texts(value, place);
    } else if (keyword == "additionalProperties") {
      one(node.additional);
    } else if (keyword == "propertyNames") {
      one(node.names);
    } else if (keyword == "items" && !value.is_array()) {
      one(node.items);
    } else if (keyword == "not") {
      one(node.negated);
    } else if (keyword == "allOf") {
      many(node.all);
    } else if (keyword == "anyOf") {
      many(node.any);
    } else if (keyword == "oneOf") {
      many(node.one);
    } else if (keyword == "pattern") {
      node.pattern = pattern(value, place);
      if (program_ += node.pattern->ProgramSize(); program_ > kMaxProgram)
        refuse(place, "its patterns are too large together");
    } else if (std::ranges::find(kAnnotations, keyword) == kAnnotations.end()) {
      refuse(place, "this keyword, with this value, is not one that is checked here");
    }
  }

  static unsigned types(const json& value, const std::string& place) {
    unsigned mask = 0;
    if (value.is_array() && value.empty()) refuse(place, "it lists one type at least");
    for (const auto& type : value.is_array() ? value : json::array({value})) {
      auto found = type.is_string() ? std::ranges::find(kTypes, type.get<std::string>()) : kTypes.end();
      if (found == kTypes.end())
        refuse(place, "types are null, boolean, object, array, number, string and integer");
      mask |= 1U << (found - kTypes.begin());
    }
    return mask;
  }

  static std::vector<std::string> texts(const json& value, const std::string& place) {
    bool fits =
        value.is_array() && std::ranges::all_of(value, [](const json& item) { return item.is_string(); });
    if (!fits) refuse(place, "it is a list of texts");
    return value.get<std::vector<std::string>>();
  }

  static std::shared_ptr<const re2::RE2> pattern(const json& value, const std::string& place) {
    if (!value.is_string() || value.get<std::string>().size() > kMaxPattern)
      refuse(place, "it is a text of at most 500 octets");
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMaxPatternMemory);
    auto compiled = std::make_shared<const re2::RE2>(value.get<std::string>(), options);
    if (!compiled->ok()) refuse(place, "it is not a pattern as RE2 reads it");
    return compiled;
  }

  std::size_t nodes_ = 0;
  int program_ = 0;  ///< steps of all patterns' programs
};

/// Thrown when a check takes too long.
struct OutOfBudget {};

class Checker {
 public:
  std::vector<Problem> problems;

  /// True where the value fits. Problems are told only while `tell_` is set: alternatives are tried in
  /// silence.
  bool check(const Node& node, const json& value) {
    spend(1 + node.values.size());
    if (node.never) return tell(Code::unknown_member);
    if (!check_type(node, value) || !check_values(node, value)) return false;
    bool fits = true;
    if (value.is_object()) fits = check_object(node, value) && fits;
    if (value.is_array()) fits = check_array(node, value) && fits;
    if (value.is_string()) fits = check_text(node, value.get_ref<const std::string&>()) && fits;
    if (value.is_number()) fits = check_number(node, value.get<double>()) && fits;
    for (const auto& part : node.all) fits = check(part, value) && fits;
    return check_alternatives(node, value) && fits;
  }

 private:
  using Step = std::variant<std::string_view, std::size_t>;

  void spend(std::size_t steps) {
    if (spent_ += steps; spent_ > kBudget) throw OutOfBudget{};
  }

  /// The place is written out only where it is told: names may be long and many.
  std::string place() const {
    std::string text = "attributes";
    for (const auto& step : path_) {
      text += '/';
      const auto* name = std::get_if<std::string_view>(&step);
      text += name ? escape_pointer(*name) : std::to_string(std::get<std::size_t>(step));
    }
    return text;
  }
  bool tell(Code code, std::string detail = {}) {
    if (tell_ && problems.size() < kMaxProblems) problems.push_back({code, place(), std::move(detail)});
    return false;
  }
  bool tell_bound(const Node& node, std::string_view keyword) {
    return tell(Code::invalid_value,
                "its schema says " + std::string(keyword) + " " + json(node.bounds.at(keyword)).dump());
  }
  template <class Work>
  bool at(Step step, Work work) {
    path_.push_back(step);
    bool fits = work();
    path_.pop_back();
    return fits;
  }
  bool fits_in_silence(const Node& node, const json& value) {
    bool before = std::exchange(tell_, false);
    bool fits = check(node, value);
    tell_ = before;
    return fits;
  }

  bool check_type(const Node& node, const json& value) {
    if (!node.types) return true;
    auto has = [&](unsigned type) { return (*node.types >> type & 1U) != 0; };
    switch (value.type()) {
      case json::value_t::null:
        if (has(0)) return true;
        break;
      case json::value_t::boolean:
        if (has(1)) return true;
        break;
      case json::value_t::object:
        if (has(2)) return true;
        break;
      case json::value_t::array:
        if (has(3)) return true;
        break;
      case json::value_t::string:
        if (has(5)) return true;
        break;
      default:
        if (has(kNumber) || (has(kInteger) && std::nearbyint(value.get<double>()) == value.get<double>()))
          return true;
    }
    std::string names;
    for (unsigned type = 0; type < kTypes.size(); ++type) {
      if (has(type)) names += (names.empty() ? "" : " or ") + std::string(kTypes[type]);
    }
    return tell(Code::invalid_type, "of the type " + names);
  }

  bool check_values(const Node& node, const json& value) {
    if (node.constant && *node.constant != value) return tell(Code::invalid_value, "its schema says another");
    if (node.values.empty() || std::ranges::find(node.values, value) != node.values.end()) return true;
    return tell(Code::invalid_value, "it is not one of those that the schema lists");
  }

  bool check_object(const Node& node, const json& object) {
    bool fits = within(node, "minProperties", "maxProperties", object.size());
    for (const auto& name : node.required) {
      spend(1);
      if (object.contains(name)) continue;
      fits = at(std::string_view(name), [&] { return tell(Code::required); });
    }
    for (const auto& [name, value] : object.get_ref<const json::object_t&>()) {
      spend(1 + name.size() / 64);
      fits = at(std::string_view(name), [&] { return check_member(node, name, value); }) && fits;
    }
    return fits;
  }

  bool check_member(const Node& node, const std::string& name, const json& value) {
    bool fits = true;
    for (const auto& names : node.names) {
      if (!fits_in_silence(names, name))
        fits = tell(Code::invalid_value, "the schema does not allow this name");
    }
    if (auto known = node.properties.find(name); known != node.properties.end())
      return check(known->second, value) && fits;
    return (node.additional.empty() || check(node.additional.front(), value)) && fits;
  }

  bool check_array(const Node& node, const json& array) {
    bool fits = within(node, "minItems", "maxItems", array.size());
    if (node.items.empty()) return fits;
    for (std::size_t i = 0; i < array.size(); ++i)
      fits = at(i, [&] { return check(node.items.front(), array[i]); }) && fits;
    return fits;
  }

  bool check_text(const Node& node, const std::string& text) {
    bool fits = true;
    if (node.bounds.contains("minLength") || node.bounds.contains("maxLength")) {
      spend(text.size() / 64);
      auto characters = std::ranges::count_if(text, [](char c) { return !U8_IS_TRAIL(c); });
      fits = within(node, "minLength", "maxLength", static_cast<std::size_t>(characters));
    }
    if (!node.pattern) return fits;
    // RE2 may have to follow every step of the program at every octet.
    spend(1 + text.size() * static_cast<std::size_t>(node.pattern->ProgramSize()) / 256);
    if (re2::RE2::PartialMatch(text, *node.pattern)) return fits;
    return tell(Code::invalid_value, "it does not match the pattern " + node.pattern->pattern());
  }

  bool check_number(const Node& node, double number) {
    bool fits = true;
    for (const auto& [keyword, bound] : node.bounds) {
      bool kept = true;
      if (keyword == "minimum") kept = number >= bound;
      if (keyword == "maximum") kept = number <= bound;
      if (keyword == "exclusiveMinimum") kept = number > bound;
      if (keyword == "exclusiveMaximum") kept = number < bound;
      if (keyword == "multipleOf") kept = is_whole(number / bound);
      if (!kept) fits = tell_bound(node, keyword);
    }
    return fits;
  }

  /// 19.99 is a multiple of 0.01, though not in binary.
  static bool is_whole(double quotient) {
    constexpr double kTolerance = 1e-9;
    return std::abs(quotient - std::nearbyint(quotient)) <= kTolerance * std::max(1.0, std::abs(quotient));
  }

  bool within(const Node& node, std::string_view least, std::string_view most, std::size_t size) {
    auto low = node.bounds.find(least);
    auto high = node.bounds.find(most);
    auto count = static_cast<double>(size);
    if (low != node.bounds.end() && count < low->second) return tell_bound(node, least);
    if (high != node.bounds.end() && count > high->second) return tell_bound(node, most);
    return true;
  }

  bool check_alternatives(const Node& node, const json& value) {
    auto fits = [&](const Node& part) { return fits_in_silence(part, value); };
    if (!node.any.empty() && std::ranges::none_of(node.any, fits))
      return tell(Code::invalid_value, "it fits none of the schema's alternatives");
    if (!node.one.empty() && std::ranges::count_if(node.one, fits) != 1)
      return tell(Code::invalid_value, "it does not fit exactly one of the schema's alternatives");
    if (std::ranges::any_of(node.negated, fits))
      return tell(Code::invalid_value, "it is what the schema excludes");
    return true;
  }

  std::vector<Step> path_;
  bool tell_ = true;
  std::size_t spent_ = 0;
};

}  // namespace

std::expected<RecordSchema, Problem> RecordSchema::parse(std::string_view text) {
  if (text.size() > kMaxSchemaBytes) {
    return std::unexpected(Problem{Code::too_large, "schema", std::to_string(kMaxSchemaBytes) + " bytes"});
  }
  try {
    auto schema = json::parse(text);
    if (!schema.is_object()) return std::unexpected(Problem{Code::invalid_type, "schema", "an object"});
    return RecordSchema(std::make_shared<const Node>(Compiler().compile(schema, "schema", 0)));
  } catch (Wrong& wrong) {
    return std::unexpected(std::move(wrong.problem));
  }
}

std::vector<Problem> RecordSchema::check(std::string_view attributes) const {
  Checker checker;
  try {
    auto value = json::parse(attributes);
    checker.check(*root_, value);
  } catch (const OutOfBudget&) {
    return {{Code::too_large, "attributes",
             "the steps that checking them against the collection's schema may take"}};
  }
  return std::move(checker.problems);
}

const RecordSchema& schema_of_text(std::string_view text) {
  constexpr std::size_t kRemembered = 64;
  thread_local std::map<std::string, RecordSchema, std::less<>> remembered;
  auto found = remembered.find(text);
  if (found != remembered.end()) return found->second;
  if (remembered.size() == kRemembered) remembered.clear();
  return remembered.emplace(std::string(text), RecordSchema::parse(text).value()).first->second;
}

}  // namespace byline
