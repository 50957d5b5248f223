#pragma once

#include <cstdint>

namespace byline::cli {

/// A line on a terminal while nothing else is printed there: how far a long reading is. Nothing in a pipe.
class Progress {
 public:
  enum class Output : std::uint8_t {
    meanwhile,   ///< comes on standard output, which must be no terminal then
    afterwards,  ///< comes when the line is gone again
  };
  explicit Progress(Output output);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// `last`: the position at which it will end; 0 where that is not known.
  void tell(std::uint64_t position, std::uint64_t last);

 private:
  const bool shown_;
  const double began_;
  double told_ = 0;
  bool written_ = false;
};

}  // namespace byline::cli
