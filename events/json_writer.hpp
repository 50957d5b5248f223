#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace byline {

/// Appends compact JSON to a string, member after member, without building a document first: what the log,
/// the rows and the answers are written with. The caller keeps the nesting right; commas are put by the
/// writer. Strings must be valid UTF-8, as everything that entered through a parser is.
///
///   std::string out;
///   JsonWriter json(out);
///   json.begin_object();
///   json.member("name", "Nightly intake import");
///   json.key("roles"); json.begin_array(); json.value("…"); json.end_array();
///   json.end_object();
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  void key(std::string_view name) {
    quote(name, ':');
    fresh_ = true;
  }

  void value(std::string_view text) {
    quote(text, '\0');
    fresh_ = false;
  }
  void value(const char* text) { value(std::string_view(text)); }
  void value(bool truth) {
    separate();
    out_ += truth ? "true" : "false";
  }
  template <std::integral Number>
    requires(!std::same_as<Number, bool>)
  void value(Number number) {
    separate();
    char digits[24];
    auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out_.append(digits, end);
  }
  void null() {
    separate();
    out_ += "null";
  }
  /// JSON text that is already right.
  void raw(std::string_view json) {
    separate();
    out_ += json;
  }

  template <class Value>
  void member(std::string_view name, const Value& content) {
    key(name);
    value(content);
  }
  void raw_member(std::string_view name, std::string_view json) {
    key(name);
    raw(json);
  }

 private:
  void open(char bracket) {
    separate();
    out_ += bracket;
    fresh_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    fresh_ = false;
  }
  void separate() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }
  /// With the comma before it, where one is wanted, and what comes after it, unless that is zero.
  void quote(std::string_view text, char after);

  std::string& out_;
  bool fresh_ = true;  ///< nothing to separate from: at the start, after a bracket or after a key
};

}  // namespace byline
