#include "http/oauth/client_metadata.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "domain/limits.hpp"
#include "domain/text.hpp"
#include "security/certificate.hpp"
#include "security/public_key.hpp"

namespace byline::http {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> kMethods = {"client_secret_basic", "client_secret_post",
                                                      "private_key_jwt"};
constexpr std::string_view kByName = "tls_client_auth";
constexpr std::string_view kByCertificate = "self_signed_tls_client_auth";
constexpr std::array<CertificateNameType, 5> kNameTypes = {
    CertificateNameType::subject_dn, CertificateNameType::san_dns, CertificateNameType::san_uri,
    CertificateNameType::san_ip, CertificateNameType::san_email};

class MetadataReader {
 public:
  MetadataReader(const Json& document, bool mutual_tls) : document_(document), mutual_tls_(mutual_tls) {}

  ClientMetadata read() {
    read_name();
    read_contacts();
    if (const auto* url = text("client_uri")) take(parse_url(*url), "client_uri", metadata_.url);
    read_method();
    read_grants();
    read_proofs();
    read_roles();
    if (document_.contains("software_statement")) problem("software_statement", "it is not served");
    return std::move(metadata_);
  }

 private:
  void problem(std::string name, std::string detail, Code code = Code::invalid_value) {
    metadata_.problems.push_back({code, std::move(name), std::move(detail)});
  }
  template <class Parsed, class Value>
  void take(Parsed parsed, std::string name, Value& value) {
    if (parsed) {
      value = std::move(*parsed);
    } else {
      problem(std::move(name), parsed.error().detail, parsed.error().code);
    }
  }
  const Json* member(const std::string& name) const {
    auto found = document_.find(name);
    return found == document_.end() || found->is_null() ? nullptr : &*found;
  }
  const std::string* text(const std::string& name) {
    const auto* found = member(name);
    if (!found) return nullptr;
    if (!found->is_string()) {
      problem(name, "a text", Code::invalid_type);
      return nullptr;
    }
    return found->get_ptr<const std::string*>();
  }
  /// Texts of a list; nullptr where there is none.
  const Json* texts(const std::string& name) {
    const auto* found = member(name);
    if (!found) return nullptr;
    bool are_texts =
        found->is_array() && std::ranges::all_of(*found, [](const Json& item) { return item.is_string(); });
    if (are_texts) return found;
    problem(name, "a list of texts", Code::invalid_type);
    return nullptr;
  }

  void read_name() {
    const auto* name = text("client_name");
    if (!name) return problem("client_name", {}, Code::required);
    take(parse_account_name(*name), "client_name", metadata_.name);
  }
  void read_contacts() {
    const auto* contacts = texts("contacts");
    if (!contacts || contacts->empty())
      return problem("contacts", "the first is the application's own e-mail address", Code::required);
    take(parse_email(contacts->front().get<std::string>()), "contacts", metadata_.email);
  }
  void read_method() {
    const auto* method = text("token_endpoint_auth_method");
    metadata_.method = method ? *method : std::string(kMethods[0]);
    bool is_served = std::ranges::find(kMethods, metadata_.method) != kMethods.end() ||
                     (mutual_tls_ && (metadata_.method == kByName || metadata_.method == kByCertificate));
    if (!is_served) problem("token_endpoint_auth_method", "it is not served");
  }
  void read_grants() {
    const auto* grants = texts("grant_types");
    if (grants && *grants != Json::array({"client_credentials"}))
      problem("grant_types", "the only one served is client_credentials");
  }
  void read_proofs() {
    const auto* keys = member("jwks");
    const auto* uri = text("jwks_uri");
    if (keys && uri) return problem("jwks_uri", "give jwks or jwks_uri, not both");
    if (metadata_.method == "private_key_jwt" && uri) return read_uri(*uri);
    if (metadata_.method == "private_key_jwt" || metadata_.method == kByCertificate) return read_keys(keys);
    if (metadata_.method == kByName) read_certificate_name();
  }
  void read_uri(const std::string& uri) {
    auto url = parse_url(uri);
    if (!url) return problem("jwks_uri", url.error().detail, url.error().code);
    if (!url->starts_with("https://")) return problem("jwks_uri", "it must begin with https://");
    metadata_.proofs.emplace_back(KeySetProof{*url});
  }
  void read_keys(const Json* set) {
    if (!set) return problem("jwks", {}, Code::required);
    const auto keys = set->is_object() ? set->value("keys", Json()) : Json();
    if (!keys.is_array() || keys.empty()) return problem("jwks", "it has no list of keys");
    if (keys.size() > kMaxKeysOfRegistration)
      return problem("jwks", std::to_string(kMaxKeysOfRegistration) + " keys", Code::too_large);
    for (const auto& key : keys) {
      if (metadata_.method == kByCertificate) {
        read_certificate(key);
      } else {
        read_key(key);
      }
    }
  }
  void read_key(const Json& jwk) {
    auto key = security::PublicKey::from_jwk(jwk);
    if (!key) return problem("jwks", key.error());
    auto kid = jwk.find("kid");
    auto name = kid != jwk.end() && kid->is_string() ? kid->get<std::string>() : key->thumbprint();
    if (!thumbprints_.insert(key->thumbprint()).second) return problem("jwks", "a key stands twice");
    metadata_.proofs.emplace_back(PublicKeyProof{{key->jwk(name)}, key->thumbprint()});
  }
  /// RFC 8705 §2.2.2: the certificate stands in the key's `x5c` (RFC 7517 §4.7: base64).
  void read_certificate(const Json& key) {
    auto chain = key.is_object() ? key.value("x5c", Json()) : Json();
    if (!chain.is_array() || chain.empty() || !chain.front().is_string())
      return problem("jwks", "each key needs its certificate in x5c");
    auto certificate = security::Certificate::from_base64(chain.front().get_ref<const std::string&>());
    if (!certificate) return problem("jwks", "an x5c is not a certificate");
    if (!thumbprints_.insert(certificate->thumbprint()).second)
      return problem("jwks", "a certificate stands twice");
    metadata_.proofs.emplace_back(CertificateProof{certificate->base64(), certificate->thumbprint()});
  }
  void read_certificate_name() {
    for (auto type : kNameTypes) {
      const auto* name = text(metadata_name_of(type));
      if (!name) continue;
      if (!metadata_.proofs.empty()) return problem(metadata_name_of(type), "there can be one name only");
      auto read = security::certificate_name(type, *name);
      if (!read) return problem(metadata_name_of(type), read.error());
      metadata_.proofs.emplace_back(CertificateNameProof{type, *read});
    }
    if (metadata_.proofs.empty())
      problem("tls_client_auth_subject_dn", "or another name of the certificate", Code::required);
  }
  void read_roles() {
    const auto* roles = texts("roles");
    if (!roles) return;
    auto& ids = metadata_.roles.emplace();
    for (const auto& role : *roles) {
      auto id = parse_id<RoleId>(role.get_ref<const std::string&>());
      if (!id) problem("roles", {}, Code::invalid_id);
      ids.push_back(id.value_or(RoleId{}));
    }
  }

  const Json& document_;
  const bool mutual_tls_;
  ClientMetadata metadata_;
  std::set<std::string> thumbprints_;
};

}  // namespace

std::string metadata_name_of(CertificateNameType type) {
  return "tls_client_auth_" + std::string(name_of(type));
}

ClientMetadata read_client_metadata(const Json& document, bool mutual_tls) {
  return MetadataReader(document, mutual_tls).read();
}

}  // namespace byline::http
