#include "byline/service.hpp"
#include "engine/reader.hpp"
#include "service/carry_out.hpp"
#include "service/operator.hpp"

namespace byline {
namespace {

struct Home {
  OrganizationId organization;
  SubjectKind kind;
};

std::optional<Home> find_home_of(const Reader& reader, const Id<void>& id) {
  for (auto row = reader.scan(View::organizations, {}, {}, Direction::forward); row->valid(); row->next()) {
    auto organization =
        id_from_bytes<OrganizationId>(row->key().substr(row->key().size() - sizeof(OrganizationId)));
    for (auto kind : {SubjectKind::user, SubjectKind::application, SubjectKind::record}) {
      if (find_last_entry(reader, organization, {kind, id})) return Home{organization, kind};
    }
  }
  return std::nullopt;
}

}  // namespace

std::expected<ErasedSubject, std::string> erase_subject(const std::filesystem::path& data,
                                                        const std::filesystem::path& key_file,
                                                        const std::string& id_text) {
  auto id = parse_id<Id<void>>(id_text);
  if (!id) return std::unexpected("--subject takes an id, and \"" + id_text + "\" is none.");
  auto opened = open_stopped(data, key_file, "POST /admin/erasures does the same");
  if (!opened) return std::unexpected(opened.error());
  auto& engine = *(*opened)->engine;
  auto reader = engine.reader();
  auto home = reader ? find_home_of(*reader, *id) : std::nullopt;
  reader.reset();
  if (!home) return std::unexpected("There is no user, application or record with the id " + id_text + ".");
  auto failure = failure_of(carry_out(engine, home->organization, EraseSubject{home->kind, *id, {}}));
  if (!failure.empty()) return std::unexpected(failure);
  if (!engine.wait_for_erasures())
    return std::unexpected(std::string(
        "It is erased, but may still stand in the files: start the service, which goes on with them."));
  return ErasedSubject{std::string(name_of(home->kind)), to_string(*id)};
}

}  // namespace byline
