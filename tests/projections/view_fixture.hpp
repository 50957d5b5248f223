#pragma once

#include <gtest/gtest.h>

#include "projections/memory_rows.hpp"
#include "projections/view_set.hpp"

namespace byline::test {

template <class I>
I id_of(std::uint8_t number) {
  I id;
  id.bytes.back() = number;
  return id;
}

inline const auto kHarbor = id_of<OrganizationId>(1);
inline const auto kHill = id_of<OrganizationId>(2);
inline const auto kAda = id_of<AccountId>(11);
inline const auto kBo = id_of<AccountId>(12);
inline const auto kImport = id_of<AccountId>(21);
inline const auto kExport = id_of<AccountId>(22);
inline const auto kWorker = id_of<RoleId>(31);
inline const auto kObserver = id_of<RoleId>(32);
inline const auto kReport = id_of<RecordId>(41);

/// One view, folded from the events that a test gives; only the rows of that view are kept.
class ViewFixture : public ::testing::Test {
 protected:
  explicit ViewFixture(View view) : projection_(&(*ViewSet::built_in())[view]) {}

  /// From here on this one is folded. It outlives the test.
  void fold_with(const Projection& projection) { projection_ = &projection; }

  /// The next event of a subject, as a commit of its own, by `actor` and a second after the one before.
  void given(const Subject& subject, Event event, const AccountId& actor = kAda,
             const OrganizationId& organization = kHarbor) {
    ++tail_.value;
    fold(subject, std::move(event), actor, organization, {tail_, 1});
  }
  /// Several events of one command.
  void given_together(const std::vector<std::pair<Subject, Event>>& events, const AccountId& actor = kAda) {
    Commit commit{{tail_.value + 1}, static_cast<std::uint32_t>(events.size())};
    for (const auto& [subject, event] : events) {
      ++tail_.value;
      fold(subject, event, actor, kHarbor, commit);
    }
  }
  Time at(std::int64_t position) const { return {kStart + position * 1'000'000}; }

  const std::map<std::string, std::string>& rows() const { return rows_.all(); }
  std::optional<std::string> row(std::string_view key) { return rows_.get(key); }
  /// What follows the prefix in the keys that have it.
  std::vector<std::string> rests(const std::string& prefix) const {
    std::vector<std::string> found;
    for (const auto& [key, value] : rows()) {
      if (key.starts_with(prefix)) found.push_back(key.substr(prefix.size()));
    }
    return found;
  }

 private:
  static constexpr std::int64_t kStart = 1'800'000'000'000'000;

  void fold(const Subject& subject, Event event, const AccountId& actor, const OrganizationId& organization,
            const Commit& commit) {
    LogEntry entry;
    entry.position = tail_;
    entry.commit = commit;
    entry.subject = subject;
    entry.version = {++versions_[{subject.kind, subject.id}]};
    entry.organization = organization;
    entry.actor = actor;
    entry.at = at(static_cast<std::int64_t>(tail_.value));
    entry.event = std::move(event);
    projection_->apply(entry, rows_);
  }

  const Projection* projection_;
  MemoryRows rows_;
  Position tail_;
  std::map<std::pair<SubjectKind, std::array<std::uint8_t, 16>>, std::uint32_t> versions_;
};

inline const Subject kHarborSubject{SubjectKind::organization, kHarbor};
inline const Subject kAdaSubject{SubjectKind::user, kAda};
inline const Subject kImportSubject{SubjectKind::application, kImport};
inline const Subject kExportSubject{SubjectKind::application, kExport};
inline const Subject kWorkerSubject{SubjectKind::role, kWorker};
inline const Subject kReportSubject{SubjectKind::record, kReport};

inline ApplicationRegistered registered(const std::string& name, const std::string& email = "i@example.org") {
  return {name, email, email, {kWorker}, {}, {}};
}

}  // namespace byline::test
