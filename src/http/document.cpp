#include "http/document.hpp"

#include <algorithm>

#include "domain/limits.hpp"
#include "events/json_members.hpp"
#include "http/media_type.hpp"
#include "http/reply.hpp"
#include "security/strict_json.hpp"

namespace byline::http {
namespace {

using nlohmann::json;

/// Well beyond what is allowed in a record, so that one that is too deep gets an answer of its own.
constexpr std::size_t kDocumentDepth = 4 * kMaxRecordDepth;
constexpr std::size_t kMaxRelated = 1000;

/// Levels of objects and arrays, the outermost counted.
std::size_t depth_of(const json& value) {
  std::size_t deepest = 0;
  for (const auto& inner : value) {
    if (inner.is_structured()) deepest = std::max(deepest, depth_of(inner));
  }
  return deepest + 1;
}

std::unexpected<Response> malformed(std::string detail, std::string pointer = {},
                                    std::string code = "invalid_document") {
  return std::unexpected(reply_error({400, std::move(code), std::move(detail), std::move(pointer), {}, {}}));
}

std::expected<void, Response> check_frame(const json& root, const ResourceSpec& spec, std::string_view id) {
  if (!root.is_object() || !root.contains("data")) {
    return malformed("The document has no member \"data\" with a resource object.");
  }
  const auto& data = root["data"];
  if (!data.is_object()) return malformed("\"data\" must be one resource object.", "/data");
  auto type = data.find("type");
  if (type == data.end() || !type->is_string()) return malformed("The resource object has no type.", "/data");
  if (*type != spec.type) {
    return std::unexpected(reply_error({409,
                                        "type_mismatch",
                                        "Here the type is \"" + std::string(spec.type) + "\".",
                                        "/data/type",
                                        {},
                                        {}}));
  }
  auto given = data.find("id");
  if (id.empty() && given != data.end()) {
    return std::unexpected(reply_error(
        {403, "client_generated_id", "Ids are made by the service: leave the id out.", "/data/id", {}, {}}));
  }
  if (!id.empty() && (given == data.end() || !given->is_string()))
    return malformed("The resource object has no id.", "/data");
  if (!id.empty() && *given != id) {
    return std::unexpected(
        reply_error({409, "id_mismatch", "The id is not the one in the address.", "/data/id", {}, {}}));
  }
  for (const char* part : {"attributes", "relationships"}) {
    if (data.contains(part) && !data[part].is_object())
      return malformed(std::string("\"") + part + "\" must be an object.", std::string("/data/") + part);
  }
  return {};
}

}  // namespace

std::expected<Document, Response> Document::read(const Request& request, const ResourceSpec& spec,
                                                 std::string_view id) {
  if (!is_json_api(request.header(boost::beast::http::field::content_type))) {
    return std::unexpected(reply_error(
        {415,
         "unsupported_media_type",
         "The body must be sent as \"Content-Type: application/vnd.api+json\", without parameters.",
         {},
         {},
         "Content-Type"}));
  }
  auto root = security::parse_strict_json(request.body, kDocumentDepth);
  if (!root) return malformed(root.error().detail, root.error().pointer, "invalid_json");
  if (auto framed = check_frame(*root, spec, id); !framed) return std::unexpected(std::move(framed.error()));
  Document document(spec, std::move(*root), request.body, id.empty());
  document.check_members();
  return document;
}

std::expected<Document, Response> Document::read_or_empty(const Request& request, const ResourceSpec& spec) {
  if (!request.body.empty()) return read(request, spec, {});
  return Document(spec, {{"data", {{"type", spec.type}}}}, request.body, true);
}

/// Members that nobody reads are not passed over in silence: a mistyped name would look like success.
void Document::check_members() {
  const auto& data = root_["data"];
  for (const auto& [name, value] : data.items()) {
    if (name != "type" && name != "id" && name != "attributes" && name != "relationships" &&
        name != "links" && name != "meta") {
      add({Code::unknown_member, "/data/" + escape_pointer(name), {}});
    }
  }
  if (data.contains("attributes")) {
    for (const auto& [name, value] : data["attributes"].items()) {
      const auto* known = spec_.attribute(name);
      auto place = "/data/attributes/" + escape_pointer(name);
      if (!known && !spec_.open) add({Code::unknown_member, place, {}});
      if (known && !may_write(known->writes)) add({Code::read_only, place, {}});
    }
  }
  if (data.contains("relationships")) {
    for (const auto& [name, value] : data["relationships"].items()) {
      const auto* known = spec_.relationship(name);
      auto place = "/data/relationships/" + escape_pointer(name);
      if (!known) add({Code::unknown_member, place, {}});
      if (known && !may_write(known->writes)) add({Code::read_only, place, {}});
    }
  }
  if (!creates_) return;
  for (const auto& expected : spec_.attributes) {
    if (expected.required && !attribute(expected.name)) add({Code::required, std::string(expected.name), {}});
  }
  for (const auto& expected : spec_.relationships) {
    if (expected.required &&
        (!data.contains("relationships") || !data["relationships"].contains(expected.name))) {
      add({Code::required, std::string(expected.name), {}});
    }
  }
}

const json* Document::attribute(std::string_view name) const {
  const auto& data = root_["data"];
  auto attributes = data.find("attributes");
  if (attributes == data.end()) return nullptr;
  auto found = attributes->find(name);
  return found == attributes->end() ? nullptr : &*found;
}

bool Document::is_null(std::string_view name) const {
  const auto* value = attribute(name);
  return value && value->is_null();
}

std::optional<std::string> Document::raw_text(std::string_view name) {
  const auto* value = attribute(name);
  if (!value) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  add({value->is_null() ? Code::required : Code::invalid_type, std::string(name), "a text"});
  return std::nullopt;
}

std::optional<std::optional<Time>> Document::time(std::string_view name) {
  if (is_null(name)) return std::optional<Time>();
  auto text = raw_text(name);
  if (!text) return std::nullopt;
  auto time = parse_time(*text);
  if (!time) {
    add({Code::invalid_value, std::string(name), "a moment is written as 2026-03-01T08:15:30Z"});
    return std::nullopt;
  }
  return std::optional(time);
}

std::optional<std::optional<std::int64_t>> Document::number(std::string_view name, const Range& range) {
  const auto* value = attribute(name);
  if (!value) return std::nullopt;
  if (value->is_null()) return std::optional<std::int64_t>();
  bool whole =
      value->is_number_integer() && !(value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX);
  auto number = whole ? value->get<std::int64_t>() : 0;
  if (whole && number >= range.least && number <= range.most) return std::optional(number);
  add({value->is_number() ? Code::invalid_value : Code::invalid_type, std::string(name),
       value->is_number()
           ? "it is a whole number from " + std::to_string(range.least) + " to " + std::to_string(range.most)
           : "a whole number"});
  return std::nullopt;
}

std::optional<std::vector<std::string>> Document::raw_texts(std::string_view name, std::size_t most) {
  const auto* value = attribute(name);
  if (!value) return std::nullopt;
  if (!value->is_array()) {
    add({Code::invalid_type, std::string(name), "a list of texts"});
    return std::nullopt;
  }
  if (value->size() > most) {
    add({Code::too_long, std::string(name), std::to_string(most) + " entries"});
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const auto& item : *value) {
    if (!item.is_string()) {
      add({Code::invalid_type, std::string(name) + "/" + std::to_string(texts.size()), "a text"});
      return std::nullopt;
    }
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::optional<bool> Document::active() {
  return word(
      "status",
      [](std::string_view text) -> std::optional<bool> {
        if (text == "active") return true;
        if (text == "deactivated") return false;
        return std::nullopt;
      },
      "it is active or deactivated");
}

const json* Document::relationship(std::string_view name) const {
  const auto& data = root_["data"];
  auto relationships = data.find("relationships");
  if (relationships == data.end()) return nullptr;
  auto found = relationships->find(name);
  return found == relationships->end() ? nullptr : &*found;
}

std::optional<Id<void>> Document::read_identifier(const json& item, const RelationshipSpec& spec,
                                                  const std::string& field) {
  bool fits = item.is_object() && item.contains("id") && item["id"].is_string() && item.contains("type") &&
              item["type"].is_string() && spec.leads_to(item["type"].get<std::string>());
  if (!fits) {
    add({Code::invalid_value, field});
    return std::nullopt;
  }
  auto id = parse_id<Id<void>>(item["id"].get<std::string>());
  // Nil is nobody's id; the domain takes it for one that could not be read.
  if (id && id->is_nil()) id.reset();
  if (!id) add({Code::invalid_id, field});
  return id;
}

std::optional<std::optional<Id<void>>> Document::identifier(std::string_view name) {
  const auto* found = relationship(name);
  if (!found) return std::nullopt;
  if (!found->is_object() || !found->contains("data") || (*found)["data"].is_array()) {
    add({Code::invalid_type, std::string(name), "one resource identifier, or null"});
    return std::nullopt;
  }
  if ((*found)["data"].is_null()) return std::optional<Id<void>>();
  auto id = read_identifier((*found)["data"], *spec_.relationship(name), std::string(name));
  return id ? std::optional(id) : std::nullopt;
}

std::optional<std::vector<std::pair<std::string, Id<void>>>> Document::identifiers(std::string_view name) {
  const auto* found = relationship(name);
  if (!found) return std::nullopt;
  std::vector<std::pair<std::string, Id<void>>> identifiers;
  auto unreadable = [&](Problem problem) {
    add(std::move(problem));
    identifiers.emplace_back();  // not none, which would be another problem
    return identifiers;
  };
  if (!found->is_object() || !found->contains("data") || !(*found)["data"].is_array())
    return unreadable({Code::invalid_type, std::string(name), "a list of resource identifiers"});
  if ((*found)["data"].size() > kMaxRelated)
    return unreadable({Code::too_long, std::string(name), std::to_string(kMaxRelated) + " resources"});
  for (const auto& item : (*found)["data"]) {
    auto field = std::string(name) + "/" + std::to_string(identifiers.size());
    auto id = read_identifier(item, *spec_.relationship(name), field);
    identifiers.emplace_back(id ? item["type"].get<std::string>() : std::string(), id.value_or(Id<void>{}));
  }
  return identifiers;
}

std::string Document::own_attributes() {
  const auto& data = root_["data"];
  if (!data.contains("attributes")) return "{}";
  // The attributes themselves are no nesting, and neither is what lies directly in one.
  if (depth_of(data["attributes"]) > kMaxRecordDepth + 1)
    add({Code::too_deep, "attributes", std::to_string(kMaxRecordDepth)});
  for (const auto& [name, text] : split_members(text_)) {
    if (name != "data") continue;
    for (const auto& [part, object] : split_members(text)) {
      if (part == "attributes") return compact_json(object);
    }
  }
  return "{}";
}

}  // namespace byline::http
