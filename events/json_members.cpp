#include "events/json_members.hpp"

#include <stdexcept>

#include "events/json_fields.hpp"

namespace byline {
namespace {

/// The value's text as simdjson has it: up to the next token.
std::string_view up_to_next_token(json_fields::Value value) {
  switch (value.type().value()) {
    case simdjson::ondemand::json_type::object:
      return value.get_object().value().raw_json().value();
    case simdjson::ondemand::json_type::array:
      return value.get_array().value().raw_json().value();
    default:
      return value.raw_json_token();
  }
}

/// The value's text as it stands.
std::string_view raw_text(json_fields::Value value) {
  auto raw = up_to_next_token(value);
  return raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1);
}

}  // namespace

JsonMembers split_members(std::string_view object) {
  try {
    JsonMembers members;
    thread_local json_fields::Parser parser;  // who asks may be in the middle of something else
    auto document = parser.parse(object);
    for (auto field : document.get_object()) {
      std::string name(std::string_view(field.unescaped_key()));
      members.emplace_back(std::move(name), raw_text(field.value()));
    }
    return members;
  } catch (const simdjson::simdjson_error& error) {
    throw std::runtime_error(std::string("not a JSON object: ") + error.what());
  }
}

std::string join_members(const JsonMembers& members) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  for (const auto& [name, value] : members) json.raw_member(name, value);
  json.end_object();
  return text;
}

std::string escape_pointer(std::string_view name) {
  std::string escaped;
  for (char c : name) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string compact_json(std::string_view text) {
  std::string compact(text.size() + simdjson::SIMDJSON_PADDING, '\0');
  std::size_t length = 0;
  if (simdjson::minify(text.data(), text.size(), compact.data(), length) != simdjson::SUCCESS) {
    throw std::runtime_error("not JSON");
  }
  compact.resize(length);
  return compact;
}

}  // namespace byline
