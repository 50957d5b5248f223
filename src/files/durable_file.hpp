#pragma once

#include <filesystem>
#include <string_view>

namespace byline {

/// A file, or another thing that the system gives a number for; closed at the end.
class Descriptor {
 public:
  /// Of what `open` and the like returned; negative where there is nothing.
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  const int number_;
};

/// Writes all of it, however many calls that takes; false where it cannot, and `errno` says why.
bool write_all(int descriptor, std::string_view bytes);

/// What is in a file, or which files are in a directory, is on the disk on return. Throws std::system_error.
void sync_to_disk(const std::filesystem::path& path);

/// A file that gets its name when it is whole, with all that is in it on the disk: until then what had the
/// name before stays. It is written beside it, readable by its owner only, and taken away where it is not put
/// in place. Throws std::system_error. One thread at a time.
class DurableFile {
 public:
  explicit DurableFile(std::filesystem::path file);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  void write(std::string_view bytes);
  void put_in_place();

 private:
  const std::filesystem::path file_, beside_;
  const Descriptor written_;
  bool is_in_place_ = false;
};

}  // namespace byline
