#include "domain/given.hpp"

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "support/printing.hpp"

namespace byline::test {

void PrintTo(const Reason& reason, std::ostream* out) {
  *out << code_name(reason.code) << " at \"" << reason.field << '"';
}

namespace {

std::string explain_all(const Rejection& rejection) {
  std::string text;
  for (const auto& problem : rejection.problems) text += "\n  " + testing::PrintToString(problem);
  return text;
}

}  // namespace

void Decided::then(const std::vector<NewEvent>& events, std::source_location where) const {
  testing::ScopedTrace trace(where.file_name(), static_cast<int>(where.line()), "then");
  ASSERT_TRUE(decision_) << "refused:" << explain_all(decision_.error());
  EXPECT_EQ(*decision_, events);
}

void Decided::refused(const std::vector<Reason>& reasons, std::source_location where) const {
  testing::ScopedTrace trace(where.file_name(), static_cast<int>(where.line()), "refused");
  ASSERT_FALSE(decision_) << "decided:" << testing::PrintToString(*decision_);
  std::vector<Reason> found;
  for (const auto& problem : decision_.error().problems) {
    found.push_back({problem.code, problem.field});
    EXPECT_FALSE(explain(problem).empty());
  }
  EXPECT_EQ(found, reasons);
}

void Decided::refused_naming(const Reason& reason, const std::string& detail,
                             std::source_location where) const {
  refused({reason}, where);
  testing::ScopedTrace trace(where.file_name(), static_cast<int>(where.line()), "refused");
  if (decision_ || decision_.error().problems.size() != 1) return;  // failed above
  EXPECT_EQ(decision_.error().problems[0].detail, detail);
}

Given&& Given::in(const OrganizationId& organization, const std::vector<NewEvent>& events) && {
  context_.organization = organization;
  fold(state_, organization, events);
  return std::move(*this);
}

Given&& Given::as(const AccountId& actor) && {
  context_.actor = actor;
  return std::move(*this);
}

Given&& Given::by(CredentialKind kind, const CredentialId& id, std::optional<Time> ends) && {
  context_.credential = id;
  context_.credential_kind = kind;
  context_.credential_ends = ends;
  return std::move(*this);
}

Given&& Given::having_seen(std::uint32_t version) && {
  context_.expected = Version{version};
  return std::move(*this);
}

Decided Given::when(const Command& command) const {
  return Decided(std::visit([this](const auto& asked) { return decide(state_, context_, asked); }, command));
}

Given given(const std::vector<NewEvent>& history, const std::vector<NewEvent>& more) {
  return Given().in(kAcme, history).in(kAcme, more);
}

void fold(State& state, const OrganizationId& organization, const std::vector<NewEvent>& events) {
  for (const auto& event : events) {
    LogEntry entry;
    entry.position = {state.tail().value + 1};
    entry.commit = {entry.position, 1};
    entry.subject = event.subject;
    entry.version = {state.version_of(event.subject).value + 1};
    entry.organization = organization;
    entry.event = event.event;
    state.evolve(entry);
  }
}

}  // namespace byline::test
