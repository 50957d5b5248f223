#include <algorithm>

#include "engine/clock.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"

namespace byline::http {
namespace {

constexpr std::int64_t kPublishedBefore =
    60LL * 60 * 1'000'000;  ///< microseconds, where nothing is asked for

constexpr AttributeSpec kSigningKeyAttributes[] = {
    {"algorithm", R"({"type":"string","enum":["ES256","EdDSA","RS256"]})", Writes::at_creation},
    {"use_from",
     R"({"type":"string","format":"date-time","description":"when it begins to sign; an hour from now where it is not given"})",
     Writes::at_creation},
    {"status", R"({"type":"string","enum":["next","active","retired","over","revoked"]})"},
    {"good_until",
     R"({"type":["string","null"],"format":"date-time","description":"until when what it signed counts"})"},
    {"public_key", R"({"type":"object","description":"JWK"})"},
    kCreatedAt,
    kCreatedBy,
    kVersion,
};

Resource to_resource(const Reader& reader, const OrganizationId& organization, const KnownKey& key,
                     const std::vector<KnownKey>& keys) {
  auto byline = find_byline(reader, {SubjectKind::signing_key, key.id}).value();
  Resource resource;
  resource.type = kSigningKeys.type;
  resource.id = to_string(key.id);
  resource.self = admin_path(resource.type, resource.id);
  bool endless = key.good_until.micros == INT64_MAX;
  resource.attributes = {{"algorithm", std::string(name_of(key.row.algorithm))},
                         {"use_from", time_value(key.row.use_from)},
                         {"status", std::string(status_of(key, keys, system_now()))},
                         {"good_until", endless ? AttributeValue() : time_value(key.good_until)},
                         {"public_key", RawJson{key.row.public_key.text}},
                         {"created_at", time_value(byline.created_at)},
                         {"created_by", signing_name(reader, organization, byline.created_by)},
                         {"version", std::int64_t{byline.version.value}}};
  return resource;
}

std::optional<LoadedResource> load(const Reader& reader, const OrganizationId& organization,
                                   const SigningKeyId& id) {
  auto keys = known_keys(signing_keys(reader));
  auto found = std::ranges::find(keys, id, &KnownKey::id);
  if (found == keys.end()) return std::nullopt;
  auto version = find_byline(reader, {SubjectKind::signing_key, id}).value().version;
  return LoadedResource{to_resource(reader, organization, *found, keys), version};
}

}  // namespace

const ResourceSpec kSigningKeys{
    "signing-keys", "A key of the deployment that access tokens are signed with", kSigningKeyAttributes, {}};

Awaitable<Response> list_signing_keys(Call& call) {
  if (auto refused = require(call, Area::admin_organization, Operation::view)) co_return std::move(*refused);
  auto to_key = [organization = call.organization()](const Reader& reader, std::string_view key,
                                                     std::string_view) {
    return load(reader, organization, id_from_bytes<SigningKeyId>(key)).value().resource;
  };
  co_return co_await reply_list(call, kSigningKeys, rows_of(View::signing_keys, {}, to_key));
}

Awaitable<Response> read_signing_key(Call& call) {
  if (auto refused = require(call, Area::admin_organization, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) {
    auto id = path_id<SigningKeyId>(call);
    return id ? load(reader, call.organization(), *id) : std::nullopt;
  };
  co_return reply_resource(call, kSigningKeys, load_it);
}

Awaitable<Response> create_signing_key(Call& call) {
  if (auto refused = require(call, Area::admin_organization, Operation::edit)) co_return std::move(*refused);
  auto document = Document::read(call.request, kSigningKeys, {});
  if (!document) co_return std::move(document.error());
  auto now = system_now();
  auto reader = call.services.engine.reader();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  auto keys = known_keys(signing_keys(*reader));
  auto waits = [&](const KnownKey& key) { return status_of(key, keys, now) == "next"; };
  if (std::ranges::any_of(keys, waits)) {
    co_return reply_error(
        {409, "rotation_pending", "There is a key already that has yet to begin to sign.", {}, {}, {}});
  }
  auto algorithm =
      document->word("algorithm", signature_algorithm_named, "algorithms are ES256, EdDSA and RS256");
  auto use_from =
      document->time("use_from").value_or(std::nullopt).value_or(Time{now.micros + kPublishedBefore});
  auto problems = document->take_problems();
  if (!problems.empty()) co_return reply_rejection(Rejection{std::move(problems)}, &kSigningKeys);
  auto make = [seal_key = call.services.keys.seal_key, use_from = std::max(use_from, now),
               chosen = algorithm.value_or(signer_among(keys, now)->row.algorithm)] {
    return make_signing_key(seal_key, chosen, use_from);
  };
  reader.reset();
  auto command = co_await run_on(call.services.pool, std::move(make));
  if (!command) co_return reply_unavailable("too much is waiting");
  auto load_it = [organization = call.organization()](const Reader& read, const Subject& subject) {
    return load(read, organization, subject.as<SigningKeyId>());
  };
  co_return co_await run_command(call, std::move(*command), render_resource(load_it, 201));
}

}  // namespace byline::http
