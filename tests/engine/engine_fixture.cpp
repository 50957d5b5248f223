#include "engine_fixture.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include "engine/clock.hpp"
#include "engine/ids.hpp"
#include "engine/view_jobs.hpp"
#include "projections/memory_rows.hpp"

namespace byline::test {

void eventually(const std::function<bool()>& condition) {
  using namespace std::chrono;
  auto end = steady_clock::now() + 60s;
  while (!condition()) {
    if (steady_clock::now() > end) throw std::runtime_error("what was waited for did not come");
    std::this_thread::sleep_for(1ms);
  }
}

bool is_committed(const Outcome& outcome) { return std::holds_alternative<Committed>(outcome); }
bool is_unavailable(const Outcome& outcome) { return std::holds_alternative<Unavailable>(outcome); }

std::string codes_of(const Outcome& outcome) {
  if (auto* unavailable = std::get_if<Unavailable>(&outcome)) {
    return "(" + std::string(unavailable->reason) + ")";
  }
  if (auto* repeated = std::get_if<Repeated>(&outcome)) return "(repeated " + repeated->bytes + ")";
  auto* rejection = std::get_if<Rejection>(&outcome);
  if (!rejection) return "(committed)";
  std::string text;
  for (const auto& problem : rejection->problems) {
    text += (text.empty() ? "" : " ") + std::string(code_name(problem.code));
  }
  return text;
}

std::future<Outcome> submit(Engine& engine, const Context& context, Command command,
                            std::optional<KeyedRequest> keyed, Render render) {
  std::promise<Outcome> promise;
  auto future = promise.get_future();
  engine.submit(
      {context,
       std::move(command),
       {},
       std::move(keyed),
       std::move(render),
       [promise = std::move(promise)](Outcome outcome) mutable { promise.set_value(std::move(outcome)); }});
  return future;
}

namespace {

using AllRows = std::vector<std::map<std::string, std::string>>;

AllRows rows_of(const Reader& reader, const ViewSet& views) {
  AllRows rows(views.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto cursor = reader.scan(static_cast<View>(i), {}, {}, Direction::forward);
    for (; cursor->valid(); cursor->next()) rows[i].emplace(cursor->key(), cursor->value());
  }
  return rows;
}

}  // namespace

void expect_views_are_the_log(const Reader& reader, const ViewSet& views) {
  std::vector<MemoryRows> folded(views.size());
  AllRows found;
  Position at;
  do {  // again where the engine told of something meanwhile that it did by itself
    for (auto tail = reader.tail(); at < tail;) {
      ++at.value;
      auto entry = reader.entry(at);
      ASSERT_TRUE(entry) << "position " << at.value << " is missing";
      ASSERT_EQ(entry->position, at);
      for (const auto* projection : views)
        projection->apply(*entry, folded[static_cast<std::size_t>(projection->view())]);
    }
    found = rows_of(reader, views);
  } while (reader.tail() != at);
  for (const auto* projection : views) {
    auto i = static_cast<std::size_t>(projection->view());
    EXPECT_EQ(found[i], folded[i].all()) << projection->name();
  }
}

void expect_disk_is_the_log(const std::filesystem::path& directory) {
  Metrics metrics;
  auto engine = Engine::open({.directory = directory}, metrics);
  ASSERT_TRUE(engine) << engine.error();
  const auto& views = (*engine)->views();
  for (auto kind : {ViewJobKind::verification, ViewJobKind::rebuild}) {
    auto id = new_id<RebuildId>(system_now());
    ASSERT_TRUE((*engine)->view_jobs().start(id, kind, views.views()));
    auto job = (*engine)->view_jobs().wait(id, std::chrono::minutes(1)).value();
    EXPECT_EQ(job.state, ViewJobState::finished) << job.reason;
    ASSERT_EQ(job.results.size(), views.size());
    for (const auto& result : job.results) {
      ASSERT_TRUE(result.compared) << views.name_of(result.view);
      EXPECT_TRUE(result.compared->identical)
          << views.name_of(result.view) << " at " << result.compared->first_difference;
    }
  }
}

void EngineFixture::open() {
  auto opened = Engine::open(options_, metrics_);
  ASSERT_TRUE(opened) << opened.error();
  engine_ = std::move(*opened);
  // What is built by itself takes as long as the machine takes.
  for (const auto& status : engine_->view_statuses()) {
    auto job = engine_->view_jobs().job_on(status.view);
    if (!status.live && job && job->automatic) engine_->view_jobs().wait(job->id, std::chrono::minutes(1));
  }
}

void EngineFixture::found() {
  open();
  ASSERT_TRUE(engine_);
  auto outcome = submit(*engine_, by(kSystemAccount), founding_).get();
  ASSERT_TRUE(is_committed(outcome)) << codes_of(outcome);
}

AccountId EngineFixture::register_application(const std::string& name, const std::string& email) {
  auto command = register_command(name, email, {intake_worker()});
  auto outcome = ask(command);
  EXPECT_TRUE(is_committed(outcome)) << codes_of(outcome);
  return command.id;
}

WriterHeld::WriterHeld(Engine& engine, const Context& context) {
  ChangeOrganization nothing;
  nothing.id = context.organization;
  auto released = release_.get_future().share();
  engine.submit({context, nothing, {}, {}, {}, [this, released](const Outcome&) {
                   held_.set_value();
                   released.wait();
                 }});
  held_.get_future().wait();
}

void WriterHeld::release() {
  if (!std::exchange(released_, true)) release_.set_value();
}

}  // namespace byline::test
