#include "history/sentence.hpp"

#include <algorithm>

#include "events/codec.hpp"

namespace byline::history {
namespace {

std::string in_quotes(std::string_view text) { return "“" + std::string(text) + "”"; }

/// `A`, `A and B`, `A, B and C`.
std::string joined(const std::vector<std::string>& texts) {
  std::string text;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) text += i + 1 == texts.size() ? " and " : ", ";
    text += texts[i];
  }
  return text;
}

std::string counted(std::uint64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// One overload for each kind of event, in the order of `Event`.
class SentenceTeller {
 public:
  SentenceTeller(const LogEntry& entry, const Known& known) : entry_(entry), known_(known) {}

  // -- organizations --

  std::string operator()(const OrganizationCreated& event) const {
    return did("founded the organization " + in_quotes(event.name));
  }
  std::string operator()(const OrganizationRenamed& event) const {
    return did("renamed the organization to " + in_quotes(event.name));
  }
  std::string operator()(const OrganizationPlanChanged& event) const {
    return did("put the organization on the plan " + std::string(name_of(event.plan)));
  }
  std::string operator()(const OrganizationSecretAgeChanged& event) const {
    if (!event.max_days) return did("let client secrets last for ever again");
    return did("bounded the life of client secrets to " +
               counted(static_cast<std::uint64_t>(*event.max_days), "day"));
  }

  // -- users --

  std::string operator()(const UserCreated& event) const {
    return did("added the user " + in_quotes(event.name) + with_roles(event.roles));
  }
  std::string operator()(const UserRenamed& event) const {
    return did("renamed a user to " + in_quotes(event.name));
  }
  std::string operator()(const UserEmailChanged& event) const {
    return did("changed the e-mail address of " + subject() + " to " + event.email);
  }
  std::string operator()(const UserRolesChanged& event) const { return changed_roles(event.roles); }
  std::string operator()(const UserDeactivated&) const { return did("deactivated " + subject()); }
  std::string operator()(const UserReactivated&) const { return did("activated " + subject() + " again"); }
  std::string operator()(const UserDeleted&) const { return did("deleted the user " + subject()); }
  std::string operator()(const UserErased&) const { return did("erased what was known of a user"); }

  // -- roles --

  std::string operator()(const RoleCreated& event) const {
    return did("made the role " + in_quotes(event.name));
  }
  std::string operator()(const RoleRenamed& event) const {
    return did("renamed a role to " + in_quotes(event.name));
  }
  std::string operator()(const RolePermissionsChanged&) const {
    return did("changed the permissions of the role " + subject());
  }
  std::string operator()(const RoleDeleted&) const { return did("deleted the role " + subject()); }

  // -- applications --

  std::string operator()(const ApplicationRegistered& event) const {
    return did("registered the application " + in_quotes(event.name) + with_roles(event.roles));
  }
  std::string operator()(const ApplicationRenamed& event) const {
    return did("renamed an application to " + in_quotes(event.name));
  }
  std::string operator()(const ApplicationEmailChanged& event) const {
    return did("changed the e-mail address of " + subject() + " to " + event.email);
  }
  std::string operator()(const ApplicationRolesChanged& event) const { return changed_roles(event.roles); }
  std::string operator()(const ApplicationUrlChanged& event) const { return set("the URL", event.url); }
  std::string operator()(const ApplicationDescriptionChanged& event) const {
    return did((event.description ? "described " : "took the description away from ") + subject() +
               (event.description ? " anew" : ""));
  }
  std::string operator()(const ApplicationDeactivated&) const { return did("deactivated " + subject()); }
  std::string operator()(const ApplicationReactivated&) const {
    return did("activated " + subject() + " again");
  }
  std::string operator()(const ApplicationExpired&) const {
    return "The time of " + subject() + " was over: it was deactivated.";
  }
  std::string operator()(const ApplicationDeleted&) const {
    return did("deleted the application " + subject());
  }
  std::string operator()(const ApplicationErased&) const {
    return did("erased what was known of an application");
  }
  std::string operator()(const ApplicationOwnerChanged& event) const {
    if (!event.owner) return did("left " + subject() + " without an owner");
    return did("made " + name(*event.owner) + " answer for " + subject());
  }
  std::string operator()(const ApplicationTagsChanged& event) const {
    return event.tags.empty() ? did("took all tags away from " + subject())
                              : did("tagged " + subject() + " with " + joined(event.tags));
  }
  std::string operator()(const ApplicationExpiryChanged& event) const {
    return set_end(subject(), event.expires_at);
  }
  std::string operator()(const ApplicationNetworksChanged& event) const {
    return event.networks.empty() ? did("let " + subject() + " come from everywhere")
                                  : did("let " + subject() + " come only from " + joined(event.networks));
  }
  std::string operator()(const ApplicationTokenLifetimeChanged& event) const {
    if (!event.seconds) return did("gave " + subject() + " tokens of the usual life");
    return did("gave " + subject() + " tokens that live for " +
               counted(static_cast<std::uint64_t>(*event.seconds), "second"));
  }
  std::string operator()(const ApplicationRateLimitChanged& event) const {
    if (!event.per_second) return did("gave " + subject() + " the usual rate limit");
    return did("let " + subject() + " make " +
               counted(static_cast<std::uint64_t>(*event.per_second), "request") + " a second");
  }

  // -- credentials --

  std::string operator()(const ClientSecretIssued& event) const {
    return did(std::string(event.replaces ? "issued a secret in the place of another" : "issued a secret") +
               " to " + name(event.account) + label(event.label));
  }
  std::string operator()(const AccessTokenIssued& event) const {
    return did("issued an access token to " + name(event.account) + label(event.label));
  }
  std::string operator()(const PublicKeyRegistered& event) const {
    return added("a public key", event.account, event.label);
  }
  std::string operator()(const KeySetRegistered& event) const {
    return added("the key set at " + event.url, event.account, event.label);
  }
  std::string operator()(const CertificateRegistered& event) const {
    return added("a certificate", event.account, event.label);
  }
  std::string operator()(const CertificateNameRegistered& event) const {
    return added("the certificate name " + in_quotes(event.name), event.account, event.label);
  }
  std::string operator()(const InitialAccessTokenIssued& event) const {
    return did("let programs register themselves" + with_roles(event.roles) + ", by a token of " +
               name(event.account) + label(event.label));
  }
  std::string operator()(const RegistrationAccessTokenIssued& event) const {
    return "The application " + name(event.account) + " got a token for its own registration.";
  }
  std::string operator()(const PasswordSet& event) const {
    return did("chose a password for " + name(event.account));
  }
  std::string operator()(const TotpRegistered& event) const {
    return did("added an authenticator app for " + name(event.account) + label(event.label));
  }
  std::string operator()(const SessionStarted& event) const {
    const char* means = event.means == SignInMeans::password            ? "by password"
                        : event.means == SignInMeans::password_and_totp ? "by password and authenticator app"
                                                                        : "by the OpenID Connect provider";
    return name(event.account) + " signed in " + means + " from " + event.from + ".";
  }
  std::string operator()(const SignInLinkIssued& event) const {
    return did("made a link by which " + name(event.account) + " can choose a password");
  }
  std::string operator()(const ExternalIdentityLinked& event) const {
    return "The identity " + in_quotes(event.name) + " at " + event.issuer + " was taken for " +
           name(event.account) + ".";
  }
  std::string operator()(const CredentialRelabelled& event) const {
    return did("labelled a credential of " + name(event.account) + " " +
               (event.label ? in_quotes(*event.label) : "no more"));
  }
  std::string operator()(const CredentialExpiryChanged& event) const {
    return set_end("a credential of " + name(event.account), event.expires_at);
  }
  std::string operator()(const CredentialRevoked& event) const {
    return did("revoked a credential of " + name(event.account));
  }
  std::string operator()(const CredentialErased&) const {
    return did("erased what was known of a credential");
  }
  std::string operator()(const CredentialUsed& event) const {
    return name(event.account) + " proved itself with a credential " + counted(event.uses, "time") +
           ", last from " + event.used_from + ".";
  }
  std::string operator()(const EndedCredentialPresented& event) const {
    return "A credential of " + name(event.account) + " that is over was presented " +
           counted(event.attempts, "time") + ", last from " + event.presented_from + ".";
  }
  std::string operator()(const TokenRevoked& event) const {
    return did("revoked a bearer token of " + name(event.account));
  }

  // -- records --

  std::string operator()(const RecordCreated& event) const {
    return did("created " + record(event.collection));
  }
  std::string operator()(const RecordUpdated& event) const {
    return did("changed " + record(event.collection));
  }
  std::string operator()(const RecordAssigned& event) const {
    return event.assignee ? did("assigned " + record(event.collection) + " to " + name(*event.assignee))
                          : did("took " + record(event.collection) + " from its assignee");
  }
  std::string operator()(const RecordAccessListChanged& event) const {
    std::vector<std::string> names;
    names.reserve(event.accounts.size() + event.teams.size());
    for (const auto& account : event.accounts) names.push_back(name(account));
    for (const auto& team : event.teams) names.push_back("the team " + name(team));
    return names.empty() ? did("emptied the access list of " + record(event.collection))
                         : did("opened " + record(event.collection) + " to " + joined(names));
  }
  std::string operator()(const RecordDeleted& event) const {
    return did("deleted " + record(event.collection));
  }
  std::string operator()(const RecordErased& event) const {
    return did("erased what was in " + record(event.collection));
  }

  // -- teams and collections --

  std::string operator()(const TeamCreated& event) const {
    return did("made the team " + in_quotes(event.name) + " of " + counted(event.members.size(), "member"));
  }
  std::string operator()(const TeamRenamed& event) const {
    return did("renamed a team to " + in_quotes(event.name));
  }
  std::string operator()(const TeamMembersChanged& event) const {
    return did("changed the members of the team " + subject() + ", which has " +
               std::to_string(event.members.size()) + " now");
  }
  std::string operator()(const TeamDeleted&) const { return did("deleted the team " + subject()); }
  std::string operator()(const CollectionCreated& event) const {
    return did("made the collection " + in_quotes(event.service + "/" + event.name));
  }
  std::string operator()(const CollectionPermissionsChanged&) const {
    return did("changed what a collection's operations ask for");
  }
  std::string operator()(const CollectionSchemaChanged& event) const {
    return did(event.schema ? "gave a collection another schema" : "took a collection's schema away");
  }
  std::string operator()(const CollectionDeleted&) const { return did("deleted a collection"); }

  // -- keys, and what was seen --

  std::string operator()(const SigningKeyCreated& event) const {
    return did("made a key to sign tokens with (" + std::string(name_of(event.algorithm)) + ")");
  }
  std::string operator()(const SigningKeyRevoked&) const {
    return did("revoked a key that signs tokens, and what it signed");
  }
  std::string operator()(const CheckpointKeyCreated& event) const {
    return did("made the key of the log's checkpoints, " +
               event.verifier_key.substr(0, event.verifier_key.find('+')));
  }
  std::string operator()(const AccessRefused& event) const {
    std::vector<std::string> operations;
    operations.reserve(event.operations.size());
    for (const auto& refused : event.operations) operations.push_back(refused.operation);
    return name(event.account) + " asked " + counted(event.attempts, "time") +
           " for what it may not do: " + joined(operations) + ", last from " + event.last_from + ".";
  }
  std::string operator()(const TokensIssued& event) const {
    return name(event.account) + " got " + counted(event.tokens, "access token") + ", last from " +
           event.last_from + ".";
  }
  std::string operator()(const RebuildStarted& event) const {
    return did("asked for the view " + event.projection + " to be built anew");
  }
  std::string operator()(const RebuildFinished& event) const {
    auto text = "The view " + event.projection + " was built anew at position " +
                std::to_string(event.position) + ": " + counted(event.rows, "row");
    if (event.identical) text += *event.identical ? ", identical to those before" : ", not those before";
    return text + ".";
  }
  std::string operator()(const RebuildCancelled& event) const {
    return did("cancelled the rebuild of the view " + event.projection);
  }
  std::string operator()(const RebuildFailed& event) const {
    return "The view " + event.projection + " could not be built anew; at position " +
           std::to_string(event.position) + ": " + event.reason + ".";
  }
  std::string operator()(const ProjectionStalled& event) const {
    return "The view " + event.projection + " could not fold the entry at position " +
           std::to_string(event.position) + ": " + event.reason + ".";
  }
  std::string operator()(const ProjectionVerified& event) const {
    return "The view " + event.projection + " was held against the log at position " +
           std::to_string(event.position) + ": " +
           (event.identical ? "it is right."
                            : "it is wrong, first at key " + event.first_difference.value_or("") + ".");
  }
  std::string operator()(const AuthenticationsFailed& event) const {
    auto text = counted(event.attempts, "attempt") + " to be " +
                (event.account ? name(*event.account) : std::string("an account that does not exist")) +
                " failed, the last from " + event.last_from;
    if (event.lock_outs > 0) text += "; an address was locked out " + counted(event.lock_outs, "time");
    return text + ".";
  }

 private:
  std::string did(const std::string& what) const {
    auto actor = entry_.actor == kSystemAccount ? "The system" : known_.name_of(to_string(entry_.actor));
    return actor + " " + what + ".";
  }
  template <class I>
  std::string name(const I& id) const {
    auto text = to_string(id);
    auto found = known_.name_of(text);
    return found == text ? text : in_quotes(found);
  }
  std::string subject() const { return name(Id<void>{entry_.subject.id}); }
  std::string record(const std::string& collection) const {
    return "the record " + to_string(Id<void>{entry_.subject.id}) + " in " + collection;
  }
  static std::string label(const std::optional<std::string>& text) {
    return text && !text->empty() ? ", labelled " + in_quotes(*text) : "";
  }
  static std::string label(const std::string& text) { return label(std::optional(text)); }
  std::string added(const std::string& what, const AccountId& account,
                    const std::optional<std::string>& text) const {
    return did("added " + what + " to " + name(account) + label(text));
  }
  std::string set(const std::string& what, const std::optional<std::string>& value) const {
    return value ? did("set " + what + " of " + subject() + " to " + *value)
                 : did("took " + what + " away from " + subject());
  }
  std::string set_end(const std::string& what, const std::optional<Time>& end) const {
    return end ? did("has " + what + " end at " + to_string(*end)) : did("has " + what + " end no more");
  }
  std::string roles(const std::vector<RoleId>& ids) const {
    std::vector<std::string> names;
    names.reserve(ids.size());
    for (const auto& id : ids) names.push_back(name(id));
    return (names.size() == 1 ? "the role " : "the roles ") + joined(names);
  }
  std::string with_roles(const std::vector<RoleId>& ids) const {
    return ids.empty() ? " without roles" : " with " + roles(ids);
  }
  std::string changed_roles(const std::vector<RoleId>& after) const {
    auto before = known_.roles_before(entry_);
    if (!before) return did("gave " + subject() + " " + (after.empty() ? "no roles" : roles(after)));
    auto without = [](const std::vector<RoleId>& all, const std::vector<RoleId>& others) {
      std::vector<RoleId> rest;
      std::ranges::copy_if(all, std::back_inserter(rest),
                           [&](const RoleId& id) { return std::ranges::find(others, id) == others.end(); });
      return rest;
    };
    auto given = without(after, *before), taken = without(*before, after);
    if (given.empty() && taken.empty()) return did("put the roles of " + subject() + " in another order");
    if (taken.empty()) return did("gave " + subject() + " " + roles(given));
    if (given.empty()) return did("took " + roles(taken) + " away from " + subject());
    return did("gave " + subject() + " " + roles(given) + " and took away " + roles(taken));
  }

  const LogEntry& entry_;
  const Known& known_;
};

}  // namespace

std::string sentence_of(const LogEntry& entry, const Known& known) {
  auto marked = with_marks(entry);
  return std::visit(SentenceTeller(marked, known), marked.event);
}

}  // namespace byline::history
