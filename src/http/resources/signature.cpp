#include "http/resources/signature.hpp"

namespace byline::http {

void sign(Resource& resource, const Reader& reader, const OrganizationId& organization,
          const Byline& byline) {
  auto creator = signing_name(reader, organization, byline.created_by);
  auto updater = byline.last_updated_by == byline.created_by
                     ? creator
                     : signing_name(reader, organization, byline.last_updated_by);
  resource.attributes.emplace_back("created_at", time_value(byline.created_at));
  resource.attributes.emplace_back("created_by", std::move(creator));
  resource.attributes.emplace_back("last_updated_at", time_value(byline.last_updated_at));
  resource.attributes.emplace_back("last_updated_by", std::move(updater));
}

std::string admin_path(std::string_view type, std::string_view id) {
  return "/admin/" + std::string(type) + "/" + std::string(id);
}

}  // namespace byline::http
