#pragma once

#include <chrono>
#include <condition_variable>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.hpp"
#include "transparency/checkpoint.hpp"

namespace byline::transparency {

/// A checkpoint that was published, and what goes with it.
struct Published : SignedCheckpoint {
  /// The tile of leaves at its right edge, where that is partial: until it is full it is nowhere else.
  std::string edge;
};

/// A witness to ask (C2SP tlog-witness), where it stands.
struct WitnessPeer {
  security::NoteVerifier key;
  std::string url;  ///< its submission prefix, without a slash at the end
};

/// What a witness answered.
struct WitnessReply {
  int status = 0;
  std::string body;
};
/// POSTs the body to the address. Blocks, within a time limit. The error says why there is no answer.
using PostToWitness =
    std::function<std::expected<WitnessReply, std::string>(const std::string& url, const std::string& body)>;

/// Signs and publishes checkpoints of the log: while there is news every few seconds, on a thread of its own,
/// and when somebody asks. Each is signed over entries that are durable, and continues the one before. Where
/// the log does not continue the last one, nothing is signed any more.
class Publisher {
 public:
  struct Options {
    std::chrono::milliseconds interval = std::chrono::seconds(5);  ///< 0: only when somebody asks
    bool begins_anew = false;  ///< the key was just made: no checkpoint of it can be there yet
    std::vector<WitnessPeer> witnesses = {};
    PostToWitness post = {};
  };

  /// `engine` must outlive it. Publishes a first one where there is none.
  Publisher(Engine& engine, security::NoteSigner key, Options options);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  const security::NoteVerifier& key() const { return key_.verifier(); }

  /// The last one; nullptr where there is none. Thread-safe.
  std::shared_ptr<const Published> latest() const;
  /// One of at least `size` entries, published now where the last one has fewer. Witnesses are asked: it
  /// blocks for seconds where they are slow. The error is a sentence. Thread-safe.
  std::expected<std::shared_ptr<const Published>, std::string> covering(std::uint64_t size);

  /// No more checkpoints from here on. Before the engine stops.
  void stop();

 private:
  std::string take_up();
  void run();
  std::shared_ptr<const Published> publish();
  std::shared_ptr<const Published> sign(const LogReader& log) const;
  void ask_witnesses(const Published& published);
  std::expected<security::NoteSignature, std::string> ask(const WitnessPeer& witness,
                                                          const Published& published,
                                                          std::uint64_t& seen) const;
  void adopt(std::shared_ptr<const Published> published);
  bool wants_signatures(const Published& published) const;

  Engine& engine_;
  const security::NoteSigner key_;
  const Options options_;

  std::mutex publishing_;            ///< held while one is made; guards the next three
  std::string broken_;               ///< why nothing can be signed; empty where it can
  std::vector<std::uint64_t> seen_;  ///< by each witness: the size of what it signed last, as far as is known
  std::chrono::steady_clock::time_point asked_at_;

  mutable std::mutex mutex_;
  std::shared_ptr<const Published> latest_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace byline::transparency
