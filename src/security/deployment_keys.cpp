#include "security/deployment_keys.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "files/durable_file.hpp"
#include "security/base64.hpp"

namespace byline::security {
namespace {

using nlohmann::json;
using std::filesystem::path;

constexpr std::string_view kFormat = "byline-deployment-keys";
constexpr int kVersion = 2;
constexpr std::size_t kMaxFileBytes = 64 * 1024;

std::unexpected<std::string> refuse_file(const path& file, const std::string& why) {
  return std::unexpected("The key file " + file.string() + " " + why);
}

std::unexpected<std::string> fail(const path& file, const std::string& what) {
  auto reason = std::error_code(errno, std::generic_category()).message();
  return refuse_file(file, "cannot be " + what + ": " + reason + ".");
}

std::unexpected<std::string> refuse_damaged(const path& file, const std::string& why) {
  return refuse_file(
      file, "is damaged (" + why +
                "). Put back the copy that you keep; with other keys, every client secret and token given "
                "out so far stops working.");
}

std::string_view view(const Key& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// 32 bytes in base64url; nullopt for everything else.
std::optional<Key> read_bytes(const json& object, const char* name) {
  auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  auto bytes = from_base64url(member->get_ref<const std::string&>());
  Key key;
  if (!bytes || bytes->size() != key.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

/// As a JWK with its private member (RFC 7518 §6.2), so that other tools can read it too.
std::optional<SigningKey> read_signing_key(const json& root) {
  auto jwk = root.find("signing_key");
  if (jwk == root.end() || !jwk->is_object()) return std::nullopt;
  if (jwk->value("kty", json()) != "EC" || jwk->value("crv", json()) != "P-256") return std::nullopt;
  auto x = read_bytes(*jwk, "x");
  auto y = read_bytes(*jwk, "y");
  auto d = read_bytes(*jwk, "d");
  if (!x || !y || !d) return std::nullopt;
  return SigningKey::from_parts(*x, *y, *d);
}

DeploymentKeys keys_from(const Key& key_encryption_key) {
  return {derive_key(key_encryption_key, "digest of secrets", {}), key_encryption_key};
}

/// The form of an early release: each key by itself, and one to sign with.
std::expected<DeploymentKeys, std::string> read_first_form(const path& file, const json& root) {
  auto digest_key = read_bytes(root, "digest_key");
  if (!digest_key) return refuse_damaged(file, "its digest_key is not 32 bytes in base64url");
  auto seal_key = read_bytes(root, "seal_key");
  if (!seal_key) return refuse_damaged(file, "its seal_key is not 32 bytes in base64url");
  auto signing_key = read_signing_key(root);
  if (!signing_key) return refuse_damaged(file, "its signing_key is not a private key on P-256");
  return DeploymentKeys{*digest_key, *seal_key, std::move(signing_key)};
}

std::expected<DeploymentKeys, std::string> read_keys(const path& file, const std::string& text) {
  auto root = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object() || root.value("format", json()) != kFormat)
    return refuse_damaged(file, "no JSON of keys");
  if (root.value("version", json()) == 1) return read_first_form(file, root);
  if (root.value("version", json()) != kVersion) {
    return refuse_file(file, "has a version that this Byline does not know. Use the Byline that wrote it.");
  }
  auto key = read_bytes(root, "key_encryption_key");
  if (!key) return refuse_damaged(file, "its key_encryption_key is not 32 bytes in base64url");
  return keys_from(*key);
}

std::string write_keys(const Key& key_encryption_key) {
  nlohmann::ordered_json root;
  root["format"] = kFormat;
  root["version"] = kVersion;
  root["key_encryption_key"] = to_base64url(view(key_encryption_key));
  return root.dump(2) + "\n";
}

/// The keys; nullopt when there is no such file.
std::expected<std::optional<DeploymentKeys>, std::string> load(const path& file) {
  // O_NONBLOCK: opening a pipe in its place would otherwise wait for ever.
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.is_open()) {
    if (errno == ENOENT) return std::nullopt;
    return fail(file, "opened");
  }
  struct stat status{};
  if (::fstat(opened.get(), &status) != 0) return fail(file, "examined");
  if (!S_ISREG(status.st_mode)) return refuse_file(file, "is not a file.");
  if ((status.st_mode & 077) != 0) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(status.st_mode & 07777));
    return refuse_file(file, "is open to others than its owner (mode " + std::string(mode) +
                                 "). Run: chmod 600 " + file.string());
  }
  std::string text(kMaxFileBytes, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    auto got = ::read(opened.get(), text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(file, "read");
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  text.resize(length);
  auto keys = read_keys(file, text);
  sodium_memzero(text.data(), text.size());
  if (!keys) return std::unexpected(std::move(keys.error()));
  return std::move(*keys);
}

/// Also when another process was first to put its file there: then that one counts.
std::expected<void, std::string> create(const path& file, std::string_view text) {
  auto directory = file.has_parent_path() ? file.parent_path() : path(".");
  std::string temporary = file.string() + ".XXXXXX";
  const Descriptor written(::mkostemp(temporary.data(), O_CLOEXEC));  // with mode 0600
  if (!written.is_open()) return fail(file, "created");
  bool done = write_all(written.get(), text) && ::fsync(written.get()) == 0;
  // A link, for which a rename would do, except that a rename replaces what is there.
  done = done && (::link(temporary.c_str(), file.c_str()) == 0 || errno == EEXIST);
  auto error = errno;
  ::unlink(temporary.c_str());
  errno = error;
  if (!done) return fail(file, "written");
  const Descriptor parent(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.is_open() || ::fsync(parent.get()) != 0) return fail(file, "made safe on disk");
  return {};
}

}  // namespace

std::expected<DeploymentKeys, std::string> keys_from_text(std::string_view text) {
  auto bytes = from_base64url(text);
  Key key;
  if (!bytes || bytes->size() != key.size())
    return std::unexpected("The key-encryption key is not 32 bytes in base64url without padding.");
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return keys_from(key);
}

std::expected<DeploymentKeys, std::string> load_keys(const path& file) {
  auto found = load(file);
  if (!found) return std::unexpected(std::move(found.error()));
  if (*found) return std::move(**found);
  return refuse_file(
      file,
      "is missing. Put back the copy that you keep; with other keys, every client secret and token given "
      "out so far would stop working.");
}

std::expected<DeploymentKeys, std::string> load_or_create_keys(const path& file) {
  auto found = load(file);
  if (found && !*found) {
    auto text = write_keys(new_key());
    auto created = create(file, text);
    sodium_memzero(text.data(), text.size());
    if (!created) return std::unexpected(std::move(created.error()));
    found = load(file);
  }
  if (!found) return std::unexpected(std::move(found.error()));
  if (!*found) return refuse_file(file, "is a link to a file that does not exist.");
  return std::move(**found);
}

}  // namespace byline::security
