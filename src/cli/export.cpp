#include "byline/export.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <system_error>

#include "cli/program.hpp"
#include "cli/progress.hpp"
#include "files/durable_file.hpp"

namespace byline::cli {
namespace {

struct ExportOptions {
  std::string data = "data";
  std::string file = "-";
};

/// Gets its name when it is whole: until then what had the name before stays. What is no file, such as a
/// pipe, is written to as it is.
class ExportFile {
 public:
  explicit ExportFile(const std::filesystem::path& file) : file_(file), written_(file) {
    if (!std::filesystem::exists(file) || std::filesystem::is_regular_file(file)) written_ += ".partial";
    out_.open(written_, std::ios::binary | std::ios::trunc);
  }
  ~ExportFile() {
    std::error_code ignored;
    if (is_partial()) std::filesystem::remove(written_, ignored);
  }
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;

  std::ostream& out() { return out_; }
  bool keep() {
    out_.close();
    if (!out_) return false;
    if (!is_partial()) return true;
    try {
      sync_to_disk(written_);
      std::filesystem::rename(written_, file_);
      written_ = file_;
      sync_to_disk(file_.parent_path());
    } catch (const std::system_error&) {
      return false;
    }
    return true;
  }

 private:
  bool is_partial() const { return written_ != file_; }

  const std::filesystem::path file_;
  std::filesystem::path written_;
  std::ofstream out_;
};

int run_export(const ExportOptions& options) {
  bool to_file = options.file != "-";
  keep_from_others();
  std::optional<ExportFile> file;
  if (to_file) {
    file.emplace(options.file);
    if (!file->out()) return fail("The file " + options.file + " cannot be written.");
  }
  std::expected<ExportedLog, std::string> done;
  {
    Progress progress(to_file ? Progress::Output::afterwards : Progress::Output::meanwhile);
    done = export_log(options.data, to_file ? file->out() : std::cout,
                      [&](auto position, auto last) { progress.tell(position, last); });
  }
  if (!done) return fail(done.error());
  if (file && !file->keep()) return fail("The file " + options.file + " cannot be written to its end.");
  if (to_file)
    std::cout << done->entries << " entries and " << done->keys << " keys, with the root " << done->root
              << ".\n";
  return 0;
}

int run_import(const ExportOptions& options) {
  bool from_file = options.file != "-";
  std::ifstream file;
  if (from_file) {
    if (std::filesystem::is_directory(options.file))
      return fail(options.file + " is a directory: --from names the file that byline export wrote.");
    file.open(options.file, std::ios::binary);
    if (!file) return fail("The file " + options.file + " cannot be read.");
  }
  std::expected<ExportedLog, std::string> done;
  {
    Progress progress(Progress::Output::afterwards);
    done = import_log(from_file ? static_cast<std::istream&>(file) : std::cin, options.data,
                      [&](auto position, auto last) { progress.tell(position, last); });
  }
  if (!done) return fail(done.error());
  std::cout << done->entries << " entries and " << done->keys << " keys, with the root " << done->root
            << ".\n"
            << "They are in " << options.data
            << ". Put the key-encryption key beside them, and start the service: it builds the views.\n";
  return 0;
}

}  // namespace

void add_export(Program& program) {
  auto* command =
      program.app.add_subcommand("export", "Write a log out as lines of JSON, while its service runs");
  auto options = std::make_shared<ExportOptions>();
  command->add_option("--data", options->data, "The data directory")->capture_default_str();
  command->add_option("--to", options->file, "The file to write; -: standard output")->capture_default_str();
  command->footer(
      "The entries, byte for byte, and with them the sealed keys of personal data and the signed checkpoint. "
      "Views "
      "are not in it:\nthey are built from the log.\n\nExample:\n  byline export --data ./data | zstd > "
      "log.jsonl.zst\n\nExit status: 0 when it is whole; 1 on failure.");
  command->callback([&program, options] { program.run = [options] { return run_export(*options); }; });
}

void add_import(Program& program) {
  auto* command = program.app.add_subcommand("import", "Make a data directory of an exported log");
  auto options = std::make_shared<ExportOptions>();
  command->add_option("--from", options->file, "The file to read; -: standard input")->capture_default_str();
  command->add_option("--data", options->data, "The data directory to make: not there yet, or empty")
      ->capture_default_str();
  command->footer(
      "Every line is checked, and the log is verified, before the directory is there.\n\n"
      "Example:\n  zstd -d < log.jsonl.zst | byline import --data ./copy\n\n"
      "Exit status: 0 when it is done; 1 on failure, and nothing is there then.");
  command->callback([&program, options] { program.run = [options] { return run_import(*options); }; });
}

}  // namespace byline::cli
