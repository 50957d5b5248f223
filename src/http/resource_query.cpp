#include "http/resource_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "http/reply.hpp"

namespace byline::http {
namespace {

constexpr std::array<std::string_view, 7> kComparisons = {"eq", "ne", "lt", "le", "gt", "ge", "contains"};

ApiError bad(const std::string& parameter, std::string detail) {
  return {400, "invalid_parameter", std::move(detail), {}, parameter, {}};
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    auto comma = text.find(',');
    items.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return items;
}

/// `filter[a][b]` gives filter, a, b; an empty list for what is not of that form.
std::vector<std::string_view> split_name(std::string_view name) {
  auto open = name.find('[');
  std::vector<std::string_view> parts = {name.substr(0, open)};
  while (open != std::string_view::npos) {
    auto close = name.find(']', open);
    if (close == std::string_view::npos || close == open + 1) return {};
    parts.push_back(name.substr(open + 1, close - open - 1));
    if (close + 1 == name.size()) break;
    if (name[close + 1] != '[') return {};
    open = close + 1;
  }
  return parts;
}

class QueryReader {
 public:
  QueryReader(const Call& call, const ResourceSpec& spec) : call_(call), spec_(spec) {}

  std::expected<ResourceQuery, Response> read() {
    for (const auto& [name, value] : call_.query) take(name, value);
    if (!query_.after.empty() && !query_.before.empty()) {
      errors_.push_back(bad("page[before]", "Give page[after] or page[before], not both."));
    }
    if (!errors_.empty()) return std::unexpected(reply_errors(errors_));
    return std::move(query_);
  }

 private:
  void take(const std::string& name, const std::string& value) {
    auto parts = split_name(name);
    if (std::ranges::find(spec_.parameters, name, &ParameterSpec::name) != spec_.parameters.end()) return;
    bool listing = call_.route->shape == Shape::list;
    bool filtering = listing || call_.route->shape == Shape::plain;  // a feed
    if (parts.empty()) return unknown(name);
    if (parts[0] == "fields" && parts.size() == 2) return take_fields(name, parts[1], value);
    if (parts[0] == "include" && parts.size() == 1) return take_include(name, value);
    if (listing && parts[0] == "sort" && parts.size() == 1) return take_sort(name, value);
    if (listing && parts[0] == "page" && parts.size() == 2) return take_page(name, parts[1], value);
    if (filtering && parts[0] == "filter" && (parts.size() == 2 || parts.size() == 3))
      return take_filter(name, parts, value);
    unknown(name);
  }

  void unknown(const std::string& name) {
    errors_.push_back({400, "unknown_parameter", "There is no such query parameter here.", {}, name, {}});
  }

  bool is_field(std::string_view name) const {
    return spec_.open || spec_.attribute(name) || spec_.relationship(name);
  }
  bool is_sortable(std::string_view name) const {
    return spec_.open || name == "id" || spec_.attribute(name);
  }

  /// Ids are made in the order of creation, and rows lie in the order of ids. A record may have a `position`
  /// of its own, which is another thing.
  bool is_order_of_creation(std::string_view name) const {
    if (!spec_.in_order_of_creation) return false;
    return name == "id" || name == "created_at" || (name == "position" && spec_.attribute(name));
  }

  void take_fields(const std::string& name, std::string_view type, const std::string& value) {
    auto names = split_list(value);
    if (type == spec_.type) {
      for (const auto& field : names) {
        if (!is_field(field))
          errors_.push_back(bad(name, "The type " + std::string(type) + " has no field \"" + field + "\"."));
      }
    } else if (std::ranges::none_of(spec_.relationships,
                                    [&](const auto& relationship) { return relationship.leads_to(type); })) {
      errors_.push_back(
          bad(name, "No resource of the type \"" + std::string(type) + "\" can be in this answer."));
    }
    query_.fields[std::string(type)] = std::move(names);
  }

  void take_include(const std::string& name, const std::string& value) {
    query_.include = split_list(value);
    for (const auto& path : query_.include) {
      if (!spec_.relationship(path))
        errors_.push_back(bad(name, "There is no relationship \"" + path + "\" to include."));
    }
  }

  void take_sort(const std::string& name, const std::string& value) {
    if (sorts_++ > 0) return errors_.push_back(bad(name, "Sort by one attribute only."));
    query_.descending = value.starts_with('-');
    query_.sort = value.substr(query_.descending ? 1 : 0);
    if (query_.sort.empty() || query_.sort.contains(',') || !is_sortable(query_.sort))
      errors_.push_back(bad(name, "Sort by one attribute, with a minus sign for descending order."));
    if (is_order_of_creation(query_.sort)) query_.sort.clear();
  }

  void take_page(const std::string& name, std::string_view part, const std::string& value) {
    if (part == "after") {
      query_.after = value;
    } else if (part == "before") {
      query_.before = value;
    } else if (part == "total") {
      query_.total = value == "true";
      if (!query_.total && value != "false") errors_.push_back(bad(name, "Say true or false."));
    } else if (part == "size") {
      auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), query_.page_size);
      if (error != std::errc{} || end != value.data() + value.size() || query_.page_size < 1 ||
          query_.page_size > kMaxPageSize) {
        errors_.push_back(bad(name, "A page has 1 to " + std::to_string(kMaxPageSize) + " resources."));
      }
    } else {
      unknown(name);
    }
  }

  void take_filter(const std::string& name, const std::vector<std::string_view>& parts,
                   const std::string& value) {
    Filter filter{std::string(parts[1]), Comparison::eq, value};
    if (parts.size() == 3) {
      auto found = std::ranges::find(kComparisons, parts[2]);
      if (found == kComparisons.end())
        return errors_.push_back(bad(name, "Comparisons are eq, ne, lt, le, gt, ge and contains."));
      filter.comparison = static_cast<Comparison>(found - kComparisons.begin());
    }
    bool related = spec_.relationship(filter.name) != nullptr;
    if (!related && !is_sortable(filter.name)) {
      return errors_.push_back(bad(name, "There is no such attribute to filter by."));
    }
    if (related && filter.comparison != Comparison::eq && filter.comparison != Comparison::ne) {
      return errors_.push_back(bad(name, "Relationships are compared by eq and ne only."));
    }
    if (query_.filters.size() == kMaxFilters)
      return errors_.push_back(bad(name, "A list takes " + std::to_string(kMaxFilters) + " filters."));
    query_.filters.push_back(std::move(filter));
  }

  const Call& call_;
  const ResourceSpec& spec_;
  ResourceQuery query_;
  int sorts_ = 0;
  std::vector<ApiError> errors_;
};

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::strong_ordering order(double left, double right) {
  return left < right   ? std::strong_ordering::less
         : left > right ? std::strong_ordering::greater
                        : std::strong_ordering::equal;
}

/// The filter's text as a value of the kind it is compared with.
std::optional<AttributeValue> read_as(const AttributeValue& kind, const std::string& text) {
  if (std::holds_alternative<std::string>(kind)) return text;
  if (std::holds_alternative<bool>(kind) && (text == "true" || text == "false")) return text == "true";
  if (std::holds_alternative<double>(kind) || std::holds_alternative<std::int64_t>(kind)) {
    if (auto number = number_in(text)) return *number;
  }
  if (std::holds_alternative<std::monostate>(kind) && text == "null") return std::monostate{};
  return std::nullopt;
}

}  // namespace

Fieldset ResourceQuery::fields_of(std::string_view type) const {
  auto found = fields.find(type);
  return found == fields.end() ? Fieldset{} : Fieldset{found->second};
}

std::expected<ResourceQuery, Response> read_query(const Call& call, const ResourceSpec& spec) {
  return QueryReader(call, spec).read();
}

const std::string* query_value(const Call& call, std::string_view name) {
  auto found = std::ranges::find(call.query, name, [](const auto& pair) { return pair.first; });
  return found == call.query.end() ? nullptr : &found->second;
}

std::strong_ordering compare(const AttributeValue& left, const AttributeValue& right) {
  auto number = [](const AttributeValue& value) -> std::optional<double> {
    if (auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
  };
  auto left_number = number(left);
  auto right_number = number(right);
  if (left_number && right_number) return order(*left_number, *right_number);
  if (left.index() != right.index()) return left.index() <=> right.index();
  if (auto* text = std::get_if<std::string>(&left)) return *text <=> std::get<std::string>(right);
  if (auto* truth = std::get_if<bool>(&left)) return *truth <=> std::get<bool>(right);
  if (auto* raw = std::get_if<RawJson>(&left)) return raw->text <=> std::get<RawJson>(right).text;
  return std::strong_ordering::equal;
}

bool matches(const Filter& filter, const AttributeValue& value) {
  if (const auto* list = std::get_if<TextList>(&value)) {
    bool has = std::ranges::find(*list, filter.value) != list->end();
    return filter.comparison == Comparison::ne ? !has : has;
  }
  if (filter.comparison == Comparison::contains) {
    if (auto* text = std::get_if<std::string>(&value)) return text->find(filter.value) != std::string::npos;
    if (auto* raw = std::get_if<RawJson>(&value)) return raw->text.find(filter.value) != std::string::npos;
    return false;
  }
  auto wanted = read_as(value, filter.value);
  if (!wanted) return filter.comparison == Comparison::ne;
  auto ordering = compare(value, *wanted);
  switch (filter.comparison) {
    case Comparison::eq:
      return ordering == 0;
    case Comparison::ne:
      return ordering != 0;
    case Comparison::lt:
      return ordering < 0;
    case Comparison::le:
      return ordering <= 0;
    case Comparison::gt:
      return ordering > 0;
    case Comparison::ge:
      return ordering >= 0;
    case Comparison::contains:
      break;
  }
  return false;
}

}  // namespace byline::http
