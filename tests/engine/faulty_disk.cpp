#include "faulty_disk.hpp"

namespace byline::test {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using Fault = FaultyDisk::Fault;

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile> file, FaultyDisk& disk, bool write_ahead)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), write_ahead_(write_ahead) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* context) override {
    auto write = [&](const rocksdb::Slice& part) {
      return FSWritableFileOwnerWrapper::Append(part, options, context);
    };
    return append(data, write);
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification, IODebugContext* context) override {
    auto write = [&](const rocksdb::Slice& part) {
      return FSWritableFileOwnerWrapper::Append(part, options, verification, context);
    };
    return append(data, write);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
    return sync([&] { return FSWritableFileOwnerWrapper::Sync(options, context); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    return sync([&] { return FSWritableFileOwnerWrapper::Fsync(options, context); });
  }

 private:
  IOStatus append(const rocksdb::Slice& data, const auto& write) {
    if (disk_.fails(Fault::disk_full)) return IOStatus::NoSpace("no space left on device");
    if (write_ahead_ && disk_.fails(Fault::append_refused))
      return IOStatus::NoSpace("no space left on device");
    if (write_ahead_ && disk_.fails(Fault::append_torn)) {
      if (auto half = write({data.data(), data.size() / 2}); !half.ok()) return half;
      size_ += data.size() / 2;
      return IOStatus::NoSpace("no space left on device");
    }
    auto written = write(data);
    if (written.ok()) size_ += data.size();
    return written;
  }
  IOStatus sync(const auto& pass) {
    if (write_ahead_ && disk_.fails(Fault::sync_kept)) return IOStatus::IOError("fsync failed");
    if (write_ahead_ && disk_.fails(Fault::sync_lost)) {
      auto cut = Truncate(synced_, {}, nullptr);
      return cut.ok() ? IOStatus::IOError("fsync failed") : cut;
    }
    auto synced = pass();
    if (synced.ok()) synced_ = size_;
    return synced;
  }

  FaultyDisk& disk_;
  bool write_ahead_;
  std::uint64_t size_ = 0;
  std::uint64_t synced_ = 0;
};

}  // namespace

IOStatus FaultyDisk::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* file,
                                     IODebugContext* context) {
  auto opened = FileSystemWrapper::NewWritableFile(name, options, file, context);
  // RocksDB's own log of what it does is not a part of the data.
  if (opened.ok() && !name.ends_with("/LOG")) {
    *file = std::make_unique<FaultyFile>(std::move(*file), *this, name.ends_with(".log"));
  }
  return opened;
}

bool FaultyDisk::fails(Fault fault) {
  if (fault_ != fault) return false;
  if (times_.fetch_sub(1) <= 0) {
    times_ = 0;
    return false;
  }
  ++failures_;
  return true;
}

}  // namespace byline::test
