#pragma once

// The JSON form of any struct that lists its fields (events/field.hpp). Reading goes through simdjson, so
// this header is for the few translation units that decode.

#include <simdjson.h>

#include <concepts>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "events/field.hpp"
#include "events/json_writer.hpp"

namespace byline::json_fields {

/// Thrown inside a decoder and turned into a value at its edge: bytes that are not what the struct says.
struct Mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// -- writing --

inline void write(JsonWriter& json, const PermissionMatrix& matrix) {
  json.begin_object();
  std::optional<Area> open;
  for_each_permission(matrix, [&](Area area, Operation operation, Level level) {
    if (open != area) {
      if (open) json.end_object();
      json.key(name_of(area));
      json.begin_object();
      open = area;
    }
    json.member(name_of(operation), name_of(level));
  });
  if (open) json.end_object();
  json.end_object();
}

/// Of the fields of a struct: all; those that tell of a person (`kPersonal`); or the others.
enum class Part : std::uint8_t { all, personal, other };
template <Part part>
constexpr bool is_in(std::size_t marks) {
  return part == Part::all || (part == Part::personal) == (marks > 0);
}

/// Whether a struct has fields that tell of a person.
template <class T>
inline const bool kHasPersonal = [] {
  T object{};
  bool found = false;
  T::fields(object, [&found]<class... Marks>(std::string_view, const auto&, const Marks&...) {
    found = found || sizeof...(Marks) > 0;
  });
  return found;
}();

template <Part part = Part::all, class T>
void write_struct(JsonWriter& json, const T& object);

template <class T>
void write(JsonWriter& json, const T& value) {
  if constexpr (std::same_as<T, std::string> || std::same_as<T, bool> || std::integral<T>) {
    json.value(value);
  } else if constexpr (NamedEnum<T>) {
    json.value(name_of(value));
  } else if constexpr (IsId<T>::value) {
    char text[36];
    format_uuid(value.bytes, text);
    json.value(std::string_view(text, sizeof text));
  } else if constexpr (std::same_as<T, Time>) {
    char text[27];
    format_time(value, text);
    json.value(std::string_view(text, sizeof text));
  } else if constexpr (std::same_as<T, JsonText>) {
    json.raw(value.text);
  } else if constexpr (IsVector<T>::value) {
    json.begin_array();
    for (const auto& item : value) write(json, item);
    json.end_array();
  } else {
    write_struct(json, value);
  }
}

template <Part part, class T>
void write_struct(JsonWriter& json, const T& object) {
  json.begin_object();
  T::fields(object, [&json]<class... Marks>(std::string_view name, const auto& value, const Marks&...) {
    if constexpr (!is_in<part>(sizeof...(Marks))) return;
    if constexpr (IsOptional<std::remove_cvref_t<decltype(value)>>::value) {
      if (!value) return;
      json.key(name);
      write(json, *value);
    } else {
      json.key(name);
      write(json, value);
    }
  });
  json.end_object();
}

/// Of all fields.
template <class T>
std::string text_of(const T& object) {
  std::string text;
  JsonWriter json(text);
  write_struct(json, object);
  return text;
}

// -- reading --

using Value = simdjson::ondemand::value;
using Object = simdjson::ondemand::object;

inline void read(Value source, PermissionMatrix& matrix) {
  for (auto row : source.get_object()) {
    auto area = area_named(std::string_view(row.unescaped_key()));
    if (!area) throw Mismatch("unknown area in a permission matrix");
    for (auto cell : row.value().get_object()) {
      auto operation = operation_named(std::string_view(cell.unescaped_key()));
      auto level = level_named(std::string_view(cell.value().get_string()));
      if (!operation || !level) throw Mismatch("unknown operation or level in a permission matrix");
      matrix.set(*area, *operation, *level);
    }
  }
}

template <Part part = Part::all, class T>
void read_struct(Object source, T& object);

template <std::integral T>
T read_integer(Value source) {
  using Widest = std::conditional_t<std::unsigned_integral<T>, std::uint64_t, std::int64_t>;
  Widest number;
  if constexpr (std::unsigned_integral<T>) {
    number = source.get_uint64();
  } else {
    number = source.get_int64();
  }
  if (!std::in_range<T>(number)) throw Mismatch("a number out of range");
  return static_cast<T>(number);
}

template <class T>
void read(Value source, T& value) {
  if constexpr (std::same_as<T, std::string>) {
    value = std::string_view(source.get_string());
  } else if constexpr (std::same_as<T, bool>) {
    value = source.get_bool();
  } else if constexpr (std::integral<T>) {
    value = read_integer<T>(source);
  } else if constexpr (NamedEnum<T>) {
    auto found = EnumNames<T>::find(std::string_view(source.get_string()));
    if (!found) throw Mismatch("unknown name in an enumeration");
    value = *found;
  } else if constexpr (IsId<T>::value) {
    auto found = parse_id<T>(std::string_view(source.get_string()));
    if (!found) throw Mismatch("not an id");
    value = *found;
  } else if constexpr (std::same_as<T, Time>) {
    auto found = parse_time(std::string_view(source.get_string()));
    if (!found) throw Mismatch("not a time");
    value = *found;
  } else if constexpr (std::same_as<T, JsonText>) {
    Object object = source.get_object();
    value.text = std::string_view(object.raw_json());
  } else if constexpr (IsVector<T>::value) {
    value.clear();
    for (auto item : source.get_array()) read(Value(item.value()), value.emplace_back());
  } else {
    read_struct(Object(source.get_object()), value);
  }
}

/// In one pass over the members, whatever their order: to look for each that may be missing would be a walk
/// over all of them. Of members with one name the first counts; unknown ones are passed over.
template <Part part, class T>
void read_struct(Object source, T& object) {
  std::uint64_t found = 0;
  for (auto member : source) {
    simdjson::ondemand::raw_json_string key = member.key();  // throws for what is none
    std::uint64_t bit = 1;
    T::fields(object, [&]<class... Marks>(std::string_view name, auto& value, const Marks&...) {
      auto mine = bit;
      bit <<= 1;
      if constexpr (!is_in<part>(sizeof...(Marks))) return;
      if ((found & mine) != 0 || !key.unsafe_is_equal(name)) return;
      found |= mine;
      if constexpr (IsOptional<std::remove_cvref_t<decltype(value)>>::value) {
        read(Value(member.value()), value.emplace());
      } else {
        read(Value(member.value()), value);
      }
    });
  }
  std::uint64_t bit = 1;
  T::fields(object, [&]<class... Marks>(std::string_view name, const auto& value, const Marks&...) {
    auto mine = bit;
    bit <<= 1;
    constexpr bool is_wanted =
        is_in<part>(sizeof...(Marks)) && !IsOptional<std::remove_cvref_t<decltype(value)>>::value;
    if (is_wanted && (found & mine) == 0) throw Mismatch("missing field: " + std::string(name));
  });
}

/// A simdjson parser with the padded buffer it needs; one a thread.
class Parser {
 public:
  /// The document stays valid until the next call.
  simdjson::ondemand::document parse(std::string_view bytes) {
    if (buffer_.size() < bytes.size() + simdjson::SIMDJSON_PADDING) {
      buffer_.resize(bytes.size() + simdjson::SIMDJSON_PADDING);
    }
    bytes.copy(buffer_.data(), bytes.size());
    return parser_.iterate(buffer_.data(), bytes.size(), buffer_.size());
  }

  /// The same for bytes that may be damaged: also makes sure that every bracket is closed and nothing
  /// follows, which simdjson by itself would only find where a reader walks into it.
  simdjson::ondemand::document parse_whole(std::string_view bytes) {
    auto document = parse(bytes);
    std::string_view whole = document.raw_json();
    if (whole.data() + whole.size() != buffer_.data() + bytes.size()) throw Mismatch("more than one value");
    document.rewind();
    return document;
  }

  static Parser& of_this_thread() {
    thread_local Parser parser;
    return parser;
  }

 private:
  simdjson::ondemand::parser parser_;
  std::string buffer_;
};

/// Throws where the text is not such an object.
template <class T>
T parse_struct(std::string_view text) {
  T object;
  auto document = Parser::of_this_thread().parse(text);
  read_struct(Object(document.get_object()), object);
  return object;
}

}  // namespace byline::json_fields
