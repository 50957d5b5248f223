#pragma once

namespace byline::security {

/// Makes libsodium ready, once, however often it is asked: it picks the fastest code for this processor, and
/// its random numbers come from a generator of each thread's own (ChaCha20 with its key erased as it goes,
/// seeded by the system), so that an id or a key costs no system call.
/// @return false where the library cannot be used. Thread-safe.
bool prepare_sodium();

}  // namespace byline::security
