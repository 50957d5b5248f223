#include "domain/projection.hpp"

#include <sodium.h>

#include "domain/rules.hpp"

namespace byline {

Subject projection_subject(std::string_view name) {
  Id<void> id;
  crypto_generichash_blake2b(id.bytes.data(), id.bytes.size(),
                             reinterpret_cast<const unsigned char*>(name.data()), name.size(), nullptr, 0);
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x80);  // version 8, RFC 9562 §5.8
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return {SubjectKind::projection, id};
}

namespace {

template <class Make>
Decision decide_each(const State& state, const Context& context, const std::vector<std::string>& projections,
                     Make&& make) {
  if (context.actor != kSystemAccount) {
    auto access = authorize(state, context, Area::admin_organization, Operation::edit);
    if (!access) return std::unexpected(std::move(access.error()));
  }
  std::vector<NewEvent> events;
  events.reserve(projections.size());
  for (const auto& name : projections) events.push_back({projection_subject(name), make(name)});
  return events;
}

}  // namespace

Decision decide(const State& state, const Context& context, const StartRebuild& command) {
  return decide_each(state, context, command.projections, [&](const std::string& name) {
    return RebuildStarted{name, command.job, command.most_per_second};
  });
}

Decision decide(const State& state, const Context& context, const CancelRebuild& command) {
  auto events = decide_each(state, context, command.projections,
                            [&](const std::string& name) { return RebuildCancelled{name, command.job}; });
  if (events && command.is_settled) return refuse(Code::projection_job_over);
  return events;
}

Decision decide(const State&, const Context& context, const NoteProjection& command) {
  if (context.actor != kSystemAccount) return refuse(Code::permission_missing);
  return std::visit([&](const auto& fact) { return std::vector<NewEvent>{{command.subject(), fact}}; },
                    command.fact);
}

}  // namespace byline
