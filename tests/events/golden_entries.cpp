#include "events/golden_entries.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "support/ids.hpp"

namespace byline::test {
namespace {

using enum Level;
using enum Operation;

// One organization's beginning, in the order in which it could have happened.
const auto kOrganization = literal_id<OrganizationId>("01890a5d-ac96-774b-bcce-b302099a8000");
const auto kAdmin = literal_id<AccountId>("01890a5d-ac96-774b-bcce-b302099a8001");
const auto kClerk = literal_id<AccountId>("01890a5d-ac96-774b-bcce-b302099a8002");
const auto kRole = literal_id<RoleId>("01890a5d-ac96-774b-bcce-b302099a8003");
const auto kCustomRole = literal_id<RoleId>("01890a5d-ac96-774b-bcce-b302099a8004");
const auto kApplication = literal_id<AccountId>("01890a5d-ac96-774b-bcce-b302099a8005");
const auto kSecret = literal_id<CredentialId>("01890a5d-ac96-774b-bcce-b302099a8006");
const auto kToken = literal_id<CredentialId>("01890a5d-ac96-774b-bcce-b302099a8007");
const auto kRecord = literal_id<RecordId>("01890a5d-ac96-774b-bcce-b302099a8008");
const auto kTeam = literal_id<TeamId>("01890a5d-ac96-774b-bcce-b302099a8009");
const auto kReplaced = literal_id<CredentialId>("01890a5d-ac96-774b-bcce-b302099a800b");
const auto kBearer = literal_id<TokenId>("01890a5d-ac96-774b-bcce-b302099a800c");
const auto kSigner = literal_id<SigningKeyId>("01890a5d-ac96-774b-bcce-b302099a800d");
const auto kView = literal_id<Id<void>>("1d3a5b6c-7f80-8192-a3b4-c5d6e7f80910");
const auto kJob = literal_id<RebuildId>("01890a5d-ac96-774b-bcce-b302099a800e");
const auto kCollection = literal_id<CollectionId>("01890a5d-ac96-774b-bcce-b302099a800a");

/// The key of RFC 8037 appendix A.
constexpr const char* kThumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
const std::string kJwk =
    R"({"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","alg":"EdDSA","use":"sig","kid":"1"})";
constexpr std::string_view kDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr Time kEnd{1'780'128'930'000'000};  // 2026-05-30T08:15:30.000000Z
constexpr Time kAt{1'772'352'930'000'125};   // 2026-03-01T08:15:30.000125Z

PermissionMatrix intake_worker() {
  PermissionMatrix matrix;
  for (auto operation : {view, edit, create}) matrix.set(Area::people, operation, all);
  for (auto operation : {view, edit, create, remove}) matrix.set(Area::intake, operation, all);
  return matrix;
}

/// A level of every kind, and an area with a dot in its name.
PermissionMatrix custom() {
  PermissionMatrix matrix;
  matrix.set(Area::admin_applications, view, all);
  matrix.set(Area::engage, view, limited);
  matrix.set(Area::engage, edit, assignments);
  matrix.set(Area::engage, create, all);
  return matrix;
}

template <class Tag>
LogEntry entry(std::uint64_t position, SubjectKind kind, const Id<Tag>& id, std::uint32_t version,
               Event event) {
  LogEntry made;
  made.position = {position};
  made.commit = {{position}, 1};
  made.id = numbered_id<EventId>(position);
  made.subject = {kind, id};
  made.version = {version};
  made.organization = kOrganization;
  made.actor = kAdmin;
  made.at = {kAt.micros + static_cast<std::int64_t>(position) * 1'000'000};
  made.command = numbered_id<CommandId>(position);
  made.event = std::move(event);
  return made;
}

LogEntry in_commit(std::uint64_t first, std::uint32_t count, LogEntry made) {
  made.commit = {{first}, count};
  made.command = numbered_id<CommandId>(first);
  return made;
}

LogEntry by(const AccountId& actor, LogEntry made) {
  made.actor = actor;
  return made;
}

LogEntry proved(LogEntry made) {
  made.credential = kSecret;
  return made;
}

LogEntry traced(LogEntry made) {
  made.correlation = "4bf92f3577b34da6a3ce929d0e0e4736";
  made.causation = numbered_id<EventId>(made.position.value - 1);
  return made;
}

}  // namespace

std::vector<LogEntry> golden_entries() {
  using enum SubjectKind;
  const std::string digest(kDigest);
  return {
      in_commit(
          1, 4,
          by(kSystemAccount, entry(1, organization, kOrganization, 1,
                                   OrganizationCreated{"Riverside Family Services", Plan::enterprise}))),
      in_commit(1, 4,
                by(kSystemAccount,
                   entry(2, role, kRole, 1,
                         RoleCreated{"Intake Worker", intake_worker(), "intake_worker", kCustomRole}))),
      in_commit(
          1, 4,
          by(kSystemAccount,
             entry(3, user, kAdmin, 1,
                   UserCreated{"Ann O’Hara", "Ann@Riverside.Example", "ann@riverside.example", {kRole}}))),
      in_commit(1, 4,
                by(kSystemAccount, entry(4, credential, kToken, 1,
                                         AccessTokenIssued{kAdmin, "First sign-in", digest, "x7Qa", kEnd}))),
      entry(5, organization, kOrganization, 2, OrganizationRenamed{"Riverside “Family” Services"}),
      entry(6, organization, kOrganization, 3, OrganizationPlanChanged{Plan::standard}),
      entry(7, user, kClerk, 2, UserRenamed{"Zoë"}),
      entry(8, user, kClerk, 3, UserEmailChanged{"用户@例子.广告", "用户@xn--fsqu00a.xn--55qx5d"}),
      entry(9, user, kClerk, 4, UserRolesChanged{{kRole, kCustomRole}}),
      entry(10, user, kClerk, 5, UserDeactivated{}),
      entry(11, user, kClerk, 6, UserReactivated{}),
      entry(12, user, kClerk, 7, UserDeleted{}),
      entry(13, role, kCustomRole, 2, RoleRenamed{"Night shift\\day \"shift\""}),
      entry(14, role, kCustomRole, 3, RolePermissionsChanged{custom()}),
      entry(15, role, kCustomRole, 4, RoleDeleted{}),
      in_commit(16, 2,
                entry(16, application, kApplication, 1,
                      ApplicationRegistered{"Nightly intake import",
                                            "intake+casebook@example.org",
                                            "intake+casebook@example.org",
                                            {kRole},
                                            "https://import.example.org/about?a=1&b=2",
                                            "Reads the county’s nightly file.\nOne report a row.\t😀"})),
      in_commit(16, 2,
                entry(17, credential, kSecret, 1,
                      ClientSecretIssued{kApplication, digest, "9fZ-", "Cron on “db-2”", kEnd, kReplaced})),
      traced(entry(18, application, kApplication, 2, ApplicationRenamed{"استيراد ليلي"})),
      entry(19, application, kApplication, 3,
            ApplicationEmailChanged{"Import@Bücher.Example", "import@xn--bcher-kva.example"}),
      entry(20, application, kApplication, 4, ApplicationRolesChanged{{kCustomRole}}),
      entry(21, application, kApplication, 5, ApplicationUrlChanged{std::nullopt}),
      entry(22, application, kApplication, 6, ApplicationDescriptionChanged{"Reads \u0001 control"}),
      entry(23, application, kApplication, 7, ApplicationDeactivated{}),
      entry(24, application, kApplication, 8, ApplicationReactivated{}),
      entry(25, application, kApplication, 9, ApplicationDeleted{}),
      by(kApplication,
         traced(entry(
             26, record, kRecord, 1,
             RecordCreated{"intake/reports",
                           {R"({"narrative":"Caller \"J.\"","risk":1.50,"tags":["a",{}],"n":1e400})"}}))),
      by(kApplication, entry(27, record, kRecord, 2,
                             RecordUpdated{"intake/reports", {R"({"risk":12345678901234567890})"}})),
      by(kApplication, entry(28, record, kRecord, 3, RecordDeleted{"intake/reports"})),
      entry(29, record, kRecord, 4, RecordAssigned{"intake/reports", kClerk}),
      entry(30, record, kRecord, 5, RecordAccessListChanged{"intake/reports", {kAdmin, kClerk}, {kTeam}}),
      entry(31, team, kTeam, 1, TeamCreated{"Night “shift”", {kClerk}}),
      entry(32, team, kTeam, 2, TeamRenamed{"Équipe de nuit"}),
      entry(33, team, kTeam, 3, TeamMembersChanged{{kClerk, kApplication}}),
      entry(34, team, kTeam, 4, TeamDeleted{}),
      entry(35, collection, kCollection, 1,
            CollectionCreated{
                "housing",
                "units",
                {{Area::people}, {Area::people, Area::provider_management}, {Area::people}, {Area::people}},
                JsonText{R"({"type":"object","required":["name"]})"}}),
      entry(36, collection, kCollection, 2,
            CollectionPermissionsChanged{{{Area::intake}, {Area::intake}, {Area::intake}, {Area::intake}}}),
      entry(37, collection, kCollection, 3, CollectionSchemaChanged{std::nullopt}),
      entry(38, collection, kCollection, 4, CollectionDeleted{}),
      entry(39, organization, kOrganization, 4, OrganizationSecretAgeChanged{90}),
      entry(40, application, kApplication, 10, ApplicationOwnerChanged{kClerk}),
      entry(41, application, kApplication, 11, ApplicationTagsChanged{{"nightly", "Zürich"}}),
      entry(42, application, kApplication, 12, ApplicationExpiryChanged{kEnd}),
      entry(43, application, kApplication, 13, ApplicationNetworksChanged{{"192.0.2.0/24", "2001:db8::/32"}}),
      entry(44, application, kApplication, 14, ApplicationTokenLifetimeChanged{900}),
      entry(45, application, kApplication, 15, ApplicationRateLimitChanged{std::nullopt}),
      by(kSystemAccount, entry(46, application, kApplication, 16, ApplicationExpired{})),
      entry(47, credential, kSecret, 1,
            PublicKeyRegistered{kApplication, {kJwk}, kThumbprint, "Signer", kEnd}),
      entry(48, credential, kSecret, 1,
            KeySetRegistered{kApplication, "https://import.example.org/jwks.json", "Its own", std::nullopt}),
      entry(49, credential, kSecret, 2, CredentialRelabelled{kApplication, "Cron"}),
      entry(50, credential, kSecret, 3, CredentialExpiryChanged{kApplication, kEnd}),
      proved(entry(51, credential, kSecret, 4, CredentialRevoked{kApplication})),
      by(kSystemAccount,
         entry(52, credential_use, kSecret, 1, CredentialUsed{kApplication, kAt, "2001:db8::7", 4711})),
      by(kSystemAccount,
         entry(53, credential_use, kSecret, 2, EndedCredentialPresented{kApplication, kAt, "192.0.2.7", 3})),
      by(kApplication, proved(entry(54, token, kBearer, 1, TokenRevoked{kApplication, kEnd}))),
      entry(55, signing_key, kSigner, 1,
            SigningKeyCreated{SignatureAlgorithm::eddsa, {kJwk}, "AaDBd_s03ffBAkRYfa6Ok19M", kEnd}),
      by(kSystemAccount, entry(56, signing_key, kSigner, 2, SigningKeyRevoked{})),
      by(kSystemAccount, entry(57, sign_in, kApplication, 1,
                               AuthenticationsFailed{kApplication, 4711, 2, kAt, "2001:db8::7"})),
      entry(58, credential, kSecret, 1,
            CertificateRegistered{kApplication, "MIIBszCCAVk=", kThumbprint, "Own", kEnd}),
      entry(59, credential, kSecret, 1,
            CertificateNameRegistered{kApplication, CertificateNameType::san_dns, "import.example.org",
                                      "By name", std::nullopt}),
      entry(60, credential, kToken, 1,
            InitialAccessTokenIssued{
                kAdmin, std::string(kDigest), "4wXz", {kCustomRole, kRole}, 25, "Partners", kEnd}),
      by(kAdmin, entry(61, credential, kSecret, 1,
                       RegistrationAccessTokenIssued{kApplication, std::string(kDigest), "4wXz"})),
      by(kClerk, entry(62, credential, kToken, 1, PasswordSet{kClerk, "AQIDBAUGBwg"})),
      by(kClerk, entry(63, credential, kToken, 1, TotpRegistered{kClerk, "CAcGBQQDAgE", "Phone"})),
      by(kClerk, entry(64, credential, kToken, 1,
                       SessionStarted{kClerk, std::string(kDigest), SignInMeans::password_and_totp,
                                      "2001:db8::7", "Mozilla/5.0", kEnd})),
      entry(65, credential, kToken, 1, SignInLinkIssued{kClerk, std::string(kDigest), "4wXz", kEnd}),
      by(kClerk, entry(66, credential, kToken, 1,
                       ExternalIdentityLinked{kClerk, "https://id.example.org", "248289761001"})),
      by(kSystemAccount,
         entry(67, signing_key, kSigner, 1,
               CheckpointKeyCreated{
                   "byline.example.org/log+5b1d1a4e+AfLuTW0oY+2o7nfKnc3fd7nPeGQQ2Q9qYAjSmvWsHTVt",
                   "AaDBd_s03ffBAkRYfa6Ok19M"})),
      entry(68, user, kClerk, 8, UserErased{}),
      entry(69, application, kApplication, 9, ApplicationErased{}),
      entry(70, record, kRecord, 4, RecordErased{"intake/reports"}),
      entry(71, credential, kSecret, 3, CredentialErased{kApplication}),
      by(kSystemAccount, entry(72, access, kApplication, 1,
                               AccessRefused{kApplication,
                                             12,
                                             {{"createRecord intake/reports", 9}, {"deleteRole", 3}},
                                             kAt,
                                             "2001:db8::7"})),
      by(kSystemAccount,
         entry(73, credential_use, kSecret, 4, TokensIssued{kApplication, 4711, kAt, "192.0.2.7"})),
      by(kAdmin, entry(74, projection, kView, 1, RebuildStarted{"bylines", kJob, 50000})),
      by(kSystemAccount,
         entry(75, projection, kView, 2, RebuildFinished{"bylines", kJob, 74, 31, 1250, true})),
      by(kAdmin, entry(76, projection, kView, 3, RebuildCancelled{"bylines", kJob})),
      by(kSystemAccount,
         entry(77, projection, kView, 4, RebuildFailed{"bylines", kJob, 60, "a byline of the wrong length"})),
      by(kSystemAccount,
         entry(78, projection, kView, 5, ProjectionStalled{"bylines", 78, "a byline of the wrong length"})),
      by(kSystemAccount,
         entry(79, projection, kView, 6, ProjectionVerified{"bylines", kJob, 78, 31, false, "6101890a5d"})),
  };
}

std::vector<std::pair<std::string, LogEntry>> earlier_forms() {
  auto role_created = golden_entries()[1];
  std::get<RoleCreated>(role_created.event).copied_from.reset();
  auto token_issued = golden_entries()[3];
  std::get<AccessTokenIssued>(token_issued.event).expires_at.reset();
  auto secret_issued = golden_entries()[16];
  auto& secret = std::get<ClientSecretIssued>(secret_issued.event);
  secret = ClientSecretIssued{secret.account, secret.digest, secret.hint};
  return {{"RoleCreated.1.json", role_created},
          {"AccessTokenIssued.1.json", token_issued},
          {"ClientSecretIssued.1.json", secret_issued}};
}

std::filesystem::path golden_folder() {
  return std::filesystem::path(BYLINE_SOURCE_DIR) / "tests" / "events" / "golden";
}

std::string golden_name(const LogEntry& entry) {
  int version = std::visit([](const auto& event) { return event.kType.version; }, entry.event);
  return std::string(type_name(entry.event)) + "." + std::to_string(version) + ".json";
}

std::string golden_bytes(const std::string& file) {
  std::ifstream in(golden_folder() / file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in || !bytes.ends_with('\n')) throw std::runtime_error("golden file missing or cut short: " + file);
  bytes.pop_back();
  return bytes;
}

}  // namespace byline::test
