#pragma once

#include <functional>
#include <string>

#include "domain/command.hpp"
#include "http/call.hpp"

namespace byline::http {

/// Makes the answer to a command that was carried out, from rows as they are after it.
using RenderCommitted = std::function<Response(const Reader& reader, const Committed& committed)>;

/// Makes the answer to a command that was refused.
using RenderRejected = std::function<Response(const Rejection& rejection)>;

/// Sends a command to the writer and answers its outcome: refused, unavailable, the answer kept under the
/// call's `Idempotency-Key`, or `render`'s. `render` may run on the writer's thread, so it holds what it
/// needs by value and must not touch the call; so does `refuse`, without which a refusal is told as JSON:API
/// has it. Answers to commands carry `Byline-Position`.
Awaitable<Response> run_command(Call& call, Command command, RenderCommitted render,
                                RenderRejected refuse = {});

/// Whether the request carries an `Idempotency-Key`: it may be a repetition, whose answer is kept.
bool is_keyed(const Request& request);

/// The circumstances of the call's commands; an `If-Match` that cannot be read is the answer.
std::expected<Context, Response> command_context(const Call& call);

}  // namespace byline::http
