#pragma once

#include <source_location>
#include <string>
#include <vector>

#include "domain/command.hpp"
#include "domain/state.hpp"

namespace byline::test {

/// What a test expects of a refusal: the code and the field it is about.
struct Reason {
  Code code;
  std::string field;
  friend bool operator==(const Reason&, const Reason&) = default;
};

/// What was decided, to be held against what was promised.
class Decided {
 public:
  explicit Decided(Decision decision) : decision_(std::move(decision)) {}

  /// Exactly these events, in this order.
  void then(const std::vector<NewEvent>& events,
            std::source_location where = std::source_location::current()) const;
  void then_nothing(std::source_location where = std::source_location::current()) const { then({}, where); }
  /// Exactly these reasons, in this order.
  void refused(const std::vector<Reason>& reasons,
               std::source_location where = std::source_location::current()) const;
  /// One reason, which names this in its detail.
  void refused_naming(const Reason& reason, const std::string& detail,
                      std::source_location where = std::source_location::current()) const;

 private:
  Decision decision_;
};

/// A decider's test: what happened, who asks for what, and what follows. Nothing in it is a stand-in: events
/// are folded by the product's own State.
///
///   given(acme(), {{application(kImport), ApplicationDeactivated{}}})
///       .as(kAnn)
///       .when(ChangeApplication{.id = kImport, .active = true})
///       .then({{application(kImport), ApplicationReactivated{}}});
class Given {
 public:
  /// More that happened, in this organization, which is then the caller's.
  Given&& in(const OrganizationId& organization, const std::vector<NewEvent>& events) &&;
  Given&& as(const AccountId& actor) &&;
  /// What the caller came with, and when that ends.
  Given&& by(CredentialKind kind, const CredentialId& id, std::optional<Time> ends = {}) &&;
  /// What the caller says it has seen: `If-Match`.
  Given&& having_seen(std::uint32_t version) &&;

  Decided when(const Command& command) const;
  const State& state() const { return state_; }

 private:
  State state_;
  Context context_{};
};

/// What happened in `kAcme` (example.hpp), and then there too.
Given given(const std::vector<NewEvent>& history, const std::vector<NewEvent>& more = {});

/// Folds what one command of this organization led to.
void fold(State& state, const OrganizationId& organization, const std::vector<NewEvent>& events);

}  // namespace byline::test
