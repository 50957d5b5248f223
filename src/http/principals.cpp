#include "http/principals.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

namespace byline::http {

std::shared_ptr<const Principal> principal_of(const Services& services, const OrganizationId& organization,
                                              const AccountId& account) {
  constexpr std::size_t kRemembered = 8192;
  struct Remembered {
    std::shared_ptr<const Principal> principal;
    std::uint64_t access_epoch = 0;
  };
  thread_local boost::unordered_flat_map<AccountId, Remembered> remembered;
  auto epoch = services.engine.access_epoch();  // before reading: see Engine::access_epoch
  auto found = remembered.find(account);
  if (found == remembered.end() || found->second.access_epoch != epoch) {
    auto reader = services.engine.reader();
    auto principal = reader ? find_principal(*reader, organization, account) : std::nullopt;
    if (!principal) return nullptr;
    if (remembered.size() >= kRemembered) remembered.clear();
    found = remembered
                .insert_or_assign(account,
                                  Remembered{std::make_shared<const Principal>(std::move(*principal)), epoch})
                .first;
  }
  const auto& principal = found->second.principal;
  return principal->organization == organization ? principal : nullptr;
}

}  // namespace byline::http
