#include "events/event.hpp"
#include "events/name_table.hpp"

namespace byline {
namespace {

constexpr std::array<std::string_view, 3> kSealStates = {"open", "erased", "locked"};
constexpr std::array<std::string_view, 2> kPlans = {"standard", "enterprise"};
constexpr std::array<std::string_view, 14> kSubjectKinds = {
    "organization", "user",           "role",        "application", "credential", "record", "team",
    "collection",   "credential_use", "signing_key", "token",       "sign_in",    "access", "projection"};
constexpr std::array<std::string_view, 3> kSignatureAlgorithms = {"ES256", "EdDSA", "RS256"};
constexpr std::array<std::string_view, 13> kCredentialKinds = {"client_secret",
                                                               "access_token",
                                                               "public_key",
                                                               "key_set",
                                                               "certificate",
                                                               "certificate_name",
                                                               "initial_access_token",
                                                               "registration_access_token",
                                                               "password",
                                                               "totp",
                                                               "session",
                                                               "sign_in_link",
                                                               "external_identity"};
constexpr std::array<std::string_view, 5> kCertificateNameTypes = {"subject_dn", "san_dns", "san_uri",
                                                                   "san_ip", "san_email"};
constexpr std::array<std::string_view, 3> kSignInMeans = {"password", "password_and_totp",
                                                          "external_identity"};

}  // namespace

std::string_view name_of(SealState state) { return kSealStates[static_cast<std::size_t>(state)]; }
std::optional<SealState> seal_state_named(std::string_view name) {
  return find_named<SealState>(kSealStates, name);
}

std::string_view name_of(Plan plan) { return kPlans[static_cast<std::size_t>(plan)]; }
std::optional<Plan> plan_named(std::string_view name) { return find_named<Plan>(kPlans, name); }
std::string_view name_of(SubjectKind kind) { return kSubjectKinds[static_cast<std::size_t>(kind)]; }
std::optional<SubjectKind> subject_kind_named(std::string_view name) {
  return find_named<SubjectKind>(kSubjectKinds, name);
}

std::string_view name_of(SignatureAlgorithm algorithm) {
  return kSignatureAlgorithms[static_cast<std::size_t>(algorithm)];
}
std::optional<SignatureAlgorithm> signature_algorithm_named(std::string_view name) {
  return find_named<SignatureAlgorithm>(kSignatureAlgorithms, name);
}

std::string_view name_of(CertificateNameType type) {
  return kCertificateNameTypes[static_cast<std::size_t>(type)];
}
std::optional<CertificateNameType> certificate_name_type_named(std::string_view name) {
  return find_named<CertificateNameType>(kCertificateNameTypes, name);
}
std::string_view name_of(SignInMeans means) { return kSignInMeans[static_cast<std::size_t>(means)]; }
std::optional<SignInMeans> sign_in_means_named(std::string_view name) {
  return find_named<SignInMeans>(kSignInMeans, name);
}

std::string_view name_of(CredentialKind kind) { return kCredentialKinds[static_cast<std::size_t>(kind)]; }
std::optional<CredentialKind> credential_kind_named(std::string_view name) {
  return find_named<CredentialKind>(kCredentialKinds, name);
}

}  // namespace byline
