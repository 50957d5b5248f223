#include "http/cursor.hpp"

#include <sodium.h>

#include <cstring>

namespace byline::http {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t kMaxCursor = 4096;
constexpr std::size_t kTag = 16;  ///< bytes

// One letter for the kind of value, then the value.
std::string write_value(const AttributeValue& value) {
  struct Write {
    std::string operator()(std::monostate) const { return "-"; }
    std::string operator()(const std::string& text) const { return "s" + text; }
    std::string operator()(bool truth) const { return truth ? "b1" : "b0"; }
    std::string operator()(std::int64_t number) const { return "i" + std::to_string(number); }
    std::string operator()(double number) const {
      std::string raw(sizeof number, '\0');
      std::memcpy(raw.data(), &number, sizeof number);
      return "d" + raw;
    }
    std::string operator()(const RawJson& raw) const { return "r" + raw.text; }
    std::string operator()(const TextList&) const { return "-"; }  // never sorted by
  };
  return std::visit(Write{}, value);
}

std::optional<AttributeValue> read_value(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto rest = std::string(text.substr(1));
  switch (text.front()) {
    case '-':
      return AttributeValue(std::monostate{});
    case 's':
      return AttributeValue(std::move(rest));
    case 'b':
      return AttributeValue(rest == "1");
    case 'i':
      return AttributeValue(static_cast<std::int64_t>(std::strtoll(rest.c_str(), nullptr, 10)));
    case 'r':
      return AttributeValue(RawJson{std::move(rest)});
    case 'd': {
      double number;
      if (rest.size() != sizeof number) return std::nullopt;
      std::memcpy(&number, rest.data(), sizeof number);
      return AttributeValue(number);
    }
    default:
      return std::nullopt;
  }
}

std::string tag_of(const security::Key& key, std::string_view raw) {
  std::string tag(kTag, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(tag.data()), tag.size(),
                     reinterpret_cast<const unsigned char*>(raw.data()), raw.size(), key.data(), key.size());
  return tag;
}

}  // namespace

std::string write_cursor(const security::Key& key, const ListPlace& place) {
  auto value = write_value(place.value);
  // The value's length first: a value may hold any byte.
  std::string raw = std::to_string(value.size()) + ":" + value + place.key;
  raw += tag_of(key, raw);
  std::string text(sodium_base64_encoded_len(raw.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(raw.data()), raw.size(),
                    kVariant);
  text.resize(std::strlen(text.c_str()));
  return text;
}

std::optional<ListPlace> read_cursor(const security::Key& key, std::string_view cursor) {
  if (cursor.size() > kMaxCursor) return std::nullopt;
  std::string raw(cursor.size(), '\0');
  std::size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(raw.data()), raw.size(), cursor.data(),
                        cursor.size(), nullptr, &length, nullptr, kVariant) != 0) {
    return std::nullopt;
  }
  if (length < kTag) return std::nullopt;
  auto tag = raw.substr(length - kTag, kTag);
  raw.resize(length - kTag);
  if (sodium_memcmp(tag.data(), tag_of(key, raw).data(), kTag) != 0) return std::nullopt;
  auto colon = raw.find(':');
  if (colon == std::string::npos || colon == 0 || colon > 5 || raw.find_first_not_of("0123456789") != colon)
    return std::nullopt;
  auto size = std::stoul(raw.substr(0, colon));
  if (raw.size() < colon + 1 + size + 1) return std::nullopt;
  auto value = read_value(std::string_view(raw).substr(colon + 1, size));
  if (!value) return std::nullopt;
  return ListPlace{std::move(*value), raw.substr(colon + 1 + size)};
}

}  // namespace byline::http
