#include "faults/acknowledged.hpp"

#include <gtest/gtest.h>

namespace byline::test {

WriteLoad::WriteLoad(const Service& service, const std::string& role, unsigned clients,
                     const std::string& round) {
  for (unsigned i = 0; i < clients; ++i) {
    clients_.emplace_back(
        [this, &service, role, prefix = round + "-" + std::to_string(i)] { write(service, role, prefix); });
  }
}

WriteLoad::~WriteLoad() { finish(); }

void WriteLoad::finish() { clients_.clear(); }

/// By turns an application and a record.
void WriteLoad::write(const Service& service, const std::string& role, const std::string& prefix) {
  auto client = service.admin();
  for (int i = 0;; ++i) {
    auto name = prefix + "-" + std::to_string(i);
    bool application = i % 2 == 0;
    Unanswered request{application ? "/admin/applications" : "/people/people",
                       document("people", {{"name", name}}), "key-" + name};
    if (application) request.document = account_document("applications", name, name + "@example.org", {role});
    auto reply = client->post(request.path, request.document, {{"Idempotency-Key", request.idempotency_key}});
    std::lock_guard guard(mutex_);
    if (reply.status == 0) {
      unanswered_.push_back(std::move(request));
      return;
    }
    if (reply.status != 201) {
      refused_.push_back(std::move(reply));
      return;
    }
    auto answer = reply.json();
    Acknowledged acknowledged{
        reply.header("location"), name, std::stoull(reply.header("byline-position")), {}};
    if (application) acknowledged.client_secret = answer.at("meta").at("client_secret");
    acknowledged_.push_back(std::move(acknowledged));
    ++count_;
  }
}

void expect_all_there(const Service& service, const std::vector<Acknowledged>& acknowledged) {
  auto client = service.admin();
  for (const auto& written : acknowledged) {
    auto reply = client->get(written.path);
    ASSERT_EQ(reply.status, 200) << written.path << " was acknowledged and is gone: " << reply.body;
    EXPECT_EQ(reply.json().at("data").at("attributes").at("name"), written.name);
  }
}

}  // namespace byline::test
