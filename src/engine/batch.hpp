#pragma once

#include <string>
#include <vector>

#include "domain/state.hpp"
#include "engine/batch_rows.hpp"
#include "engine/committed_rows.hpp"
#include "engine/database.hpp"
#include "engine/reader.hpp"
#include "engine/submission.hpp"

namespace byline {

/// Commands decided one after the other, each against the state that includes those before it, and then made
/// durable together: events, rows of every view, checkpoints and kept answers in one write with one fsync.
///
/// After a failed `commit`, or an exception from `decide`, state and edge are ahead of the disk: throw all
/// three away and fold again.
class Batch final : public Reader {
 public:
  Batch(std::shared_ptr<Database> database, State& state, TreeEdge& edge);

  /// Decides the command and folds its events into state and views.
  Outcome decide(Submission& submission);
  /// Makes everything durable. With nothing to write it touches no disk.
  std::expected<void, AppendError> commit();

  /// The rows that it changed, once it is durable; nullptr before, and where it has no bylines to go with
  /// them.
  const std::shared_ptr<const CommittedRows>& changed_rows() const { return changed_rows_; }

  std::size_t events() const { return entries_.size(); }
  /// True when an event may have changed what some account is allowed to do, or who may come in.
  bool changes_access() const { return changes_access_; }
  /// True when there are other keys to sign tokens with.
  bool changes_keys() const { return changes_keys_; }
  /// True when somebody's data was erased.
  bool erases() const { return erases_; }
  /// The rebuilds that were asked for.
  const std::vector<RebuildStarted>& rebuilds() const { return rebuilds_; }
  /// Those that were called off; one of several views stands there as often.
  const std::vector<RebuildId>& cancelled_rebuilds() const { return cancelled_; }
  /// The views that could not fold one of the events: they are given up, and what they hold of this batch
  /// with them; everything else goes on.
  const std::vector<std::optional<Stall>>& stalls() const { return stalls_; }

  // Reading what will be durable with this batch.
  std::optional<std::string> get(View view, std::string_view key) const override;
  std::unique_ptr<RowCursor> scan(View view, std::string_view prefix, std::string_view start,
                                  Direction direction) const override;
  std::optional<LogEntry> entry(Position position) const override;
  std::optional<LogEntry> unindexed_entry_of(const Subject& subject) const override;
  Position tail() const override { return state_.tail(); }

 private:
  void keep_answer(const Submission& submission, const std::string& key, Time now, Outcome& outcome);
  std::optional<Outcome> find_answer(const Submission& submission, const std::string& key, Time now);
  void complete(const Context& context, Command& command) const;
  void complete_record(const Context& context, Command& command) const;
  std::vector<HeldCredential> held_credentials(const AccountId& account, Time now) const;
  std::size_t count_credentials(const AccountId& account, Time now) const;
  std::optional<RegistrationGrant> registration_grant(const AccountId& account, const CredentialId& id,
                                                      Time now) const;
  std::optional<CredentialState> credential_state(const AccountId& account, const CredentialId& id) const;
  Version version_of(const OrganizationId& organization, const Subject& subject, const Event& next) const;
  bool ends_credential_row(const LogEntry& entry) const;
  ErasureTarget erasure_target(const Context& context, const EraseSubject& command) const;
  void check_schema(const Context& context, std::string_view collection, std::string_view attributes,
                    std::vector<Problem>& problems) const;
  Committed record(const Submission& submission, std::vector<NewEvent> events, Time now);
  void check_rows_at_hand(const Context& context, const std::vector<NewEvent>& events) const;
  void check_keys_at_hand(const std::vector<NewEvent>& events) const;
  void fold(const LogEntry& entry);
  /// Throws ViewUnavailable where they are not to be read.
  BatchRows& rows(View view) const;

  std::shared_ptr<Database> database_;
  State& state_;
  TreeEdge& edge_;
  Position expected_tail_;
  rocksdb::WriteBatch writes_;
  SubjectKeys keys_;
  // One a view.
  mutable std::vector<BatchRows> rows_;  ///< reading looks into the overlay and changes nothing
  std::vector<bool> folded_;             ///< those that were live at the beginning
  std::vector<bool> readable_;           ///< and still are
  std::vector<std::optional<Stall>> stalls_;
  std::vector<std::string> entries_;
  boost::unordered_flat_map<std::string, Position> last_positions_;  ///< of the subjects, in this batch
  boost::unordered_flat_map<std::string, std::string> answers_;
  bool changes_access_ = false;
  bool changes_keys_ = false;
  bool erases_ = false;
  std::vector<RebuildStarted> rebuilds_;
  std::vector<RebuildId> cancelled_;
  std::shared_ptr<const CommittedRows> changed_rows_;
};

}  // namespace byline
