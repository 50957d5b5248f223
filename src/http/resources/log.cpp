// The log for those who check it (C2SP tlog-tiles): checkpoints, tiles of its Merkle tree, and its entries.

#include "events/codec.hpp"
#include "http/guard.hpp"
#include "http/resources/resources.hpp"
#include "log/tile.hpp"
#include "transparency/opening.hpp"
#include "transparency/proof.hpp"
#include "transparency/publisher.hpp"

namespace byline::http {
namespace {

using transparency::Published;

constexpr std::size_t kMaxEntryOfBundle = 65'535;  // tlog-tiles has 16 bits for an entry's length

Response reply_text(std::string text) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

/// What never changes: anybody may keep public tiles, and only who asked the entries.
Response reply_tile(std::string bytes, std::string_view cache) {
  Response response;
  response.content_type = "application/octet-stream";
  response.headers.emplace_back("Cache-Control", cache);
  response.body = std::move(bytes);
  return response;
}

Response reply_no_tile() {
  return reply_error(
      {404, "not_found", "There is no such tile in the tree of the last checkpoint.", "", "", ""});
}

/// The path behind `/log/tile/`, or behind `/log/tile/entries/`.
std::string rest_of_path(const Call& call, std::size_t first) {
  std::string rest;
  for (std::size_t i = first; i < call.segments.size(); ++i)
    rest += (rest.empty() ? "" : "/") + call.segments[i];
  return rest;
}

/// Whether the tree of the checkpoint has all of the tile.
bool has(const Published& published, const Tile& tile) {
  if (tile.level * kTileHeight >= 64) return false;
  auto hashes = published.checkpoint.size >> (tile.level * kTileHeight);
  return tile.index <= hashes / kTileWidth && tile.index * kTileWidth + tile.width <= hashes;
}

/// Blocks while witnesses are asked, so it runs apart from the I/O threads.
Awaitable<std::expected<std::shared_ptr<const Published>, Response>> checkpoint_covering(const Call& call,
                                                                                         std::uint64_t size) {
  auto& publisher = *call.services.publisher;
  auto work = [&publisher, size] { return publisher.covering(size); };
  auto fresh = co_await run_on(call.services.publishing_pool, std::move(work));
  if (!fresh) co_return std::unexpected(reply_unavailable("too much else is under way"));
  if (!*fresh) co_return std::unexpected(reply_unavailable(fresh->error()));
  co_return std::move(**fresh);
}

/// Events of other organizations are not the caller's to read; the deployment's own are everybody's.
bool is_for(const OrganizationId& organization, std::string_view bytes) {
  auto entry = decode(bytes);
  return entry && (entry->organization == organization || entry->organization == OrganizationId{});
}

std::string opening_of(const LogReader& log, std::string_view bytes) {
  auto keys = log.database().subject_keys();
  auto entry = decode(bytes, &keys);
  return entry ? transparency::opening_of(keys, *entry, bytes) : std::string();
}

}  // namespace

Awaitable<Response> read_checkpoint(Call& call) {
  auto published = call.services.publisher->latest();
  if (!published) co_return reply_unavailable("no checkpoints are published; the service's log says why");
  auto response = reply_text(security::to_string(published->note));
  response.headers.emplace_back("Cache-Control", "no-cache");
  co_return response;
}

Awaitable<Response> publish_checkpoint(Call& call) {
  if (auto refused = require(call, Area::admin_audit, Operation::view)) co_return std::move(*refused);
  auto log = call.services.engine.log_reader();
  if (!log) co_return reply_unavailable("the storage is being opened anew");
  auto size = log->size();
  log.reset();
  auto published = co_await checkpoint_covering(call, size);
  if (!published) co_return std::move(published.error());
  co_return reply_text(security::to_string((*published)->note));
}

Awaitable<Response> read_tile(Call& call) {
  constexpr std::size_t kBehind = 2;
  auto tile = parse_tile_path(rest_of_path(call, kBehind));
  auto published = call.services.publisher->latest();
  if (!tile || !published || !has(*published, *tile)) co_return reply_no_tile();
  auto log = call.services.engine.log_reader();
  if (!log) co_return reply_unavailable("the storage is being opened anew");
  // The leaves at the edge are nowhere but in memory; to hash them again would be a heavy answer to a light
  // question.
  bool at_edge = tile->level == 0 && tile->index == published->checkpoint.size / kTileWidth;
  auto bytes = at_edge ? published->edge.substr(0, tile->width * sizeof(TreeHash)) : log->tile(*tile);
  if (bytes.size() != tile->width * sizeof(TreeHash)) co_return reply_unavailable("the tile is damaged");
  co_return reply_tile(std::move(bytes), "public, max-age=31536000, immutable");
}

Awaitable<Response> read_entry_bundle(Call& call) {
  constexpr std::size_t kBehind = 3;
  if (auto refused = require(call, Area::admin_audit, Operation::view)) co_return std::move(*refused);
  auto bundle = parse_bundle_path(rest_of_path(call, kBehind));
  auto published = call.services.publisher->latest();
  if (!bundle || !published || !has(*published, *bundle)) co_return reply_no_tile();
  auto log = call.services.engine.log_reader();
  if (!log) co_return reply_unavailable("the storage is being opened anew");
  std::string bytes;
  auto cursor = log->read({bundle->index * kTileWidth});
  for (unsigned i = 0; i < bundle->width; ++i) {
    if (!cursor->next()) co_return reply_unavailable("the log has fewer entries than its last checkpoint");
    auto entry = cursor->bytes();
    if (!is_for(call.organization(), entry)) {
      co_return reply_error(
          {403, "other_organizations",
           "This bundle has events of other organizations. Those of yours are proven one by one: "
           "/admin/audit-events/{id}/proof.",
           "", "", ""});
    }
    if (entry.size() > kMaxEntryOfBundle) {
      co_return reply_error(
          {409, "entry_too_long",
           "The event at position " + std::to_string(cursor->position().value) +
               " is longer than a bundle can say (65,535 bytes). Its bytes are in its proof: "
               "/admin/audit-events/{id}/proof.",
           "", "", ""});
    }
    bytes += static_cast<char>(entry.size() >> 8);
    bytes += static_cast<char>(entry.size() & 0xFF);
    bytes += entry;
  }
  co_return reply_tile(std::move(bytes), "private, max-age=31536000, immutable");
}

Awaitable<Response> prove_audit_event(Call& call) {
  if (auto refused = require(call, Area::admin_audit, Operation::view)) co_return std::move(*refused);
  auto at = path_position(call);
  if (!at) co_return reply_not_found();
  auto position = *at;
  auto log = call.services.engine.log_reader();
  if (!log) co_return reply_unavailable("the storage is being opened anew");
  auto bytes = log->entry(position);
  auto opening = bytes ? opening_of(*log, *bytes) : std::string();
  log.reset();  // it would hold the database open while witnesses are asked
  if (!bytes || !is_for(call.organization(), *bytes)) co_return reply_not_found();
  auto published = co_await checkpoint_covering(call, position.value);
  if (!published) co_return std::move(published.error());
  log = call.services.engine.log_reader();
  if (!log) co_return reply_unavailable("the storage is being opened anew");
  auto size = (*published)->checkpoint.size;
  if (log->size() < size) co_return reply_unavailable("the log has fewer entries than its last checkpoint");
  transparency::Proof proof{std::move(*bytes), position.value - 1,
                            inclusion_proof(log->tree(size), position.value - 1, size), **published};
  if (!check(proof, call.services.publisher->key()))
    co_return reply_unavailable("the log does not fit its last checkpoint: it was changed");
  auto response = reply_text(to_string(proof));
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"event-" +
                                                           std::to_string(position.value) + ".tlog-proof\"");
  if (!opening.empty()) response.headers.emplace_back("Byline-Opening", opening);
  co_return response;
}

}  // namespace byline::http
