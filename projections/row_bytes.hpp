#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "events/field.hpp"

namespace byline {

// clang-format off
// The bytes of a row:
//
//   row     a byte that names this form (1), then the fields
//   fields  a number whose bit n says that the nth field is not empty; then those that are not, in order; likewise a
//           struct in a row
//   text    its size, then its bytes; likewise an enumerator, by its name, and a JSON text
//   number  seven bits a byte, the lowest first, the eighth bit set where more follow; one with a sign zigzag; of a
//           truth 0 or 1
//   time    its microseconds, a number with a sign
//   id      16 bytes
//   list    its size, then each
//   matrix  the number of its cells that give something, then of each the names of area, operation and level
//
// An optional that has a value is as that value. Fields are only ever added at the end of a struct's list, at most 64;
// those that bytes lack are empty.
// clang-format on

inline constexpr char kRowForm = 1;

/// Appends to a text.
class RowWriter {
 public:
  explicit RowWriter(std::string& out) : out_(out) {}

  template <class Row>
  void write_whole(const Row& row) {
    out_ += kRowForm;
    write_fields(row);
  }

 private:
  void write_number(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) out_ += static_cast<char>(number | 0x80);
    out_ += static_cast<char>(number);
  }
  void write_text(std::string_view text) {
    write_number(text.size());
    out_ += text;
  }

  template <class T>
  void write(const T& value) {
    if constexpr (IsOptional<T>::value) {
      write(*value);
    } else if constexpr (std::same_as<T, std::string>) {
      write_text(value);
    } else if constexpr (std::same_as<T, JsonText>) {
      write_text(value.text);
    } else if constexpr (NamedEnum<T>) {
      write_text(name_of(value));
    } else if constexpr (IsId<T>::value) {
      out_ += value.view();
    } else if constexpr (std::same_as<T, Time>) {
      write(value.micros);
    } else if constexpr (std::signed_integral<T>) {
      auto wide = static_cast<std::int64_t>(value);
      write_number(static_cast<std::uint64_t>(wide) << 1 ^ static_cast<std::uint64_t>(wide >> 63));
    } else if constexpr (std::unsigned_integral<T>) {
      write_number(value);
    } else if constexpr (std::same_as<T, PermissionMatrix>) {
      write_matrix(value);
    } else if constexpr (IsVector<T>::value) {
      write_number(value.size());
      for (const auto& item : value) write(item);
    } else {
      write_fields(value);
    }
  }

  void write_matrix(const PermissionMatrix& matrix) {
    std::uint64_t count = 0;
    for_each_permission(matrix, [&count](Area, Operation, Level) { ++count; });
    write_number(count);
    for_each_permission(matrix, [this](Area area, Operation operation, Level level) {
      write_text(name_of(area));
      write_text(name_of(operation));
      write_text(name_of(level));
    });
  }

  template <class T>
  void write_fields(const T& object) {
    std::uint64_t present = 0, bit = 1;
    T::fields(object, [&](std::string_view, const auto& value, const auto&...) {
      if (!is_empty(value)) present |= bit;
      bit <<= 1;
    });
    write_number(present);
    bit = 1;
    T::fields(object, [&](std::string_view, const auto& value, const auto&...) {
      if ((present & bit) != 0) write(value);
      bit <<= 1;
    });
  }

  template <class T>
  static bool is_empty(const T& value) {
    if constexpr (IsOptional<T>::value) {
      return !value;
    } else if constexpr (std::same_as<T, std::string> || IsVector<T>::value) {
      return value.empty();
    } else if constexpr (std::equality_comparable<T>) {
      return value == T{};
    } else {
      return false;
    }
  }

  std::string& out_;
};

/// Throws std::runtime_error for bytes that no writer made.
class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : rest_(bytes) {}

  template <class Row>
  Row read_whole() {
    if (take(1)[0] != kRowForm) fail();
    Row row;
    read_fields(row);
    if (!rest_.empty()) fail();
    return row;
  }

 private:
  [[noreturn]] static void fail() { throw std::runtime_error("a row is not what it should be"); }

  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) fail();
    auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::uint64_t read_number() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      auto byte = static_cast<unsigned char>(take(1)[0]);
      number |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return number;
    }
    fail();
  }
  std::string_view read_text() { return take(read_number()); }
  template <class Enum>
  static Enum found(std::optional<Enum> value) {
    if (!value) fail();
    return *value;
  }

  template <class T>
  void read(T& value) {
    if constexpr (IsOptional<T>::value) {
      read(value.emplace());
    } else if constexpr (std::same_as<T, std::string>) {
      value = read_text();
    } else if constexpr (std::same_as<T, JsonText>) {
      value.text = read_text();
    } else if constexpr (NamedEnum<T>) {
      value = found(EnumNames<T>::find(read_text()));
    } else if constexpr (IsId<T>::value) {
      value = id_from_bytes<T>(take(sizeof value.bytes));
    } else if constexpr (std::same_as<T, Time>) {
      read(value.micros);
    } else if constexpr (std::integral<T>) {
      value = read_integer<T>();
    } else if constexpr (std::same_as<T, PermissionMatrix>) {
      read_matrix(value);
    } else if constexpr (IsVector<T>::value) {
      value.clear();
      // Each takes a byte at least: what damage asks for is bounded by how many there are.
      auto size = read_number();
      if (size > rest_.size()) fail();
      value.reserve(size);
      for (; size > 0; --size) read(value.emplace_back());
    } else {
      read_fields(value);
    }
  }

  template <class T>
  T read_integer() {
    auto number = read_number();
    if constexpr (std::signed_integral<T>) {
      auto wide = static_cast<std::int64_t>(number >> 1 ^ (0 - (number & 1)));
      if (!std::in_range<T>(wide)) fail();
      return static_cast<T>(wide);
    } else if constexpr (std::same_as<T, bool>) {
      if (number > 1) fail();
      return number == 1;
    } else {
      if (!std::in_range<T>(number)) fail();
      return static_cast<T>(number);
    }
  }

  void read_matrix(PermissionMatrix& matrix) {
    matrix = {};
    for (auto count = read_number(); count > 0; --count) {
      auto area = found(area_named(read_text()));
      auto operation = found(operation_named(read_text()));
      matrix.set(area, operation, found(level_named(read_text())));
    }
  }

  template <class T>
  void read_fields(T& object) {
    auto present = read_number();
    T::fields(object, [&](std::string_view, auto& value, const auto&...) {
      if ((present & 1) != 0) {
        read(value);
      } else {
        value = std::remove_cvref_t<decltype(value)>{};
      }
      present >>= 1;
    });
    if (present != 0) fail();
  }

  std::string_view rest_;
};

}  // namespace byline
