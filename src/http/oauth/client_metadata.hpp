#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "domain/application.hpp"

namespace byline::http {

/// What a program says of itself when it registers (RFC 7591 §2), as far as Byline has a place for it: what
/// it does not know is passed over.
struct ClientMetadata {
  std::string name;                          ///< `client_name`
  EmailAddress email;                        ///< the first of `contacts`
  std::string url;                           ///< `client_uri`; empty where there is none
  std::string method;                        ///< `token_endpoint_auth_method`
  std::vector<CredentialProof> proofs;       ///< keys, certificates, names of certificates
  std::optional<std::vector<RoleId>> roles;  ///< an extension of ours; nothing where it wants all it may have
  std::vector<Problem> problems;             ///< their fields are names of metadata

  bool wants_secret() const { return method.starts_with("client_secret_"); }
};

/// Reads a JSON object. `mutual_tls`: whether clients may come with certificates.
ClientMetadata read_client_metadata(const nlohmann::json& document, bool mutual_tls);

/// The name of the metadata that a certificate's name stands under: `tls_client_auth_san_dns` …
std::string metadata_name_of(CertificateNameType type);

}  // namespace byline::http
