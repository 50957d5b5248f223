#include "http/command.hpp"

#include <sodium.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include "http/reply.hpp"
#include "http/server/mailbox.hpp"
#include "http/view_reply.hpp"
#include "security/seal.hpp"

namespace byline::http {
namespace {

constexpr std::size_t kMaxIdempotencyKey = 255;

template <std::size_t N>
std::array<std::uint8_t, N> digest_of(std::initializer_list<std::string_view> parts) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, N);
  for (auto part : parts) {
    std::uint64_t size = part.size();  // so that the parts cannot run into one another
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
  }
  std::array<std::uint8_t, N> digest;
  crypto_generichash_final(&state, digest.data(), N);
  return digest;
}

/// The trace-id of a `traceparent` (W3C Trace Context §3.2); empty where there is none that is valid.
std::string trace_id(std::string_view traceparent) {
  constexpr std::size_t kLength = 55;
  if (traceparent.size() < kLength || traceparent[2] != '-' || traceparent[35] != '-' ||
      traceparent[52] != '-')
    return {};
  auto id = traceparent.substr(3, 32);
  if (id.find_first_not_of("0123456789abcdef") != std::string_view::npos) return {};
  return id.find_first_not_of('0') == std::string_view::npos ? std::string() : std::string(id);
}

/// Keeps answers readable only to who knows the idempotency key: a client secret may stand in one.
class AnswerSeal {
 public:
  AnswerSeal(const Services& services, std::string_view idempotency_key)
      : key_(security::derive_key(services.keys.seal_key, "kept answer", idempotency_key)) {}

  std::string close(const Response& response) const {
    nlohmann::json json = {{"status", response.status},
                           {"type", std::string(response.content_type)},
                           {"body", response.body},
                           {"headers", response.headers}};
    return security::seal(key_, json.dump(), {});
  }
  Response open(std::string_view sealed) const {
    auto plain = security::open(key_, sealed, {});
    if (!plain) return reply_unavailable("a kept answer cannot be read");
    auto json = nlohmann::json::parse(*plain);
    Response response;
    response.status = json.at("status");
    response.content_type = json.at("type").get<std::string>();
    response.body = json.at("body");
    response.headers = json.at("headers").get<decltype(response.headers)>();
    return response;
  }

 private:
  security::Key key_;
};

/// Hands the submission to the writer; resumes on this I/O thread with the outcome.
Awaitable<Outcome> submit(Engine& engine, Submission submission) {
  auto& mailbox = Mailbox::of_this_thread();
  auto initiate = [&mailbox, &engine, &submission](auto handler) {
    submission.done = [&mailbox, resume = std::move(handler)](Outcome outcome) mutable {
      mailbox.push([resume = std::move(resume), outcome = std::move(outcome)]() mutable {
        std::move(resume)(std::move(outcome));
      });
    };
    engine.submit(std::move(submission));
  };
  boost::asio::use_awaitable_t<Executor> token;
  co_return co_await boost::asio::async_initiate<decltype(token), void(Outcome)>(initiate, token);
}

Response answer(Engine& engine, const Outcome& outcome, const Reader* reader, const RenderRejected& refuse,
                const RenderCommitted& render) {
  if (auto* refused = std::get_if<Rejection>(&outcome)) return refuse(*refused);
  if (auto* unavailable = std::get_if<Unavailable>(&outcome)) {
    if (unavailable->view) return reply_view_unavailable(engine, *unavailable->view);
    return unavailable->in_doubt ? reply_in_doubt(unavailable->reason)
                                 : reply_unavailable(unavailable->reason);
  }
  if (!reader) return reply_in_doubt("it was done, but the storage failed before it could be read back");
  const auto& committed = std::get<Committed>(outcome);
  auto response = render(*reader, committed);
  // A deleted subject has no representation any more, whose tag would be there already.
  if (response.status == 204) response.headers.emplace_back("ETag", etag_of(committed.version));
  response.headers.emplace_back("Byline-Position", std::to_string(committed.position.value));
  return response;
}

}  // namespace

std::expected<Context, Response> command_context(const Call& call) {
  Context context{call.principal.account, call.principal.organization, std::nullopt,        call.scope,
                  call.credential,        call.credential_kind,        call.credential_ends};
  auto expected = call.request.header(boost::beast::http::field::if_match);
  if (expected.empty() || expected == "*") return context;
  // RFC 9110 §13.1.1: strong comparison, so a weak tag never matches; ours are a number in quotes.
  std::uint32_t version = 0;
  auto digits = expected.size() > 2 && expected.front() == '"' && expected.back() == '"'
                    ? expected.substr(1, expected.size() - 2)
                    : std::string_view();
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (digits.empty() && !expected.starts_with("W/\"") && !expected.starts_with('"')) {
    return std::unexpected(reply_error(
        {400, "invalid_header", "An entity tag stands in quotes, as it came in ETag.", {}, {}, "If-Match"}));
  }
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) {
    return std::unexpected(reply_rejection(Rejection{{Problem{Code::stale_version, {}, {}}}}, nullptr));
  }
  context.expected = Version{version};
  return context;
}

bool is_keyed(const Request& request) { return !request.header("Idempotency-Key").empty(); }

Awaitable<Response> run_command(Call& call, Command command, RenderCommitted render, RenderRejected refuse) {
  auto context = command_context(call);
  if (!context) co_return std::move(context.error());
  Submission submission{*context, std::move(command), trace_id(call.request.header("traceparent")), {}, {},
                        {}};
  if (!refuse)
    refuse = [spec = call.route->resource](const Rejection& rejection) {
      return reply_rejection(rejection, spec);
    };

  auto key = call.keeps_answer ? std::string(call.request.header("Idempotency-Key")) : std::string();
  if (key.size() > kMaxIdempotencyKey) {
    co_return reply_error(
        {400, "invalid_header", "An idempotency key has at most 255 characters.", {}, {}, "Idempotency-Key"});
  }
  std::optional<AnswerSeal> seal;
  if (!key.empty()) {
    seal.emplace(call.services, key);
    auto digest = digest_of<16>({key});
    submission.keyed = KeyedRequest{
        std::string(digest.begin(), digest.end()),
        digest_of<16>({call.request.method_text, call.request.target,
                       call.request.header(boost::beast::http::field::if_match), call.request.body})};
    submission.render = [seal = *seal, refuse, render, &engine = call.services.engine](const Outcome& outcome,
                                                                                       const Reader& reader) {
      return seal.close(answer(engine, outcome, &reader, refuse, render));
    };
  }
  auto outcome = co_await submit(call.services.engine, std::move(submission));
  if (auto* repeated = std::get_if<Repeated>(&outcome)) co_return seal->open(repeated->bytes);
  const auto* committed = std::get_if<Committed>(&outcome);
  auto reader = committed ? call.services.engine.reader_after(*committed) : nullptr;
  co_return answer(call.services.engine, outcome, reader.get(), refuse, render);
}

}  // namespace byline::http
