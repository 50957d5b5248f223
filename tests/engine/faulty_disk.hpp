#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>

namespace byline::test {

/// The system's disk, except that writes fail when told to.
class FaultyDisk final : public rocksdb::FileSystemWrapper {
 public:
  enum class Fault : std::uint8_t {
    none,
    append_refused,  ///< the write-ahead log takes no byte: the disk is full
    append_torn,     ///< it takes half of the bytes, then the disk is full
    sync_kept,       ///< its fsync fails, and yet the bytes are there afterwards
    sync_lost,       ///< its fsync fails, and what was not synced before is gone
    disk_full,       ///< no file takes a byte
  };

  FaultyDisk()
      : FileSystemWrapper(rocksdb::FileSystem::Default()), env_(rocksdb::NewCompositeEnv(shared())) {}
  const char* Name() const override { return "FaultyDisk"; }

  rocksdb::Env* env() const { return env_.get(); }
  /// The next `times` operations that the fault is about fail.
  void fail(Fault fault, int times = 1) {
    times_ = times;
    fault_ = fault;
  }
  void heal() { fault_ = Fault::none; }
  /// How many operations have failed.
  int failures() const { return failures_; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override;

  /// True when an operation that these faults are about is to fail now.
  bool fails(Fault fault);

 private:
  /// The environment does not own what this object owns itself.
  std::shared_ptr<rocksdb::FileSystem> shared() { return {std::shared_ptr<void>(), this}; }

  std::atomic<Fault> fault_ = Fault::none;
  std::atomic<int> times_ = 0;
  std::atomic<int> failures_ = 0;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace byline::test
