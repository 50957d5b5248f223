#include "security/sealed_text.hpp"

#include "security/base64.hpp"

namespace byline::security {

std::string seal_text(const Key& key_encryption_key, std::string_view purpose, std::string_view belongs_to,
                      std::string_view plain) {
  return to_base64url(seal(derive_key(key_encryption_key, purpose, belongs_to), plain, belongs_to));
}

std::optional<std::string> open_text(const Key& key_encryption_key, std::string_view purpose,
                                     std::string_view belongs_to, std::string_view sealed) {
  auto bytes = from_base64url(sealed);
  return bytes ? open(derive_key(key_encryption_key, purpose, belongs_to), *bytes, belongs_to) : std::nullopt;
}

}  // namespace byline::security
