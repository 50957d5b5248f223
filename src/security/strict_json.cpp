#include "security/strict_json.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "events/json_members.hpp"

namespace byline::security {
namespace {

using nlohmann::json;

/// Builds the document and watches over it: nlohmann's SAX interface.
class StrictBuilder {
 public:
  explicit StrictBuilder(std::size_t max_depth) : max_depth_(max_depth) {}

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(json::number_integer_t value) { return add(value); }
  bool number_unsigned(json::number_unsigned_t value) { return add(value); }
  bool number_float(json::number_float_t value, const std::string&) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(json::binary_t&) { return false; }

  bool start_object(std::size_t) { return open(json::object()); }
  bool key(std::string& name) {
    if (open_.back()->contains(name)) {
      error_ = {"The member \"" + name + "\" stands twice in one object.",
                pointer() + "/" + escape_pointer(name)};
      return false;
    }
    key_ = std::move(name);
    return true;
  }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(json::array()); }
  bool end_array() { return close(); }

  bool parse_error(std::size_t position, const std::string&, const json::exception& error) {
    std::string_view what = error.what();
    bool utf8 =
        what.find("UTF-8") != std::string_view::npos || what.find("surrogate") != std::string_view::npos;
    constexpr int kOutOfRange = 406;
    auto wrong = utf8                      ? "The text is not valid UTF-8 at byte "
                 : error.id == kOutOfRange ? "A number is too large at byte "
                                           : "The JSON is malformed at byte ";
    error_ = {wrong + std::to_string(position) + ".", {}};
    return false;
  }

  json take() { return std::move(root_); }
  JsonError error() { return error_; }

 private:
  json* place(json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    auto& slot = parent[key_];
    slot = std::move(value);
    return &slot;
  }
  bool add(json value) {
    place(std::move(value));
    return true;
  }
  bool open(json container) {
    if (open_.size() == max_depth_) {
      error_ = {"The JSON is nested deeper than " + std::to_string(max_depth_) + " levels.", {}};
      return false;
    }
    names_.push_back(key_);
    open_.push_back(place(std::move(container)));
    return true;
  }
  bool close() {
    open_.pop_back();
    names_.pop_back();
    return true;
  }
  /// Of the innermost open container. An element of an array goes by its index.
  std::string pointer() const {
    std::string text;
    for (std::size_t i = 1; i < open_.size(); ++i) {
      text += '/';
      text += open_[i - 1]->is_array() ? std::to_string(open_[i - 1]->size() - 1) : escape_pointer(names_[i]);
    }
    return text;
  }

  std::size_t max_depth_;
  json root_;
  // Pointers into the document stay right: a container is only appended to while nothing below it is open.
  std::vector<json*> open_;
  std::vector<std::string> names_;
  std::string key_;
  JsonError error_;
};

}  // namespace

std::expected<json, JsonError> parse_strict_json(std::string_view text, std::size_t max_depth) {
  // nlohmann's lexer takes a NUL for the end of the text and would not look at what follows it.
  if (auto nul = text.find('\0'); nul != std::string_view::npos) {
    return std::unexpected(JsonError{"The JSON is malformed at byte " + std::to_string(nul + 1) + ".", {}});
  }
  // It passes over a byte order mark, which has no place in JSON (RFC 8259 §8.1).
  if (text.starts_with("\xEF\xBB\xBF"))
    return std::unexpected(JsonError{"The JSON is malformed at byte 1: a byte order mark.", {}});
  StrictBuilder builder(max_depth);
  if (!json::sax_parse(text, &builder)) return std::unexpected(builder.error());
  return builder.take();
}

}  // namespace byline::security
