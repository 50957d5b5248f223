#include <boost/asio/this_coro.hpp>

#include "engine/clock.hpp"
#include "engine/visible_records.hpp"
#include "http/cursor.hpp"
#include "http/guard.hpp"
#include "http/json_object.hpp"
#include "http/reply.hpp"
#include "http/resources/evaluation.hpp"
#include "http/resources/resources.hpp"
#include "http/stretch.hpp"

namespace byline::http {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kQuestionDepth = 16;
constexpr std::size_t kMaxEvaluations = 1000;
constexpr std::size_t kMaxPage = 100;
constexpr std::size_t kMaxVisited = 1000;  ///< accounts that one page of a search looks at

Response reply_verdict_error(const Verdict& verdict) {
  auto code = verdict.status == 403 ? "permission_missing" : "invalid_document";
  return reply_error({verdict.status, code, verdict.reason, {}, {}, {}});
}

Response begin_answer(const Reader& reader) {
  Response response;
  response.content_type = "application/json";
  response.headers.emplace_back("Byline-Position", std::to_string(reader.tail().value));
  return response;
}

void write_verdict(JsonWriter& json, const Verdict& verdict) {
  json.begin_object();
  json.member("decision", verdict.permitted);
  if (!verdict.permitted) {
    json.key("context");
    json.begin_object();
    if (verdict.status != 0) {
      json.key("error");
      json.begin_object();
      json.member("status", std::int64_t{verdict.status});
      json.member("message", std::string_view(verdict.reason));
      json.end_object();
    } else {
      json.member("reason", std::string_view(verdict.reason));
    }
    if (!verdict.missing.empty()) {
      json.key("missing");
      write_permissions(json, verdict.missing);
    }
    json.end_object();
  }
  json.end_object();
}

/// When a row of questions needs no further answers (AuthZEN 1.0 §7.1.2.1).
enum class Semantic : std::uint8_t { execute_all, deny_on_first_deny, permit_on_first_permit };

std::optional<Semantic> semantic_of(const Json& question) {
  auto options = question.find("options");
  if (options == question.end()) return Semantic::execute_all;
  if (!options->is_object()) return std::nullopt;
  auto name = options->find("evaluations_semantic");
  if (name == options->end() || *name == "execute_all") return Semantic::execute_all;
  if (*name == "deny_on_first_deny") return Semantic::deny_on_first_deny;
  if (*name == "permit_on_first_permit") return Semantic::permit_on_first_permit;
  return std::nullopt;
}

bool ends(Semantic semantic, const Verdict& verdict) {
  return (semantic == Semantic::deny_on_first_deny && !verdict.permitted) ||
         (semantic == Semantic::permit_on_first_permit && verdict.permitted);
}

Response reply_one(const Call& call, const Reader& reader, const Json& question) {
  auto response = begin_answer(reader);  // the position before anything is read
  auto verdict = evaluate(call, reader, Question{question});
  if (verdict.status != 0) return reply_verdict_error(verdict);
  JsonWriter json(response.body);
  write_verdict(json, verdict);
  return response;
}

// -- searches --

struct SearchPage {
  std::string start;  ///< the id after which it begins
  std::size_t limit = kMaxPage;
};

/// A token is a cursor of this search.
security::Key token_key(const Call& call) {
  auto search = std::string(call.organization().view()) + std::string(call.request.path);
  return security::derive_key(call.services.keys.seal_key, "search token", search);
}

std::expected<SearchPage, Response> read_page(const Call& call, const Json& question) {
  SearchPage page;
  auto wrong = [](std::string detail) {
    return std::unexpected(reply_error({400, "invalid_document", std::move(detail), "/page", {}, {}}));
  };
  auto given = question.find("page");
  if (given == question.end()) return page;
  if (!given->is_object()) return wrong("\"page\" is an object.");
  if (auto limit = given->find("limit"); limit != given->end()) {
    if (!limit->is_number_unsigned() || limit->get<std::size_t>() < 1 || limit->get<std::size_t>() > kMaxPage)
      return wrong("A page has 1 to 100 results.");
    page.limit = limit->get<std::size_t>();
  }
  auto token = given->find("token");
  if (token == given->end()) return page;
  if (!token->is_string()) return wrong("\"token\" is a text.");
  const auto& text = token->get_ref<const std::string&>();
  if (text.empty()) return page;  // as the last page of a search gives it out
  auto place = read_cursor(token_key(call), text);
  if (!place) return wrong("This token is not one that this search gave out.");
  page.start = place->key;
  return page;
}

/// Writes `results`, one by one, and then where the next page begins.
class Results {
 public:
  Results(const Call& call, Response& response) : call_(call), json_(response.body) {
    json_.begin_object();
    json_.key("results");
    json_.begin_array();
  }
  JsonWriter& next() {
    ++count_;
    return json_;
  }
  std::size_t count() const { return count_; }
  /// `last`: the id that the next page follows; empty at the end.
  void finish(const std::string& last) {
    json_.end_array();
    json_.key("page");
    json_.begin_object();
    auto token = last.empty() ? std::string() : write_cursor(token_key(call_), {{}, last});
    json_.member("next_token", std::string_view(token));
    json_.member("count", static_cast<std::int64_t>(count_));
    json_.end_object();
    json_.end_object();
  }

 private:
  const Call& call_;
  JsonWriter json_;
  std::size_t count_ = 0;
};

void write_entity(JsonWriter& json, std::string_view type, std::string_view id) {
  json.begin_object();
  json.member("type", type);
  json.member("id", id);
  json.end_object();
}

/// A search whose subject may do nothing, or that asks for what is not there, finds nothing.
Response reply_nothing(const Call& call, const Reader& reader) {
  auto response = begin_answer(reader);
  Results(call, response).finish({});
  return response;
}

Response reply_records(const Call& call, const Reader& reader, const Principal& principal,
                       Operation operation, const AskedResource& asked, const SearchPage& page) {
  const auto& collection = *asked.collection;
  auto level = reach_in(collection, operation, principal.access);
  auto response = begin_answer(reader);
  Results results(call, response);
  std::string last;
  auto ids = records_within_reach(reader, principal, collection, level, page.start, Direction::forward);
  for (; ids.valid() && results.count() < page.limit; ids.next()) {
    last = ids.id();
    write_entity(results.next(), collection.key, to_string(id_from_bytes<RecordId>(last)));
  }
  results.finish(ids.valid() ? last : std::string());
  return response;
}

Response reply_subjects(const Call& call, const Reader& reader, bool users, Operation operation,
                        const AskedResource& asked, const SearchPage& page) {
  auto view = users ? View::accounts : View::applications;
  auto prefix = users ? user_index_prefix(call.organization()) : application_prefix(call.organization());
  auto response = begin_answer(reader);
  Results results(call, response);
  std::string last;
  std::size_t visited = 0;
  IdCursor ids(reader, view, {prefix}, page.start, Direction::forward);
  for (; ids.valid() && results.count() < page.limit && visited < kMaxVisited; ids.next(), ++visited) {
    last = ids.id();
    auto principal = find_principal(reader, call.organization(), id_from_bytes<AccountId>(last));
    bool acts = principal && principal->is_active(system_now()) && (users || principal->licensed);
    if (!acts || !decide(*principal, operation, asked).permitted) continue;
    write_entity(results.next(), users ? "user" : "application", to_string(principal->account));
  }
  results.finish(ids.valid() ? last : std::string());
  return response;
}

}  // namespace

/// POST /access/v1/evaluation: AuthZEN 1.0 §6.
Awaitable<Response> evaluate_access(Call& call) {
  auto question = read_json_object(call.request, kQuestionDepth, "question");
  if (!question) co_return std::move(question.error());
  auto reader = call.services.engine.reader();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  co_return reply_one(call, *reader, *question);
}

/// POST /access/v1/evaluations: AuthZEN 1.0 §7. Entities beside `evaluations` are defaults of each.
Awaitable<Response> evaluate_accesses(Call& call) {
  auto question = read_json_object(call.request, kQuestionDepth, "question");
  if (!question) co_return std::move(question.error());
  auto reader = call.services.engine.snapshot();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  auto questions = question->find("evaluations");
  if (questions == question->end() || (questions->is_array() && questions->empty()))
    co_return reply_one(call, *reader, *question);
  auto semantic = semantic_of(*question);
  if (!semantic) {
    co_return reply_error({400,
                           "invalid_document",
                           "The semantics are execute_all, deny_on_first_deny and permit_on_first_permit.",
                           "/options/evaluations_semantic",
                           {},
                           {}});
  }
  if (!questions->is_array() || questions->size() > kMaxEvaluations)
    co_return reply_error({400,
                           "invalid_document",
                           "\"evaluations\" is a list of at most 1000 questions.",
                           "/evaluations",
                           {},
                           {}});
  auto response = begin_answer(*reader);
  JsonWriter json(response.body);
  json.begin_object();
  json.key("evaluations");
  json.begin_array();
  auto executor = co_await boost::asio::this_coro::executor;
  Stretch stretch;
  for (const auto& one : *questions) {
    auto verdict = Verdict::error(400, "A question is an object.");
    if (one.is_object()) verdict = evaluate(call, *reader, Question{one, &*question});
    write_verdict(json, verdict);
    if (ends(*semantic, verdict)) break;
    if (stretch.is_over()) co_await stretch.rest(executor);
  }
  json.end_array();
  json.end_object();
  co_return response;
}

/// POST /access/v1/search/resource: the records of a collection that the subject may do something to.
Awaitable<Response> search_resources(Call& call) {
  auto question = read_json_object(call.request, kQuestionDepth, "question");
  if (!question) co_return std::move(question.error());
  auto page = read_page(call, *question);
  if (!page) co_return std::move(page.error());
  auto reader = call.services.engine.snapshot();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  auto principal = find_subject(call, Question{*question});
  if (!principal && principal.error().status != 0) co_return reply_verdict_error(principal.error());
  auto operation = find_action(Question{*question});
  if (!operation) co_return reply_verdict_error(operation.error());
  auto asked = find_resource(call, *reader, Question{*question});
  if (!asked && asked.error().status != 0) co_return reply_verdict_error(asked.error());
  // What is created was not there to be found.
  if (!principal || !asked || *operation == Operation::create) co_return reply_nothing(call, *reader);
  co_return reply_records(call, *reader, **principal, *operation, *asked, *page);
}

/// POST /access/v1/search/subject: the applications or users that may do something to a record.
Awaitable<Response> search_subjects(Call& call) {
  auto question = read_json_object(call.request, kQuestionDepth, "question");
  if (!question) co_return std::move(question.error());
  auto page = read_page(call, *question);
  if (!page) co_return std::move(page.error());
  auto subject = question->find("subject");
  auto type = subject != question->end() && subject->is_object() ? subject->value("type", Json()) : Json();
  if (type != "user" && type != "application")
    co_return reply_error(
        {400, "invalid_document", "A subject's type is application or user.", "/subject/type", {}, {}});
  bool users = type == "user";
  if (auto refused = require_to_see(call, users ? SubjectKind::user : SubjectKind::application))
    co_return std::move(*refused);
  auto reader = call.services.engine.snapshot();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  auto operation = find_action(Question{*question});
  if (!operation) co_return reply_verdict_error(operation.error());
  auto asked = find_resource(call, *reader, Question{*question});
  if (!asked && asked.error().status != 0) co_return reply_verdict_error(asked.error());
  if (!asked) co_return reply_nothing(call, *reader);
  co_return reply_subjects(call, *reader, users, *operation, *asked, *page);
}

/// POST /access/v1/search/action: what the subject may do to a record.
Awaitable<Response> search_actions(Call& call) {
  auto question = read_json_object(call.request, kQuestionDepth, "question");
  if (!question) co_return std::move(question.error());
  auto reader = call.services.engine.snapshot();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  auto principal = find_subject(call, Question{*question});
  if (!principal && principal.error().status != 0) co_return reply_verdict_error(principal.error());
  auto asked = find_resource(call, *reader, Question{*question});
  if (!asked && asked.error().status != 0) co_return reply_verdict_error(asked.error());
  if (!principal || !asked) co_return reply_nothing(call, *reader);
  auto response = begin_answer(*reader);
  Results results(call, response);
  for (auto operation : {Operation::view, Operation::edit, Operation::create, Operation::remove}) {
    if (!decide(**principal, operation, *asked).permitted) continue;
    auto& json = results.next();
    json.begin_object();
    json.member("name", name_of(operation));
    json.end_object();
  }
  results.finish({});
  co_return response;
}

/// GET /.well-known/authzen-configuration: AuthZEN 1.0 §9.
Awaitable<Response> describe_authzen(Call& call) {
  const auto& base = call.services.base_url;
  Response response;
  response.content_type = "application/json";
  JsonWriter json(response.body);
  json.begin_object();
  json.member("policy_decision_point", std::string_view(base));
  for (auto [name, path] : {std::pair{"access_evaluation_endpoint", "/access/v1/evaluation"},
                            std::pair{"access_evaluations_endpoint", "/access/v1/evaluations"},
                            std::pair{"search_subject_endpoint", "/access/v1/search/subject"},
                            std::pair{"search_resource_endpoint", "/access/v1/search/resource"},
                            std::pair{"search_action_endpoint", "/access/v1/search/action"}}) {
    json.member(name, std::string_view(base + path));
  }
  json.end_object();
  co_return response;
}

}  // namespace byline::http
